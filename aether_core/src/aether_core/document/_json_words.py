"""What is wrong with a text that is not JSON, in words."""

from __future__ import annotations

import re
from typing import Final

from aether_core.document import _codes
from aether_core.document._source import Fault
from aether_core.document._wording import shown

_WORD: Final = re.compile(r"[^\s,:\[\]{}\"']{1,40}")
#: The well-formed beginning of a text in quotes; what follows it is the fault.
_STRING_PART: Final = re.compile(
    r'"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*'
)
_COMMENTS: Final = ("//", "/*", "#")
_PYTHON_WORDS: Final = {"True": "true", "False": "false", "None": "null"}


def expected(wanted: str, text: str, at: int) -> Fault:
    """Return the fault of a text that goes on with something else than is wanted."""
    if text.startswith(_COMMENTS, at):
        return _syntax("JSON has no comments", at, at + 1, "Remove it, or write YAML.")
    if at >= len(text):
        hint = "The text is cut off, or a bracket is not closed."
        return _syntax(f"expected {wanted}, found the end of the text", at, at, hint)
    if text[at] == '"':
        missing = "A comma is missing." if "," in wanted else None
        return _syntax(f"expected {wanted}, found text", at, at + 1, missing)
    match = _WORD.match(text, at)
    found = text[at] if match is None else match.group()
    end = at + len(found)
    return _syntax(f"expected {wanted}, found {shown(found)}", at, end, None)


def key_fault(text: str, at: int) -> Fault:
    """Return the fault of an object that has something else where a key is due."""
    fault = expected("a key in double quotes", text, at)
    if text[at : at + 1] == "'":
        return _syntax("JSON has no single quotes", at, at + 1, "Use double quotes.")
    return fault


def value_fault(text: str, at: int) -> Fault:
    """Return the fault of something that is not a value."""
    fault = expected("a value", text, at)
    word = text[at : fault.end]
    if word in _PYTHON_WORDS:
        hint = f"Write {_PYTHON_WORDS[word]}."
        return _syntax(f"{word} is not JSON", at, fault.end, hint)
    if word.startswith("'"):
        return _syntax("JSON has no single quotes", at, at + 1, "Use double quotes.")
    if word[:1] in {"+", "-", "."} or word[:1].isdigit():
        hint = "Write it like 10, -2.5 or 1e3: no plus sign, no leading zeros."
        return _syntax(f"{shown(word)} is not a number of JSON", at, fault.end, hint)
    if word[:1].isalpha():
        return _syntax(fault.message, at, fault.end, "Put text in double quotes.")
    return fault


def string_fault(text: str, start: int) -> Fault:
    """Return the fault of a text in quotes that is not well formed."""
    part = _STRING_PART.match(text, start)
    at = start if part is None else part.end()
    char = text[at : at + 1]
    if char == "\\" and at + 1 < len(text):
        hint = r"Escapes are \" \\ \/ \b \f \n \r \t and \u with four digits."
        return _syntax(f"{shown(text[at : at + 2])} is not an escape of JSON", at, at + 2, hint)
    if char in {"", "\\", "\n", "\r"}:
        hint = r"Close it with a double quote; a line break is written \n."
        return _syntax("the text in quotes is not closed on its line", start, at, hint)
    hint = r"Write it as an escape, such as \t for a tab."
    return _syntax("a control character inside text", at, at + 1, hint)


def _syntax(message: str, start: int, end: int, hint: str | None) -> Fault:
    return Fault(_codes.JSON_SYNTAX, message, start, end, hint)
