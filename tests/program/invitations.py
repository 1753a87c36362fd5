"""Invitations (XEP-0445, XEP-0401): made and revoked by `rookery user`, and used on a server that is closed otherwise."""

from __future__ import annotations

import asyncio
import re

from lib import confidential
from lib.element import Element
from lib.server import Server
from lib.xmpp import TLS, Client, XmppError

from .support import JULIET, PASSWORD, ROMEO, expect, online

CLOSED = {"modules.registration.open": "false"}
REGISTER, ROSTER = "jabber:iq:register", "jabber:iq:roster"


async def invited(server: Server, *words: str) -> tuple[str, list[str]]:
    """The token, and the lines that were printed."""
    lines = (await server.command("user", "invite", *words)).splitlines()
    token = re.search(r"preauth=([0-9a-f]{48})", "\n".join(lines))
    expect(token, f"no token: {lines}")
    assert token
    confidential.note(token.group(1))
    return token.group(1), lines


async def listed(server: Server) -> dict[str, str]:
    lines = (await server.command("user", "invitations")).splitlines()
    return {line.split()[0]: line for line in lines}


def refusal(answer: Element) -> str:
    error = answer.find("error")
    return error.children[0].name if error is not None else ""


async def sign_up(server: Server, token: str, name: str) -> tuple[str, str]:
    """What became of showing the token, and of making the account: "" each, or the error."""
    client = Client(f"{name}@localhost", PASSWORD, server.ports)
    try:
        await client.open_socket()
        await client.open_stream()
        shown = await client.iq("set", f"<preauth xmlns='urn:xmpp:pars:0' token='{token}'/>", "localhost")
        made = await client.iq("set", f"<query xmlns='{REGISTER}'><username>{name}</username>"
                                      f"<password>{PASSWORD}</password></query>")
        return refusal(shown), refusal(made)
    finally:
        client.abort()


async def roster(client: Client) -> dict[str, str]:
    answer = await client.iq("get", f"<query xmlns='{ROSTER}'/>")
    query = answer.find("query", ROSTER)
    assert query is not None
    return {item.get("jid"): item.get("subscription") for item in query.children}


async def walk_through(server: Server) -> None:
    await server.user_add(ROMEO, PASSWORD)
    expect(await listed(server) == {}, "invitations in a new store")
    _, lines = await invited(server, "--uses", "3", "--days", "1")
    expect(any(re.fullmatch(r"http\S+/\?domain=localhost#/invite/[0-9a-f]{48}", line) for line in lines), f"no link: {lines}")
    expect(any(line.startswith("xmpp:localhost?register;preauth=") for line in lines), f"no URI: {lines}")
    _, lines = await invited(server, "--from", ROMEO)
    expect(any("/?from=romeo%40localhost#/invite/" in line for line in lines), f"no link: {lines}")
    expect(any(line.startswith("xmpp:romeo@localhost?roster;") and line.endswith(";ibr=y") for line in lines), f"{lines}")
    _, lines = await invited(server, "--name", "Tybalt")
    expect(any(line.startswith("xmpp:tybalt@localhost?register;") for line in lines), f"no URI: {lines}")

    found = await listed(server)
    expect(len(found) == 3, f"listed: {found}")
    for words in (["the operator", "uses left 3"], ["by romeo@localhost"], ["for tybalt@localhost"]):
        expect(any(all(word in line for word in words) for line in found.values()), f"{words} not in {found}")
    for ident in found:
        await server.command("user", "revoke", ident)
    expect(await listed(server) == {}, "revoked, and still listed")

    mistakes = [
        (["revoke", next(iter(found))], ["no such invitation"]),
        (["invite", "--from", "nobody@localhost"], ["nobody@localhost", "no such account"]),
        (["invite", "--from", "romeo"], ["romeo", "alice@"]),
        (["invite", "--name", "romeo"], ["romeo@localhost", "another name"]),
        (["invite", "--name", "a b"], ["a b"]),
        (["invite", "--name", "paris", "--uses", "2"], ["paris", "--uses"]),
        (["invite", "--uses", "0"], ["uses", "1000"]),
        (["invite", "--days", "1000"], ["days", "365"]),
        (["invite", "--domain", "elsewhere.example"], ["elsewhere.example"]),
        (["invite", "--from", ROMEO, "--domain", "elsewhere.example"], [ROMEO, "--domain"]),
    ]
    for words, wanted in mistakes:
        status, output = await server.attempt("user", *words)
        expect(status == 1 and all(word in output for word in wanted), f"{words}: status {status}, {wanted} wanted in: {output}")


async def test_commands_while_it_runs() -> None:
    async with Server(settings=CLOSED) as server:
        await walk_through(server)


async def test_commands_while_it_does_not_run() -> None:
    server = Server(settings=CLOSED)
    await walk_through(server)
    token, _ = await invited(server)
    async with server:
        expect(await sign_up(server, token, "paris") == ("", ""), "made while it did not run, and not taken")


