"""Where an account is signed in, and signing devices out: `rookery user devices` and `sign-out`, and XEP-0494."""

from __future__ import annotations

import re

from lib.element import Element
from lib.scram import b64, plain
from lib.server import Server
from lib.xmpp import SASL2, STREAMS, Client

from .support import PASSWORD, ROMEO, expect, stream_error, until

CAM = "urn:xmpp:cam:0"
PHONE, DESK = "d4565fa7-4d72-4749-b3d3-740edbf87770", "7b9d6a2c-0f9e-4a54-8f5e-1f3f0c1f2e3d"


async def sign_in(server: Server, agent: str) -> Client:
    """By SASL 2 with a user-agent, Bind 2 and a session that can be resumed."""
    client = Client(ROMEO, PASSWORD, server.ports)
    await client.open_socket()
    await client.open_stream()
    await client.send_raw(
        f"<authenticate xmlns='{SASL2}' mechanism='PLAIN'>"
        f"<initial-response>{b64(plain(client.username, PASSWORD))}</initial-response>"
        f"<user-agent id='{agent}'><software>Nest</software><device>{agent[:4]}</device></user-agent>"
        "<bind xmlns='urn:xmpp:bind:0'><enable xmlns='urn:xmpp:sm:3' resume='true'/></bind></authenticate>")
    success = await client.take(lambda e: e.ns == SASL2, "an answer to its login")
    expect(success.name == "success", f"refused: {success}")
    client.jid = success.find("authorization-identifier").text
    await client.take(lambda e: e.name == "features" and e.ns == STREAMS, "features")
    return client


def name_of(client: Client) -> str:
    return client.jid.rpartition("~")[2]


async def devices(server: Server) -> dict[str, str]:
    """The lines of `rookery user devices`, by id."""
    lines = (await server.command("user", "devices", ROMEO)).splitlines()
    return {line.split()[0]: line for line in lines}


def first_used(line: str) -> str:
    found = re.search(r"first used (\S+ \S+)", line)
    expect(found, f"no first use: {line}")
    return found.group(1) if found else ""


async def listed(client: Client) -> dict[str, Element]:
    answer = await client.iq("get", f"<list xmlns='{CAM}'/>")
    clients = answer.find("clients", CAM)
    expect(clients is not None, f"no list: {answer}")
    return {each.get("id"): each for each in clients.children}


async def test_device_list_after_a_kill() -> None:
    async with Server() as server:
        await server.user_add(ROMEO, PASSWORD)
        phone, desk = await sign_in(server, PHONE), await sign_in(server, DESK)
        before = await devices(server)
        expect(set(before) == {name_of(phone), name_of(desk)}, f"listed: {before}")
        expect(all("signed in" in line and "Nest" in line for line in before.values()), f"listed: {before}")
        await server.kill9()
        await server.start()
        after = await devices(server)
        expect(set(after) == set(before), f"after the kill: {after}")
        expect(all("signed in" in line for line in after.values()), "sessions that can be resumed are not connected")
        expect(all(first_used(after[key]) == first_used(before[key]) for key in before), f"first use: {after}")

        again = await sign_in(server, PHONE)
        found = await listed(again)
        expect(set(found) == set(before), f"by XEP-0494: {list(found)}")
        answer = await again.iq("set", f"<revoke xmlns='{CAM}' id='{name_of(desk)}'/>")
        expect(answer.path("error", "password-reset-required") is not None, f"revoked: {answer}")
        await server.kill9()
        await server.start()
        after = await devices(server)
        expect("signed in" not in after[name_of(desk)], f"back after the kill: {after}")


async def test_sign_out_while_the_server_runs() -> None:
    async with Server() as server:
        await server.user_add(ROMEO, PASSWORD)
        phone, desk = await sign_in(server, PHONE), await sign_in(server, DESK)
        said = await server.command("user", "sign-out", ROMEO, name_of(phone))
        expect("1 signed out" in said and "passwd" in said, said)
        await phone.wait_closed()
        expect(stream_error(phone) == "not-authorized", f"ended with {stream_error(phone)}")
        expect("signed in" in (await devices(server))[name_of(desk)], "the other device is gone too")
        for words, wanted in (((ROMEO, "unheard-of"), "no such device"), ((ROMEO,), "--all"),
                              (("nobody@localhost", "--all"), "no such account")):
            status, output = await server.attempt("user", "sign-out", *words)
            expect(status == 1 and wanted in output, f"{words}: status {status}, {output}")
        expect("2 signed out" in await server.command("user", "sign-out", ROMEO, "--all"), "not both")
        await desk.wait_closed()


async def test_sign_out_without_a_server() -> None:
    async with Server() as server:
        await server.user_add(ROMEO, PASSWORD)
        phone = await sign_in(server, PHONE)
        name = name_of(phone)
        await devices(server)  # and what it tells is on the disk
        await server.kill9()
        expect("signed in" in (await devices(server))[name], "the session can be resumed")
        await server.command("user", "sign-out", ROMEO, name)
        expect("signed in" not in (await devices(server))[name], "still signed in")
        await server.command("user", "passwd", ROMEO, "--password-stdin", stdin="rosaline\n")
        expect(await devices(server) == {}, "who has no access is listed")
        await server.start()

        async def nobody() -> bool:
            return await devices(server) == {}
        await until(nobody, "nobody is listed")
