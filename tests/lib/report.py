"""Counts of tests, and the last line that `./test` adds up."""

from __future__ import annotations

import sys
import time


class Report:
    """Prints a failing test at once, with what went wrong; a passing one only where asked for."""

    def __init__(self, verbose: bool = False) -> None:
        self.passed = 0
        self.failed = 0
        self._verbose = verbose
        self._start = time.monotonic()

    def ok(self, name: str) -> None:
        self.passed += 1
        if self._verbose:
            print(f"  ok    {name}", flush=True)

    def fail(self, name: str, why: str) -> None:
        self.failed += 1
        lines = why.rstrip().splitlines() or ["no reason given"]
        print(f"  FAIL  {name}")
        print("\n".join("        " + line for line in lines), flush=True)

    def finish(self) -> int:
        """The exit status; prints 'N passed, N failed' as the last line."""
        print(f"  in {time.monotonic() - self._start:.1f} s")
        print(f"{self.passed} passed, {self.failed} failed")
        sys.stdout.flush()
        return 1 if self.failed or not self.passed else 0
