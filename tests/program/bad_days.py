"""Clients that come and go, never acknowledge, never read, or flood: the others notice nothing."""

from __future__ import annotations

import asyncio
import pathlib
import resource

from lib.element import CLIENT, STREAMS
from lib.server import Server
from lib.transport import unverified_tls
from lib.xmpp import SASL, Client

from .support import JULIET, PASSWORD, ROMEO, alone, archive, chat, expect, lovers, metric, online, says, until

HEADER = f"<stream:stream to='localhost' version='1.0' xmlns='{CLIENT}' xmlns:stream='{STREAMS}'>"
PAGE_BYTES = resource.getpagesize()
MB = 1024 * 1024
TALK = 300


def resident_bytes(server: Server) -> int:
    return int(pathlib.Path(f"/proc/{server.pid}/statm").read_text().split()[1]) * PAGE_BYTES


async def come_and_go(server: Server, cycles: int) -> None:
    """A third connects only, a third leaves in the middle of a stanza, a third in the middle of one over TLS."""
    context = unverified_tls()
    half = (HEADER + f"<auth xmlns='{SASL}' mechanism='PLAIN'>" + "A" * 4000).encode()
    slots = asyncio.Semaphore(32)

    async def cycle(number: int) -> None:
        async with slots:
            tls = number % 3 == 2
            _, writer = await asyncio.open_connection(
                "127.0.0.1", server.ports["c2s_tls" if tls else "c2s"], ssl=context if tls else None,
                server_hostname="localhost" if tls else None)
            if number % 3:
                writer.write(half)
                await writer.drain()
            writer.transport.abort()

    await asyncio.gather(*(cycle(number) for number in range(cycles)))

    async def all_gone() -> bool:
        return await metric(server, "connections") == 0
    await until(all_gone, "all connections gone")


@alone
async def case_06_memory_comes_back_after_connections_that_end_anywhere() -> None:
    """Of the whole process, with TLS; src/server/crowd_test.cc counts the bytes of 100,000 in clear."""
    async with Server(settings={"log.level": '"warning"'}) as server:
        await come_and_go(server, 450)
        base, descriptors = resident_bytes(server), await metric(server, "open_descriptors")
        await come_and_go(server, 900)
        grown = resident_bytes(server) - base
        expect(grown < 2 * MB, f"{grown / 1024:.0f} KB more than before 900 connections")
        expect(await metric(server, "open_descriptors") <= descriptors, "descriptors are left over")


async def case_31_what_is_never_acknowledged_is_kept_once() -> None:
    """At the limit the session ends; what it was sent is in the history once, and comes to the next device once."""
    count = 40
    async with Server(settings={"limits.unacked_stanzas": "10"}) as server:
        romeo, juliet = await lovers(server)
        await juliet.send_raw("<enable xmlns='urn:xmpp:sm:3' resume='true'/>")
        await juliet.take(lambda e: e.name == "enabled", "<enabled/>")
        # Once she has one, the look for older ones is over, which would send no more than she acknowledges.
        await romeo.send(chat(JULIET, "0"))
        await juliet.take(says("0"), "the first message")
        for number in range(1, count):
            await romeo.send(chat(JULIET, f"{number}"))
        await juliet.wait_closed()
        expect((await romeo.iq("get", "<ping xmlns='urn:xmpp:ping'/>")).get("type") == "result", "romeo was hit")

        async def session_gone() -> bool:
            return await metric(server, "sessions") == 1
        await until(session_gone, "the session to end")
        expect(await metric(server, "limits_reached_total") > 0, "no limit was counted")

        wanted = [f"{number}" for number in range(count)]
        phone = await online(server, f"{JULIET}/phone")
        await phone.take(says(wanted[-1]), "the last message")
        came = [body.text for _, e in phone.inbox if e.name == "message" and (body := e.find("body"))]
        expect(came == wanted[:-1], f"missing, out of order or not once: {came}")
        phone.inbox.clear()
        expect(await archive(phone) == wanted, "the history has other messages")


