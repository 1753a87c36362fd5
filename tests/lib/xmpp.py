"""An XMPP client for tests: it negotiates, and keeps all it receives for the test to take.

It answers nothing by itself, except what negotiation needs: a test says what its client does."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from . import confidential
from .element import CLIENT, FRAMING, STREAMS, Element, StreamParser, parse_fragment
from .scram import HASHES, Scram, b64, plain
from .transport import Socket, WebSocket

SASL = "urn:ietf:params:xml:ns:xmpp-sasl"
SASL2 = "urn:xmpp:sasl:2"
BIND = "urn:ietf:params:xml:ns:xmpp-bind"
BIND2 = "urn:xmpp:bind:0"
TLS = "urn:ietf:params:xml:ns:xmpp-tls"
STANZAS = ("message", "presence", "iq")

TIMEOUT_S = 5.0

# A loop keeps its tasks by weak references only.
_readers: set[asyncio.Task[None]] = set()


class XmppError(Exception):
    """The server said no, or said nothing, or went away."""


def is_stanza(element: Element) -> bool:
    return element.ns == CLIENT and element.name in STANZAS


class Client:
    """One connection. `inbox` holds what came and has not been taken, oldest first."""

    def __init__(self, jid: str, password: str, ports: dict[str, int], *, transport: str = "tcp",
                 auth: str = "scram", host: str = "127.0.0.1", timeout_s: float = TIMEOUT_S,
                 bind_to: Callable[[bytes], bytes] | None = None):
        """`bind_to`: sign in by SCRAM-SHA-256-PLUS, and say the server's certificate has the hash that
        this makes of the one it has."""
        bare, _, self.resource = jid.partition("/")
        self.username, _, self.domain = bare.rpartition("@")
        self.bare_jid = bare
        self.jid = jid
        self.password = password
        self.inbox: list[tuple[int, Element]] = []
        self.features = Element(STREAMS, "features")
        self._ports = ports
        self._host = host
        self._transport = transport
        self._auth = auth
        self._bind_to = bind_to
        self._timeout_s = timeout_s
        self._arrived = 0
        self._requests = 0
        self._change = asyncio.Condition()
        self._io: Socket | WebSocket | None = None
        self._reader: asyncio.Task[None] | None = None
        self.closed_by_server = False
        self._parser = StreamParser(1, self._on_element)

    # --- the connection

    async def open_socket(self) -> None:
        host = self._host
        match self._transport:
            case "tcp" | "starttls":
                self._io = await Socket.connect((host, self._ports["c2s"]))
            case "tls":
                self._io = await Socket.connect(
                    (host, self._ports["c2s_tls"]), tls=True, name=self.domain)
            case "websocket":
                self._io = await WebSocket.connect((host, self._ports["http"]), name=self.domain)
            case "websocket-tls":
                self._io = await WebSocket.connect(
                    (host, self._ports["https"]), tls=True, name=self.domain)
            case other:
                raise ValueError(f"no transport '{other}'")
        self.closed_by_server = False
        self._new_parser()
        self._start_reading()

    async def connect(self, bind: bool = True) -> None:
        """Socket, stream, TLS where asked for or required, login and, if wanted, a resource."""
        await self.open_socket()
        await self.open_stream()
        required = self.features.path("starttls", "required") is not None
        if self._transport == "starttls" or (self._transport == "tcp" and required):
            await self.send_raw(f"<starttls xmlns='{TLS}'/>")
            await self._expect("proceed", TLS)
            await self.start_tls()
            await self.open_stream()
        if self._auth == "sasl2":
            await self._login_sasl2(bind)
            return
        await self._login_sasl()
        await self.open_stream()
        if bind:
            await self.bind()

    async def start_tls(self) -> None:
        """Call it when <proceed/> has been taken: the server is silent then, so nothing is lost."""
        assert isinstance(self._io, Socket) and self._reader is not None
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        await self._io.start_tls(self.domain)
        self._start_reading()

    async def open_stream(self) -> None:
        if self._framed:
            await self.send_raw(f"<open xmlns='{FRAMING}' to={quoteattr(self.domain)} version='1.0'/>")
        else:
            await self.send_raw(
                f"<?xml version='1.0'?><stream:stream to={quoteattr(self.domain)} version='1.0' "
                f"xml:lang='en' xmlns='{CLIENT}' xmlns:stream='{STREAMS}'>")
        await self.take(lambda e: e.name == ("open" if self._framed else "stream"), "its stream")
        self.features = await self._expect("features", STREAMS)

    async def close(self) -> None:
        """Ends the stream, waits for the other end of it, closes the socket."""
        if self._io is None:
            return
        if not self.closed_by_server:
            try:
                end = f"<close xmlns='{FRAMING}'/>" if self._framed else "</stream:stream>"
                await self.send_raw(end)
                await self.wait_closed()
            except (XmppError, ConnectionError):
                pass  # closing is what was wanted, and abort() below does it in any case
        self.abort()

    def abort(self) -> None:
        """The connection is cut; the server is told nothing."""
        if self._reader is not None:
            self._reader.cancel()
        if self._io is not None:
            self._io.abort()
        self._io = None

    def stop_reading(self) -> None:
        """The connection stays; what comes from here on fills the buffers on the way."""
        assert self._reader is not None
        self._reader.cancel()

    # --- what goes out

    async def send(self, element: Element) -> None:
        await self.send_raw(element.to_xml("" if self._framed else CLIENT))

    async def send_raw(self, text: str) -> None:
        if self._io is None:
            raise XmppError("not connected")
        if "<stream:stream" in text:
            self._new_parser()
        confidential.note_sent(text)
        await self._io.write(text.encode("utf-8", "surrogateescape"))

    # --- what comes in

    async def take(self, wanted: Callable[[Element], bool], what: str = "what was waited for",
                   after: int = 0, timeout_s: float | None = None) -> Element:
        """The first element that `wanted` accepts, among those that came or come in time."""
        return (await self.take_numbered(wanted, what, after, timeout_s))[1]

    async def take_numbered(self, wanted: Callable[[Element], bool], what: str = "",
                            after: int = 0, timeout_s: float | None = None) -> tuple[int, Element]:
        """As take(), with the element's place in the order of arrival; only places > `after`."""
        limit = asyncio.get_running_loop().time() + (timeout_s or self._timeout_s)
        looked_at = after
        async with self._change:
            while True:
                for index, (number, element) in enumerate(self.inbox):
                    if number > looked_at and wanted(element):
                        del self.inbox[index]
                        return number, element
                looked_at = max(after, self._arrived)
                if self.closed_by_server:
                    raise XmppError(f"{self.jid}: the server closed before {what}")
                left = limit - asyncio.get_running_loop().time()
                try:
                    await asyncio.wait_for(self._change.wait(), left)
                except asyncio.TimeoutError as error:
                    raise XmppError(f"{self.jid}: no sign of {what}") from error

    async def wait_closed(self, timeout_s: float | None = None) -> None:
        async def closed() -> None:
            async with self._change:
                await self._change.wait_for(lambda: self.closed_by_server)
        try:
            await asyncio.wait_for(closed(), timeout_s or self._timeout_s)
        except asyncio.TimeoutError as error:
            raise XmppError(f"{self.jid}: the server did not close") from error

    async def iq(self, kind: str, payload: str, to: str = "") -> Element:
        """Sends a request and gives its answer, be it a result or an error."""
        self._requests += 1
        ident = f"request-{self._requests}"
        attrs = {"type": kind, "id": ident, **({"to": to} if to else {})}
        await self.send(Element(CLIENT, "iq", attrs, [*parse_fragment(payload)]))
        return await self.take(lambda e: e.name == "iq" and e.get("id") == ident
                               and e.get("type") in ("result", "error"), f"an answer to {payload}")

    # --- login

    async def bind(self) -> None:
        inner = f"<resource>{escape(self.resource)}</resource>" if self.resource else ""
        answer = await self.iq("set", f"<bind xmlns='{BIND}'>{inner}</bind>")
        bound = answer.path("bind", "jid")
        if bound is None:
            raise XmppError(f"{self.jid}: no resource: {answer}")
        self.jid = bound.text

    async def _login_sasl(self) -> None:
        mechanism, scram = self._choose(self.features.find("mechanisms", SASL))
        first = scram.first() if scram else plain(self.username, self.password)
        await self.send_raw(f"<auth xmlns='{SASL}' mechanism='{mechanism}'>{b64(first)}</auth>")
        done = await self._answer_challenges(SASL, scram)
        if scram and done.text:
            scram.verify(base64.b64decode(done.text))

    async def _login_sasl2(self, bind: bool) -> None:
        offered = self.features.find("authentication", SASL2)
        mechanism, scram = self._choose(offered)
        first = scram.first() if scram else plain(self.username, self.password)
        tag = f"<tag>{escape(self.resource)}</tag>" if self.resource else ""
        await self.send_raw(
            f"<authenticate xmlns='{SASL2}' mechanism='{mechanism}'>"
            f"<initial-response>{b64(first)}</initial-response>"
            + (f"<bind xmlns='{BIND2}'>{tag}</bind>" if bind else "") + "</authenticate>")
        done = await self._answer_challenges(SASL2, scram)
        last = done.find("additional-data")
        if scram:
            scram.verify(base64.b64decode(last.text if last else ""))
        if (jid := done.find("authorization-identifier")) is not None:
            self.jid = jid.text
        self.features = await self._expect("features", STREAMS)

    def _choose(self, offered: Element | None) -> tuple[str, Scram | None]:
        names = [m.text for m in offered.children] if offered else []
        if self._auth == "plain":
            return "PLAIN", None
        if self._bind_to is not None:
            assert self._io is not None
            mechanism = "SCRAM-SHA-256-PLUS"
            return mechanism, Scram(mechanism, self.username, self.password, self._bind_to(self._io.end_point()))
        for mechanism in HASHES:
            if mechanism in names:
                return mechanism, Scram(mechanism, self.username, self.password)
        raise XmppError(f"{self.jid}: no SCRAM among {names}")

    async def _answer_challenges(self, ns: str, scram: Scram | None) -> Element:
        while True:
            answer = await self.take(lambda e: e.ns == ns, "an answer to its login")
            if answer.name == "success":
                return answer
            if answer.name != "challenge" or scram is None:
                raise XmppError(f"{self.jid}: login refused: {answer}")
            proof = scram.final(base64.b64decode(answer.text))
            await self.send_raw(f"<response xmlns='{ns}'>{b64(proof)}</response>")

    async def _expect(self, name: str, ns: str) -> Element:
        element = await self.take(lambda e: e.ns == ns, f"<{name}/>")
        if element.name != name:
            raise XmppError(f"{self.jid}: <{name}/> was due, not {element}")
        return element

    # --- reading

    @property
    def _framed(self) -> bool:
        return self._transport.startswith("websocket")

    def _new_parser(self) -> None:
        self._parser = StreamParser(1, self._on_element)

    def _on_element(self, element: Element | None) -> None:
        if element is None:
            self.closed_by_server = True
            return
        if element.ns == FRAMING and element.name == "close":
            self.closed_by_server = True
        if element.ns == SASL2:
            confidential.note_received(element)
        self._arrived += 1
        self.inbox.append((self._arrived, element))

    def _start_reading(self) -> None:
        self._reader = asyncio.create_task(self._read())
        _readers.add(self._reader)
        self._reader.add_done_callback(_readers.discard)

    async def _read(self) -> None:
        assert self._io is not None
        while data := await self._io.read():
            try:
                if self._framed:
                    message = StreamParser(0, self._on_element)
                    message.feed(data)
                    message.close()
                else:
                    self._parser.feed(data)
            except expat.ExpatError as error:
                self._on_element(Element("", "not-well-formed", {}, [f"{error}: {data!r}"]))
            await self._tell()
        self.closed_by_server = True
        await self._tell()

    async def _tell(self) -> None:
        async with self._change:
            self._change.notify_all()
