"""YAML text → a tree of plain values, each with its place. The only file that knows ruamel.yaml.

Reads the parser's events in one pass and refuses, with its place, everything that could make a file mean more than
it shows: aliases, anchors, tags, directives, a second document, duplicate keys, depth, and sheer size. So a bomb of
aliases is refused before anything is built from it.

Scalars are what they look like: plain decimals are numbers, `true` and `false` are booleans, everything else,
`1:30` and `on` and `1e3` included, is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from treadcoach.errors import Finding

if TYPE_CHECKING:
    from ruamel.yaml.error import MarkedYAMLError
    from ruamel.yaml.events import Event

MAXIMUM_BYTES = 256 * 1024
# Three nested repeats need a depth of eight; nobody reads a file that goes deeper than this.
MAXIMUM_DEPTH = 20
# 500 segments of ten values each; the rest is an attack.
MAXIMUM_NODES = 5_000

_INTEGER = re.compile(r"-?[0-9]{1,15}")
_DECIMAL = re.compile(r"-?[0-9]{1,15}\.[0-9]{1,15}")
# So many brackets one behind the other make the parser slow long before it tells of the last.
_TOO_DEEP = re.compile(rf"(?:[\[{{]\s*){{{MAXIMUM_DEPTH}}}[\[{{]")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}

Scalar = str | int | Decimal | bool | None


class Place(NamedTuple):
    """Where something stands in a file; the first line and column are 1."""

    line: int
    column: int


class Entry(NamedTuple):
    """One key of a mapping, and its value."""

    key: Place
    node: Node


class Node:
    """A value and its place: a scalar, a list of nodes, or a mapping of keys to entries."""

    __slots__ = ("place", "value")

    def __init__(self, value: Scalar | list[Node] | dict[str, Entry], place: Place) -> None:
        self.value = value
        self.place = place

    @property
    def plain(self) -> Any:  # noqa: ANN401 - a YAML value can be anything; the models say what is wanted
        """The value without places, as a model wants it."""
        if isinstance(self.value, dict):
            return {key: entry.node.plain for key, entry in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain for node in self.value]
        return self.value

    def find(self, path: tuple[str | int, ...]) -> Node | None:
        """The node at the end of a path of keys and indices, or the last one that is there."""
        node = self
        for step in path:
            if isinstance(node.value, dict) and isinstance(step, str) and step in node.value:
                node = node.value[step].node
            elif isinstance(node.value, list) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
        return node


class _Refusal(Exception):  # noqa: N818 - it carries a finding to the door, it is not an error of its own
    def __init__(self, place: Place, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.place, self.code, self.message, self.hint = place, code, message, hint


class Reading(NamedTuple):
    """What a text held, and what was wrong with it."""

    root: Node | None
    findings: tuple[Finding, ...]


def read(text: str | bytes, file: str) -> Reading:
    """Read one YAML document.

    Duplicate keys are reported and the reading goes on; everything else that is refused ends it, because nothing
    behind it can be trusted. Never raises for what the text holds.
    """
    builder = _Builder()
    try:
        root = builder.build(_decoded(text))
    except _Refusal as refusal:
        builder.report(refusal)
        root = None
    findings = (Finding(file, *r.place, "error", r.code, r.message, r.hint) for r in builder.refusals)
    return Reading(root, tuple(findings))


def write(value: object) -> str:
    """Plain mappings, lists and scalars as YAML text that `read` understands."""
    import io  # noqa: PLC0415 - as with ruamel: only what writes a file needs it

    from ruamel.yaml import YAML  # noqa: PLC0415

    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment] # untyped in the library
    text = io.StringIO()
    yaml.dump(value, text)
    return text.getvalue()


def _decoded(text: str | bytes) -> str:
    """The text as UTF-8, of a bearable size."""
    raw = text.encode() if isinstance(text, str) else text
    if len(raw) > MAXIMUM_BYTES:
        raise _Refusal(
            Place(1, 1),
            "too-large",
            f"the file has more than {MAXIMUM_BYTES} bytes",
            "split it into several",
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        raise _Refusal(Place(line, column), "not-utf8", "the file is not UTF-8 text", "save it as UTF-8") from None


def _parse(text: str) -> Iterator[Event]:
    """The parser's events; its own errors become refusals."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - 25 ms that only reading a file should cost
    from ruamel.yaml.error import MarkedYAMLError, YAMLStreamError  # noqa: PLC0415
    from ruamel.yaml.reader import ReaderError  # noqa: PLC0415

    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError as error:
        raise _misunderstood(text, error) from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        column = error.position - text.rfind("\n", 0, error.position)
        raise _Refusal(
            Place(line, column), "syntax", f"{_named(error.character)} may not stand in a YAML file", "remove it"
        ) from None
    except (YAMLStreamError, RecursionError, ValueError, OverflowError) as error:  # escapes beyond Unicode
        raise _Refusal(Place(1, 1), "syntax", f"this is not YAML: {type(error).__name__}") from None


