"""Text with placeholders, and the references of `valueFrom` (decision 6, documents.md 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias, cast

from aether_core.expression._errors import ExpressionError, MissingReference
from aether_core.expression._evaluation import MAX_SIZE, Evaluation, Fault, check_size
from aether_core.expression._lexer import Lexeme, end_of_path
from aether_core.expression._reader import CONSTANTS, MAX_SEGMENTS, Reader
from aether_core.expression._reference import MISSING, Reference
from aether_core.expression._values import plain, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aether_core.expression._reference import Resolver
    from aether_sdk import JsonValue

_Part: TypeAlias = "str | Reference"

_REFERENCE_ONLY: Final = (
    r"a placeholder holds one reference only; valueFrom.expression can compute, "
    r"and \{{ stands for plain braces"
)


class Template:
    """Text with placeholders, ready to be filled in any number of times.

    Attributes:
        text: The text it was compiled from.
        references: The references of its placeholders, in order, with offsets into the text.
    """

    __slots__ = ("_parts", "references", "text")

    def __init__(self, text: str, parts: tuple[_Part, ...]) -> None:
        self.text = text
        self.references = tuple(part for part in parts if isinstance(part, Reference))
        self._parts = parts

    def __repr__(self) -> str:
        return f"<Template {self.text!r}>"

    def render(self, resolve: Resolver) -> JsonValue:
        """Fill in the values.

        Returns:
            For a text that is exactly one placeholder its value, whatever its type; else a
            string, in which strings stand as they are and other values as compact JSON.

        Raises:
            MissingReference: when a placeholder has no value.
            EvaluationError: when a value can't become text, or the text becomes too long.
        """
        if len(self._parts) == 1 and isinstance(self._parts[0], Reference):
            return cast("JsonValue", _value(self._parts[0], resolve))
        evaluation, size, texts = Evaluation(resolve), 0, list[str]()
        for part in self._parts:
            text = part if isinstance(part, str) else _text(part, evaluation, size)
            size += len(text)
            texts.append(text)
        return "".join(texts)


def _value(reference: Reference, resolve: Resolver) -> object:
    value = resolve(reference)
    if value is MISSING:
        raise MissingReference(reference)
    try:
        return plain(value)
    except Fault as fault:
        raise fault.at(reference.start, reference.end) from None


def _text(reference: Reference, evaluation: Evaluation, size: int) -> str:
    value = _value(reference, evaluation.resolve)
    try:
        text = text_of(evaluation, value)
        check_size(size + len(text), "string")
    except Fault as fault:
        raise fault.at(reference.start, reference.end) from None
    return text


def compile_template(text: str) -> Template | None:
    r"""Compile a text with placeholders such as `{{ inputs.parameters.name }}`.

    `\{{` stands for `{{`. In front of either, `\\` stands for one backslash.

    Returns:
        None when the text holds neither placeholder nor escape, and so stands for itself.

    Raises:
        ExpressionError: when a placeholder is not closed or holds no reference, with offsets.
    """
    if "{{" not in text:
        return None
    if len(text) > MAX_SIZE:
        message = f"a text with placeholders has at most {MAX_SIZE:,} characters"
        raise ExpressionError(message, start=MAX_SIZE, end=len(text))
    return Template(text, tuple(_parts(text)))


def _parts(text: str) -> Iterator[_Part]:
    position, pending = 0, ""
    while (opening := text.find("{{", position)) >= 0:
        before = text[position:opening]
        plain_text = before.rstrip("\\")
        backslashes = len(before) - len(plain_text)
        pending += plain_text + "\\" * (backslashes // 2)
        position = opening + 2
        if backslashes % 2:
            pending += "{{"
            continue
        if pending:
            yield pending
        pending = ""
        reference, position = _placeholder(text, position)
        yield reference
    pending += text[position:]
    if pending:
        yield pending


def _placeholder(text: str, position: int) -> tuple[Reference, int]:
    """Return the reference that begins at a position, and the position behind its `}}`."""
    start = position - 2
    closing = text.find("}}", position)
    if closing < 0:
        hint = r"close it with }}, or write \{{ for the two characters"
        raise ExpressionError("the placeholder is not closed", start=start, end=position, hint=hint)
    if not text[position:closing].strip():
        end = closing + 2
        raise ExpressionError("the placeholder is empty", start=start, end=end)
    try:
        reader = Reader(text, position)
        reference = reader.reference()
        if not text.startswith("}}", reader.token.start):
            raise reader.expected("'}}'")
    except ExpressionError as error:
        hint = error.hint or _REFERENCE_ONLY
        raise ExpressionError(error.message, start=error.start, end=error.end, hint=hint) from None
    return reference, reader.token.start + 2


def compile_reference(text: str) -> Reference:
    """Return the reference that a whole text is, such as that of `valueFrom.parameter`.

    Raises:
        ExpressionError: when the text is anything else.
    """
    path = text.split(".")
    is_path = 0 < end_of_path(text, 0) == len(text)
    if is_path and path[0] not in CONSTANTS and len(path) <= MAX_SEGMENTS:
        # As nearly all are; `Reader` takes several times as long.
        return Reference(tuple(path), 0, len(text))
    if not text.strip():
        raise ExpressionError("the reference is empty", start=0, end=len(text))
    reader = Reader(text)
    if reader.at("{"):
        raise reader.expected("a reference", "write it without braces")
    reference = reader.reference()
    if reader.token.lexeme is not Lexeme.END:
        raise reader.expected("the end of the reference", "it is one reference only")
    return reference
