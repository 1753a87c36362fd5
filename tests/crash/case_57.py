#!/usr/bin/python3
"""Case 57: the system refuses memory, or reads of the disk, while clients talk.

Memory: the n-th allocation after some moment fails, for many n. The server may end then; it must not
go on with less than it promised. After each round every client comes back, and the promises are those
of crash.py: what was acknowledged is there once and in order, and the server starts cleanly.
Reads: history cannot be had and says so; messages are kept and delivered all the same; when the disk
reads again, everything is there."""

from __future__ import annotations

import argparse
import asyncio
import pathlib
import random
import sys

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

# pylint: disable=wrong-import-position
from crash.crash import PASSWORD, Failure, calm, live, make_peers
from crash.faults import Faults
from lib.report import Report
from lib.server import Server, ServerError
from lib.xmpp import Client, XmppError

LIMIT_S = 15.0  # no further round is begun after it
ROUND_S = 0.4  # a round in which nothing is refused ends so
END_S = 15.0  # so long a server may take to end on a busy machine
# Of which allocation fails: most are those of a message or a login, some come later.
FEW, MANY = 60, 3_000


async def starve(server: Server, faults: Faults, peers, seed: random.Random) -> bool:
    """Clients talk, and one allocation is refused. Whether the server ended."""
    lives = [asyncio.create_task(live(peer)) for peer in peers]
    # tidy: sleep: the moment is meant to be any moment
    await asyncio.sleep(seed.uniform(0.0, 0.1))
    faults.refuse_allocation(seed.randrange(1, FEW if seed.random() < 0.6 else MANY))
    ended = await server.wait_ended(ROUND_S)
    faults.refuse_allocation(0)
    for peer in peers:
        peer.cut()
    for task in lives:
        task.cancel()
    for result in await asyncio.gather(*lives, return_exceptions=True):
        if isinstance(result, Exception):
            raise result
    if ended:
        await server.start()
    return ended


async def recover(server: Server, peers) -> bool:
    """Everybody comes back. Whether the server was still on its way to its end when the round was over."""
    try:
        await calm(peers, forgetful=False, whole=True)
        return False
    except (XmppError, OSError):
        if not await server.wait_ended(END_S):
            raise
    await server.start()
    await calm(peers, forgetful=False, whole=True)
    return True


async def memory(report: Report, seed: random.Random, rounds: int, number: int) -> None:
    server = Server()
    faults = Faults(server.directory)
    server.add_environment(faults.environment)
    loop = asyncio.get_running_loop()
    until = loop.time() + LIMIT_S
    async with server:
        peers = make_peers(3, server.ports, seed, f"-{number}")
        await asyncio.gather(*(server.user_add(peer.bare_jid, PASSWORD) for peer in peers))
        ended = played = 0
        for played in range(1, rounds + 1):
            try:
                ended += await starve(server, faults, peers, seed)
                ended += await recover(server, peers)
                for peer in peers:
                    peer.cut()
            except (Failure, XmppError, ServerError, OSError) as failure:
                report.fail(f"case_57_memory round {played}, seed {number}",
                            f"{failure}\nThe end of the server's log:\n{server.log_tail()}")
                return
            if loop.time() > until:
                break
        if ended == 0:
            report.fail("case_57_memory", "no refused allocation was met: does the library work?")
            return
        report.ok(f"case_57_memory: {played} rounds, in {ended} the server ended")


async def reads(report: Report) -> None:
    server = Server(settings={"store.cache_megabytes": "1"})
    faults = Faults(server.directory)
    server.add_environment(faults.environment)
    try:
        async with server:
            await refuse_reads(server, faults)
    except (Failure, XmppError, ServerError, OSError) as failure:
        report.fail("case_57_reads", f"{failure}\n{server.log_tail()}")
    else:
        report.ok(f"case_57_reads: {faults.reads_refused} reads refused")


def expect(condition: object, why: str) -> None:
    if not condition:
        raise Failure(why)


QUERY = "<query xmlns='urn:xmpp:mam:2'/>"


async def bodies(client: Client) -> list[str]:
    client.inbox.clear()
    answer = await client.iq("set", QUERY)
    expect(answer.get("type") == "result", f"no archive: {answer}")
    found = [e.path("result", "forwarded", "message", "body") for _, e in client.inbox]
    return [body.text for body in found if body is not None]


async def refuse_reads(server: Server, faults: Faults) -> None:
    for name in ("romeo", "juliet"):
        await server.user_add(f"{name}@localhost", PASSWORD)
    romeo, juliet = [Client(f"{name}@localhost/x", PASSWORD, server.ports, auth="plain") for name in ("romeo", "juliet")]
    for client in (romeo, juliet):
        await client.connect()
        await client.send_raw("<presence/>")
        await client.take(lambda e: e.name == "presence", "its presence")
    await romeo.send_raw("<enable xmlns='urn:xmpp:sm:3'/>")
    await romeo.take(lambda e: e.name == "enabled", "enabled")

    async def say(body: str) -> None:
        await romeo.send_raw(f"<message to='juliet@localhost' type='chat'><body>{body}</body></message>")
        await juliet.take(lambda e: e.name == "message" and e.find("body") is not None and e.find("body").text == body, body)

    await say("before")
    faults.refuse_reads(True)
    answer = await juliet.iq("set", QUERY)
    error = answer.find("error")
    expect(error is not None and error.children[0].name == "internal-server-error", f"what cannot be read: {answer}")
    expect(faults.reads_refused > 0, "no read was refused")
    await say("meanwhile")
    await romeo.send_raw("<r xmlns='urn:xmpp:sm:3'/>")
    await romeo.take(lambda e: e.name == "a" and e.get("h") == "2", "the acknowledgement of both")
    faults.refuse_reads(False)
    for client in (romeo, juliet):
        expect(await bodies(client) == ["before", "meanwhile"], "the archive is not whole after it")
    await server.restart()
    again = Client("juliet@localhost/y", PASSWORD, server.ports, auth="plain")
    await again.connect()
    expect(await bodies(again) == ["before", "meanwhile"], "the archive is not whole after a restart")
    await again.close()


async def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=30)
    arguments.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = arguments.parse_args()
    report = Report()
    print(f"  case 57: refused memory in {options.rounds} rounds, seed {options.seed}, and refused reads", flush=True)
    await reads(report)
    await memory(report, random.Random(options.seed), options.rounds, options.seed)
    return report.finish()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
