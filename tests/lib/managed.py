"""A client that does stream management (XEP-0198) on both sides, as a careful client would."""

from __future__ import annotations

import asyncio
import collections
from collections.abc import Callable
from xml.sax.saxutils import quoteattr

from .element import Element
from .xmpp import Client, XmppError, is_stanza

SM = "urn:xmpp:sm:3"


class ManagedClient(Client):
    """Every stanza from the server is counted, and acknowledged when asked; every own stanza is kept
    until acknowledged. The state outlives the connection: connect(bind=False) and resume().

    `on_stanza` sees each stanza once it is counted, and `on_acknowledged` each own one that the
    server has acknowledged. Of stanzas only answers to requests stay in the inbox.
    `broken_promises` tells where the server counted backwards, or what it was never sent."""

    def __init__(self, *args, on_stanza: Callable[[Element], None] = lambda _: None,
                 on_acknowledged: Callable[[Element], None] = lambda _: None, **options):
        super().__init__(*args, **options)
        self.previd = ""
        self.handled = 0
        self.acknowledged = 0
        self.unacknowledged: collections.deque[Element] = collections.deque()
        self.broken_promises: list[str] = []
        self._counting = False
        self._keeping = False
        self._on_stanza = on_stanza
        self._on_acknowledged = on_acknowledged

    async def enable(self, first: list[Element]) -> None:
        """Begins a session with these stanzas, which count as unacknowledged from now on."""
        self.handled = self.acknowledged = 0
        self.previd = ""
        self.unacknowledged = collections.deque(first)
        self._keeping = True
        await self.send_raw(f"<enable xmlns='{SM}' resume='true'/>")
        answer = await self.take(lambda e: e.ns == SM, "<enabled/>")
        if answer.name != "enabled":
            raise XmppError(f"{self.jid}: stream management refused: {answer}")
        self.previd = answer.get("id") or ""
        await self._repeat()

    async def resume(self) -> bool:
        """On a stream that has logged in and not bound. False: the server knows the session no more.

        When resumed, what the server had not handled is sent again, as it must be."""
        self._counting = False
        await self.send_raw(
            f"<resume xmlns='{SM}' previd={quoteattr(self.previd)} h='{self.handled}'/>")
        answer = await self.take(lambda e: e.ns == SM, "<resumed/>")
        if answer.name != "resumed":
            return False
        await self._repeat()
        return True

    async def _repeat(self) -> None:
        for element in list(self.unacknowledged):
            await super().send(element)

    async def send(self, element: Element) -> None:
        if self._keeping and is_stanza(element):
            self.unacknowledged.append(element)
        await super().send(element)

    async def request(self) -> None:
        """Asks for an acknowledgement; on_acknowledged tells when it comes."""
        await self.send_raw(f"<r xmlns='{SM}'/>")

    def abort(self) -> None:
        self._counting = False
        super().abort()

    def _acknowledge(self, element: Element) -> None:
        h = int(element.get("h") or 0)
        if h < self.acknowledged:
            self.broken_promises.append(
                f"{self.jid}: {element.name} h={h} after {self.acknowledged} had been acknowledged")
        if h > self.acknowledged + len(self.unacknowledged):
            self.broken_promises.append(
                f"{self.jid}: {element.name} h={h}, but only "
                f"{self.acknowledged + len(self.unacknowledged)} were sent")
        while self.acknowledged < h and self.unacknowledged:
            self.acknowledged += 1
            self._on_acknowledged(self.unacknowledged.popleft())

    def _on_element(self, element: Element | None) -> None:
        if element is not None and element.ns == SM:
            if element.name in ("a", "resumed"):
                self._acknowledge(element)
            if element.name in ("enabled", "resumed"):
                self._counting = True
            if element.name == "r":
                asyncio.ensure_future(self._answer())
            if element.name in ("a", "r"):
                return
        elif element is not None and self._counting and is_stanza(element):
            self.handled += 1
            self._on_stanza(element)
            if element.name != "iq":
                return
        super()._on_element(element)

    async def _answer(self) -> None:
        try:
            await self.send_raw(f"<a xmlns='{SM}' h='{self.handled}'/>")
        except (XmppError, ConnectionError):
            pass  # the connection went away meanwhile: resumption will tell the count
