"""Reading YAML 1.2: events of the parser become plain values and their places."""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import msgspec

from aether_core.document import _codes
from aether_core.document._faults import duplicate_key, too_deep, too_many_values
from aether_core.document._limits import MAX_DEPTH, MAX_DOCUMENTS, MAX_FAULTS, MAX_VALUES
from aether_core.document._nodes import Node, Style, list_node, object_node
from aether_core.document._reading import ReadDocument, Reading
from aether_core.document._source import Fault, FaultError, Source
from aether_core.document._yaml_faults import forbidden_character, placeholder_fault, yaml_fault
from aether_core.document._yaml_scalars import plain_value, tag_fault, tagged_value

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Anchor and tag before a value.
_PROPERTIES: Final = re.compile(r"(?:[&!][^\s]*\s+)+")
_STYLES: Final[dict[str | None, Style]] = {"'": "single", '"': "double", "|": "block", ">": "block"}
_COLLECTION_TAGS: Final = frozenset({"tag:yaml.org,2002:map", "tag:yaml.org,2002:seq", "!"})


def read_yaml(source: Source) -> Reading:
    """Read a text that holds any number of YAML documents."""
    fault = forbidden_character(source.text)
    if fault is not None:
        return Reading((), (fault,))
    composer = _Composer(source.text)
    try:
        composer.compose()
    except FaultError as error:
        # What follows a placeholder without quotes, in its line, is the same mistake.
        if composer.faults and composer.faults[-1].start == error.fault.start:
            composer.faults.pop()
        composer.fault(error.fault)
    return Reading(tuple(composer.documents), tuple(composer.faults))


class _Built(msgspec.Struct, frozen=True):
    """A value that is complete, as an alias may repeat it."""

    value: Any
    node: Node
    count: int
    height: int


class _Frame(msgspec.Struct):
    """An object or list that is open."""

    value: Any
    node: Node
    anchor: str | None
    #: The key whose value comes next, and its place.
    key: str | None = None
    place: tuple[int, int] = (0, 0)
    #: The key is a merge key: its value goes nowhere.
    dropped: bool = False
    #: It stands where a key should: the inner braces of `{{ x }}` without quotes.
    is_key: bool = False
    #: It is the outer braces of such a placeholder.
    is_placeholder: bool = False
    count: int = 1
    height: int = 0


