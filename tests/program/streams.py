"""What must not go through in clear or before login, and bytes that are no text.

This machine counts as a safe way, so case 23 (TLS required) cannot be seen from here; src/server/tls_required_test.cc shows it."""

from __future__ import annotations

import asyncio
import ssl

from lib.element import CLIENT, STREAMS
from lib.scram import b64, plain
from lib.server import Server
from lib.transport import unverified_tls
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


async def handshake(port: int, version: ssl.TLSVersion, ciphers: str, name: str = "localhost") -> str:
    """The cipher that was agreed on, "" where the server refuses."""
    context = unverified_tls()
    context.set_ciphers(ciphers)
    context.minimum_version = context.maximum_version = version
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname=name)
    except (ssl.SSLError, ConnectionError):
        return ""
    cipher = writer.get_extra_info("cipher")[0]
    writer.close()
    return cipher


async def case_24_old_tls_is_refused_whoever_asks_for_it() -> None:
    async with Server() as server:
        anything = "ALL:COMPLEMENTOFALL:@SECLEVEL=0"
        for port in (server.ports["c2s_tls"], server.ports["https"]):
            for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
                expect(not await handshake(port, version, anything), f"{version} is taken on {port}")
            for weak in ("NULL", "aNULL", "AES128-SHA", "AES256-GCM-SHA384", "CAMELLIA", "ECDHE+SHA1"):
                agreed = await handshake(port, ssl.TLSVersion.TLSv1_2, f"{weak}:@SECLEVEL=0")
                expect(not agreed, f"{agreed} is taken on {port}")
            expect(await handshake(port, ssl.TLSVersion.TLSv1_2, anything), "TLS 1.2 is refused")
            # A name that is served by nobody here gets the certificate there is; the stream says the rest.
            expect(await handshake(port, ssl.TLSVersion.TLSv1_2, anything, "elsewhere.example"), "no answer to another name")


async def case_24_renegotiation_costs_the_server_nothing() -> None:
    """Each R of `openssl s_client` asks for another handshake; the server goes on, and others too."""
    async with Server() as server:
        await server.user_add(ROMEO, PASSWORD)
        romeo = await online(server, f"{ROMEO}/orchard")
        process = await asyncio.create_subprocess_exec(
            "openssl", "s_client", "-connect", f"127.0.0.1:{server.ports['c2s_tls']}", "-tls1_2",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
        told, _ = await asyncio.wait_for(process.communicate(b"R\n" * 1000), 30)
        expect(told.count(b"RENEGOTIATING") == 1 and b"no renegotiation" in told, told[-400:].decode("latin-1"))
        answer = await romeo.iq("get", "<ping xmlns='urn:xmpp:ping'/>", "localhost")
        expect(answer.get("type") == "result", f"{answer}")


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


async def case_18_logins_are_bound_to_the_certificate_on_every_way_with_tls() -> None:
    """SCRAM-SHA-256-PLUS with tls-server-end-point (RFC 5929); with that of another certificate it fails."""
    async with Server() as server:
        await server.user_add(ROMEO, PASSWORD)
        for transport in ("tls", "starttls", "websocket-tls"):
            for auth in ("scram", "sasl2"):
                romeo = await online(server, f"{ROMEO}/orchard", transport=transport, auth=auth, bind_to=bytes)
                await romeo.close()
        meddled = Client(ROMEO, PASSWORD, server.ports, transport="tls", bind_to=lambda seen: bytes(reversed(seen)))
        try:
            await meddled.connect()
        except XmppError as error:
            expect("not-authorized" in str(error), f"refused, and not for the binding: {error}")
        else:
            expect(False, "a login bound to another certificate is taken")


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
