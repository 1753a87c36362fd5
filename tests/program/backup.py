"""`rookery backup` and `rookery restore`."""

from __future__ import annotations

import asyncio

from lib.managed import ManagedClient
from lib.server import Server

from .support import JULIET, PASSWORD, ROMEO, archive, chat, expect, online

BEFORE = 200


async def acknowledged(client: ManagedClient) -> None:
    """All that was sent so far."""
    while client.unacknowledged:
        client.news.clear()
        await client.request()
        await client.news.wait()


async def managed(server: Server, jid: str) -> ManagedClient:
    news = asyncio.Event()
    client = ManagedClient(jid, PASSWORD, server.ports, auth="plain", on_acknowledged=lambda _: news.set())
    client.news = news
    await client.connect()
    await client.enable([])
    return client


async def test_backup_under_load_starts_elsewhere() -> None:
    """Every message acknowledged before the backup began is in it, in both archives, without holes."""
    async with Server() as server, Server() as elsewhere:
        for jid in (ROMEO, JULIET):
            await server.user_add(jid, PASSWORD)
        romeo = await managed(server, f"{ROMEO}/orchard")
        sent = 0

        async def talk(until: int) -> None:
            nonlocal sent
            while sent < until:
                sent += 1
                await romeo.send(chat(JULIET, f"message {sent}"))
                if sent % 20 == 0:
                    await acknowledged(romeo)

        await talk(BEFORE)
        traffic = asyncio.create_task(talk(BEFORE * 50))
        target = server.directory / "backup"
        said = await server.command("backup", str(target))
        traffic.cancel()
        await asyncio.gather(traffic, return_exceptions=True)
        expect("bytes copied" in said, f"said: {said}")
        expect(sent > BEFORE, "there was no traffic during the backup")
        status, output = await server.attempt("backup", str(target))
        expect(status == 1 and str(target) in output, f"a second backup to the same place: {status} {output}")
        romeo.abort()

        await elsewhere.stop()
        await elsewhere.command("restore", str(target))
        await elsewhere.start()
        for jid in (ROMEO, JULIET):
            client = await online(elsewhere, jid)
            found = [body for body in await archive(client) if body.startswith("message ")]
            expect(len(found) >= BEFORE, f"{jid}: {len(found)} of {BEFORE} messages")
            expect(found == [f"message {i + 1}" for i in range(len(found))], f"{jid}: holes or disorder in {found}")
            await client.close()


async def test_backup_without_a_server() -> None:
    server, elsewhere = Server(), Server()
    await server.user_add(ROMEO, PASSWORD)
    target = server.directory / "backup"
    await server.command("backup", str(target))
    await elsewhere.command("restore", str(target))
    expect(ROMEO in await elsewhere.command("user", "list"), "the account is not in the restored data")


async def test_restore_keeps_what_was_there_and_refuses_a_running_server() -> None:
    server, other = Server(), Server()
    await server.user_add(ROMEO, PASSWORD)
    await server.command("backup", str(server.directory / "backup"))
    await other.user_add(JULIET, PASSWORD)
    async with other:
        status, output = await other.attempt("restore", str(server.directory / "backup"))
        expect(status == 1 and output, f"restored under a running server: {status} {output}")
        expect(JULIET in await other.command("user", "list"), "the running server lost its data")
    other = Server()
    await other.user_add(JULIET, PASSWORD)
    status, output = await other.attempt("restore", str(other.directory / "nowhere"))
    expect(status == 1 and "nowhere" in output, f"no backup there: {status} {output}")
    await other.command("restore", str(server.directory / "backup"))
    expect(ROMEO in await other.command("user", "list"), "not restored")
    expect(list(other.data.glob("store.before-restore-*")), "what was there is gone")
