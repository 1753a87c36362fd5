"""`rookery user`: the same commands and the same answers, whether the server runs or not."""

from __future__ import annotations

from lib.server import Server
from lib.xmpp import Client, XmppError

from .support import JULIET, PASSWORD, ROMEO, expect, online, stream_error

NOBODY = "nobody@localhost"


async def set_password(server: Server, action: str, jid: str, password: str) -> tuple[int, str]:
    return await server.attempt("user", action, jid, "--password-stdin", stdin=password + "\n")


async def can_log_in(server: Server, jid: str, password: str, auth: str = "scram") -> bool:
    client = Client(jid, password, server.ports, auth=auth)
    try:
        await client.connect()
    except XmppError as error:
        expect("not-authorized" in str(error) or "account-disabled" in str(error), str(error))
        return False
    finally:
        client.abort()
    return True


async def walk_through(server: Server) -> None:
    """Every command, and every mistake with it."""
    expect(await server.command("user", "list") == "", "accounts in an empty store")
    for jid in (ROMEO, JULIET):
        expect((await set_password(server, "add", jid, PASSWORD))[0] == 0, f"{jid} not made")
    lines = (await server.command("user", "list")).splitlines()
    expect(sorted(line.split()[0] for line in lines) == sorted([ROMEO, JULIET]), f"listed: {lines}")

    await server.command("user", "disable", ROMEO)
    lines = (await server.command("user", "list")).splitlines()
    expect([line.split()[0] for line in lines if line.endswith("disabled")] == [ROMEO], f"listed: {lines}")
    await server.command("user", "enable", ROMEO)
    expect("disabled" not in await server.command("user", "list"), "still disabled")

    mistakes = [
        (await set_password(server, "add", ROMEO, PASSWORD), ["there is an account", ROMEO]),
        (await set_password(server, "add", "romeo", PASSWORD), ["romeo", "alice@"]),
        (await set_password(server, "add", "a b@localhost", PASSWORD), ["a b@localhost"]),
        (await set_password(server, "add", "romeo@elsewhere.example", PASSWORD), ["elsewhere.example"]),
        (await set_password(server, "add", "paris@localhost", ""), ["password"]),
        (await set_password(server, "passwd", NOBODY, PASSWORD), [NOBODY]),
        (await server.attempt("user", "disable", NOBODY), [NOBODY]),
        (await server.attempt("user", "enable", NOBODY), [NOBODY]),
        (await server.attempt("user", "delete", NOBODY), [NOBODY]),
    ]
    for (status, output), words in mistakes:
        expect(status == 1 and all(word in output for word in words), f"status {status}, {words} wanted in: {output}")

    await server.command("user", "delete", JULIET)
    expect(JULIET not in await server.command("user", "list"), "still listed")


async def test_user_commands_while_the_server_runs() -> None:
    async with Server() as server:
        await walk_through(server)


async def test_user_commands_without_a_server() -> None:
    server = Server()
    await walk_through(server)
    async with server:
        expect(await can_log_in(server, ROMEO, PASSWORD), "the account made without a server cannot log in")
        expect(not await can_log_in(server, JULIET, PASSWORD), "the deleted account can log in")


async def test_new_password_signs_out_all_devices() -> None:
    async with Server() as server:
        await server.user_add(ROMEO, PASSWORD)
        devices = [await online(server, f"{ROMEO}/{name}") for name in ("phone", "desk")]
        expect((await set_password(server, "passwd", ROMEO, "rosaline"))[0] == 0, "passwd failed")
        for device in devices:
            await device.wait_closed()
            expect(stream_error(device), f"{device.jid} was cut without a word")
        expect(not await can_log_in(server, ROMEO, PASSWORD), "the old password still works")
        for auth in ("scram", "plain", "sasl2"):
            expect(await can_log_in(server, ROMEO, "rosaline", auth), f"the new password does not work by {auth}")


async def test_disabled_account_is_locked() -> None:
    async with Server() as server:
        await server.user_add(ROMEO, PASSWORD)
        device = await online(server, f"{ROMEO}/phone")
        await server.command("user", "disable", ROMEO)
        await device.wait_closed()
        expect(stream_error(device), "the device was cut without a word")
        for auth in ("scram", "plain", "sasl2"):
            expect(not await can_log_in(server, ROMEO, PASSWORD, auth), f"a disabled account logs in by {auth}")
        await server.restart()
        expect(not await can_log_in(server, ROMEO, PASSWORD), "after a restart a disabled account logs in")
        await server.command("user", "enable", ROMEO)
        expect(await can_log_in(server, ROMEO, PASSWORD), "enabled, and cannot log in")


async def test_deleted_account_is_gone() -> None:
    async with Server() as server:
        await server.user_add(ROMEO, PASSWORD)
        device = await online(server, f"{ROMEO}/phone")
        await server.command("user", "delete", ROMEO)
        await device.wait_closed()
        expect(not await can_log_in(server, ROMEO, PASSWORD), "a deleted account logs in")
        await server.user_add(ROMEO, "another")
        expect(await can_log_in(server, ROMEO, "another"), "the name cannot be used again")
