"""A PostgreSQL cluster of its own: Debian's defaults, `fsync` and `synchronous_commit` on."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess

from .peer import Peer, PeerError


class Postgres(Peer):
    name = "PostgreSQL"
    user = "ejabberd"

    def __init__(self) -> None:
        super().__init__()
        self.http_port = 0
        self.name = "ejabberd"
        self.programs = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))

    def _as_user(self, *words: str | pathlib.Path) -> list[str]:
        """PostgreSQL refuses to run as root."""
        command = [str(word) for word in words]
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command] \
            if os.geteuid() == 0 else command

    def prepare(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self.directory, "postgres", "postgres")
        done = subprocess.run(
            self._as_user(self.programs / "initdb", "-D", self.directory / "data", "-U", self.user,
                          "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"),
            cwd=self.directory, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise PeerError(f"initdb: {done.stderr}")

    def command(self) -> list[str]:
        return self._as_user(self.programs / "postgres", "-D", self.directory / "data", "-p", str(self.port),
                             "-k", self.directory, "-c", "listen_addresses=127.0.0.1")

    def load(self, schema: pathlib.Path) -> None:
        base = ["psql", "-q", "-h", "127.0.0.1", "-p", str(self.port), "-U", self.user, "-v", "ON_ERROR_STOP=1"]
        for words in (["-d", "postgres", "-c", f'CREATE DATABASE "{self.name}"'], ["-d", self.name, "-f", str(schema)]):
            done = subprocess.run([*base, *words], capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise PeerError(f"psql: {done.stderr}")
