"""Plays a scene against a server.

Scenes run side by side on one server, and all of them are about romeo@localhost: so each has a
token, and on the wire every localpart and every password of the scene's world ends in it. Nothing
of that is seen in the scene, whose JIDs are translated both ways."""

from __future__ import annotations

import asyncio
import random
import re
from xml.parsers import expat
from xml.sax.saxutils import escape

from lib.element import Element, parse_fragment
from lib.scram import b64, plain
from lib.xmpp import Client, XmppError, is_stanza

from .match import NAMESPACES, Captures, compare
from .script import Action, Role, Scene

QUIET_S = 0.5  # how long nothing must come for `receives nothing`
SCENE_TIMEOUT_S = 60.0

_LOCAL_JID = re.compile(r"([\w.+%\\-]+)@((?:[\w-]+\.)*localhost)\b", re.IGNORECASE)
_VARIABLE = re.compile(r"\$\{([^}]+)\}")


class SceneFailure(Exception):
    """What did not go as written; the message begins with the scene's file and line."""


class World:
    """Translates between the scene's names and those on the server."""

    def __init__(self, token: str) -> None:
        self._suffix = "-" + token

    def out(self, text: str) -> str:
        return _LOCAL_JID.sub(rf"\g<1>{self._suffix}@\g<2>", text)

    def password(self, role: Role) -> str:
        return role.password + self._suffix if role.password else ""

    def back(self, text: str) -> str:
        return text.replace(self._suffix, "")


class Player:
    """`server` is a lib.server.Server or something that has its ports and user_add()."""

    def __init__(self, scene: Scene, server, seed: random.Random) -> None:
        self._scene = scene
        self._server = server
        self._world = World(f"{seed.randrange(10**7, 10**8)}")
        self._clients: dict[str, Client] = {}
        self._captures: Captures = {}

    async def play(self) -> None:
        """Raises SceneFailure."""
        try:
            async with asyncio.timeout(SCENE_TIMEOUT_S):
                await self._make_accounts()
                for action in self._scene.actions:
                    await self._play(action)
        except TimeoutError as error:
            raise SceneFailure(f"{self._scene.path}: not over after {SCENE_TIMEOUT_S} s") from error
        finally:
            await asyncio.gather(*(c.close() for c in self._clients.values()),
                                 return_exceptions=True)

    async def _make_accounts(self) -> None:
        passwords = {self._world.out(role.bare_jid): self._world.password(role)
                     for role in self._scene.roles.values() if role.account}
        await asyncio.gather(*(self._server.user_add(*pair) for pair in passwords.items()))

    async def _play(self, action: Action) -> None:
        role = self._scene.roles[action.role]
        try:
            if action.verb == "connects":
                await self._connect(role)
                return
            if (client := self._clients.get(role.name)) is None:
                raise XmppError("is not connected")
            match action.verb:
                case "sends":
                    await self._send(client, role, action)
                case "sends raw":
                    await client.send_raw(self._world.out(self._fill(action.xml)))
                case "receives":
                    await self._receive(client, action, in_order=False)
                case "receives in order":
                    await self._receive(client, action, in_order=True)
                case "receives nothing":
                    await self._receive_nothing(client)
                case "disconnects":
                    await client.close()
                case "loses connection":
                    client.abort()
                case "is disconnected":
                    await client.wait_closed()
                case "starts TLS":
                    await client.start_tls()
        except (XmppError, ConnectionError, ValueError) as error:
            raise SceneFailure(
                f"{self._scene.path}:{action.line}: {action.role} {action.verb}: "
                + self._world.back(str(error))) from error
        except expat.ExpatError as error:
            line = action.xml_line + error.lineno - 1
            raise SceneFailure(f"{self._scene.path}:{line}: {expat.errors.messages[error.code]}"
                               ) from error

    async def _connect(self, role: Role) -> None:
        if (before := self._clients.get(role.name)) is not None:
            await before.close()
        client = Client(self._world.out(role.login), self._world.password(role),
                        self._server.ports, transport=role.transport, auth=role.auth)
        self._clients[role.name] = client
        if role.raw:
            await client.open_socket()
        else:
            await client.connect(bind=role.bind)

    async def _send(self, client: Client, role: Role, action: Action) -> None:
        text = self._world.out(self._fill(action.xml))
        if role.raw:
            await client.send_raw(text)
            return
        for element in parse_fragment(text):
            await client.send(_without_indentation(element))

    async def _receive(self, client: Client, action: Action, in_order: bool) -> None:
        expected_all = parse_fragment(self._fill(action.xml), NAMESPACES)
        after = 0
        for expected in expected_all:
            reasons: list[str] = []

            def fits(element: Element, expected: Element = expected,
                     reasons: list[str] = reasons) -> bool:
                found = compare(expected, element.map_text(self._world.back), self._captures)
                if isinstance(found, str):
                    reasons.append(found)
                    return False
                self._captures = found
                return True

            try:
                number, _ = await client.take_numbered(fits, "this came", after)
            except XmppError as error:
                raise XmppError(self._explain(client, action, expected, reasons, after)) from error
            after = number if in_order else 0

    async def _receive_nothing(self, client: Client) -> None:
        try:
            element = await client.take(is_stanza, timeout_s=QUIET_S)
        except XmppError:
            if client.closed_by_server:
                raise
            return
        raise XmppError("but this came:\n" + element.map_text(self._world.back).pretty("  "))

    def _explain(self, client: Client, action: Action, expected: Element, reasons: list[str],
                 after: int) -> str:
        line = action.xml_line + expected.line - 1
        lines = [f"in vain (line {line}):", expected.pretty("  ")]
        if client.closed_by_server:
            lines.append("The server has closed the connection.")
        if not client.inbox:
            lines.append("Nothing else came.")
        for number, element in client.inbox:
            found = element.map_text(self._world.back)
            why = compare(expected, found, self._captures)
            note = why if isinstance(why, str) else "this fits, but came too early"
            lines.append(f"Instead came (number {number}; {note}):" if number > after
                         else f"Before that came (number {number}; {note}):")
            lines.append(found.pretty("  "))
        return "\n".join(lines)

    def _fill(self, text: str) -> str:
        return _VARIABLE.sub(lambda found: escape(self._variable(found.group(1))), text)

    def _variable(self, name: str) -> str:
        if name in self._captures:
            return self._captures[name]
        for role in self._scene.roles.values():
            if not name.startswith(role.name + "'s "):
                continue
            username = self._world.out(role.bare_jid).rpartition("@")[0]
            match name.removeprefix(role.name + "'s "):
                case "JID":
                    return role.bare_jid
                case "full JID":
                    client = self._clients.get(role.name)
                    return self._world.back(client.jid) if client else role.login
                case "username":
                    return username
                case "password":
                    return self._world.password(role)
                case "plain":
                    return b64(plain(username, self._world.password(role)))
                case what if (other := self._scene.roles.get(what.removeprefix("plain as "))):
                    authzid = self._world.out(other.bare_jid)
                    return b64(plain(username, self._world.password(role), authzid))
        raise XmppError(f"there is no ${{{name}}}")


def _without_indentation(element: Element) -> Element:
    """White space that only shows the scene's structure is not sent."""
    content = [item if isinstance(item, str) else _without_indentation(item)
               for item in element.content]
    if element.children:
        content = [i for i in content if not isinstance(i, str) or i.strip() or "\n" not in i]
    return Element(element.ns, element.name, element.attrs, content)