def _misunderstood(text: str, error: MarkedYAMLError) -> _Refusal:
    """The parser's trouble in words, where it began."""
    mark = error.problem_mark or error.context_mark
    place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
    problem = " ".join(part for part in (error.problem, error.context) if part)
    if "quoted scalar" in problem and error.context_mark:
        place = Place(error.context_mark.line + 1, error.context_mark.column + 1)
        return _Refusal(place, "syntax", "this quote is never closed", "add the other one")
    if "'\\t'" in problem:
        return _Refusal(place, "syntax", "a tab stands here", "use spaces for the indentation")
    if "cannot start any token" in problem:
        return _Refusal(place, "syntax", f"this is not YAML: {problem}", "put the text in quotes")
    if "mapping values are not allowed" in problem:
        before = text.splitlines()[place.line - 2] if place.line > 1 else ""
        if squeezed := re.match(r"\s*(?:- )?\w+:(?=\S)", before):
            place = Place(place.line - 1, squeezed.end())
            return _Refusal(place, "syntax", "a blank is missing behind this colon", "write `key: value`")
        hint = "put a text with a colon in it in quotes, or look at the indentation"
        return _Refusal(place, "syntax", "no colon can stand here", hint)
    if "<block end>" in problem or "<block mapping start>" in problem:
        hint = "let it begin where the others of its list or step begin"
        return _Refusal(place, "syntax", "this is indented differently from what it belongs to", hint)
    return _Refusal(place, "syntax", f"this is not YAML: {problem}", "look at the indentation and the colons")


def _named(character: object) -> str:
    """A character that nobody can see, as its code."""
    return f"the character U+{character if isinstance(character, int) else ord(str(character)):04X}"


class _Builder:
    """Builds the tree from events, and guards it."""

    def __init__(self) -> None:
        self.refusals: list[_Refusal] = []
        self._nodes = 0
        self._depth = 0

    def report(self, refusal: _Refusal) -> None:
        self.refusals.append(refusal)

    def build(self, text: str) -> Node | None:
        if text.lstrip().startswith("%") or "\n%" in text:
            self._refuse_directives(text)
        if deep := _TOO_DEEP.search(text):
            last = deep.end() - 1
            place = Place(text.count("\n", 0, last) + 1, last - text.rfind("\n", 0, last))
            raise _Refusal(place, "too-deep", f"nested more than {MAXIMUM_DEPTH} deep", "flatten it")
        events = self._guarded(_parse(text))
        root: Node | None = None
        for event in events:
            if _kind(event) == "DocumentStart":
                if root is not None:
                    raise _Refusal(
                        _place(event), "second-document", "a file holds one document", "remove the `---` here"
                    )
                root = self._node(next(events), events)
        return root

    def _refuse_directives(self, text: str) -> None:
        """A directive can switch the whole language (`%YAML 1.1` makes 1:30 a number): none is wanted."""
        for number, line in enumerate(text.splitlines(), start=1):
            if line.startswith("%"):
                raise _Refusal(Place(number, 1), "directive", "directives are not used here", "remove the line")

    def _guarded(self, events: Iterator[Event]) -> Iterator[Event]:
        """Events that are allowed, counted."""
        for event in events:
            kind = _kind(event)
            if kind == "Alias" or getattr(event, "anchor", None) is not None:
                raise _Refusal(
                    _place(event), "anchor", "anchors and aliases are not used here", "use `repeat:` instead"
                )
            if getattr(event, "ctag", None) is not None:
                raise _Refusal(_place(event), "tag", "tags are not used here", "write the plain value")
            self._count(kind, event)
            yield event

    def _count(self, kind: str, event: Event) -> None:
        if kind in {"Scalar", "SequenceStart", "MappingStart"}:
            self._nodes += 1
        if self._nodes > MAXIMUM_NODES:
            raise _Refusal(_place(event), "too-large", f"more than {MAXIMUM_NODES} values", "use `repeat:`")
        if kind in {"SequenceStart", "MappingStart"}:
            self._depth += 1
        elif kind in {"SequenceEnd", "MappingEnd"}:
            self._depth -= 1
        if self._depth > MAXIMUM_DEPTH:
            raise _Refusal(_place(event), "too-deep", f"nested more than {MAXIMUM_DEPTH} deep", "flatten it")

    def _node(self, event: Event, events: Iterator[Event]) -> Node:
        match _kind(event):
            case "MappingStart":
                return self._mapping(event, events)
            case "SequenceStart":
                items = []
                while _kind(item := next(events)) != "SequenceEnd":
                    items.append(self._node(item, events))
                return Node(items, _place(event))
            case _:
                return Node(_scalar(event), _place(event))

    def _mapping(self, event: Event, events: Iterator[Event]) -> Node:
        entries: dict[str, Entry] = {}
        while _kind(key := next(events)) != "MappingEnd":
            if _kind(key) != "Scalar":
                raise _Refusal(_place(key), "key", "a key must be a word")
            name = _text(key)
            value = self._node(next(events), events)
            if value.value is None:
                value = Node(None, _place(key))  # nothing stands nowhere: its key does
            if name in entries:
                first = entries[name].key.line
                refusal = _Refusal(
                    _place(key),
                    "duplicate-key",
                    f"the key {name!r} stands here twice",
                    f"it is already in line {first}",
                )
                self.report(refusal)
            else:
                entries[name] = Entry(_place(key), value)
        return Node(entries, _place(event))


def _kind(event: Event) -> str:
    return type(event).__name__.removesuffix("Event")


def _place(event: Event) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)


def _text(event: Event) -> str:
    text = str(getattr(event, "value", ""))
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise _Refusal(_place(event), "syntax", "half of a character stands here", "remove the escape")
    return text


def _scalar(event: Event) -> Scalar:
    text = _text(event)
    if getattr(event, "style", None) is not None:  # quoted: text, whatever it looks like
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    return _WORDS.get(text, text)
