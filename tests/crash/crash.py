#!/usr/bin/python3
"""Case 55: clients talk while the server is killed with `kill -9` at random moments, again and again.

After each restart every client resumes its session, and when all is calm: each message is once and in
order in the archives of both sides, has come to its receiver in order, and has come twice only under
the same stanza-id; no count that the server had promised has gone back."""

from __future__ import annotations

import argparse
import asyncio
import pathlib
import random
import sys

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

# pylint: disable=wrong-import-position
from crash.conversation import Conversation
from crash.peer import Peer
from lib.report import Report
from lib.server import LISTENERS, ForeignServer, Server, ServerError
from lib.xmpp import XmppError

PASSWORD = "secret"
SETTLE_S = 60.0
# In the rounds between, only what the archives have gained is read.
WHOLE_ARCHIVE_EVERY = 25
TALK_S = (0.02, 0.2)
# Some kills come while the clients are still logging in and resuming.
DURING_LOGIN_S = (0.0, 0.05)
DURING_LOGIN_SHARE = 0.2


class Failure(Exception):
    """A promise was broken; the lines say which."""


def make_peers(pairs: int, ports: dict[str, int], seed: random.Random, token: str) -> list[Peer]:
    peers = []
    for pair in range(pairs):
        one, other = f"anna{pair}{token}@localhost", f"boris{pair}{token}@localhost"
        there, back = Conversation(one, other), Conversation(other, one)
        for outgoing, incoming in ((there, back), (back, there)):
            peers.append(Peer(PASSWORD, ports, outgoing, incoming, random.Random(seed.random())))
    return peers


async def live(peer: Peer) -> None:
    """Online and talking until the connection ends."""
    try:
        await peer.come_online()
        await peer.talk()
    except (XmppError, ConnectionError):
        pass  # what the round is about


async def disaster(server, peers: list[Peer], seed: random.Random, only_cut: bool) -> None:
    lives = [asyncio.create_task(live(peer)) for peer in peers]
    spread = DURING_LOGIN_S if seed.random() < DURING_LOGIN_SHARE else TALK_S
    # tidy: sleep: the moment is meant to be any moment
    await asyncio.sleep(seed.uniform(*spread))
    if not only_cut:
        await server.kill9()
    for peer in peers:
        peer.cut()
    for task in lives:
        task.cancel()
    results = await asyncio.gather(*lives, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result
    if not only_cut:
        await server.start()


async def calm(peers: list[Peer], forgetful: bool, whole: bool) -> None:
    """Everybody comes back, and what is still under way arrives; then all promises are checked."""
    await asyncio.gather(*(peer.come_online() for peer in peers))
    try:
        async with asyncio.timeout(SETTLE_S):
            await asyncio.gather(*(peer.settle() for peer in peers))
    except TimeoutError as error:
        lines = [f"after {SETTLE_S} s of calm:"]
        for peer in peers:
            c = peer.outgoing
            late = sorted(set(range(1, c.sent + 1)) - set(c.arrived))
            lines.append(f"{c}: {c.sent} sent, {len(c.acknowledged)} acknowledged, not arrived: {late}")
            lines += peer.broken_promises + peer.in_doubt()
        raise Failure("\n".join(lines)) from error
    archives = await asyncio.gather(*(peer.check_archive(whole) for peer in peers))
    wrong = [line for lines in archives for line in lines]
    for peer in peers:
        wrong += peer.outgoing.wrong + peer.broken_promises
        if peer.sessions_lost and not forgetful:
            wrong.append(f"{peer.bare_jid}: the session could not be resumed")
    if wrong:
        raise Failure("\n".join(wrong))


async def play(server, options, rounds: int, report: Report) -> None:
    print(f"  {rounds} rounds, {options.pairs} pairs, seed {options.seed}", flush=True)
    async with server:
        await play_rounds(server, options, rounds, report)


async def play_rounds(server, options, rounds: int, report: Report) -> None:
    seed = random.Random(options.seed)
    token = f"-{options.seed}"
    peers = make_peers(options.pairs, server.ports, seed, token)
    await asyncio.gather(*(server.user_add(peer.bare_jid, PASSWORD) for peer in peers))
    for number in range(1, rounds + 1):
        name = f"round {number} of {rounds}"
        try:
            await disaster(server, peers, seed, options.only_cut)
            await calm(peers, options.forgetful, number % WHOLE_ARCHIVE_EVERY == 0 or number == rounds)
            for peer in peers:
                peer.cut()
        except (Failure, XmppError, ServerError, OSError) as failure:
            report.fail(f"{name}, seed {options.seed}",
                        f"{failure}\nThe end of the server's log:\n{server.log_tail()}")
            return
        report.ok(name)
        if number % 10 == 0:
            sent = sum(peer.outgoing.sent for peer in peers)
            repeats = sum(peer.outgoing.repeats for peer in peers)
            print(f"  {number} rounds, {sent} messages, {repeats} repeated", flush=True)


async def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=50)
    arguments.add_argument("--pairs", type=int, default=4)
    arguments.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    arguments.add_argument("--unsynced-rounds", type=int, default=20,
                           help="after the others, on a server whose writes are lost with it until they are "
                                "synced, as with a power cut; not with the options below")
    arguments.add_argument("--only-cut", action="store_true",
                           help="the connections end, the server lives")
    arguments.add_argument("--forgetful", action="store_true",
                           help="sessions need not be there any more")
    arguments.add_argument("--against", metavar="C2S,C2S_TLS,HTTP,HTTPS",
                           help="a server that runs already; only with --only-cut")
    options = arguments.parse_args()

    report = Report()
    if options.against:
        await play(ForeignServer(dict(zip(LISTENERS, map(int, options.against.split(","))))), options, options.rounds, report)
        return report.finish()
    await play(Server(), options, options.rounds, report)
    if not options.only_cut and not options.forgetful and not report.failed:
        print("  unsynced writes are lost from here on", flush=True)
        await play(Server("power", {"ROOKERY_DROP_UNSYNCED_WRITES": "1"}), options, options.unsynced_rounds, report)
    return report.finish()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