class _Composer:
    def __init__(self, text: str) -> None:
        self.documents: list[ReadDocument] = []
        self.faults: list[Fault] = []
        self._text = text
        self._open: list[_Frame] = []
        self._anchors: dict[str, _Built | None] = {}
        self._count = 0

    def fault(self, fault: Fault) -> None:
        """Note a fault; beyond a number of them, further ones say little."""
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(fault)

    def compose(self) -> None:
        """Read the whole text.

        Raises:
            FaultError: the text is not YAML from some place on, or is beyond a limit.
        """
        handlers = {
            "DocumentStartEvent": self._document,
            "ScalarEvent": self._scalar,
            "AliasEvent": self._alias,
            "MappingStartEvent": self._start,
            "SequenceStartEvent": self._start,
            "MappingEndEvent": self._end,
            "SequenceEndEvent": self._end,
        }
        for event in _events(self._text):
            handler = handlers.get(type(event).__name__)
            if handler is not None:
                handler(event)

    def _document(self, event: Any) -> None:
        self._anchors.clear()
        if len(self.documents) >= MAX_DOCUMENTS:
            at = int(event.start_mark.index)
            message = f"the file has more than {MAX_DOCUMENTS} documents"
            hint = "Split it into several files."
            raise FaultError(Fault(_codes.TOO_MANY_DOCUMENTS, message, at, at + 1, hint))

    def _scalar(self, event: Any) -> None:
        start, end = self._extent(event)
        text: str = event.value
        frame = self._open[-1] if self._open else None
        try:
            value = self._scalar_value(event, text, start, end)
        except FaultError as error:
            self.fault(error.fault)
            value = None
        if frame is not None and frame.key is None and isinstance(frame.value, dict):
            self._key(frame, event, value, (start, end))
            return
        node = Node(start, end, _STYLES.get(event.style or None, "plain"))
        self._built(_Built(value, node, 1, 0), event.anchor)

    def _scalar_value(self, event: Any, text: str, start: int, end: int) -> Any:
        if event.tag is not None:
            return tagged_value(text, event.tag, event.start_mark.index, end)
        return plain_value(text, start, end) if event.implicit[0] else text

    def _extent(self, event: Any) -> tuple[int, int]:
        """Return where the event's own text begins and ends, without anchor and tag."""
        start, end = int(event.start_mark.index), int(event.end_mark.index)
        if event.anchor is not None or event.tag is not None:
            match = _PROPERTIES.match(self._text, start, end)
            start = end if match is None else match.end()
        return start, end

    def _key(self, frame: _Frame, event: Any, key: Any, place: tuple[int, int]) -> None:
        frame.dropped = event is not None and event.implicit[0] and key == "<<"
        if frame.dropped:
            message = "merge keys (<<) are not supported"
            hint = "Write the keys out; YAML 1.2 has no merge keys."
            self.fault(Fault(_codes.MERGE_KEY, message, *place, hint))
        elif not isinstance(key, str):
            self.fault(_key_fault(self._text, place))
            key = self._text[slice(*place)]
        elif key in frame.value:
            self.fault(duplicate_key(key, place))
        if event is not None and event.anchor is not None:
            self._anchors[event.anchor] = _Built(key, Node(*place, "plain"), 1, 0)
        frame.key, frame.place = key, place

    def _alias(self, event: Any) -> None:
        start, end = int(event.start_mark.index), int(event.end_mark.index)
        built = self._anchors.get(event.anchor)
        if built is None:
            raise FaultError(self._alias_fault(event.anchor, start, end))
        if len(self._open) + built.height > MAX_DEPTH:
            raise FaultError(too_deep(start))
        frame = self._open[-1]
        if frame.key is None and isinstance(frame.value, dict):
            self._key(frame, None, built.value, (start, end))
        else:
            self._built(built, None, start)

    def _alias_fault(self, name: str, start: int, end: int) -> Fault:
        if name in self._anchors:
            message = f"the alias *{name} is inside what it stands for"
            return Fault(_codes.BAD_ALIAS, message, start, end, "Write the value out.")
        message = f"the alias *{name} has no anchor before it"
        hint = f"Mark a value with &{name} above, or put the text in quotes."
        return Fault(_codes.BAD_ALIAS, message, start, end, hint)

    def _start(self, event: Any) -> None:
        start, end = self._extent(event)
        is_object = type(event).__name__ == "MappingStartEvent"
        frame = self._open[-1] if self._open else None
        is_key = frame is not None and frame.key is None and isinstance(frame.value, dict)
        if is_key and not self._text.startswith("{{", start - 1):
            raise FaultError(_key_fault(self._text, (start, max(end, start + 1))))
        if len(self._open) >= MAX_DEPTH:
            raise FaultError(too_deep(start))
        if event.tag is not None and event.tag not in _COLLECTION_TAGS:
            self.fault(tag_fault(event.tag, int(event.start_mark.index), start))
        if event.anchor is not None:
            # Known but not complete: an alias to it inside would never end.
            self._anchors[event.anchor] = None
        node = object_node(start) if is_object else list_node(start)
        self._open.append(_Frame({} if is_object else [], node, event.anchor, is_key=is_key))

    def _end(self, event: Any) -> None:
        frame = self._open.pop()
        frame.node.end = int(event.end_mark.index)
        if frame.is_key:
            around = self._open[-1]
            around.key, around.place = "", (frame.node.start, frame.node.end)
            around.is_placeholder = True
            return
        if frame.is_placeholder:
            frame.value, frame.node = self._placeholder(frame.node)
        built = _Built(frame.value, frame.node, frame.count, frame.height + 1)
        self._built(built, frame.anchor)

    def _placeholder(self, node: Node) -> tuple[str, Node]:
        """Take an object for the placeholder without quotes that it is; that is a fault."""
        place = (node.start, node.end)
        written = self._text[slice(*place)]
        is_one = written.endswith("}}")
        self.fault(placeholder_fault(written, place) if is_one else _key_fault(self._text, place))
        return written, Node(*place, "plain")

    def _built(self, built: _Built, anchor: str | None, start: int | None = None) -> None:
        """Put a complete value where it belongs."""
        # An object or list was counted with its members as they came; only an alias repeats them.
        self._count += built.count if start is not None else 1
        if self._count > MAX_VALUES:
            raise FaultError(too_many_values(built.node.start if start is None else start))
        if anchor is not None:
            self._anchors[anchor] = built
        if not self._open:
            self._root(built)
            return
        frame = self._open[-1]
        frame.count += built.count
        frame.height = max(frame.height, built.height)
        if not frame.dropped:
            _attach(frame, built)
        frame.key = None

    def _root(self, built: _Built) -> None:
        node = built.node
        if node.style == "plain" and node.start == node.end:
            # Nothing between two separators is not a document.
            return
        self.documents.append(ReadDocument(built.value, lambda: node))


def _attach(frame: _Frame, built: _Built) -> None:
    node = frame.node
    if node.items is not None:
        frame.value.append(built.value)
        node.items.append(built.node)
    elif node.members is not None and node.keys is not None:
        key = frame.key or ""
        frame.value[key] = built.value
        node.members[key] = built.node
        node.keys[key] = frame.place


def _key_fault(text: str, place: tuple[int, int]) -> Fault:
    written = text[slice(*place)]
    message = (
        "a key that is not text" if len(written) <= 1 else f"the key {written[:40]} is not text"
    )
    hint = f'Put it in quotes: "{written[:40]}".' if written.isalnum() else "Keys are text."
    return Fault(_codes.KEY_NOT_TEXT, message, *place, hint)


def _events(text: str) -> Iterator[Any]:
    # Imported late: only YAML input needs it, and it costs start-up time.
    yaml: Any = import_module("yaml")
    # The C parser is missing where PyYAML was built without libyaml; the other one is slower.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        yield from yaml.parse(text, Loader=loader)
    except yaml.YAMLError as error:
        raise FaultError(yaml_fault(text, error)) from None
