"""An XML element as a value, and the incremental parser of an XMPP stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

CLIENT = "jabber:client"
STREAMS = "http://etherx.jabber.org/streams"
FRAMING = "urn:ietf:params:xml:ns:xmpp-framing"
XML = "http://www.w3.org/XML/1998/namespace"


@dataclass
class Element:
    """Attributes without a namespace are keyed by name, others by '{namespace}name'.

    `content` holds text and child elements in document order."""

    ns: str
    name: str
    attrs: dict[str, str] = field(default_factory=dict)
    content: list["Element | str"] = field(default_factory=list)
    line: int = 0

    @property
    def children(self) -> list["Element"]:
        return [item for item in self.content if isinstance(item, Element)]

    @property
    def text(self) -> str:
        return "".join(item for item in self.content if isinstance(item, str))

    def get(self, key: str, default: str | None = None) -> str | None:
        return self.attrs.get(key, default)

    def find(self, name: str, ns: str | None = None) -> "Element | None":
        """The first child of that name; of any namespace when none is given."""
        for child in self.children:
            if child.name == name and ns in (None, child.ns):
                return child
        return None

    def path(self, *names: str) -> "Element | None":
        node: Element | None = self
        for name in names:
            node = node.find(name) if node is not None else None
        return node

    def walk(self) -> Iterator["Element"]:
        yield self
        for child in self.children:
            yield from child.walk()

    def map_text(self, change: Callable[[str], str]) -> "Element":
        """A copy whose attribute values and texts went through `change`."""
        return Element(
            self.ns,
            self.name,
            {key: change(value) for key, value in self.attrs.items()},
            [change(i) if isinstance(i, str) else i.map_text(change) for i in self.content],
            self.line,
        )

    def __str__(self) -> str:
        return self.to_xml()

    def to_xml(self, outer_ns: str = CLIENT) -> str:
        # XML's own namespace may not be declared, and what is in it changes nothing for its children.
        name, ns = (f"xml:{self.name}", outer_ns) if self.ns == XML else (self.name, self.ns)
        parts = [f"<{name}"]
        if ns != outer_ns:
            parts.append(f" xmlns={quoteattr(ns)}")
        for index, (key, value) in enumerate(self.attrs.items()):
            if key.startswith("{" + XML + "}"):
                key = "xml:" + key.rpartition("}")[2]
            elif key.startswith("{"):
                ns, _, local = key[1:].rpartition("}")
                parts.append(f" xmlns:a{index}={quoteattr(ns)}")
                key = f"a{index}:{local}"
            parts.append(f" {key}={quoteattr(value)}")
        if not self.content:
            return "".join(parts) + "/>"
        parts.append(">")
        for item in self.content:
            parts.append(escape(item) if isinstance(item, str) else item.to_xml(ns))
        parts.append(f"</{name}>")
        return "".join(parts)

    def pretty(self, indent: str = "", outer_ns: str = CLIENT) -> str:
        """For people: one element a line, where that changes no text worth reading."""
        if not self.children or self.text.strip():
            return indent + self.to_xml(outer_ns)
        head = Element(self.ns, self.name, self.attrs).to_xml(outer_ns)[:-2] + ">"
        inner = "\n".join(child.pretty(indent + "  ", self.ns) for child in self.children)
        return f"{indent}{head}\n{inner}\n{indent}</{self.name}>"


# The same few names come again and again.
@cache
def _split(name: str) -> tuple[str, str]:
    ns, _, local = name.rpartition(" ")
    return ns, local


@cache
def _key(name: str) -> str:
    ns, local = _split(name)
    return f"{{{ns}}}{local}" if ns else local


class StreamParser:
    """Bytes in, complete elements of one depth out.

    With depth 1 (TCP) the root's start tag is handed out as an element without content, and its
    end as None; with depth 0 (a WebSocket message, a script's block) the root itself is handed out."""

    def __init__(self, depth: int, on_element: Callable[[Element | None], None]) -> None:
        self._depth = depth
        self._on_element = on_element
        self._open: list[Element] = []
        self._level = 0
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters

    def feed(self, data: bytes | str) -> None:
        """Raises expat.ExpatError for what is not well-formed."""
        self._parser.Parse(data, False)

    def close(self) -> None:
        self._parser.Parse(b"", True)

    def _start(self, name: str, attrs: dict[str, str]) -> None:
        ns, local = _split(name)
        element = Element(ns, local, {_key(k): v for k, v in attrs.items()},
                          line=self._parser.CurrentLineNumber)
        if self._level < self._depth:
            self._on_element(element)
        else:
            if self._open:
                self._open[-1].content.append(element)
            self._open.append(element)
        self._level += 1

    def _end(self, _name: str) -> None:
        self._level -= 1
        if self._level < self._depth:
            self._on_element(None)
            return
        element = self._open.pop()
        if not self._open:
            self._on_element(element)

    def _characters(self, text: str) -> None:
        if self._open:
            self._open[-1].content.append(text)


def parse_fragment(text: str, namespaces: dict[str, str] | None = None) -> list[Element]:
    """The top-level elements of a piece of XML, read as if inside a client's stream.

    Raises expat.ExpatError; its line numbers count from the fragment's first line."""
    declared = {"stream": STREAMS, **(namespaces or {})}
    attrs = "".join(f" xmlns:{prefix}='{uri}'" for prefix, uri in declared.items())
    found: list[Element] = []
    parser = StreamParser(1, lambda element: found.append(element) if element else None)
    parser.feed(f"<fragment xmlns='{CLIENT}'{attrs}>{text}</fragment>")
    parser.close()
    return found[1:]
