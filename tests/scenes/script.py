"""Reads a scene: who takes part, and what they do. The format is described in README.md."""

from __future__ import annotations

import pathlib
import re
import textwrap
from dataclasses import dataclass, field

VERBS_WITH_XML = ("sends", "sends raw", "receives", "receives in order")
VERBS_ALONE = ("connects", "disconnects", "receives nothing", "is disconnected",
               "loses connection", "starts TLS")
TRANSPORTS = ("tcp", "starttls", "tls", "websocket", "websocket-tls")
AUTHS = ("plain", "scram", "sasl2")


class ScriptError(Exception):
    """The file is no scene; the message begins with file and line."""


@dataclass
class Role:
    """A `[Client]` block."""

    name: str
    line: int
    jid: str = ""
    password: str = ""
    resource: str = ""
    transport: str = "tcp"
    auth: str = "scram"
    bind: bool = True
    raw: bool = False
    account: bool = True

    @property
    def bare_jid(self) -> str:
        return self.jid.partition("/")[0]

    @property
    def login(self) -> str:
        """The JID to log in as, with the wanted resource if there is one."""
        resource = self.resource or self.jid.partition("/")[2]
        return f"{self.bare_jid}/{resource}" if resource else self.bare_jid


@dataclass
class Action:
    role: str
    verb: str
    line: int
    xml: str = ""
    xml_line: int = 0


@dataclass
class Scene:
    path: pathlib.Path
    title: str = ""
    roles: dict[str, Role] = field(default_factory=dict)
    actions: list[Action] = field(default_factory=list)


def _is_comment(line: str) -> bool:
    return line.startswith(("#", "//", "--")) and not _is_rule(line)


def _is_rule(line: str) -> bool:
    return len(line) >= 3 and line.strip() != "" and line.strip().strip("-") == ""


def _flag(value: str) -> bool:
    if value not in ("yes", "no"):
        raise ValueError(f"'{value}' is neither yes nor no")
    return value == "yes"


class _Reader:
    def __init__(self, path: pathlib.Path, text: str) -> None:
        self._scene = Scene(path)
        self._lines = text.splitlines()
        self._at = 0

    def read(self) -> Scene:
        try:
            self._read_roles()
            self._read_actions()
        except ValueError as error:
            raise ScriptError(f"{self._scene.path}:{self._at}: {error}") from error
        return self._scene

    def _next(self) -> str | None:
        if self._at >= len(self._lines):
            return None
        self._at += 1
        return self._lines[self._at - 1]

    def _read_roles(self) -> None:
        role: Role | None = None
        while (line := self._next()) is not None:
            if _is_rule(line):
                if not self._scene.roles:
                    raise ValueError("no [Client] above the line of dashes")
                break
            if not line.strip():
                continue
            if _is_comment(line):
                if not self._scene.title:
                    self._scene.title = re.sub(r"^[#/\-\s]*(Test:\s*)?", "", line).strip()
            elif line.startswith("[Client]"):
                role = Role(line.removeprefix("[Client]").strip(), self._at)
                if not role.name or role.name in self._scene.roles:
                    raise ValueError(f"the client's name '{role.name}' is empty or taken")
                self._scene.roles[role.name] = role
            elif role is not None and line[0] in " \t":
                self._read_key(role, line)
            else:
                raise ValueError(f"'{line}' is no [Client] and no 'key: value' of one")
        else:
            raise ValueError("no line of dashes ends the clients")
        for one in self._scene.roles.values():
            if not one.jid or (not one.password and not one.raw):
                raise ValueError(f"{one.name} needs jid: and password:")

    def _read_key(self, role: Role, line: str) -> None:
        key, colon, value = (part.strip() for part in line.partition(":"))
        if not colon:
            raise ValueError(f"'{line.strip()}' is no 'key: value'")
        if key in ("jid", "password", "resource"):
            setattr(role, key, value)
        elif key in ("bind", "raw", "account"):
            setattr(role, key, _flag(value))
        elif key in ("transport", "auth"):
            allowed = TRANSPORTS if key == "transport" else AUTHS
            if value not in allowed:
                raise ValueError(f"{key}: is one of {', '.join(allowed)}, not '{value}'")
            setattr(role, key, value)
        else:
            raise ValueError(f"a client has no '{key}:'")

    def _read_actions(self) -> None:
        names = sorted(self._scene.roles, key=len, reverse=True)
        while (line := self._next()) is not None:
            if not line.strip() or _is_comment(line) or _is_rule(line):
                continue
            if line[0] in " \t":
                raise ValueError("indented text that belongs to no action")
            name = next((n for n in names if line.startswith(n + " ")), None)
            if name is None:
                raise ValueError(f"'{line}' begins with no client's name")
            verb = line[len(name):].strip().rstrip(":").rstrip()
            action = Action(name, verb, self._at)
            if verb in VERBS_WITH_XML:
                self._read_block(action)
                if not action.xml.strip():
                    raise ValueError(f"'{line}' has no indented XML below it")
            elif verb not in VERBS_ALONE:
                raise ValueError(f"a client cannot '{verb}'")
            self._scene.actions.append(action)

    def _read_block(self, action: Action) -> None:
        action.xml_line = self._at + 1
        block = []
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if line.strip() and line[0] not in " \t":
                break
            block.append(line)
            self._at += 1
        action.xml = textwrap.dedent("\n".join(block)).rstrip()


def parse(path: pathlib.Path, text: str) -> Scene:
    return _Reader(path, text).read()


def load(path: pathlib.Path) -> Scene:
    return parse(path, path.read_text(encoding="utf-8"))
