"""The server's start."""

from __future__ import annotations

import asyncio
import time

from lib.element import STREAMS
from lib.server import Server, binary
from lib.xmpp import Client

from .support import PATIENCE_S, ROMEO, expect, http


async def test_ready_is_said_when_it_is() -> None:
    """From its first word on it takes connections on every port; how long that took is printed, for who measures it
    on a quiet machine."""
    server = Server()
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        str(binary()), "serve", "--config", str(server.configuration), "--data", str(server.data),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL)
    assert process.stdout is not None
    try:
        line = (await asyncio.wait_for(process.stdout.readline(), PATIENCE_S)).decode()
        took = time.monotonic() - began
        expect(line == "Rookery is ready.\n", f"its first line is {line!r}")
        print(f"  ready {took:.2f} s after it was called", flush=True)
        # Each at the first attempt.
        for transport in ("tcp", "tls", "websocket", "websocket-tls"):
            client = Client(ROMEO, "", server.ports, transport=transport)
            await client.open_socket()
            await client.open_stream()
            expect(client.features.ns == STREAMS, f"{transport}: {client.features}")
            client.abort()
        expect((await http(server, "/")).status == 200, "no page")
    finally:
        process.terminate()
        await process.wait()
