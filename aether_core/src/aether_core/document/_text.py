"""From bytes to characters: UTF-8 only, and nothing that is not text."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final

from aether_core.document import _codes
from aether_core.document._source import Fault, Source, file_diagnostic

if TYPE_CHECKING:
    from aether_core.document._problem import Diagnostic

_UTF8_HINT: Final = "Save the file as UTF-8."
_OTHER_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def source_of_bytes(name: str, data: bytes) -> Source | Diagnostic:
    """Decode the content of a file; a UTF-8 byte order mark is dropped."""
    for mark, encoding in _OTHER_MARKS:
        if data.startswith(mark):
            message = f"the file is {encoding}, not UTF-8"
            return file_diagnostic(name, _codes.NOT_UTF8, message, _UTF8_HINT)
    data = data.removeprefix(codecs.BOM_UTF8)
    if b"\0" in data:
        hint = "Is this the right file? A document is text."
        return file_diagnostic(name, _codes.NOT_TEXT, "the file holds binary data", hint)
    try:
        return Source(name, data.decode())
    except UnicodeDecodeError as error:
        before = Source(name, data[: error.start].decode())
        at = len(before.text)
        message = f"the byte 0x{data[error.start]:02x} is not UTF-8"
        return before.fault_diagnostic(Fault(_codes.NOT_UTF8, message, at, at, _UTF8_HINT))


def source_of_text(name: str, text: str) -> Source | Diagnostic:
    """Take text as it is, if a file could hold it."""
    source = Source(name, text.removeprefix("\ufeff"))
    if "\0" in text:
        hint = "A document is text."
        return file_diagnostic(name, _codes.NOT_TEXT, "the text holds binary data", hint)
    match = _SURROGATE.search(source.text)
    if match is None:
        return source
    message = "half of a surrogate pair"
    hint = "Use whole characters."
    return source.fault_diagnostic(Fault(_codes.BAD_CHARACTER, message, *match.span(), hint))
