"""SIGTERM and SIGHUP."""

from __future__ import annotations

import asyncio
import hashlib
import pathlib
import signal
import ssl

from lib.element import CLIENT, Element
from lib.managed import ManagedClient
from lib.server import Server
from lib.transport import unverified_tls
from lib.xmpp import Client

from .support import JULIET, PASSWORD, ROMEO, archive, chat, expect, lovers, online, says, stream_error, until

MESSAGES = 50


async def test_stop_tells_clients_on_every_transport() -> None:
    """RFC 6120 §4.9.3.20; and the end is clean: status 0, soon, however many are connected."""
    async with Server() as server:
        await server.user_add(ROMEO, PASSWORD)
        transports = ("tcp", "starttls", "tls", "websocket", "websocket-tls")
        clients = [await online(server, f"{ROMEO}/{name}", transport=name) for name in transports]
        status = await server.stop()
        expect(status == 0, f"exit status {status}:\n{server.log_tail()}")
        for client in clients:
            await client.wait_closed()
            expect(stream_error(client) == "system-shutdown", f"{client.jid} was told {stream_error(client)}")


async def seen_since(server: Server, resource: str) -> str:
    """When Romeo's desk became as it is, as another of his devices is told that comes now."""
    device = await online(server, f"{ROMEO}/{resource}")
    presence = await device.take(lambda e: e.name == "presence" and e.get("from") == f"{ROMEO}/desk", "the desk's presence")
    await device.close()
    delay = presence.find("delay")
    expect(delay is not None, f"it does not say since when: {presence}")
    return delay.get("stamp") if delay is not None else ""


async def test_presence_is_as_old_after_a_restart() -> None:
    async with Server() as server:
        await server.user_add(ROMEO, PASSWORD)
        came = asyncio.Event()
        desk = ManagedClient(f"{ROMEO}/desk", PASSWORD, server.ports, auth="plain", on_stanza=lambda _: came.set())
        await desk.connect()
        await desk.enable([])
        await desk.send(Element(CLIENT, "presence"))
        await asyncio.wait_for(came.wait(), 10)
        since = await seen_since(server, "phone")
        await server.restart()
        desk.abort()
        expect(await seen_since(server, "tablet") == since, "it has changed with the restart")


async def told_of_romeo(server: Server, juliet: Client) -> str | None:
    """What a contact is told of him who asks: the type of the presence."""
    await juliet.send(Element(CLIENT, "presence", {"type": "probe", "to": ROMEO}))
    answer = await juliet.take(lambda e: e.name == "presence" and str(e.get("from")).startswith(ROMEO), "the answer to a probe")
    return answer.get("type")


async def test_who_is_invisible_is_so_after_a_restart() -> None:
    """XEP-0186 with XEP-0198 §5: before he is back and after it; and what is sent to him arrives."""
    hide = Element(CLIENT, "iq", {"type": "set", "id": "hide"}, [Element("urn:xmpp:invisible:1", "invisible", {"probe": "true"})])
    async with Server() as server:
        romeo_online, juliet = await lovers(server)
        await juliet.send(Element(CLIENT, "presence", {"type": "subscribe", "to": ROMEO}))
        await romeo_online.take(lambda e: e.get("type") == "subscribe", "her request")
        await romeo_online.send(Element(CLIENT, "presence", {"type": "subscribed", "to": JULIET}))
        await juliet.take(lambda e: e.name == "presence" and str(e.get("from")).startswith(ROMEO), "his presence")
        await romeo_online.close()
        hidden, came = asyncio.Event(), asyncio.Event()

        def note(stanza: Element) -> None:
            (came if says("night")(stanza) else hidden if stanza.get("id") == "hide" else asyncio.Event()).set()

        romeo = ManagedClient(f"{ROMEO}/desk", PASSWORD, server.ports, auth="plain", on_stanza=note)
        await romeo.connect()
        await romeo.enable([])
        await romeo.send(hide)
        await asyncio.wait_for(hidden.wait(), 10)
        expect(await server.stop() == 0, f"not a clean stop:\n{server.log_tail()}")
        romeo.abort()
        romeo.inbox.clear()
        await server.start()
        juliet = await online(server, f"{JULIET}/tower")
        expect(await told_of_romeo(server, juliet) == "unavailable", "he is seen while he is away")
        await romeo.connect(bind=False)
        expect(await romeo.resume(), "the session is gone")
        expect(await told_of_romeo(server, juliet) == "unavailable", "he is seen when he is back")
        await juliet.send(chat(ROMEO, "night"))
        await asyncio.wait_for(came.wait(), 10)
        await romeo.send(Element(CLIENT, "presence"))
        await romeo.send(chat(JULIET, "light"))
        await juliet.take(says("light"), "what he sends after it")
        expect(not [e for _, e in juliet.inbox if e.name == "presence" and e.get("type") is None and str(e.get("from")).startswith(ROMEO)], "he is seen when he says how he is")


async def test_stop_with_clients_that_do_not_read_or_have_not_signed_in() -> None:
    async with Server() as server:
        silent = [await asyncio.open_connection("127.0.0.1", port) for port in server.ports.values() for _ in range(5)]
        expect(await server.stop() == 0, f"not a clean stop:\n{server.log_tail()}")
        for _, writer in silent:
            writer.close()


