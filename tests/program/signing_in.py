"""Clients that sign in slowly, wrongly, or by guessing."""

from __future__ import annotations

import asyncio
import base64

from lib.element import CLIENT, STREAMS
from lib.scram import b64, plain
from lib.server import Server
from lib.transport import unverified_tls
from lib.xmpp import SASL, Client, XmppError

from .round_trips import Login
from .support import PASSWORD, ROMEO, alone, expect, lovers, metric, until

HEADER = f"<stream:stream to='localhost' version='1.0' xmlns='{CLIENT}' xmlns:stream='{STREAMS}'>"
DEADLINE_S = 5.0
SLACK_S = 2.0


async def linger(port: int, tls: bool, first: str, drip: str) -> float:
    """Says `first`, then a byte of `drip` every 0.2 s; how long until the server has closed."""
    start = asyncio.get_running_loop().time()
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=unverified_tls() if tls else None,
                                                   server_hostname="localhost" if tls else None)
    writer.write(first.encode())

    async def go_on() -> None:
        for byte in drip * 1000:
            writer.write(byte.encode())
            # tidy: sleep: slowness is what this is about
            await asyncio.sleep(0.2)

    talk = asyncio.create_task(go_on()) if drip else None
    try:
        async with asyncio.timeout(DEADLINE_S * 3):
            while await reader.read(4096):
                pass
    except (TimeoutError, ConnectionError):
        pass
    finally:
        if talk:
            talk.cancel()
        writer.close()
    return asyncio.get_running_loop().time() - start


