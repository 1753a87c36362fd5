"""Rookery as it is built here, and the floor."""

from __future__ import annotations

import os
import pathlib
import subprocess

from .peer import ROOT, Peer, PeerError

# Limits are lifted where they would measure themselves: a generator is one very busy client, and does
# not answer pings. They stay checked.
CONFIGURATION = """
domains = ["localhost"]
threads = {threads}
[listen]
c2s = ["127.0.0.1:{port}"]
c2s_tls = []
http = ["127.0.0.1:{http_port}"]
https = []
[auth]
deadline = 600
[store]
durability = "{durability}"
[history]
keep = "{history}"
[log]
level = "warning"
[limits]
rate_kilobytes = 1048576
burst_kilobytes = 1048576
ping_after = 86400
unauthenticated_per_address = 100000
[modules.registration]
open_on_loopback = true
"""


class Rookery(Peer):
    """`history`: 'undelivered' (no archive) or 'all'. `filled`: so many accounts are there from the beginning,
    whose password is "password", without contacts."""

    name = "Rookery"

    def __init__(self, history: str = "undelivered", durability: str = "power", threads: int = 0,
                 filled: int = 0) -> None:
        super().__init__()
        self.settings = {"history": history, "durability": durability, "threads": threads}
        self.data = self.directory / "data"
        self.filled = filled

    def prepare(self) -> None:
        (self.directory / "rookery.toml").write_text(CONFIGURATION.format(
            port=self.port, http_port=self.http_port, **self.settings))
        if self.filled:
            done = subprocess.run([ROOT / "build/bench/inside/rookery-inside", "fill", "--data", self.data, "--accounts",
                                   str(self.filled), "--messages", "0", "--contacts", "0"], capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise PeerError(f"rookery-inside fill: {done.stderr}")

    def command(self) -> list[str]:
        program = os.environ.get("ROOKERY", str(ROOT / "build/src/app/rookery"))
        return [str(pathlib.Path(program).absolute()), "serve", "--config", "rookery.toml", "--data", str(self.data)]


class Floor(Peer):
    """bench/floor: it chooses its port by itself, and says it first."""

    name = "floor"

    def __init__(self, *words: str) -> None:
        super().__init__()
        self.words = words
        self.port = self.http_port = 0

    def command(self) -> list[str]:
        return [str(ROOT / "build/bench/floor/rookery-floor"), *self.words]

    def start(self) -> None:
        (self.directory / "log").unlink(missing_ok=True)  # the port of the last start stands there
        self.port = 0
        super().start()
        while not (text := (self.directory / "log").read_text()).endswith("\n"):
            if self.process is None or self.process.poll() is not None:
                raise RuntimeError(f"the floor does not start: {text}")
        self.port = int(text.split()[-1])
