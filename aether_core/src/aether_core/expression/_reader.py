"""A text read token by token, and the references in it."""

from __future__ import annotations

from typing import Final

from aether_core.expression._errors import ExpressionError
from aether_core.expression._lexer import Lexeme, Token, end_of_path, scan
from aether_core.expression._reference import Reference

#: Most parts of one reference.
MAX_SEGMENTS: Final = 100

#: The words that stand for a value.
CONSTANTS: Final = {"true": True, "false": False, "null": None}


class Reader:
    """Reads one text; nothing behind the token after the last one taken is looked at.

    Attributes:
        text: The whole text.
        token: The next token.
        last: Offset behind the last token taken.
    """

    __slots__ = ("last", "text", "token")

    def __init__(self, text: str, position: int = 0) -> None:
        self.text = text
        self.last = position
        self.token = scan(text, position)

    def at(self, symbol: str) -> bool:
        """Return whether the next token is a certain symbol."""
        return self.token.text == symbol and self.token.lexeme is Lexeme.SYMBOL

    def take(self) -> Token:
        """Consume the next token and return it.

        Raises:
            ExpressionError: when what follows is no token.
        """
        token = self.token
        self.last = token.end
        self.token = scan(self.text, token.end)
        return token

    def require(self, symbol: str) -> None:
        """Consume a symbol.

        Raises:
            ExpressionError: when something else is next.
        """
        if not self.at(symbol):
            raise self.expected(f"'{symbol}'")
        self.take()

    def require_end(self) -> None:
        """Check that nothing is left.

        Raises:
            ExpressionError: when something is.
        """
        token = self.token
        if token.lexeme is Lexeme.END:
            return
        hint = None
        if token.lexeme is not Lexeme.SYMBOL or token.text in "([{":
            hint = "an operator is missing before it"
        elif token.text in ")]}":
            hint = f"nothing is open that '{token.text}' could close"
        raise self.error(f"unexpected {token.shown}", hint)

    def expected(self, what: str, hint: str | None = None) -> ExpressionError:
        """Return the error that something else than the next token should be here."""
        return self.error(f"expected {what}, found {self.token.shown}", hint)

    def error(self, message: str, hint: str | None = None) -> ExpressionError:
        """Return an error about the next token."""
        return ExpressionError(message, start=self.token.start, end=self.token.end, hint=hint)

    def reference(self) -> Reference:
        """Consume a reference with constant indexes.

        Raises:
            ExpressionError: when there is none.
        """
        first = self.token
        if first.lexeme is not Lexeme.NAME or first.text in CONSTANTS:
            raise self.expected("a reference")
        # All at once, since most texts of a document are nothing but such a path.
        self.last = end_of_path(self.text, first.start)
        segments: list[str | int] = [*self.text[first.start : self.last].split(".")]
        self.token = scan(self.text, self.last)
        while True:
            if self.token.lexeme is Lexeme.FIELD:
                segments.append(self.take().text)
            elif self.at("["):
                self.take()
                segments.append(self._constant_index())
                self.require("]")
            else:
                return self.referenced(segments, first.start)

    def referenced(self, segments: list[str | int], start: int) -> Reference:
        """Return the reference that ends with the last token taken.

        Raises:
            ExpressionError: when it has too many parts.
        """
        if len(segments) > MAX_SEGMENTS:
            message = f"a reference has at most {MAX_SEGMENTS} parts"
            raise ExpressionError(message, start=start, end=self.last)
        return Reference(tuple(segments), start, self.last)

    def _constant_index(self) -> str | int:
        value = self.token.value
        if not isinstance(value, str | int):
            hint = "only an expression can compute an index"
            raise self.expected("an index: a number or a string in quotes", hint)
        self.take()
        return value