@alone
async def case_32_one_who_does_not_read_holds_nobody_up() -> None:
    count, body = 800, "x" * 32_000
    async with Server(settings={"limits.output_kilobytes": "256", "limits.rate_kilobytes": "1000000",
                                "limits.burst_kilobytes": "1000000", "log.level": '"warning"'}) as server:
        romeo, juliet = await lovers(server)
        other = await online(server, f"{ROMEO}/other")
        base = resident_bytes(server)
        juliet.stop_reading()
        for _ in range(count):
            await romeo.send(chat(juliet.jid, body))
        start = asyncio.get_running_loop().time()
        await romeo.send(chat(other.jid, "still here"))
        await other.take(says("still here"), "a message to one who reads", timeout_s=20)
        took = asyncio.get_running_loop().time() - start

        async def closed() -> bool:
            return await metric(server, "connections") == 2
        await until(closed, "the connection of the one who does not read to be closed")
        grown = resident_bytes(server) - base
        expect(grown < 100 * MB, f"{grown / MB:.0f} MB more after {count * len(body) / MB:.0f} MB to one who does not read")
        print(f"  case 32: a message behind {count * len(body) / MB:.0f} MB to a deaf one took {took:.2f} s, "
              f"{grown / MB:.0f} MB more memory", flush=True)


async def talk(one: Client, other: Client, count: int) -> list[float]:
    """How long each message took, one after the other, in order of length."""
    took = []
    for number in range(count):
        start = asyncio.get_running_loop().time()
        await one.send(chat(other.jid, f"talk {number}"))
        await other.take(says(f"talk {number}"), "a message")
        took.append(asyncio.get_running_loop().time() - start)
    return sorted(took)


@alone
async def case_33_a_flood_is_slowed_and_others_are_not() -> None:
    rate_kb, burst_kb = 64, 64
    stanza = f"<message to='{ROMEO}/nowhere' type='headline'><body>flood</body></message>"
    async with Server(settings={"limits.rate_kilobytes": f"{rate_kb}", "limits.burst_kilobytes": f"{burst_kb}",
                                "log.level": '"warning"'}) as server:
        await server.user_add("tybalt@localhost", PASSWORD)
        romeo, juliet = await lovers(server)
        tybalt = await online(server, "tybalt@localhost/street")
        base = await talk(romeo, juliet, TALK)
        before = await metric(server, 'stanzas_received_total{kind="message"}')
        start = asyncio.get_running_loop().time()
        flood = asyncio.create_task(tybalt.send_raw(stanza * 100_000))
        flooded = await talk(romeo, juliet, TALK)

        async def well_over_the_burst() -> bool:
            taken = await metric(server, 'stanzas_received_total{kind="message"}') - before - TALK
            return taken > (burst_kb + rate_kb) * 1024 / len(stanza)
        await until(well_over_the_burst, "the burst and what a second allows")
        received = await metric(server, 'stanzas_received_total{kind="message"}') - before - TALK
        allowed = (burst_kb + rate_kb * (asyncio.get_running_loop().time() - start)) * 1024 / len(stanza)
        flood.cancel()
        tybalt.abort()
        # What one read takes from a socket may be over the budget once.
        expect(received < allowed * 1.1 + 65536 / len(stanza), f"{received:.0f} stanzas taken, {allowed:.0f} allowed")
        p99_base, p99 = base[TALK * 99 // 100], flooded[TALK * 99 // 100]
        print(f"  case 33: p99 {p99_base * 1000:.1f} ms alone, {p99 * 1000:.1f} ms beside a flood", flush=True)
        # Twice, and not less than what this machine's scheduler may do to anybody.
        expect(p99 < max(2 * p99_base, 0.05), f"p99 of others {p99 * 1000:.1f} ms, was {p99_base * 1000:.1f} ms")
