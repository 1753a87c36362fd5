"""What must not go through in clear or before login, and bytes that are no text.

This machine counts as a safe way, so case 23 (TLS required) cannot be seen from here; unit tests show it."""

from __future__ import annotations

from lib.element import CLIENT, STREAMS
from lib.scram import b64, plain
from lib.server import Server
from lib.xmpp import BIND, SASL, SASL2, TLS, Client, XmppError

from .support import JULIET, PASSWORD, ROMEO, chat, expect, lovers, online, says, stream_error

NO_CLEAR = {"auth.plain_on_loopback": "false"}

# Overlong, a surrogate, a character cut short, one beyond Unicode, a noncharacter, a control character.
NO_TEXT = {
    "overlong slash": b"\xc0\xaf", "overlong NUL": b"\xc0\x80", "surrogate": b"\xed\xa0\x80", "cut": b"\xe2\x82<", "beyond": b"\xf4\x90\x80\x80",
    "lone continuation": b"\x80", "U+FFFF": b"\xef\xbf\xbf", "control character": b"\x01", "its reference": b"&#1;", "Latin-1": b"caf\xe9 "}


async def case_22_what_follows_starttls_in_clear_is_never_read() -> None:
    async with Server(settings=NO_CLEAR) as server:
        await server.user_add(ROMEO, PASSWORD)
        client = Client(ROMEO, PASSWORD, server.ports)
        await client.open_socket()
        await client.open_stream()
        smuggled = (f"<stream:stream to='localhost' version='1.0' xmlns='{CLIENT}' xmlns:stream='{STREAMS}'>"
                    f"<auth xmlns='{SASL}' mechanism='PLAIN'>{b64(plain('romeo', PASSWORD))}</auth>")
        await client.send_raw(f"<starttls xmlns='{TLS}'/>" + smuggled)
        try:
            await client.take(lambda e: e.name == "proceed", "<proceed/>")
            await client.start_tls()
            await client.open_stream()
            await client.send_raw("</stream:stream>")
            await client.wait_closed()
        except (XmppError, ConnectionError):
            pass  # refusing it all is as good
        heard = [element.name for _, element in client.inbox]
        expect("success" not in heard, f"what was smuggled in was read: {heard}")


async def case_19_no_password_in_clear_and_nothing_before_login() -> None:
    async with Server(settings=NO_CLEAR) as server:
        await server.user_add(ROMEO, PASSWORD)
        login = b64(plain("romeo", PASSWORD))
        attempts = {
            "SASL": f"<auth xmlns='{SASL}' mechanism='PLAIN'>{login}</auth>",
            "SASL 2": f"<authenticate xmlns='{SASL2}' mechanism='PLAIN'><initial-response>{login}</initial-response></authenticate>",
            "a resource": f"<iq type='set' id='1'><bind xmlns='{BIND}'/></iq>",
            "compression": "<compress xmlns='http://jabber.org/protocol/compress'><method>zlib</method></compress>",
            "resumption": "<resume xmlns='urn:xmpp:sm:3' previd='x' h='0'/>",
            "a message": f"<message to='{ROMEO}'><body>x</body></message>",
        }
        wrong = []
        for what, text in attempts.items():
            client = Client(ROMEO, PASSWORD, server.ports)
            await client.open_socket()
            await client.open_stream()
            offered = [e.text for e in client.features.walk() if e.name == "mechanism"]
            expect(offered and "PLAIN" not in offered, f"offered in clear: {offered}")
            await client.send_raw(text)
            answer = await client.take(lambda e: True, f"a refusal of {what}")
            if answer.name not in ("failure", "failed", "error") and answer.get("type") != "error":
                wrong.append(f"{what}: {answer}")
            client.abort()
        expect(not wrong, "\n".join(wrong))


async def case_09_bytes_that_are_no_text_end_the_stream() -> None:
    async with Server() as server:
        romeo, juliet = await lovers(server)
        wrong = []
        for transport in ("tcp", "tls", "websocket"):
            for what, data in NO_TEXT.items():
                text = data.decode("utf-8", "surrogateescape")
                for place, stanza in {
                        "text": f"<message to='{JULIET}'><body>{text}</body></message>",
                        "attribute": f"<message to='{JULIET}' id='{text}'/>",
                        "CDATA": f"<message to='{JULIET}'><body><![CDATA[{text}]]></body></message>"}.items():
                    if place == "CDATA" and what == "its reference":
                        continue  # there it is five letters
                    client = await online(server, f"{ROMEO}/rough", transport=transport)
                    await client.send_raw(stanza.replace("<message", f"<message xmlns='{CLIENT}'"))
                    await client.wait_closed()
                    told = stream_error(client)
                    # A WebSocket is told by close code 1007 where the message is no UTF-8 (RFC 6455 §8.1).
                    if told not in ("not-well-formed", *([None] if transport == "websocket" else [])):
                        wrong.append(f"{what} as {place} over {transport}: {told}")
                    client.abort()
        expect(not wrong, "\n".join(wrong))
        await romeo.send(chat(juliet.jid, "all is well"))
        await juliet.take(says("all is well"), "a message")
