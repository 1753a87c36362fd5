"""Bytes in and out of a server on this machine: TCP, TLS and WebSocket (RFC 6455, RFC 7395)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import ssl
import struct


def unverified_tls() -> ssl.SSLContext:
    """The server under test made its own certificate: encrypted, not authenticated."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Socket:
    """A TCP connection, TLS from the start or from start_tls() on."""

    framed = False

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def connect(cls, address: tuple[str, int], tls: bool = False, name: str = "localhost"
                      ) -> "Socket":
        context = unverified_tls() if tls else None
        reader, writer = await asyncio.open_connection(
            *address, ssl=context, server_hostname=name if tls else None)
        return cls(reader, writer)

    async def start_tls(self, name: str) -> None:
        await self._writer.start_tls(unverified_tls(), server_hostname=name)
        # Python 3.11 leaves the reader pausing and resuming the transport below TLS.
        self._reader._transport = self._writer.transport  # pylint: disable=protected-access

    def end_point(self) -> bytes:
        """RFC 5929 §4: the hash of the server's certificate, by SHA-256 unless its signature has a stronger one."""
        certificate = self._writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        return hashlib.sha256(certificate).digest()

    async def read(self) -> bytes:
        """Empty when the other side has closed."""
        try:
            return await self._reader.read(65536)
        except (ConnectionError, ssl.SSLError):
            return b""

    async def write(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    def close(self) -> None:
        self._writer.close()

    def abort(self) -> None:
        """As when the network goes away: nothing more is sent, not even TLS's goodbye."""
        self._writer.transport.abort()


class WebSocket:
    """read() gives one whole text message; write() sends one."""

    framed = True

    def __init__(self, socket: Socket, rest: bytes) -> None:
        self._socket = socket
        self._buffer = bytearray(rest)

    @classmethod
    async def connect(cls, address: tuple[str, int], path: str = "/xmpp-websocket",
                      tls: bool = False, name: str = "localhost") -> "WebSocket":
        socket = await Socket.connect(address, tls, name)
        key = base64.b64encode(os.urandom(16)).decode()
        await socket.write(
            f"GET {path} HTTP/1.1\r\nHost: {name}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: xmpp\r\n\r\n".encode())
        head = b""
        while b"\r\n\r\n" not in head:
            data = await socket.read()
            if not data:
                raise ConnectionError("closed during the WebSocket handshake")
            head += data
        head, _, rest = head.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 101"):
            raise ConnectionError(f"no WebSocket: {head.splitlines()[0].decode()}")
        return cls(socket, rest)

    def end_point(self) -> bytes:
        return self._socket.end_point()

    async def read(self) -> bytes:
        message = b""
        while True:
            head = await self._exactly(2)
            if head is None:
                return b""
            final, opcode, size = head[0] & 0x80, head[0] & 0x0F, head[1] & 0x7F
            if size >= 126:
                width = 2 if size == 126 else 8
                size = int.from_bytes(await self._exactly(width) or b"", "big")
            payload = await self._exactly(size) if size else b""
            if payload is None or opcode == 0x8:
                return b""
            if opcode == 0x9:
                await self._frame(0xA, payload)
            elif opcode in (0x0, 0x1, 0x2):
                message += payload
                if final:
                    return message

    async def write(self, data: bytes) -> None:
        await self._frame(0x1, data)

    async def _exactly(self, size: int) -> bytes | None:
        while len(self._buffer) < size:
            data = await self._socket.read()
            if not data:
                return None
            self._buffer += data
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    async def _frame(self, opcode: int, payload: bytes) -> None:
        size = len(payload)
        if size < 126:
            head = struct.pack("!BB", 0x80 | opcode, 0x80 | size)
        elif size < 65536:
            head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, size)
        else:
            head = struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, size)
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
        await self._socket.write(head + mask + masked)

    def close(self) -> None:
        self._socket.close()

    def abort(self) -> None:
        self._socket.abort()
