"""The exact JSON reader: places of all values, and all faults with their place.

The standard library reads faster; this one is used when a place is wanted, or when the fast one
has refused the text. It does not recurse, so no text can exhaust the stack.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

from aether_core.document import _codes
from aether_core.document._faults import (
    duplicate_key,
    json_number,
    number_fault,
    too_deep,
    too_many_values,
)
from aether_core.document._json_words import expected, key_fault, string_fault, value_fault
from aether_core.document._limits import MAX_DEPTH, MAX_FAULTS, MAX_VALUES
from aether_core.document._nodes import Node, list_node, object_node
from aether_core.document._source import Fault, FaultError

if TYPE_CHECKING:
    from collections.abc import Callable

_BLANK: Final = re.compile(r"[ \t\r\n]*")
_STRING: Final = re.compile(
    r'"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*"'
)
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?(?![0-9A-Za-z_.+-])")
_WORD: Final = re.compile(r"(?:true|false|null)(?![0-9A-Za-z_])")
_NOT_FINITE: Final = re.compile(r"(?:NaN|-?Infinity)(?![0-9A-Za-z_])")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_WORDS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None}


class _Frame(msgspec.Struct):
    """An object or list that is open."""

    value: Any
    node: Node
    empty: bool = True


class JsonReader:
    """Reads one JSON document.

    Attributes:
        faults: faults that did not end the reading, such as duplicate keys.
    """

    def __init__(self, text: str) -> None:
        self.faults: list[Fault] = []
        self._text = text
        self._at = 0
        self._open: list[_Frame] = []
        self._count = 0

    def read(self) -> tuple[Any, Node]:
        """Return the document and its place.

        Raises:
            FaultError: the text is not JSON from some place on, or is beyond a limit.
        """
        self._skip_blank()
        result: list[tuple[Any, Node]] = []
        self._value(lambda value, node: result.append((value, node)))
        while self._open:
            frame = self._open[-1]
            if isinstance(frame.value, dict):
                self._in_object(frame)
            else:
                self._in_list(frame)
        self._skip_blank()
        if self._at < len(self._text):
            raise FaultError(_after_the_end(self._at))
        return result[0]

    def _skip_blank(self) -> str:
        """Skip white space and return the character after it, empty at the end."""
        match = _BLANK.match(self._text, self._at)
        self._at = self._at if match is None else match.end()
        return self._text[self._at : self._at + 1]

    def _in_object(self, frame: _Frame) -> None:
        if self._closed_or_next(frame, "}", "object"):
            return
        start = self._at
        if self._text[start : start + 1] != '"':
            raise FaultError(key_fault(self._text, start))
        key = self._string()
        node = frame.node
        place = (start, self._at)
        if key in frame.value:
            self._fault(duplicate_key(key, place))
        if self._skip_blank() != ":":
            raise FaultError(expected('":" after the key', self._text, self._at))
        self._at += 1
        self._skip_blank()

        def attach(value: Any, child: Node) -> None:
            frame.value[key] = value
            if node.keys is not None and node.members is not None:
                node.keys[key] = place
                node.members[key] = child

        self._value(attach)

    def _in_list(self, frame: _Frame) -> None:
        if self._closed_or_next(frame, "]", "list"):
            return

        def attach(value: Any, child: Node) -> None:
            frame.value.append(value)
            if frame.node.items is not None:
                frame.node.items.append(child)

        self._value(attach)

    def _closed_or_next(self, frame: _Frame, closing: str, what: str) -> bool:
        """Close the object or list, or stand at its next member."""
        char = self._skip_blank()
        if char == closing:
            self._at += 1
            frame.node.end = self._at
            self._open.pop()
            return True
        if frame.empty:
            frame.empty = False
        elif char == ",":
            comma = self._at
            self._at += 1
            if self._skip_blank() == closing:
                hint = "Remove the comma after the last one."
                message = f'a comma before "{closing}"'
                raise FaultError(Fault(_codes.JSON_SYNTAX, message, comma, comma + 1, hint))
        else:
            wanted = f'"," or "{closing}" in the {what}'
            raise FaultError(expected(wanted, self._text, self._at))
        return False

    def _value(self, attach: Callable[[Any, Node], None]) -> None:
        """Read a scalar, or open an object or list."""
        self._count += 1
        if self._count > MAX_VALUES:
            raise FaultError(too_many_values(self._at))
        start = self._at
        char = self._text[start : start + 1]
        if char in {"{", "["}:
            self._opened(char, start, attach)
        elif char == '"':
            attach(self._string(), Node(start, self._at, "double"))
        else:
            value = self._number_or_word()
            attach(value, Node(start, self._at))

    def _opened(self, char: str, start: int, attach: Callable[[Any, Node], None]) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise FaultError(too_deep(start))
        self._at += 1
        frame = _Frame({}, object_node(start)) if char == "{" else _Frame([], list_node(start))
        attach(frame.value, frame.node)
        self._open.append(frame)

    def _string(self) -> str:
        start = self._at
        match = _STRING.match(self._text, start)
        if match is None:
            raise FaultError(string_fault(self._text, start))
        self._at = match.end()
        written = match.group()
        value: str = json.loads(written) if "\\" in written else written[1:-1]
        if _SURROGATE.search(value):
            message = "half of a surrogate pair in an escape"
            hint = r"Write both halves, such as \ud83d\ude00, or the character itself."
            self._fault(Fault(_codes.BAD_CHARACTER, message, start, self._at, hint))
            return _SURROGATE.sub("\ufffd", value)
        return value

    def _number_or_word(self) -> Any:
        text, start = self._text, self._at
        match = _NUMBER.match(text, start) or _WORD.match(text, start)
        if match is None:
            match = _NOT_FINITE.match(text, start)
            if match is None:
                raise FaultError(value_fault(text, start))
        self._at = match.end()
        written = match.group()
        if written in _WORDS:
            return _WORDS[written]
        value = json_number(written)
        if value is None:
            self._fault(number_fault(start, self._at))
        return value

    def _fault(self, fault: Fault) -> None:
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(fault)


def _after_the_end(at: int) -> Fault:
    message = "something follows the end of the JSON document"
    hint = "A JSON file holds one document; several fit into a YAML file, separated by ---."
    return Fault(_codes.AFTER_THE_END, message, at, at + 1, hint)
