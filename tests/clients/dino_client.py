#!/usr/bin/python3
"""Dino and the web client's user, with a server, a screen and a network of their own.

Dino goes to its domain's port 5222 and wants a certificate that the system trusts. So all of it runs in
namespaces (unshare: network, mounts, processes): the port, the trust and every process end with them."""

from __future__ import annotations

import asyncio
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

# pylint: disable=wrong-import-position
from lib.server import Server

HERE = pathlib.Path(__file__).resolve().parent
INSIDE = "ROOKERY_DINO_INSIDE"
UNSHARE = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
ACCOUNTS = json.loads(os.environ["ROOKERY_ACCOUNTS"])
PASSWORD = os.environ["ROOKERY_PASSWORD"]
XMPP_PORT = 5222
TRUSTED = "/etc/ssl/certs/ca-certificates.crt"
ACCOUNT_TABLE = ("CREATE TABLE account (id INTEGER PRIMARY KEY AUTOINCREMENT, bare_jid TEXT UNIQUE NOT NULL,"
                 " resourcepart TEXT, password TEXT, alias TEXT, enabled INTEGER, roster_version TEXT,"
                 " mam_earliest_synced INTEGER)")


def fail(why: str) -> None:
    print(f"not ok - dino and the web client: namespaces: {why}".replace("\n", " | "), flush=True)


def mount_over(path: str, source: pathlib.Path) -> None:
    subprocess.run(["mount", "--bind", str(source), path], check=True)


def account_in_dino(home: pathlib.Path) -> None:
    """What its dialog for accounts would have written."""
    directory = home / ".local/share/dino"
    directory.mkdir(parents=True)
    with sqlite3.connect(directory / "dino.db") as database:
        database.execute(ACCOUNT_TABLE)
        database.execute("INSERT INTO account (bare_jid, resourcepart, password, alias, enabled, mam_earliest_synced)"
                         " VALUES (?, 'dino', ?, '', 1, 0)", (ACCOUNTS[1], PASSWORD))


async def inside() -> None:
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with tempfile.TemporaryDirectory(prefix="rookery-dino-") as name:
        home = pathlib.Path(name)
        (home / "hosts").write_text("127.0.0.1 localhost\n")
        mount_over("/etc/hosts", home / "hosts")
        account_in_dino(home)
        server = Server(settings={"listen.c2s": f'["127.0.0.1:{XMPP_PORT}"]'})
        server.ports["c2s"] = XMPP_PORT
        async with server:
            mount_over(TRUSTED, server.data / "tls/self-signed.crt")
            for account in ACCOUNTS:
                await server.user_add(account, PASSWORD)
            screen = subprocess.Popen(["Xvfb", "-displayfd", "1", "-screen", "0", "1000x700x24",
                                       "-nolisten", "tcp"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            assert screen.stdout is not None
            display = screen.stdout.readline().decode().strip()
            environment = {key: value for key, value in os.environ.items() if not key.startswith("XDG_")}
            environment |= {
                "ROOKERY_PORTS": json.dumps(server.ports), "ROOKERY_DINO_HOME": name, "DISPLAY": f":{display}",
                "LANG": "C.UTF-8", "GDK_BACKEND": "x11", "GSK_RENDERER": "cairo", "GSETTINGS_BACKEND": "memory"}
            scene = await asyncio.create_subprocess_exec(
                "dbus-run-session", "--", "node", str(HERE / "npm/web_dino.mjs"), env=environment)
            await scene.wait()
            screen.terminate()


def main() -> None:
    if INSIDE in os.environ:
        asyncio.run(inside())
        return
    tried = subprocess.run([*UNSHARE, "true"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        fail(f"unshare is refused here ({tried.stderr.strip()}): run this as root, where namespaces are allowed")
        return
    os.environ[INSIDE] = "1"
    os.execvp(UNSHARE[0], [*UNSHARE, "/usr/bin/python3", __file__])


if __name__ == "__main__":
    main()