async def test_stop_keeps_what_was_acknowledged_and_sessions_resume() -> None:
    async with Server() as server:
        for jid in (ROMEO, JULIET):
            await server.user_add(jid, PASSWORD)
        came: list[str] = []
        all_came = asyncio.Event()

        def note(stanza) -> None:
            if (body := stanza.find("body")) is not None:
                came.append(body.text)
                if len(set(came)) == 2 * MESSAGES:
                    all_came.set()

        romeo = ManagedClient(f"{ROMEO}/orchard", PASSWORD, server.ports, auth="plain")
        juliet = ManagedClient(f"{JULIET}/balcony", PASSWORD, server.ports, auth="plain", on_stanza=note)
        for client in (romeo, juliet):
            await client.connect()
            await client.enable([])
            await client.send(Element(CLIENT, "presence"))
        for number in range(MESSAGES):
            await romeo.send(chat(JULIET, f"{number}"))
        expect(await server.stop() == 0, f"not a clean stop:\n{server.log_tail()}")
        for client in (romeo, juliet):
            await client.wait_closed()
            client.abort()
        kept = romeo.acknowledged
        await server.start()
        for client in (romeo, juliet):
            client.inbox.clear()
            await client.connect(bind=False)
            expect(await client.resume(), f"{client.jid}: the session is gone")
        expect(romeo.acknowledged >= kept, f"{kept} were acknowledged, and after the restart {romeo.acknowledged}")
        for number in range(MESSAGES, 2 * MESSAGES):
            await romeo.send(chat(JULIET, f"{number}"))
        await asyncio.wait_for(all_came.wait(), 10)
        wanted = [f"{number}" for number in range(2 * MESSAGES)]
        expect(list(dict.fromkeys(came)) == wanted, f"came out of order: {came}")
        expect(not romeo.broken_promises + juliet.broken_promises, f"{romeo.broken_promises + juliet.broken_promises}")
        for jid in (ROMEO, JULIET):
            reader = await online(server, f"{jid}/reader")
            found = await archive(reader)
            expect(found == wanted, f"{jid}: the archive has {found}")


async def test_who_does_not_come_back_in_time_after_a_restart_has_gone() -> None:
    """XEP-0198 §5: the time goes on, and what nobody acknowledged goes to the other device."""
    async with Server(settings={"limits.resume": "1"}) as server:
        for jid in (ROMEO, JULIET):
            await server.user_add(jid, PASSWORD)
        away = ManagedClient(f"{JULIET}/balcony", PASSWORD, server.ports, auth="plain")
        await away.connect()
        await away.enable([])
        await server.kill9()
        away.abort()
        await server.start()
        desk = await online(server, f"{JULIET}/desk")
        romeo = await online(server, f"{ROMEO}/orchard")
        await romeo.send(chat(f"{JULIET}/balcony", "still there?"))
        await desk.take(says("still there?"), "what the other device did not get")
        away.inbox.clear()
        await away.connect(bind=False)
        expect(not await away.resume(), "a session is resumed that has timed out")


async def test_second_signal_while_stopping() -> None:
    async with Server() as server:
        await lovers(server)
        server.signal(signal.SIGTERM)
        server.signal(signal.SIGTERM)
        expect(await server.stop() == 0, f"not a clean stop:\n{server.log_tail()}")


async def make_certificate(directory: pathlib.Path, name: str, domain: str = "localhost") -> None:
    process = await asyncio.create_subprocess_exec(
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
        "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{domain}",
        "-keyout", str(directory / "key.pem"), "-out", str(directory / "chain.pem"),
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL)
    expect(await process.wait() == 0, "openssl made no certificate")


async def shown(port: int, name: str | None = "localhost") -> str:
    """The fingerprint of the certificate that a new connection is shown which asks for `name` (SNI)."""
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=unverified_tls(), server_hostname=name or "")
    certificate = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    return hashlib.sha256(certificate).hexdigest()


def fingerprint(file: pathlib.Path) -> str:
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(file.read_text())).hexdigest()


async def test_sighup_reads_certificates_again() -> None:
    server = Server()
    chain, key = server.directory / "chain.pem", server.directory / "key.pem"
    server.configuration.write_text(server.configuration.read_text()
                                    + f'tls.certificates = ["{chain}"]\ntls.keys = ["{key}"]\n')
    await make_certificate(server.directory, "first")
    async with server:
        ports = (server.ports["c2s_tls"], server.ports["https"])
        first = fingerprint(chain)
        for port in ports:
            expect(await shown(port) == first, "not the certificate of the configuration")
        romeo, juliet = await lovers(server, transport="tls")

        await make_certificate(server.directory, "second")
        expect(await shown(ports[0]) == first, "read without being told to")
        server.signal(signal.SIGHUP)
        second = fingerprint(chain)
        for port in ports:
            async def is_second(port: int = port) -> bool:
                return await shown(port) == second
            await until(is_second, "the new certificate")

        key.write_text("no key at all")
        server.signal(signal.SIGHUP)

        async def told() -> bool:
            return "certificates not read again" in server.log_tail(200)
        await until(told, "a word in the log about the broken key")
        expect(await shown(ports[0]) == second, "a broken file replaced a good certificate")

        await romeo.send(chat(JULIET, "still here"))
        await juliet.take(says("still here"), "a message on a connection older than both")
