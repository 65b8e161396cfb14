"""Tokens of the expression language, with their offsets. Only ASCII blanks separate them."""

from __future__ import annotations

import math
import re
from enum import Enum
from typing import Final

import msgspec

from aether_core.expression._errors import ExpressionError
from aether_core.expression._evaluation import MAX_INTEGER


class Lexeme(Enum):
    """The kinds of tokens."""

    NAME = "name"
    FIELD = "field"
    NUMBER = "number"
    STRING = "string"
    SYMBOL = "symbol"
    END = "end"


class Token(msgspec.Struct, frozen=True, gc=False):
    """A token.

    Attributes:
        lexeme: Its kind.
        text: A name, a field without its dot, a symbol, or the source of a literal.
        start: Offset of its first character.
        end: Offset behind its last one.
        value: For numbers and strings, what they stand for.
    """

    lexeme: Lexeme
    text: str
    start: int
    end: int
    value: int | float | str | None = None

    @property
    def shown(self) -> str:
        """The token as a message names it."""
        match self.lexeme:
            case Lexeme.END:
                return "the end"
            case Lexeme.STRING:
                return "a string"
            case _:
                cut = len(self.text) > _LONGEST_SHOWN
                return f"'{self.text[:_LONGEST_SHOWN]}…'" if cut else f"'{self.text}'"


# A hyphen belongs to a name when more of the name follows at once; a task may be called a--b.
_TAIL = "(?:-+[A-Za-z0-9][A-Za-z0-9_]*)*"
_TOKEN = re.compile(
    r"[ \t\r\n]*(?:"
    rf"(?P<NAME>[A-Za-z_][A-Za-z0-9_]*{_TAIL})"
    rf"|\.(?P<FIELD>[A-Za-z0-9_]+{_TAIL})"
    r"|(?P<NUMBER>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<SYMBOL>[=!<>]=|&&|\|\||[-+*/%<>!?:,()\[\]{}])"
    r"""|(?P<STRING>"[^"\\]*(?:\\.[^"\\]*)*"|'[^'\\]*(?:\\.[^'\\]*)*')"""
    r"|(?P<END>\Z))",
    re.DOTALL,
)
_PATH = re.compile(rf"[A-Za-z_][A-Za-z0-9_]*{_TAIL}(?:\.[A-Za-z0-9_]+{_TAIL})*")
_BLANKS = re.compile(r"[ \t\r\n]*")
_WORD = re.compile(r"[A-Za-z0-9_.]*")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|([\\\"'nrt]))")
_ESCAPED: Final = {"n": "\n", "r": "\r", "t": "\t"}
_LEXEMES: Final = {lexeme.name: lexeme for lexeme in Lexeme}
#: Digits of an integer that is certainly too large; a float of as many digits is infinite.
_LONGEST: Final = 400
#: Characters of a token that a message repeats.
_LONGEST_SHOWN: Final = 40

_HINTS: Final = {
    "=": "write '==' to compare",
    "&": "write '&&' or 'and'",
    "|": "write '||' or 'or'",
    ".": "a name follows a dot at once",
    "\u201c": "write plain quotes",
    "\u201d": "write plain quotes",
    "\u2018": "write plain quotes",
    "\u2019": "write plain quotes",
    "$": "write the name alone, such as tasks.a.phase",
}


def scan(text: str, position: int) -> Token:
    """Return the next token at or behind a position.

    Raises:
        ExpressionError: when there is none.
    """
    found = _TOKEN.match(text, position)
    if found is None or found.lastgroup is None:
        blanks = _BLANKS.match(text, position)
        raise _unreadable(text, blanks.end() if blanks else position)
    lexeme, (start, end) = _LEXEMES[found.lastgroup], found.span(found.lastgroup)
    source = text[start:end]
    if lexeme is Lexeme.NUMBER:
        return Token(lexeme, source, start, end, _number(text, start, end))
    if lexeme is Lexeme.STRING:
        return Token(lexeme, source, start, end, _string(source, start, end))
    if lexeme is Lexeme.FIELD:
        # Its dot belongs to it.
        start -= 1
    return Token(lexeme, source, start, end)


def end_of_path(text: str, position: int) -> int:
    """Return the offset behind the name and its fields at a position, such as `tasks.a.phase`."""
    found = _PATH.match(text, position)
    return found.end() if found else position


def _unreadable(text: str, start: int) -> ExpressionError:
    character = text[start]
    if character in "\"'":
        closing = f"close it with {character}"
        return ExpressionError("the string has no end", start=start, end=len(text), hint=closing)
    shown = f"'{character}'" if character.isprintable() else f"U+{ord(character):04X}"
    message, hint = f"unexpected character {shown}", _HINTS.get(character)
    return ExpressionError(message, start=start, end=start + 1, hint=hint)


def _number(text: str, start: int, end: int) -> int | float:
    word = _WORD.match(text, end)
    if word and word.end() > end and not _is_field(text, end):
        shown = text[start : word.end()][:_LONGEST_SHOWN]
        message = f"'{shown}' is neither a number nor a name"
        hint = "a name that begins with a digit is written a['1b'], or a.1b behind a dot"
        raise ExpressionError(message, start=start, end=word.end(), hint=hint)
    source = text[start:end]
    value = int(source) if source.isdecimal() and end - start < _LONGEST else float(source)
    if not (abs(value) < MAX_INTEGER if isinstance(value, int) else math.isfinite(value)):
        raise ExpressionError("the number is too large", start=start, end=end)
    return value


def _is_field(text: str, position: int) -> bool:
    return text[position] == "." and not text[position + 1 : position + 2].isdecimal()


def _string(source: str, start: int, end: int) -> str:
    inner = source[1:-1]
    if "\\" not in inner:
        return inner
    value = _ESCAPE.sub(_unescaped, inner)
    if not any("\ud800" <= character <= "\udfff" for character in value):
        return value
    try:
        return value.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        message = "the string has half a character in it"
        hint = "a character beyond \\uffff is written as two \\u escapes"
        raise ExpressionError(message, start=start, end=end, hint=hint) from None


def _unescaped(escape: re.Match[str]) -> str:
    digits, character = escape.groups()
    return chr(int(digits, 16)) if digits else _ESCAPED.get(character, character)
