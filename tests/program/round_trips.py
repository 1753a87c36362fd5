"""How often a client waits for the server from opening TCP until it can send presence.

A wait is counted when the client has sent something and needs what the server says to that. The counts
are what the standards allow, so they are asserted exactly: one more is a regression."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import socket
import ssl
import uuid

from lib import confidential
from lib.element import CLIENT, STREAMS, Element, StreamParser
from lib.scram import Scram, b64, plain
from lib.server import Server
from lib.transport import unverified_tls
from lib.xmpp import BIND, BIND2, SASL, SASL2, TLS

from .support import PASSWORD, ROMEO, PATIENCE_S, expect

FAST = "urn:xmpp:fast:0"
USERNAME = ROMEO.partition("@")[0]
HEADER = (f"<?xml version='1.0'?><stream:stream to='localhost' version='1.0' xmlns='{CLIENT}' "
          f"xmlns:stream='{STREAMS}'>")


class Line:
    """A connection that counts. What is said waits here until an answer is needed."""

    def __init__(self) -> None:
        self.waits = 0
        self.tls: ssl.SSLObject | None = None
        self._socket = socket.socket()
        self._socket.setblocking(False)
        self._from_server, self._to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._outgoing = b""
        self._heard: list[Element] = []
        self._parser = StreamParser(1, self._note)

    async def connect(self, port: int) -> None:
        self.waits += 1
        await asyncio.get_running_loop().sock_connect(self._socket, ("127.0.0.1", port))

    async def start_tls(self, context: ssl.SSLContext, session: ssl.SSLSession | None = None) -> None:
        self.tls = context.wrap_bio(self._from_server, self._to_server, server_hostname="localhost",
                                    session=session)
        while True:
            try:
                self.tls.do_handshake()
                return
            except ssl.SSLWantReadError:
                self._outgoing += self._to_server.read()
                await self._flush()
                self._from_server.write(await self._receive())

    def say(self, text: str) -> None:
        """The stream's header begins a new stream: what comes from here on belongs to that one."""
        if text.startswith("<?xml"):
            self._parser = StreamParser(1, self._note)
        confidential.note_sent(text)
        if self.tls is None:
            self._outgoing += text.encode()
        else:
            self.tls.write(text.encode())
            self._outgoing += self._to_server.read()

    async def hear(self, name: str) -> Element:
        """Everything said goes out; everything before the element of that name is dropped."""
        await self._flush()
        while True:
            while self._heard:
                element = self._heard.pop(0)
                if element.name == name:
                    return element
                expect(element.name not in ("failure", "error"), f"<{name}/> was due, not {element}")
            self._parser.feed(await self._read())

    def close(self) -> None:
        self._socket.close()

    async def _flush(self) -> None:
        if self._outgoing:
            self.waits += 1
            await asyncio.get_running_loop().sock_sendall(self._socket, self._outgoing)
            self._outgoing = b""

    async def _receive(self) -> bytes:
        data = await asyncio.wait_for(
            asyncio.get_running_loop().sock_recv(self._socket, 65536), PATIENCE_S)
        expect(data, "the server closed")
        return data

    async def _read(self) -> bytes:
        while self.tls is not None:
            try:
                return self.tls.read(65536)
            except ssl.SSLWantReadError:
                self._from_server.write(await self._receive())
        return await self._receive()

    def _note(self, element: Element | None) -> None:
        expect(element is not None, "the server ended the stream")
        if element is not None:
            confidential.note_received(element)
            self._heard.append(element)