async def case_07_deadline_holds_whatever_is_sent() -> None:
    async with Server(settings={"auth.deadline": f"{DEADLINE_S:.0f}"}) as server:
        romeo, _ = await lovers(server)
        ports = server.ports
        upgrade = ("GET /xmpp-websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                   "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: xmpp\r\n\r\n")
        ways = {
            "silent from the start": linger(ports["c2s"], False, "", ""),
            "silent before the TLS handshake": linger(ports["c2s_tls"], False, "", ""),
            "silent after the TLS handshake": linger(ports["c2s_tls"], True, "", ""),
            "silent after the header": linger(ports["c2s"], False, HEADER, ""),
            "a header by bytes": linger(ports["c2s"], False, "", HEADER),
            "white space by bytes": linger(ports["c2s"], False, HEADER, " "),
            "white space over TLS": linger(ports["c2s_tls"], True, HEADER, " "),
            "half a login by bytes": linger(ports["c2s"], False, HEADER + f"<auth xmlns='{SASL}' mechanism='PLAIN'>", "A"),
            "logged in, no resource, white space": linger(
                ports["c2s"], False,
                f"{HEADER}<auth xmlns='{SASL}' mechanism='PLAIN'>{b64(plain('romeo', PASSWORD))}</auth>", " "),
            "a WebSocket that stays silent": linger(ports["http"], False, upgrade, ""),
        }
        took = dict(zip(ways, await asyncio.gather(*ways.values())))
        wrong = {way: f"{seconds:.1f} s" for way, seconds in took.items()
                 if not DEADLINE_S - 0.5 <= seconds <= DEADLINE_S + SLACK_S}
        expect(not wrong, f"not closed after {DEADLINE_S} s: {wrong}")
        expect((await romeo.iq("get", "<ping xmlns='urn:xmpp:ping'/>")).get("type") == "result",
               "the deadline hit one who has signed in")


async def guess(server: Server, username: str, password: str, attempts: int = 1) -> list[tuple[float, str]]:
    """Attempts on one connection: how long each took, and what the server said."""
    client = Client(f"{username}@localhost", password, server.ports, timeout_s=30)
    await client.open_socket()
    await client.open_stream()
    answers = []
    try:
        for _ in range(attempts):
            start = asyncio.get_running_loop().time()
            await client.send_raw(f"<auth xmlns='{SASL}' mechanism='PLAIN'>{b64(plain(username, password))}</auth>")
            answer = await client.take(lambda e: e.ns == SASL or e.name == "error", "an answer")
            answers.append((asyncio.get_running_loop().time() - start, str(answer)))
    except XmppError:
        pass  # closed, as it should be after some attempts
    client.abort()
    return answers


async def case_08_guesses_do_not_lock_the_owner_out() -> None:
    """Guesses get slower and slower; the right password is taken at once, during them and after."""
    async with Server() as server:
        await server.user_add(ROMEO, PASSWORD)
        rounds = [asyncio.create_task(guess(server, "romeo", f"guess {i}", 5)) for i in range(3)]

        async def failures() -> bool:
            return await metric(server, "logins_failed_total") >= 5
        await until(failures, "failed attempts")
        for auth in ("plain", "scram", "sasl2"):
            start = asyncio.get_running_loop().time()
            client = Client(ROMEO, PASSWORD, server.ports, auth=auth)
            await client.connect()
            took = asyncio.get_running_loop().time() - start
            expect(took < 1.0, f"the owner waited {took:.1f} s for a login by {auth}")
            await client.close()
        answers = await asyncio.gather(*rounds)
        for said in answers:
            refused = [text for _, text in said if "not-authorized" in text]
            expect(1 <= len(refused) <= 3, f"{len(refused)} guesses on one connection: {said}")
        slowest = max(seconds for said in answers for seconds, _ in said)
        expect(slowest > 0.5, f"the slowest of the wrong guesses was answered after {slowest:.2f} s")


async def challenge(server: Server, username: str) -> str:
    """The salt and the count that SCRAM tells a stranger."""
    client = Client(f"{username}@localhost", "", server.ports)
    await client.open_socket()
    await client.open_stream()
    first = f"n,,n={username},r=0123456789abcdef"
    await client.send_raw(f"<auth xmlns='{SASL}' mechanism='SCRAM-SHA-256'>{b64(first.encode())}</auth>")
    answer = await client.take(lambda e: e.ns == SASL, "a challenge")
    client.abort()
    expect(answer.name == "challenge", f"{username}: {answer}")
    return base64.b64decode(answer.text).decode().partition(",")[2]


async def work_of_guesses(server: Server, username: str, count: int) -> float:
    """Processor seconds until the server has found as many guesses wrong. It has not answered them then: how long an
    answer waits is not what this is about."""
    failed, before = await metric(server, "logins_failed_total"), await metric(server, "cpu_seconds_total")
    guesses = [asyncio.create_task(guess(server, username, "wrong")) for _ in range(count)]

    async def found() -> bool:
        return await metric(server, "logins_failed_total") == failed + count
    await until(found, f"{count} failed attempts")
    work = await metric(server, "cpu_seconds_total") - before
    for one in guesses:
        one.cancel()
    await asyncio.gather(*guesses, return_exceptions=True)
    return work


@alone
async def case_20_a_guess_costs_the_same_work_for_anyone_and_no_one() -> None:
    """Work is what differences in time come from, and can be measured beside other programs. Hashing the password is
    nearly all of it, so that leaving it out for one of the two shows."""
    async with Server() as server:
        await server.user_add(ROMEO, PASSWORD)
        work = {"romeo": 0.0, "nobody": 0.0}
        for _ in range(4):
            for name in work:
                work[name] += await work_of_guesses(server, name, 10)
        ratio = work["nobody"] / work["romeo"]
        expect(0.7 < ratio < 1.4, f"a guess at nobody takes {ratio:.2f} times the work of one at romeo: {work}")


async def case_20_unknown_user_and_wrong_password_look_the_same() -> None:
    async with Server() as server:
        await server.user_add(ROMEO, PASSWORD)
        texts = {name: {text for _, text in await guess(server, name, "wrong", 2)} for name in ("romeo", "nobody")}
        expect(len(texts["romeo"]) == 1 and texts["romeo"] == texts["nobody"], f"the answers differ: {texts}")
        real, fake = await challenge(server, "romeo"), await challenge(server, "nobody")
        expect(fake == await challenge(server, "nobody"), "the salt of nobody changes")
        expect(fake != await challenge(server, "nobody2"), "all who are not there have one salt")
        shape = [[(part[0], len(part)) for part in text.split(",")] for text in (real, fake)]
        expect(shape[0] == shape[1], f"challenges look different: {real} and {fake}")
        expect(real.partition(",i=")[2] == fake.partition(",i=")[2], f"counts differ: {real} and {fake}")
        await server.restart()
        expect(fake == await challenge(server, "nobody"), "the salt of nobody changes with a restart")


async def case_21_tokens_are_long_and_never_alike() -> None:
    """At least 128 bits in Base64 or hexadecimal, with no part that says when or for whom it was made."""
    async with Server() as server:
        await server.user_add(ROMEO, PASSWORD)
        tokens = []
        for _ in range(20):
            login = Login(server)
            line = await login.direct_tls()
            await login.sasl2(line)
            line.close()
            tokens.append(login.token)
        expect(len(set(tokens)) == len(tokens), f"a token came twice: {tokens}")
        expect(min(map(len, tokens)) >= 22, f"short tokens: {tokens}")
        for place in zip(*tokens):
            expect(len(set(place)) > 1, f"all tokens have '{place[0]}' at one place: {tokens}")
