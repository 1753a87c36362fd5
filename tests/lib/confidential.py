"""What no server's log may hold: passwords, what is said to sign in, tokens, the texts of messages.

The clients of this folder note what they send and are given, of all servers of this process. Pieces
shorter than PIECE_MIN characters are left out: such words are in any log."""

from __future__ import annotations

import asyncio
import pathlib
import re
from xml.sax.saxutils import unescape

from .element import Element

PIECE_MIN = 6
PIECE_MAX = 100  # of a long text, its beginning is enough

_IN_XML = re.compile(r"<(?:body|password|auth|response|initial-response)(?: [^>]*)?>([^<]+)<")
_noted: set[str] = set()


def note(text: str) -> None:
    for line in text.splitlines():
        if len(line) >= PIECE_MIN:
            _noted.add(line[:PIECE_MAX])


def note_sent(xml: str) -> None:
    for text in _IN_XML.findall(xml):
        note(unescape(text, {"&quot;": '"', "&apos;": "'"}))


def note_received(element: Element) -> None:
    """Of what signing in is answered with, the tokens (XEP-0484)."""
    for child in element.children:
        if token := child.name == "token" and child.get("token"):
            note(token)


async def lines_with_any(log: pathlib.Path) -> list[str]:
    """The first lines of the log that hold something of it."""
    if not _noted or not log.exists():
        return []
    process = await asyncio.create_subprocess_exec(
        "grep", "--fixed-strings", "--file=-", "--text", "--max-count=5", str(log), env={"LC_ALL": "C"},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
    found, said = await process.communicate("\n".join(_noted).encode("utf-8", "surrogateescape"))
    if process.returncode not in (0, 1):
        raise RuntimeError(f"grep: {said.decode()}")
    return found.decode(errors="replace").splitlines()
