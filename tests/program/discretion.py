"""What the log tells. That it never tells what people write or sign in with is looked for after every test (lib/confidential.py)."""

from __future__ import annotations

import re
import signal

from lib.scram import b64, plain
from lib.server import Server, ServerError

from .signing_in import guess
from .support import PASSWORD, ROMEO, chat, expect, lovers, says, until

LEVELS = ("debug", "info", "warning", "error")
LINE = re.compile(r"^\d{4}-\d\d-\d\dT[\d:.]+Z (\w+) \w+ .")


async def levels_told(level: str) -> set[str]:
    """Of a day with a stream that ends, a wrong password, and certificates that cannot be read."""
    async with Server(settings={"log.level": f'"{level}"'}) as server:
        romeo, juliet = await lovers(server)
        await romeo.send(chat(juliet.jid, "A word for nobody else"))
        await juliet.take(says("A word for nobody else"), "a message")
        await guess(server, "romeo", "not his password")
        await romeo.close()
        (server.data / "tls/self-signed.key").write_text("no key at all")
        server.signal(signal.SIGHUP)

        async def told() -> bool:
            return "certificates not read again" in server.log.read_text()
        await until(told, "a word in the log about the broken key")
        await server.stop()
        # Beside them stands what the program greets its owner with.
        return {found.group(1) for line in server.log.read_text().splitlines() if (found := LINE.match(line))}


async def test_the_log_says_no_more_than_it_is_asked_for() -> None:
    told = {level: await levels_told(level) for level in LEVELS}
    expected = {"debug": {"debug", "info", "error"}, "info": {"info", "error"}, "warning": {"error"}, "error": {"error"}}
    expect(told == expected, f"by log.level, what was written: {told}")


async def test_a_password_in_a_log_is_found() -> None:
    """Of the search that all other tests rely on."""
    async with Server() as server:
        await server.user_add(ROMEO, PASSWORD)
        await guess(server, "romeo", "not his password")
        await server.stop()
        for spilled in (PASSWORD, b64(plain("romeo", "not his password"))):
            with open(server.log, "a", encoding="utf-8") as log:
                print(f"2026-01-01T00:00:00.000Z debug auth said {spilled}", file=log)
            try:
                await server.expect_discreet_log()
            except ServerError as error:
                expect(spilled in str(error), f"{spilled} is not in: {error}")
            else:
                expect(False, f"{spilled} was not found in the log")
            server.log.write_text("")
