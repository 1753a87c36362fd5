"""What the tests of the whole program share."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from lib.element import CLIENT, Element
from lib.server import Server
from lib.xmpp import Client

PASSWORD = "star-crossed"
ROMEO, JULIET = "romeo@localhost", "juliet@localhost"
PATIENCE_S = 15.0


class Failure(Exception):
    """The program did something else than it should; the text says what."""


def expect(condition: object, why: str) -> None:
    if not condition:
        raise Failure(why)


def alone(test):
    """For a test that measures: no other runs at the same time."""
    test.alone = True
    return test


async def until(holds: Callable[[], Awaitable[bool]], what: str, patience_s: float = PATIENCE_S) -> None:
    """Looks again and again, for what gives no event."""
    limit = asyncio.get_running_loop().time() + patience_s
    while not await holds():
        expect(asyncio.get_running_loop().time() < limit, f"after {patience_s} s still not: {what}")
        # tidy: sleep: what is looked at gives no event
        await asyncio.sleep(0.02)


async def online(server: Server, jid: str, password: str = PASSWORD, **options) -> Client:
    """Logged in, bound and available; its own presence has come back."""
    client = Client(jid, password, server.ports, **{"auth": "plain", **options})
    await client.connect()
    await client.send(Element(CLIENT, "presence"))
    await client.take(lambda e: e.name == "presence", "its own presence")
    return client


async def lovers(server: Server, **options) -> tuple[Client, Client]:
    """Romeo and Juliet, whose accounts are made here, online."""
    for jid in (ROMEO, JULIET):
        await server.user_add(jid, PASSWORD)
    return await online(server, f"{ROMEO}/orchard", **options), await online(server, f"{JULIET}/balcony", **options)


def chat(to: str, body: str) -> Element:
    return Element(CLIENT, "message", {"to": to, "type": "chat"}, [Element(CLIENT, "body", {}, [body])])


def says(body: str) -> Callable[[Element], bool]:
    def is_it(element: Element) -> bool:
        found = element.find("body")
        return element.name == "message" and found is not None and found.text == body
    return is_it


def stream_error(client: Client) -> str | None:
    """The condition of the stream error that came, if one came."""
    for _, element in client.inbox:
        if element.name == "error" and element.children:
            return element.children[0].name
    return None


@dataclass
class Answer:
    status: int
    headers: dict[str, str]  # names in lower case
    body: bytes


async def http(server: Server, target: str, headers: str = "Host: localhost\r\n", method: str = "GET") -> Answer:
    """One request; `target` goes out as it is."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.ports["http"])
    writer.write(f"{method} {target} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n".encode("latin-1"))
    raw = await asyncio.wait_for(reader.read(), PATIENCE_S)
    writer.close()
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    expect(lines[0].startswith("HTTP/1.1 "), f"no HTTP answer to {target!r}: {raw[:80]!r}")
    fields = dict(line.split(": ", 1) for line in lines[1:])
    return Answer(int(lines[0].split()[1]), {k.lower(): v for k, v in fields.items()}, body)


async def metric(server: Server, name: str) -> float:
    """`name` without its 'rookery_', with its labels."""
    page = (await http(server, "/metrics")).body.decode()
    found = re.search(rf"^rookery_{re.escape(name)} (\S+)$", page, re.MULTILINE)
    expect(found, f"/metrics has no {name}")
    return float(found.group(1)) if found else 0.0


async def archive(client: Client) -> list[str]:
    """The bodies in the client's own archive, up to 1,000, oldest first."""
    answer = await client.iq("set", "<query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'>"
                                    "<max>1000</max></set></query>")
    expect(answer.get("type") == "result", f"no archive: {answer}")
    bodies = []
    for _, element in client.inbox:
        body = element.path("result", "forwarded", "message", "body")
        if body is not None:
            bodies.append(body.text)
    return bodies
