"""A client that talks all the time, survives the server, and asks its archive afterwards."""

from __future__ import annotations

import asyncio
import random

from lib.element import CLIENT, Element, parse_fragment
from lib.managed import ManagedClient
from lib.xmpp import Client, XmppError

from .conversation import Conversation

WINDOW = 10  # messages not yet acknowledged
PAGE = 200

MAM = "urn:xmpp:mam:2"
RSM = "http://jabber.org/protocol/rsm"
SID = "urn:xmpp:sid:0"


class Peer:
    """Sends `outgoing` and receives `incoming`, over one session that lasts through all rounds."""

    def __init__(self, password: str, ports: dict[str, int], outgoing: Conversation,
                 incoming: Conversation, seed: random.Random) -> None:
        self.bare_jid = outgoing.sender
        self.outgoing = outgoing
        self.incoming = incoming
        self.sessions_lost = 0
        self._password = password
        self._ports = ports
        self._random = seed
        self._event = asyncio.Event()
        self._read: dict[str, list[tuple[int, str]]] = {}  # of the archive, by sender
        self._read_through = ""
        self._client = ManagedClient(
            f"{self.bare_jid}/peer", password, ports, auth="plain", timeout_s=20,
            on_stanza=self._on_stanza, on_acknowledged=self._on_acknowledged)

    @property
    def broken_promises(self) -> list[str]:
        return self._client.broken_promises

    def in_doubt(self) -> list[str]:
        """What the server has not acknowledged, for people."""
        return [f"{self.bare_jid} waits for an acknowledgement of {e}" for e in self._client.unacknowledged]

    async def come_online(self) -> None:
        """Resumes the session where there is one; else begins one, and repeats what is in doubt."""
        client = self._client
        client.inbox.clear()
        await client.connect(bind=False)
        if client.previd:
            if await client.resume():
                return
            self.sessions_lost += 1
        in_doubt = [e for e in client.unacknowledged if e.name == "message"]
        await client.bind()
        await client.enable([Element(CLIENT, "presence"), *in_doubt])

    async def talk(self) -> None:
        """Until cancelled or cut off."""
        while True:
            while len(self._client.unacknowledged) < WINDOW:
                await self._say_something()
                if self._random.random() < 0.4:
                    await self._client.request()
            await self._client.request()
            self._event.clear()
            await self._event.wait()

    async def settle(self) -> None:
        """Until all that was sent is acknowledged, and all that the other sent has come."""
        while self._client.unacknowledged or not self.incoming.everything_arrived():
            self._event.clear()
            if self._client.unacknowledged:
                await self._client.request()
            await self._event.wait()

    def cut(self) -> None:
        self._client.abort()

    async def _say_something(self) -> None:
        """A numbered message; now and then one that is not kept, presence, or a request."""
        kind = self._random.random()
        attrs = {"to": self.incoming.sender, "type": "chat"}
        if kind < 0.05:
            await self._client.send(Element(CLIENT, "presence"))
        elif kind < 0.10:
            await self._client.send(Element(CLIENT, "iq", {"type": "get", "id": "ping"},
                                            [*parse_fragment("<ping xmlns='urn:xmpp:ping'/>")]))
        elif kind < 0.20:
            composing = "<composing xmlns='http://jabber.org/protocol/chatstates'/>"
            await self._client.send(Element(CLIENT, "message", attrs, [*parse_fragment(composing)]))
        else:
            ident = self.outgoing.next_id()
            body = Element(CLIENT, "body", {}, [ident])
            await self._client.send(Element(CLIENT, "message", {**attrs, "id": ident}, [body]))

    def _on_acknowledged(self, element: Element) -> None:
        number = self.outgoing.number_of(element.get("id"))
        if number is not None:
            self.outgoing.acknowledged.add(number)
        self._event.set()

    def _on_stanza(self, element: Element) -> None:
        number = self.incoming.number_of(element.get("id"))
        if element.name == "message" and element.get("type") == "error":
            self.incoming.wrong.append(f"{self.bare_jid} got an error: {element}")
        elif element.name == "message" and number is not None:
            own = [c.get("id") for c in element.children
                   if (c.name, c.ns, c.get("by")) == ("stanza-id", SID, self.bare_jid)]
            self.incoming.note_arrival(number, own[0] if len(own) == 1 else None)
        self._event.set()

    async def check_archive(self, whole: bool) -> list[str]:
        """Reads what the archive has beyond the last time, or all of it, over a connection of its own."""
        auditor = Client(f"{self.bare_jid}/auditor", self._password, self._ports, auth="plain",
                         timeout_s=20)
        await auditor.connect()
        if whole or not self._read:
            self._read, self._read_through = {self.outgoing.sender: [], self.incoming.sender: []}, ""
        complete = False
        while not complete:
            entries, self._read_through, complete = await self._page(auditor, self._read_through)
            for ident, archive_id in entries:
                for conversation in (self.outgoing, self.incoming):
                    if (number := conversation.number_of(ident)) is not None:
                        self._read[conversation.sender].append((number, archive_id))
        await auditor.close()
        return [line for conversation in (self.outgoing, self.incoming)
                for line in conversation.check_archive(self.bare_jid, self._read[conversation.sender])]

    @staticmethod
    async def _page(auditor: Client, after: str) -> tuple[list[tuple[str | None, str]], str, bool]:
        here = f"<after>{after}</after>" if after else ""
        answer = await auditor.iq("set", f"<query xmlns='{MAM}'><set xmlns='{RSM}'>"
                                         f"<max>{PAGE}</max>{here}</set></query>")
        fin = answer.find("fin")
        if fin is None:
            raise XmppError(f"no archive: {answer}")
        entries = []
        for _, element in auditor.inbox:
            message = element.path("result", "forwarded", "message")
            if message is not None:
                result = element.find("result")
                entries.append((message.get("id"), result.get("id") or "" if result else ""))
        auditor.inbox.clear()
        last = fin.path("set", "last")
        return entries, last.text if last is not None else after, \
            fin.get("complete") == "true" or not entries
