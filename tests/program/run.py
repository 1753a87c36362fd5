#!/usr/bin/python3
"""Tests of the whole program: all, or those whose name contains one of the given words."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import os
import pathlib
import sys
import time

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

# pylint: disable=wrong-import-position
from lib.report import Report
from lib.server import ServerError
from lib.xmpp import XmppError
from program.support import Failure

LIMIT_S = 90.0


def find(words: list[str]) -> dict[str, object]:
    """Every coroutine test_* and case_* of this folder's modules, by 'module.name'."""
    found = {}
    for path in sorted((TESTS / "program").glob("*.py")):
        if path.stem in ("__init__", "run", "support"):
            continue
        module = importlib.import_module(f"program.{path.stem}")
        for name, test in vars(module).items():
            full = f"{path.stem}.{name}"
            if name.startswith(("test_", "case_")) and (not words or any(w in full for w in words)):
                found[full] = test
    return found


async def perform(name: str, test, report: Report) -> None:
    start = time.monotonic()
    try:
        await asyncio.wait_for(test(), LIMIT_S)
    except (Failure, XmppError, ServerError) as failure:
        report.fail(name, str(failure))
    except asyncio.TimeoutError:
        report.fail(name, f"not done after {LIMIT_S} s")
    except Exception as error:  # one test's trouble must not end the others
        report.fail(name, f"{type(error).__name__}: {error}")
    else:
        report.ok(f"{name} ({time.monotonic() - start:.1f} s)")


async def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("words", nargs="*", help="parts of names")
    arguments.add_argument("--jobs", type=int, default=4, help="how many at once, of those that may")
    arguments.add_argument("--verbose", action="store_true", default="CI" in os.environ)
    options = arguments.parse_args()

    report = Report(options.verbose)
    tests = find(options.words)
    together = {n: t for n, t in tests.items() if not hasattr(t, "alone")}
    print(f"  {len(tests)} tests", flush=True)
    slots = asyncio.Semaphore(options.jobs)

    async def one(name: str, test) -> None:
        async with slots:
            await perform(name, test, report)

    await asyncio.gather(*(one(name, test) for name, test in together.items()))
    for name, test in tests.items():
        if name not in together:
            await perform(name, test, report)
    return report.finish()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
