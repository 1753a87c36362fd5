"""The server under test, as a process. All that the tests assume of its command line and
configuration is in this file."""

from __future__ import annotations

import asyncio
import atexit
import fcntl
import functools
import os
import pathlib
import random
import shutil
import signal
import socket
import tempfile

from . import confidential

ROOT = pathlib.Path(__file__).resolve().parents[2]
LISTENERS = ("c2s", "c2s_tls", "http", "https")
START_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 20.0


def binary() -> pathlib.Path:
    return pathlib.Path(os.environ.get("ROOKERY", ROOT / "build/src/app/rookery"))


# Below those that Linux gives to outgoing connections: one of these could take the port of a server
# that is down for a moment.
PORTS = range(11_000, 32_000)


_mine: set[int] = set()


@functools.cache
def _claims() -> int:
    """A file whose n-th byte is locked by the test program that uses port n, for as long as it runs."""
    return os.open(pathlib.Path(tempfile.gettempdir()) / f"rookery-test-ports-{os.getuid()}", os.O_RDWR | os.O_CREAT, 0o600)


def _claim(port: int) -> bool:
    if port in _mine:
        return False
    try:
        fcntl.lockf(_claims(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
        with socket.socket() as one:
            one.bind(("127.0.0.1", port))
    except OSError:
        return False
    _mine.add(port)
    return True


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, and that no other test program that runs now is given."""
    found: list[int] = []
    while len(found) < count:
        port = random.choice(PORTS)
        if _claim(port):
            found.append(port)
    return found


class ServerError(Exception):
    """The server did not start, or a sub-command failed."""


class Server:
    """A server of its own for one test program, in a temporary directory, on free ports.

        async with Server() as server:
            await server.user_add("romeo@localhost", "secret")
            Client("romeo@localhost", "secret", server.ports)

    `environment` is added to the process's own. `durability` is 'power' or 'process'. `settings` are
    keys with their dots and values as TOML has them: {"auth.deadline": "5"}."""

    def __init__(self, durability: str = "process", environment: dict[str, str] | None = None,
                 settings: dict[str, str] | None = None) -> None:
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="rookery-test-"))
        self.ports = dict(zip(LISTENERS, free_ports(len(LISTENERS))))
        self.data = self.directory / "data"
        self.log = self.directory / "log"
        self.configuration = self.directory / "rookery.toml"
        self._environment = {**os.environ, **(environment or {})}
        self._process: asyncio.subprocess.Process | None = None
        self.configuration.write_text(self._toml(durability, settings or {}))
        atexit.register(self._remove_if_never_started)

    def _toml(self, durability: str, settings: dict[str, str]) -> str:
        values = {
            "domains": '["localhost"]',
            **{f"listen.{name}": f'["127.0.0.1:{port}"]' for name, port in self.ports.items()},
            "auth.plain_on_loopback": "true",
            "store.durability": f'"{durability}"',
            "log.level": '"debug"',
            "modules.registration.open": "true",
            **settings,
        }
        return "".join(f"{key} = {value}\n" for key, value in values.items())

    def _remove_if_never_started(self) -> None:
        if self._process is None and "KEEP" not in os.environ:
            shutil.rmtree(self.directory, ignore_errors=True)

    async def __aenter__(self) -> "Server":
        await self.start()
        return self

    async def __aexit__(self, kind, error, trace) -> None:
        await self.stop()
        if error is None:
            await self.expect_discreet_log()
        if error is None and "KEEP" not in os.environ:
            shutil.rmtree(self.directory, ignore_errors=True)

    async def expect_discreet_log(self) -> None:
        """ServerError where a password, a token or the text of a message is in the log."""
        if found := await confidential.lines_with_any(self.log):
            raise ServerError("the server's log tells what is nobody's business (confidential.py):\n"
                              + "\n".join(found))

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        """Returns when it accepts connections on every port."""
        with open(self.log, "ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                str(binary()), "serve", "--config", str(self.configuration),
                "--data", str(self.data), stdin=asyncio.subprocess.DEVNULL,
                stdout=log, stderr=log, env=self._environment, cwd=self.directory)
        try:
            await asyncio.wait_for(self._listening(), START_TIMEOUT_S)
        except asyncio.TimeoutError as error:
            await self.kill9()
            raise ServerError(f"not listening after {START_TIMEOUT_S} s\n{self.log_tail()}") from error

    async def _listening(self) -> None:
        for port in self.ports.values():
            while True:
                if self._process is None or self._process.returncode is not None:
                    raise ServerError(f"the server ended while starting\n{self.log_tail()}")
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.close()
                    break
                except ConnectionError:
                    # tidy: sleep: a port gives no event when somebody begins to listen
                    await asyncio.sleep(0.01)

    async def stop(self) -> int:
        """SIGTERM and the exit status; SIGKILL, and an error, where that is not enough."""
        if self._process is None or self._process.returncode is not None:
            return 0 if self._process is None else self._process.returncode or 0
        self._process.terminate()
        try:
            return await asyncio.wait_for(self._process.wait(), STOP_TIMEOUT_S)
        except asyncio.TimeoutError as error:
            await self.kill9()
            raise ServerError(f"did not stop in {STOP_TIMEOUT_S} s\n{self.log_tail()}") from error

    async def kill9(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
            await self._process.wait()

    async def wait_ended(self, patience_s: float) -> bool:
        """Whether the process ends by itself in that time."""
        assert self._process is not None
        try:
            await asyncio.wait_for(self._process.wait(), patience_s)
        except asyncio.TimeoutError:
            return False
        return True

    def add_environment(self, variables: dict[str, str]) -> None:
        """For the next start()."""
        self._environment.update(variables)

    def signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def user_add(self, jid: str, password: str) -> None:
        await self.command("user", "add", jid, "--password-stdin", stdin=password + "\n")

    async def command(self, *words: str, stdin: str = "") -> str:
        """A sub-command on this server's data; its output. ServerError when it fails."""
        status, output = await self.attempt(*words, stdin=stdin)
        if status != 0:
            raise ServerError(f"rookery {' '.join(words)}: {output}")
        return output

    async def attempt(self, *words: str, stdin: str = "") -> tuple[int, str]:
        """As command(), with its exit status instead of the error."""
        confidential.note(stdin)
        process = await asyncio.create_subprocess_exec(
            str(binary()), *words, "--data", str(self.data), cwd=self.directory,
            env=self._environment, stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
        output, _ = await process.communicate(stdin.encode())
        return process.returncode or 0, output.decode(errors="replace")

    def log_tail(self, lines: int = 40) -> str:
        if not self.log.exists():
            return "(no log)"
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


class ForeignServer:
    """A server that runs already, whatever it is: accounts come by in-band registration."""

    def __init__(self, ports: dict[str, int]) -> None:
        self.ports = ports

    async def __aenter__(self) -> "ForeignServer":
        return self

    async def __aexit__(self, kind, error, trace) -> None:
        pass

    async def user_add(self, jid: str, password: str) -> None:
        from .xmpp import Client  # here, so that server.py can be used without a client
        client = Client(jid, password, self.ports)
        await client.open_socket()
        await client.open_stream()
        answer = await client.iq(
            "set", f"<query xmlns='jabber:iq:register'><username>{client.username}</username>"
            f"<password>{password}</password></query>")
        await client.close()
        if answer.get("type") != "result":
            raise ServerError(f"{jid} could not be registered: {answer}")

    def log_tail(self, lines: int = 40) -> str:
        return f"(the last {lines} lines of its log are with that server)"