class Login:
    """One account's logins on one server; it keeps its token and its TLS session, as an app would."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._context = unverified_tls()
        self._agent = f"<user-agent id='{uuid.uuid4()}'><software>round trips</software></user-agent>"
        self.token = ""
        self.session: ssl.SSLSession | None = None
        self.resumed_tls = False

    async def direct_tls(self, resume: bool = False) -> Line:
        line = Line()
        await line.connect(self._server.ports["c2s_tls"])
        await line.start_tls(self._context, self.session if resume else None)
        self.resumed_tls = bool(line.tls and line.tls.session_reused)
        return line

    async def starttls(self) -> Line:
        line = Line()
        await line.connect(self._server.ports["c2s"])
        line.say(HEADER)
        await line.hear("features")
        line.say(f"<starttls xmlns='{TLS}'/>")
        await line.hear("proceed")
        await line.start_tls(self._context)
        return line

    async def old_way(self, line: Line, pipelined: bool = False) -> None:
        """RFC 6120 §6 and §7: authenticate, open the stream again, bind.

        Pipelined, the client asks for its resource without looking at the new stream's features."""
        scram = Scram("SCRAM-SHA-256", USERNAME, PASSWORD)
        line.say(HEADER)
        if not pipelined:
            await line.hear("features")
        line.say(f"<auth xmlns='{SASL}' mechanism='SCRAM-SHA-256'>{b64(scram.first())}</auth>")
        proof = scram.final(base64.b64decode((await line.hear("challenge")).text))
        line.say(f"<response xmlns='{SASL}'>{b64(proof)}</response>")
        scram.verify(base64.b64decode((await line.hear("success")).text))
        line.say(HEADER)
        if not pipelined:
            await line.hear("features")
        line.say(f"<iq type='set' id='bind'><bind xmlns='{BIND}'/></iq>")
        expect((await line.hear("iq")).path("bind", "jid"), "no resource was bound")

    async def sasl2(self, line: Line, pipelined: bool = False) -> None:
        """XEP-0388 with XEP-0386 inline; asks for a token on the way (XEP-0484)."""
        scram = Scram("SCRAM-SHA-256", USERNAME, PASSWORD)
        line.say(HEADER)
        if not pipelined:
            await line.hear("features")
        self._authenticate(line, "SCRAM-SHA-256", scram.first(), f"<request-token xmlns='{FAST}' mechanism='HT-SHA-256-ENDP'/>")
        proof = scram.final(base64.b64decode((await line.hear("challenge")).text))
        line.say(f"<response xmlns='{SASL2}'>{b64(proof)}</response>")
        success = await line.hear("success")
        last = success.find("additional-data")
        scram.verify(base64.b64decode(last.text if last else ""))
        self._bound(success)
        token = success.find("token", FAST)
        expect(token is not None and token.get("token"), f"no token: {success}")
        self.token = token.get("token") or "" if token is not None else ""
        self.session = line.tls.session if line.tls else None

    async def by_token(self, line: Line, pipelined: bool = False) -> None:
        """XEP-0484, bound to the server's certificate."""
        key = self.token.encode()
        # RFC 5929 §4: the hash of the certificate, by SHA-256 unless its signature has a stronger one.
        bound_to = hashlib.sha256(line.tls.getpeercert(binary_form=True) or b"").digest() if line.tls else b""
        proof = hmac.new(key, b"Initiator" + bound_to, "sha256").digest()
        line.say(HEADER)
        if not pipelined:
            await line.hear("features")
        self._authenticate(line, "HT-SHA-256-ENDP", USERNAME.encode() + b"\0" + proof, f"<fast xmlns='{FAST}'/>")
        success = await line.hear("success")
        last = success.find("additional-data")
        theirs = hmac.new(key, b"Responder" + bound_to, "sha256").digest()
        expect(last is not None and base64.b64decode(last.text) == theirs, "the server does not know the token")
        self._bound(success)

    def _authenticate(self, line: Line, mechanism: str, first: bytes, extra: str) -> None:
        line.say(f"<authenticate xmlns='{SASL2}' mechanism='{mechanism}'><initial-response>{b64(first)}"
                 f"</initial-response>{self._agent}<bind xmlns='{BIND2}'><tag>test</tag></bind>{extra}</authenticate>")

    @staticmethod
    def _bound(success: Element) -> None:
        expect(success.find("bound", BIND2), f"nothing was bound: {success}")


async def count(line: Line) -> int:
    """The waits so far; then proves that presence can be sent."""
    waits = line.waits
    line.say("<presence/>")
    await line.hear("presence")
    line.close()
    return waits


async def measure(server: Server) -> list[tuple[str, int]]:
    login = Login(server)
    table = []

    async def note(name: str, line: Line, how, **options) -> None:
        await how(line, **options)
        table.append((name, await count(line)))

    await note("SCRAM the old way, STARTTLS", await login.starttls(), login.old_way)
    await note("SCRAM the old way, direct TLS", await login.direct_tls(), login.old_way)
    await note("the same, pipelined", await login.direct_tls(), login.old_way, pipelined=True)
    await note("SCRAM by SASL 2 with Bind 2, direct TLS", await login.direct_tls(), login.sasl2)
    await note("the same, pipelined", await login.direct_tls(), login.sasl2, pipelined=True)
    await note("token (FAST), direct TLS", await login.direct_tls(), login.by_token)
    await note("token, resumed TLS session", await login.direct_tls(resume=True), login.by_token)
    expect(login.resumed_tls, "the TLS session was not resumed")
    await note("token, resumed TLS session, pipelined", await login.direct_tls(resume=True), login.by_token,
               pipelined=True)
    expect(login.resumed_tls, "the TLS session was not resumed a second time")
    return table


async def test_round_trips() -> None:
    async with Server() as server:
        await server.user_add(ROMEO, PASSWORD)
        table = await measure(server)
    print("\n".join(f"  {waits}  {name}" for name, waits in table), flush=True)
    expect([waits for _, waits in table] == [9, 7, 5, 5, 4, 4, 4, 3], f"other counts than those of README.md: {table}")


async def test_login_and_presence_without_looking() -> None:
    """Each message of the old way right behind the one it depends on, before the server has said a word to that."""
    async with Server() as server:
        await server.user_add(ROMEO, PASSWORD)
        line = await Login(server).direct_tls()
        line.say(f"{HEADER}<auth xmlns='{SASL}' mechanism='PLAIN'>{b64(plain(USERNAME, PASSWORD))}</auth>")
        await line.hear("success")
        line.say(f"{HEADER}<iq type='set' id='bind'><bind xmlns='{BIND}'/></iq><presence/>")
        await line.hear("presence")
        expect(line.waits == 4, f"{line.waits} waits")
        line.close()
