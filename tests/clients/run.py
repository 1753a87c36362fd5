#!/usr/bin/python3
"""Lets programs that nobody here wrote use the server: all, or those whose name contains a word."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import pathlib
import random
import subprocess
import sys

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

# pylint: disable=wrong-import-position
from lib.report import Report
from lib.server import LISTENERS, ForeignServer, Server, free_ports

HERE = TESTS / "clients"
NPM = HERE / "npm"
PASSWORD = "star-crossed"
TIMEOUT_S = 120.0
# converse.js comes from a page of its own, which the server has to be told of.
(CONVERSE_PORT,) = free_ports(1)
SETTINGS = {"http.origins": f'["http://127.0.0.1:{CONVERSE_PORT}"]'}

# name: the program, and how many checks it has: one that dies early fails those it did not reach
STRANGERS = {
    "slixmpp": (["/usr/bin/python3", str(HERE / "slixmpp_client.py")], 8),
    "profanity": (["/usr/bin/python3", str(HERE / "profanity_client.py")], 3),
    "xmpp.js": (["node", str(NPM / "xmpp_js.mjs")], 5),
    "strophe.js": (["node", str(NPM / "strophe.mjs")], 6),
    "converse.js": (["node", str(NPM / "converse.mjs")], 11),
    "profanity and the web client": (["node", str(NPM / "web_profanity.mjs")], 6),
    "dino and the web client": (["/usr/bin/python3", str(HERE / "dino_client.py")], 7),
}
# Those that need the web client at the server's own address: not of a foreign server.
OF_ROOKERY = {"converse.js", "profanity and the web client", "dino and the web client"}


def install_from_npm() -> None:
    """Exactly what package-lock.json says; quick when that is there already."""
    done = NPM / "node_modules/.installed"
    wanted = (NPM / "package-lock.json").read_text()
    if done.exists() and done.read_text() == wanted:
        return
    print("  npm ci", flush=True)
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=NPM, check=True,
                   stdin=subprocess.DEVNULL)
    done.write_text(wanted)


async def meet(name: str, server, report: Report, seed: random.Random) -> None:
    command, checks = STRANGERS[name]
    token = f"{seed.randrange(10**6)}"
    accounts = [f"romeo{token}@localhost", f"juliet{token}@localhost"]
    for account in accounts:
        await server.user_add(account, PASSWORD)
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE, env={
            **os.environ, "ROOKERY_PORTS": json.dumps(server.ports),
            "ROOKERY_ACCOUNTS": json.dumps(accounts), "ROOKERY_PASSWORD": PASSWORD,
            "ROOKERY_CONVERSE_PORT": str(CONVERSE_PORT),
            "NODE_TLS_REJECT_UNAUTHORIZED": "0", "NODE_NO_WARNINGS": "1"})
    try:
        output, errors = await asyncio.wait_for(process.communicate(), TIMEOUT_S)
    except asyncio.TimeoutError:
        process.kill()
        output, errors = await process.communicate()
    told = 0
    for line in output.decode(errors="replace").splitlines():
        if line.startswith("ok - "):
            report.ok(line.removeprefix("ok - "))
        elif line.startswith("not ok - "):
            what, _, why = line.removeprefix("not ok - ").partition(": ")
            check, _, why = why.partition(": ")
            report.fail(f"{what}: {check}", why.replace(" | ", "\n"))
        else:
            continue
        told += 1
    if told < checks:
        report.fail(f"{name}: {checks - told} checks not reached", errors.decode(errors="replace")[-2000:])
        report.failed += checks - told - 1


async def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("words", nargs="*", help="parts of names")
    arguments.add_argument("--against", metavar="C2S,C2S_TLS,HTTP,HTTPS",
                           help="ports of a server that runs already and lets accounts register")
    options = arguments.parse_args()
    names = [n for n in STRANGERS if not options.words or any(w in n for w in options.words)]
    if options.against:
        names = [n for n in names if n not in OF_ROOKERY]
    report = Report(verbose=True)
    if any(STRANGERS[name][0][0] == "node" or "web client" in name for name in names):
        install_from_npm()
    foreign = options.against and dict(zip(LISTENERS, map(int, options.against.split(","))))
    async with ForeignServer(foreign) if foreign else Server(settings=SETTINGS) as server:
        seed = random.SystemRandom()
        await asyncio.gather(*(meet(name, server, report, seed) for name in names))
        if report.failed:
            print("  The end of the server's log:")
            print("\n".join("    " + line for line in server.log_tail().splitlines()))
    return report.finish()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
