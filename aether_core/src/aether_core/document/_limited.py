"""Limits on single values: patterns of text, ranges of numbers, lists of choices."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

import msgspec

from aether_core.document import _codes
from aether_core.document._models import API_VERSION
from aether_core.document._problem import Path, Problem
from aether_core.document._wording import choice_hint, name_message, place_words, shown

if TYPE_CHECKING:
    from aether_core.document._shapes import Alternative


class _Broken(Enum):
    BROKEN = "broken"


#: Stands in a draft for a value that has no usable meaning.
BROKEN: Final = _Broken.BROKEN

KINDS: Final = ("Workflow", "CronWorkflow", "WorkflowTemplate")


class Seen(msgspec.Struct, frozen=True):
    """One walked value: its plain form, and its part of the draft or `BROKEN`."""

    clean: Any
    draft: Any


def limit_problem(value: Any, alternative: Alternative, path: Path) -> tuple[Seen, Problem | None]:
    """Check a value that has the right sort; a value with a problem may still go into the draft."""
    match alternative.sort:
        case "a choice":
            return _choice(value, alternative.choices, path)
        case "text":
            problem = _text_problem(value, alternative, path)
            lost = problem is not None and alternative.rule == "duration"
            return Seen(value, BROKEN if lost else value), problem
        case "a whole number":
            return _ranged(int(value), alternative.constraints, path)
        case "a number":
            return _ranged(float(value), alternative.constraints, path)
        case _:
            return Seen(value, value), None


def _choice(value: str, allowed: tuple[str, ...], path: Path) -> tuple[Seen, Problem | None]:
    if value in allowed:
        return Seen(value, value), None
    # With one choice the meaning is clear in spite of what is written.
    draft = allowed[0] if len(allowed) == 1 else BROKEN
    return Seen(value, draft), _choice_problem(value, allowed, path)


def _choice_problem(value: str, allowed: tuple[str, ...], path: Path) -> Problem:
    if path == ("apiVersion",):
        message = f"apiVersion {shown(value)} is not supported"
        hint = f"Write apiVersion: {API_VERSION}."
        return Problem(_codes.API_VERSION_UNKNOWN, message, path, hint=hint)
    if path == ("kind",):
        message = f"kind {shown(value)} is not known; known kinds: {', '.join(KINDS)}"
        return Problem(_codes.KIND_UNKNOWN, message, path, hint=choice_hint(value, KINDS))
    message = f"{place_words(path)} can't be {shown(value)}; allowed: {', '.join(allowed)}"
    return Problem(_codes.UNKNOWN_CHOICE, message, path, hint=choice_hint(value, allowed))


def _text_problem(value: str, alternative: Alternative, path: Path) -> Problem | None:
    limits = alternative.constraints
    if alternative.rule in {"name", "parameter name"}:
        if len(value) <= limits.max_length and re.search(limits.pattern, value):
            return None
        message, hint = name_message(value, underscore=alternative.rule == "parameter name")
        return Problem(_codes.BAD_NAME, message, path, hint=hint)
    if alternative.rule == "duration":
        fits = len(value) <= limits.max_length and re.search(limits.pattern, value)
        return None if fits else _duration_problem(value, path)
    if not value and limits.min_length:
        message = f"{place_words(path)} is empty text"
        return Problem(_codes.EMPTY, message, path, hint="Give it a value.")
    return None


def _duration_problem(value: str, path: Path) -> Problem:
    message = f"{place_words(path)}: {shown(value)} is not a duration"
    hint = 'Write numbers with units, such as "500ms", "90s", "1h30m" or "2d".'
    return Problem(_codes.BAD_DURATION, message, path, hint=hint)


def _ranged(value: float, limits: Any, path: Path) -> tuple[Seen, Problem | None]:
    low, high = (limits.ge, limits.le)
    if limits.gt is not None and value <= limits.gt:
        wanted = f"greater than {limits.gt}"
    elif low is not None and value < low:
        wanted = f"at least {low}"
    elif high is not None and value > high:
        wanted = f"at most {high}"
    else:
        return Seen(value, value), None
    message = f"{place_words(path)} is {value}, expected {wanted}"
    hint = f"Write a number that is {wanted}."
    return Seen(value, BROKEN), Problem(_codes.OUT_OF_RANGE, message, path, hint=hint)
