"""`rookery check`: what it finds, what it says to that, and that it is content where all is well."""

from __future__ import annotations

import socket

from lib.server import Server

from .configuration import openssl
from .support import PASSWORD, ROMEO, expect


async def check(server: Server) -> tuple[int, str]:
    return await server.attempt("check", "--config", str(server.configuration))


async def finds(server: Server, *words: str) -> None:
    """One problem, in which these words stand; status 1."""
    status, said = await check(server)
    problems = [line for line in said.splitlines() if line.startswith("PROBLEM")]
    expect(status == 1 and len(problems) == 1, f"status {status}: {said}")
    missing = [word for word in words if word not in problems[0]]
    expect(not missing, f"{missing} is not in: {problems[0]}")


async def finds_nothing(server: Server, *words: str) -> None:
    """Status 0; and these stand in what is fine."""
    status, said = await check(server)
    expect(status == 0 and "PROBLEM" not in said, f"status {status}: {said}")
    missing = [word for word in words if word not in said]
    expect(not missing, f"{missing} is not in: {said}")


def configure(server: Server, text: str) -> None:
    server.configuration.write_text(server.configuration.read_text() + text)


async def certificate(server: Server, names: list[str], days: int = 90) -> None:
    chain, key = server.directory / "chain.pem", server.directory / "key.pem"
    await openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", str(days),
                  "-subj", "/CN=test", "-addext", "subjectAltName=" + ",".join(f"DNS:{name}" for name in names),
                  "-keyout", str(key), "-out", str(chain))
    configure(server, f'tls.certificates = ["{chain}"]\ntls.keys = ["{key}"]\n')


def listening(server: Server) -> list[str]:
    return [f"127.0.0.1:{port}" for port in server.ports.values()]


async def test_all_is_well_before_the_first_start_while_it_runs_and_after() -> None:
    server = Server()
    await finds_nothing(server, str(server.configuration), "self-signed", "no store", *listening(server))
    expect(not server.data.exists(), "a look has made the data directory")
    async with server:
        await server.user_add(ROMEO, PASSWORD)
        await finds_nothing(server, f"a server runs on {server.data}", "certificate for localhost")
        await server.stop()
        await finds_nothing(server, f"store {server.data / 'store'}", *listening(server))
        # It has let go of what it looked at.
        await server.start()


async def test_a_port_that_is_taken() -> None:
    server = Server()
    with socket.create_server(("127.0.0.1", server.ports["http"])):
        await finds(server, f"127.0.0.1:{server.ports['http']}", "in use", "ss -ltnp")
    await finds_nothing(server)


async def test_an_address_that_this_machine_does_not_have() -> None:
    await finds(Server(settings={"listen.https": '["192.0.2.1:5281"]'}), "192.0.2.1:5281", "cannot be taken")


async def test_a_key_that_is_not_known() -> None:
    server = Server()
    lines = len(server.configuration.read_text().splitlines())
    configure(server, "limits.colour = 'red'\n")
    await finds(server, f"{server.configuration}, line {lines + 1}", "'limits.colour'", "not known")


async def test_a_domain_without_a_certificate() -> None:
    server = Server(settings={"domains": '["verona.example", "mantua.example"]'})
    await certificate(server, ["verona.example"])
    await finds(server, "no certificate names the domain mantua.example", "tls.certificates")


async def test_a_certificate_may_name_a_domain_by_pattern_or_in_ascii() -> None:
    """*.example.org stands for one label (RFC 6125 §6.4.3), xn--... for what it encodes."""
    domains = '["chat.verona.example", "bücher.example", "Mantua.Example"]'
    server = Server(settings={"domains": domains})
    await certificate(server, ["*.verona.example", "xn--bcher-kva.example", "mantua.example"])
    await finds_nothing(server)
    for domain in ("verona.example", "a.chat.verona.example"):
        server = Server(settings={"domains": f'["{domain}"]'})
        await certificate(server, ["*.verona.example"])
        await finds(server, f"no certificate names the domain {domain}")


async def test_a_certificate_that_ends_soon() -> None:
    server = Server()
    await certificate(server, ["localhost"], days=9)
    await finds(server, "the certificate for localhost expires in 8 days", str(server.directory / "chain.pem"), "renew")


async def test_a_store_that_does_not_open() -> None:
    async with Server() as server:
        await server.user_add(ROMEO, PASSWORD)
        await server.stop()
        current = next((server.data / "store").rglob("CURRENT"))
        kept = current.read_bytes()
        current.write_text("nothing that a store could begin with\n")
        await finds(server, str(server.data / "store"))
        current.write_bytes(kept)
        await finds_nothing(server)
