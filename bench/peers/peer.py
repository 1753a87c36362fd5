"""A server under comparison: a child process with a directory and ports of its own."""

from __future__ import annotations

import ctypes
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 30.0
BACKLOG = 4096
PR_SET_PDEATHSIG = 1


class PeerError(Exception):
    """A peer did not start."""


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def make_certificate(directory: pathlib.Path) -> tuple[pathlib.Path, pathlib.Path]:
    """ECDSA P-256, as Rookery makes for itself: certificate and key."""
    certificate, key = directory / "cert.pem", directory / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "30", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-keyout", key, "-out", certificate], check=True, capture_output=True)
    key.chmod(0o644)  # of a key that lives for minutes, and servers that change their user
    return certificate, key


class Peer:
    """`with Peer() as peer`: started, and ended and removed at the end."""

    name = ""

    def __init__(self) -> None:
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="rookery-compare-"))
        self.directory.chmod(0o755)
        self.port, self.http_port = free_ports(2)
        self.process: subprocess.Popen | None = None

    # --- what each of them says

    def prepare(self) -> None:
        """Writes the configuration; once."""

    def command(self) -> list[str]:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return {}

    @property
    def pids(self) -> list[int]:
        return [self.process.pid] if self.process else []

    # --- what is the same for all

    def __enter__(self) -> "Peer":
        try:
            self.prepare()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_) -> None:
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def start(self) -> None:
        with open(self.directory / "log", "ab") as log:
            self.process = subprocess.Popen(  # pylint: disable=consider-using-with
                self.command(), env={**os.environ, **self.environment()}, cwd=self.directory,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=_end_with_parent)
        deadline = time.monotonic() + START_TIMEOUT_S
        while not all(self._accepts(port) for port in (self.port, self.http_port) if port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise PeerError(f"{self.name} does not start:\n{self.log_tail()}")
            time.sleep(0.05)  # a port gives no event when somebody begins to listen

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    @staticmethod
    def _accepts(port: int) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def log_tail(self) -> str:
        return (self.directory / "log").read_text(errors="replace")[-2000:]
