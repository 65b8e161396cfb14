"""Numbers and faults that JSON and YAML share."""

from __future__ import annotations

import math

from aether_core.document import _codes
from aether_core.document._limits import MAX_DEPTH, MAX_DIGITS, MAX_VALUES
from aether_core.document._source import Fault
from aether_core.document._wording import shown


def json_number(written: str) -> int | float | None:
    """Return the number, or None when it is not finite or has too many digits.

    Whole numbers may be written in base 8 (`0o17`) or 16 (`0xff`), as YAML does.
    """
    digits = written.lstrip("-")
    if len(digits) > MAX_DIGITS and digits.isalnum():
        return None
    if digits[:2] in {"0o", "0x"}:
        return int(written, 0)
    if digits.isdigit():
        return int(written)
    value = float(written)
    return value if math.isfinite(value) else None


def number_fault(start: int, end: int) -> Fault:
    """Return the fault of a number that a document can't hold."""
    message = "the number can't be represented"
    hint = f"No infinity, no NaN, at most {MAX_DIGITS} digits; or put it in quotes."
    return Fault(_codes.BAD_NUMBER, message, start, end, hint)


def too_deep(at: int) -> Fault:
    """Return the fault of an object or list inside too many others."""
    message = f"objects and lists are nested more than {MAX_DEPTH} deep"
    return Fault(_codes.TOO_DEEP, message, at, at + 1, "Flatten the value.")


def too_many_values(at: int) -> Fault:
    """Return the fault of a file with too many values."""
    message = f"the file has more than {MAX_VALUES} values"
    hint = "Split it into several files; a YAML alias counts as all that it stands for."
    return Fault(_codes.TOO_MANY_VALUES, message, at, at + 1, hint)


def duplicate_key(key: str, place: tuple[int, int]) -> Fault:
    """Return the fault of a key that its object has already."""
    message = f"the key {shown(key)} is given twice in one object"
    return Fault(_codes.DUPLICATE_KEY, message, *place, "Rename or remove one of the two.")
