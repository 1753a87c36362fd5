#!/usr/bin/python3
"""profanity, a client for the terminal, in tmux: login, a message out, a message in."""

from __future__ import annotations

import asyncio
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

# pylint: disable=wrong-import-position
from lib.element import CLIENT, Element
from lib.xmpp import Client

TIMEOUT_S = 20.0
PORTS = json.loads(os.environ["ROOKERY_PORTS"])
ROMEO, JULIET = json.loads(os.environ["ROOKERY_ACCOUNTS"])
PASSWORD = os.environ["ROOKERY_PASSWORD"]


class Terminal:
    """profanity in a tmux of its own, with a home of its own."""

    def __init__(self, home: str) -> None:
        self._tmux = ["tmux", "-L", f"rookery-{os.getpid()}", "-f", "/dev/null"]
        environment = {"HOME": home, "TERM": "screen-256color", "LANG": "C.UTF-8",
                       "PATH": os.environ["PATH"], "XDG_CONFIG_HOME": f"{home}/config",
                       "XDG_DATA_HOME": f"{home}/share"}
        subprocess.run([*self._tmux, "new-session", "-d", "-x", "160", "-y", "40", "profanity"],
                       env=environment, check=True)

    def type(self, line: str) -> None:
        subprocess.run([*self._tmux, "send-keys", "-l", line], check=True)
        subprocess.run([*self._tmux, "send-keys", "Enter"], check=True)

    def screen(self) -> str:
        return subprocess.run([*self._tmux, "capture-pane", "-p"], check=True, capture_output=True,
                              text=True).stdout

    async def wait_for(self, text: str) -> None:
        end = time.monotonic() + TIMEOUT_S
        while text not in self.screen():
            if time.monotonic() > end:
                raise AssertionError(f"'{text}' does not appear:\n{self.screen()}")
            # tidy: sleep: a screen gives no event
            await asyncio.sleep(0.05)

    def close(self) -> None:
        subprocess.run([*self._tmux, "kill-server"], check=False, capture_output=True)


async def login(terminal: Terminal, _: Client) -> None:
    await terminal.wait_for("Type '/help' to show complete help")
    terminal.type(f"/connect {ROMEO}/terminal server 127.0.0.1 port {PORTS['c2s']} tls trust")
    await terminal.wait_for("Enter password:")
    terminal.type(PASSWORD)
    await terminal.wait_for("logged in successfully")


async def message_out(terminal: Terminal, other: Client) -> None:
    terminal.type(f"/msg {JULIET} Hello from a terminal")
    await other.take(lambda e: e.name == "message" and e.get("from") == f"{ROMEO}/terminal"
                     and any(c.text == "Hello from a terminal" for c in e.children),
                     "the message from the terminal", timeout_s=TIMEOUT_S)


async def message_in(terminal: Terminal, other: Client) -> None:
    body = Element(CLIENT, "body", {}, ["Hello to the terminal"])
    await other.send(Element(CLIENT, "message", {"to": ROMEO, "type": "chat"}, [body]))
    await terminal.wait_for("Hello to the terminal")


async def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        other = Client(f"{JULIET}/other", PASSWORD, PORTS, auth="plain")
        await other.connect()
        await other.send(Element(CLIENT, "presence"))
        terminal = Terminal(home)
        try:
            for check in (login, message_out, message_in):
                name = f"profanity: {check.__name__.replace('_', ' ')}"
                try:
                    await check(terminal, other)
                except Exception as error:  # whatever went wrong is this check's failure
                    print(f"not ok - {name}: {str(error)}".replace("\n", " | "), flush=True)
                    return
                print(f"ok - {name}", flush=True)
        finally:
            terminal.close()
            await other.close()


if __name__ == "__main__":
    asyncio.run(main())