async def test_a_closed_server_opens_for_who_is_invited() -> None:
    async with Server(settings=CLOSED) as server:
        token, _ = await invited(server)
        expect(await sign_up(server, "0" * 48, "paris") == ("item-not-found", "service-unavailable"), "open for anyone")
        expect(await sign_up(server, token, "paris") == ("", ""), "not open for who is invited")
        expect(await sign_up(server, token, "rosaline") == ("item-not-found", "service-unavailable"), "used twice")
        await server.kill9()
        await server.start()
        expect((await sign_up(server, token, "rosaline"))[0] == "item-not-found", "good again after a kill")
        await online(server, "paris@localhost")


async def test_what_was_shown_in_clear_does_not_count_behind_tls() -> None:
    async with Server(settings=CLOSED) as server:
        token, _ = await invited(server)
        client = Client("paris@localhost", PASSWORD, server.ports)
        await client.open_socket()
        await client.open_stream()
        preauth = f"<preauth xmlns='urn:xmpp:pars:0' token='{token}'/>"
        question = f"<query xmlns='{REGISTER}'/>"
        expect(refusal(await client.iq("set", preauth)) == "", "not taken")
        expect(refusal(await client.iq("get", question)) == "", "not open for who is invited")
        await client.send_raw(f"<starttls xmlns='{TLS}'/>")
        await client.take(lambda e: e.name == "proceed", "leave to start TLS")
        await client.start_tls()
        await client.open_stream()
        expect(refusal(await client.iq("get", question)) == "service-unavailable", "RFC 6120 §5.4.3.3")
        expect(refusal(await client.iq("set", preauth)) == "", "not taken behind TLS")
        expect(refusal(await client.iq("get", question)) == "", "not open behind TLS")
        client.abort()


async def test_who_invites_and_who_comes_are_contacts() -> None:
    async with Server(settings=CLOSED) as server:
        await server.user_add(ROMEO, PASSWORD)
        romeo = await online(server, ROMEO)
        expect(await roster(romeo) == {}, "not empty")
        token, _ = await invited(server, "--from", ROMEO)
        expect(await sign_up(server, token, "juliet") == ("", ""), "not made")
        push = await romeo.take(lambda e: e.name == "iq" and e.find("query", ROSTER) is not None and e.get("type") == "set", "a push")
        expect(push.path("query", "item").get("subscription") == "both", f"pushed: {push}")
        juliet = await online(server, JULIET)
        expect(await roster(juliet) == {ROMEO: "both"}, "not her contact")
        await romeo.take(lambda e: e.name == "presence" and e.get("from").startswith(JULIET), "her presence")
        await juliet.take(lambda e: e.name == "presence" and e.get("from").startswith(ROMEO), "his presence")
        await server.kill9()
        await server.start()
        expect(await roster(await online(server, ROMEO)) == {JULIET: "both"}, "not his contact after a kill")


async def test_a_name_is_kept_for_who_is_invited() -> None:
    async with Server(settings={"modules.registration.open": "true"}) as server:
        token, _ = await invited(server, "--name", "admin")
        other, _ = await invited(server, "--name", "tybalt")
        expect((await sign_up(server, "0" * 48, "tybalt"))[1] == "conflict", "taken by a stranger")
        expect(await sign_up(server, other, "mercutio") == ("", "not-acceptable"), "another name than the one it is for")
        expect(await sign_up(server, token, "admin") == ("", ""), "a name that the operator has chosen is refused")
        expect(await sign_up(server, other, "tybalt") == ("", ""), "not made")


async def test_an_account_that_goes_takes_its_invitations_along() -> None:
    async with Server(settings=CLOSED) as server:
        await server.user_add(ROMEO, PASSWORD)
        token, _ = await invited(server, "--from", ROMEO, "--uses", "5")
        await server.command("user", "delete", ROMEO)
        expect(await listed(server) == {}, "still listed")
        expect((await sign_up(server, token, "paris"))[0] == "item-not-found", "still good")


async def test_a_kill_leaves_no_use_without_an_account() -> None:
    async with Server(settings=CLOSED, durability="power") as server:
        await server.user_add(ROMEO, PASSWORD)
        tokens = [(await invited(server, "--from", ROMEO))[0] for _ in range(8)]
        attempts = [asyncio.create_task(sign_up(server, token, f"n{i}")) for i, token in enumerate(tokens)]
        await asyncio.wait(attempts, return_when=asyncio.FIRST_COMPLETED)
        await server.kill9()
        answers = await asyncio.gather(*attempts, return_exceptions=True)
        expect(all(a == ("", "") or isinstance(a, (XmppError, OSError)) for a in answers), f"{answers}")
        await server.start()
        accounts = (await server.command("user", "list")).split()
        made = [f"n{i}@localhost" in accounts for i in range(len(tokens))]
        expect(sum(made) + len(await listed(server)) == len(tokens), f"made: {made}, left: {await listed(server)}")
        expect(all(made[i] for i, a in enumerate(answers) if a == ("", "")), "one that was acknowledged is not there")
        his = await roster(await online(server, ROMEO))
        expect(set(his) == {f"n{i}@localhost" for i, m in enumerate(made) if m}, f"his contacts: {his}")
        again = [await sign_up(server, token, f"n{i}") for i, token in enumerate(tokens) if not made[i]]
        expect(all(a == ("", "") for a in again), f"not good any more: {again}")
