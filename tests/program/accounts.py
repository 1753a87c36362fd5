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
        (await set_password(server, "add", ROMEO, PASSWORD), ["the name is taken", ROMEO]),
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


async def aliases(server: Server) -> None:
    """`rookery user alias`, and every mistake with it. Romeo has 10001 and lover afterwards."""
    for jid in (ROMEO, JULIET):
        await server.user_add(jid, PASSWORD)
    for alias in ("10001", "lover@localhost", "10002"):
        await server.command("user", "alias", "add", ROMEO, alias)
    await server.command("user", "alias", "remove", ROMEO, "10002")
    listed = await server.command("user", "alias", "list", ROMEO)
    expect(listed.split() == ["10001", "lover"], f"listed: {listed}")
    expect(await server.command("user", "alias", "list", JULIET) == "", "an alias of nobody's")
    users = await server.command("user", "list")
    expect(sorted(line.split()[0] for line in users.splitlines()) == sorted([ROMEO, JULIET]), f"an alias is listed as an account: {users}")

    alias = lambda *words: server.attempt("user", "alias", *words)  # noqa: E731
    mistakes = [
        (await alias("add", JULIET, "10001"), ["taken", "10001"]),
        (await alias("add", JULIET, "romeo"), ["taken", ROMEO]),
        (await alias("add", NOBODY, "10003"), [NOBODY]),
        (await alias("add", JULIET, "a b"), ["a b", "alias"]),
        (await alias("add", JULIET, "10003@elsewhere.example"), ["domain", "10003"]),
        (await alias("remove", JULIET, "10001"), ["no such alias", "10001"]),
        (await alias("list", NOBODY), [NOBODY]),
        (await set_password(server, "add", "10001@localhost", PASSWORD), ["10001@localhost"]),
        (await server.attempt("user", "delete", "10001@localhost"), ["10001@localhost"]),
    ]
    for (status, output), words in mistakes:
        expect(status == 1 and all(word in output for word in words), f"status {status}, {words} wanted in: {output}")


async def signed_in_as(server: Server, name: str, auth: str) -> str:
    client = Client(f"{name}@localhost", PASSWORD, server.ports, auth=auth)
    await client.connect()
    await client.close()
    return client.jid.split("/")[0]


async def romeo_comes_in(server: Server, names: tuple[str, ...]) -> None:
    for name in names:
        for auth in ("scram", "plain", "sasl2"):
            jid = await signed_in_as(server, name, auth)
            expect(jid == ROMEO, f"by {name} with {auth} one is {jid}")


async def test_aliases_while_the_server_runs() -> None:
    async with Server() as server:
        await aliases(server)
        await romeo_comes_in(server, ("romeo", "10001", "lover"))
        expect(not await can_log_in(server, "10002@localhost", PASSWORD), "by an alias that was taken away")
        await server.command("user", "disable", ROMEO)
        for auth in ("scram", "plain", "sasl2"):
            expect(not await can_log_in(server, "10001@localhost", PASSWORD, auth), f"a disabled account logs in by an alias and {auth}")


async def test_aliases_without_a_server_with_a_restart_and_a_file() -> None:
    server = Server()
    await aliases(server)
    text = await server.command("user", "export", ROMEO)
    async with server:
        await romeo_comes_in(server, ("10001", "lover"))
        await server.restart()
        await romeo_comes_in(server, ("10001",))
        await server.command("user", "delete", ROMEO)
        expect(not await can_log_in(server, "10001@localhost", PASSWORD), "by an alias of a deleted account")
        await server.user_add("lover@localhost", "another")
        file = server.directory / "romeo.xml"
        file.write_text(text, encoding="utf-8")
        told = await server.command("user", "import", str(file))
        expect("lover" in told and "taken" in told, f"not told that an alias is taken: {told}")
        await romeo_comes_in(server, ("romeo", "10001"))


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
