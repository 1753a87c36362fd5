#!/usr/bin/python3
"""Plays every scene of the tree, or those whose path contains one of the given words."""

from __future__ import annotations

import argparse
import asyncio
import os
import pathlib
import random
import sys

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

# pylint: disable=wrong-import-position
from lib.report import Report
from lib.server import LISTENERS, ROOT, ForeignServer, Server, ServerError
from scenes.player import Player, SceneFailure
from scenes.script import Scene, ScriptError, load

SETTINGS = {"modules.invitations.users_may_invite": "true"}


def find(words: list[str]) -> list[pathlib.Path]:
    paths = sorted([*ROOT.glob("tests/scenes/**/*.scs"), *ROOT.glob("src/modules/*/scenes/*.scs")])
    given = [pathlib.Path(word).resolve() for word in words if word.endswith(".scs")]
    if given and len(given) == len(words):
        return given
    return [p for p in paths if not words or any(w in str(p.relative_to(ROOT)) for w in words)]


def name_of(path: pathlib.Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


async def play(scene: Scene, server, seed: int, slots: asyncio.Semaphore, report: Report) -> None:
    name = name_of(scene.path)
    async with slots:
        try:
            await Player(scene, server, random.Random(f"{seed} {name}")).play()
        except SceneFailure as failure:
            report.fail(f"{name} ({scene.title})", str(failure).replace(f"{ROOT}/", ""))
        except Exception as error:  # a scene's trouble must not end the others
            report.fail(f"{name} ({scene.title})", f"{type(error).__name__}: {error}")
        else:
            report.ok(name)


async def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("words", nargs="*", help="parts of paths, or files")
    arguments.add_argument("--jobs", type=int, default=16, help="how many at once")
    arguments.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    arguments.add_argument("--verbose", action="store_true", default="CI" in os.environ)
    arguments.add_argument("--against", metavar="C2S,C2S_TLS,HTTP,HTTPS",
                           help="ports of a server that runs already and lets accounts register")
    options = arguments.parse_args()

    report = Report(options.verbose)
    scenes = []
    for path in find(options.words):
        try:
            scenes.append(load(path))
        except ScriptError as error:
            report.fail(name_of(path), str(error))
    print(f"  {len(scenes)} scenes, {options.jobs} at once, seed {options.seed}", flush=True)
    foreign = options.against and dict(zip(LISTENERS, map(int, options.against.split(","))))
    try:
        async with ForeignServer(foreign) if foreign else Server(settings=SETTINGS) as server:
            slots = asyncio.Semaphore(options.jobs)
            await asyncio.gather(*(play(s, server, options.seed, slots, report) for s in scenes))
            if report.failed:
                print("  The end of the server's log:")
                print("\n".join("    " + line for line in server.log_tail().splitlines()))
    except ServerError as error:
        report.fail("the server all scenes are played on", str(error))
    return report.finish()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
