#!/usr/bin/python3
"""Eyes and hands for Dino's window: a command in JSON a line in, an answer in JSON a line out.

    ["texts"]              what its window says: names of what AT-SPI calls showing
    ["press", NAME]        clicks the button of that name, or the button a label of that name is in
    ["into", ROLE]         gives that widget the keyboard, by a click of the mouse
    ["type", TEXT], ["key", KEY]

The answer is a list of texts, or true, or false: there is no such thing now; ask again."""

from __future__ import annotations

import json
import subprocess
import sys

import pyatspi


def window():
    for application in pyatspi.Registry.getDesktop(0):
        if application is not None and application.name == "dino-im" and application.childCount:
            return application
    return None


def everything(node):
    """All below it; what goes away meanwhile is left out."""
    try:
        children = list(node)
    except Exception:  # pyatspi throws GLib errors of many kinds when a widget has just gone
        return
    for child in children:
        if child is not None:
            yield child
            yield from everything(child)


def showing(node) -> bool:
    extents = node.queryComponent().getExtents(pyatspi.WINDOW_COORDS)
    return extents.width > 0 and extents.height > 0


def found(wanted):
    top = window()
    for node in everything(top) if top is not None else ():
        try:
            if wanted(node) and showing(node):
                yield node
        except Exception:  # as above
            continue


def text_of(node) -> str:
    try:
        text = node.queryText().getText(0, -1)
    except NotImplementedError:
        text = ""
    return text or node.name


def texts() -> list[str]:
    return [text_of(node) for node in found(lambda n: bool(text_of(n)))]


def press(name: str) -> bool:
    for node in found(lambda n: text_of(n) == name):
        while node is not None:
            if node.getRole() in (pyatspi.ROLE_PUSH_BUTTON, pyatspi.ROLE_TOGGLE_BUTTON):
                return node.queryAction().doAction(0)
            node = node.parent
    return False


def xdotool(*words: str) -> bool:
    return subprocess.run(["xdotool", *words], check=False, capture_output=True).returncode == 0


def into(role: str) -> bool:
    for node in found(lambda n: n.getRoleName() == role and n.getState().contains(pyatspi.STATE_EDITABLE)):
        box = node.queryComponent().getExtents(pyatspi.WINDOW_COORDS)
        where = str(box.x + box.width // 2), str(box.y + box.height // 2)
        return xdotool("mousemove", *where, "click", "1")
    return False


COMMANDS = {"texts": texts, "press": press, "into": into,
            "type": lambda text: xdotool("type", "--delay", "2", text), "key": lambda key: xdotool("key", key)}

for line in sys.stdin:
    command, *arguments = json.loads(line)
    print(json.dumps(COMMANDS[command](*arguments)), flush=True)
