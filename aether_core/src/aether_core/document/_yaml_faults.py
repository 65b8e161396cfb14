"""What is wrong with a text that is not YAML, in words."""

from __future__ import annotations

import re
from typing import Any, Final

from aether_core.document import _codes
from aether_core.document._source import Fault
from aether_core.document._wording import shown

_COLON_HINT: Final = 'Put text that holds ": " in quotes, and check the indentation.'
#: Characters of a placeholder that a hint repeats.
_MOST_SHOWN: Final = 60
#: A line whose value begins with a placeholder.
_PLACEHOLDER: Final = re.compile(r"[ \t]*(?:- +)*(?:[A-Za-z0-9_.-]+: +)?\{\{")
_INDENT_HINT: Final = "Check the indentation of this line and of the lines before it."

#: Part of what the parser says, in words of our own, and what to do.
_WORDS: Final[tuple[tuple[str, str, str | None], ...]] = (
    ("mapping values are not allowed", 'a ":" where no key can end', _COLON_HINT),
    ("sequence entries are not allowed", 'a "- " where no list can begin', _INDENT_HINT),
    ("',' or ']'", 'expected "," or "]" in the list', "Close the list with ]."),
    ("',' or '}'", 'expected "," or "}" in the object', "Close the object with }."),
    ("'-' indicator", 'expected "- " for the next item of the list', _INDENT_HINT),
    ("unexpected end of stream", "the text in quotes is not closed", "Close the quotes."),
    ("document indicator", "the text in quotes is not closed", "Close the quotes."),
    ("document separator", "the text in quotes is not closed", "Close the quotes."),
    ("unknown escape", "an escape that YAML does not have", r"Write \\ for a backslash."),
    ("expected hexdecimal", "an escape with too few digits", None),
    ("undefined tag handle", "a tag with an unknown prefix", "Remove the tag."),
    ("<document start>", "something follows the end of the document", "Begin it with ---."),
    ("incompatible YAML", "a version of YAML that is not supported", "Write YAML 1.2."),
    ("node content", "expected a value", None),
    ("the node content", "expected a value", None),
    ("expected ':'", "a key without its colon", 'Write "key: value".'),
    ("expected key", "expected a key", _INDENT_HINT),
    ("<block end>", "expected a key or the next item", _INDENT_HINT),
)


def yaml_fault(text: str, error: Any) -> Fault:
    """Return the fault behind an error of the YAML parser."""
    mark = getattr(error, "problem_mark", None)
    at = min(len(text) if mark is None else int(mark.index), len(text))
    said = str(getattr(error, "problem", None) or error)
    if text[at : at + 1] == "\t":
        message = "a tab in the indentation"
        return Fault(_codes.TAB_INDENT, message, at, at + 1, "Indent with spaces.")
    opening = _open_placeholder(text, at)
    if opening is not None:
        line = re.compile(r"[^\r\n]*").match(text, opening)
        written = "" if line is None else line.group().rstrip()
        return placeholder_fault(written, (opening, max(at, opening + 2)))
    if "cannot start any token" in said:
        message = f"a value can't begin with {shown(text[at : at + 1])}"
        return _syntax(text, message, at, "Put the text in quotes.")
    for part, message, hint in _WORDS:
        if part in said:
            return _syntax(text, message, at, hint)
    return _syntax(text, f"not valid YAML: {said[:100]}", at, None)


def placeholder_fault(written: str, place: tuple[int, int]) -> Fault:
    """Return the fault of a placeholder without quotes, which YAML takes for objects."""
    quote = "'" if '"' in written else '"'
    shortened = written if len(written) <= _MOST_SHOWN else "{{ … }}"
    message = "a placeholder at the start of a value must be in quotes"
    hint = f"Write {quote}{shortened}{quote}; without quotes, YAML takes braces for an object."
    return Fault(_codes.KEY_NOT_TEXT, message, *place, hint)


def _open_placeholder(text: str, at: int) -> int | None:
    """Return where a value without quotes begins with a placeholder, in the line of a fault."""
    start = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    found = _PLACEHOLDER.match(text, start, at)
    return None if found is None else found.end() - 2


def _syntax(text: str, message: str, at: int, hint: str | None) -> Fault:
    return Fault(_codes.YAML_SYNTAX, message, at, min(at + 1, len(text)), hint)


#: Characters that YAML 1.2 does not allow in a file.
_FORBIDDEN: Final = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


def forbidden_character(text: str) -> Fault | None:
    """Return the fault of the first character that YAML does not allow."""
    match = _FORBIDDEN.search(text)
    if match is None:
        return None
    message = f"the character U+{ord(match.group()):04X} is not allowed"
    hint = r'Write it as an escape in double quotes, such as "\x07".'
    return Fault(_codes.BAD_CHARACTER, message, *match.span(), hint)
