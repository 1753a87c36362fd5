"""Two domains on one server, each with a certificate and accounts of its own."""

from __future__ import annotations

from lib.element import Element
from lib.scram import b64, plain
from lib.server import Server
from lib.xmpp import SASL, Client

from .stopping import fingerprint, make_certificate, shown
from .support import archive, chat, expect, online, says

VERONA, MANTUA = "verona.example", "mantua.example"
# The same name on both, and not the same account.
PASSWORDS = {VERONA: "by the orchard wall", MANTUA: "at the apothecary"}


async def two_domains() -> Server:
    """Not started."""
    server = Server(settings={"domains": f'["{VERONA}", "{MANTUA}"]'})
    chains, keys = [], []
    for domain in PASSWORDS:
        folder = server.directory / domain
        folder.mkdir()
        await make_certificate(folder, domain, domain)
        chains.append(f"{folder / 'chain.pem'}")
        keys.append(f"{folder / 'key.pem'}")
    server.configuration.write_text(server.configuration.read_text() + f"tls.certificates = {chains}\ntls.keys = {keys}\n")
    return server


async def accounts(server: Server) -> None:
    for domain, password in PASSWORDS.items():
        await server.user_add(f"romeo@{domain}", password)


async def signed_in(server: Server, domain: str, transport: str) -> Client:
    return await online(server, f"romeo@{domain}/{transport}", password=PASSWORDS[domain], transport=transport, auth="scram")


async def test_each_domain_has_its_certificate_by_sni() -> None:
    async with await two_domains() as server:
        for port in (server.ports["c2s_tls"], server.ports["https"]):
            for domain in PASSWORDS:
                own = fingerprint(server.directory / domain / "chain.pem")
                expect(await shown(port, domain) == own, f"{domain} on {port} is shown the certificate of another")
            first = fingerprint(server.directory / VERONA / "chain.pem")
            for other in ("elsewhere.example", None):
                expect(await shown(port, other) == first, f"{other} on {port}: not the first certificate")


async def test_each_domain_has_its_accounts_and_messages_go_across() -> None:
    async with await two_domains() as server:
        await accounts(server)
        for transport in ("tls", "starttls", "websocket-tls", "tcp"):
            here, there = [await signed_in(server, domain, transport) for domain in PASSWORDS]
            for sender, receiver in ((here, there), (there, here)):
                text = f"from {sender.jid} over {transport}"
                await sender.send(chat(receiver.bare_jid, text))
                message = await receiver.take(says(text), "a message from the other domain")
                expect(message.get("from") == sender.jid, f"{message}")
            await here.close()
            await there.close()
        reader = await signed_in(server, MANTUA, "tls")
        found = await archive(reader)
        expect(len(found) == 8, f"the archive has {found}")


async def test_a_domain_that_is_not_served() -> None:
    async with await two_domains() as server:
        client = Client("romeo@elsewhere.example", "any", server.ports, transport="tls")
        await client.open_socket()
        await client.send_raw("<stream:stream to='elsewhere.example' version='1.0' xmlns='jabber:client' "
                              "xmlns:stream='http://etherx.jabber.org/streams'>")
        error = await client.take(lambda e: e.name == "error", "an error")
        expect(error.find("host-unknown"), f"{error}")


async def answer_to_login(server: Server, sni: str, to: str, password: str) -> tuple[Client, Element]:
    """The certificate asked for is that of one domain, the stream's `to` says the other."""
    client = Client(f"romeo@{sni}", password, server.ports, transport="tls")
    await client.open_socket()
    client.domain = to
    await client.open_stream()
    await client.send_raw(f"<auth xmlns='{SASL}' mechanism='PLAIN'>{b64(plain('romeo', password))}</auth>")
    return client, await client.take(lambda e: e.ns == SASL, "an answer")


async def case_24_the_stream_says_whose_account_it_is_not_the_certificate() -> None:
    """SNI chooses what the client is shown, and no more: the password that opens an account is that of the domain in `to`."""
    async with await two_domains() as server:
        await accounts(server)
        for sni, to in ((VERONA, MANTUA), (MANTUA, VERONA)):
            client, answer = await answer_to_login(server, sni, to, PASSWORDS[sni])
            expect(answer.find("not-authorized"), f"by the certificate of {sni}, an account there opens as one of {to}: {answer}")
            client.abort()
            client, answer = await answer_to_login(server, sni, to, PASSWORDS[to])
            expect(answer.name == "success", f"{answer}")
            await client.open_stream()
            await client.bind()
            expect(client.jid.startswith(f"romeo@{to}/"), f"bound to {client.jid}")
            client.abort()
