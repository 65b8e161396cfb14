"""What a reference means at a place, or why it means nothing there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from aether_core.check import _codes
from aether_core.check._types import follow, type_words
from aether_core.document import Severity
from aether_core.expression import ANY, Type

if TYPE_CHECKING:
    from aether_core.expression import Reference


class Finding(msgspec.Struct, frozen=True):
    """Why a reference means nothing.

    Attributes:
        is_missing: Whether it is certain to have no value, so that a default is always used.
        is_partial: Whether it has a value for some items of a loop, so that a default makes sense.
        ignores_guards: Whether `has` and `default` don't excuse it.
    """

    code: str
    message: str
    hint: str | None = None
    severity: Severity = Severity.ERROR
    is_missing: bool = True
    is_partial: bool = False
    ignores_guards: bool = False


class Answer(msgspec.Struct, frozen=True):
    """What a reference means.

    Attributes:
        type: `ANY` when there is a finding.
        target: The task, by number, that must be upstream.
    """

    type: Type = ANY
    finding: Finding | None = None
    target: int | None = None


def missing(code: str, message: str, hint: str | None = None) -> Answer:
    """Answer that a reference is certain to have no value."""
    return Answer(finding=Finding(code, message, hint))


def invisible(message: str, hint: str | None = None) -> Answer:
    """Answer that a reference names what can't be seen from its place."""
    return missing(_codes.NOT_VISIBLE, message, hint)


def incomplete(reference: Reference, hint: str) -> Answer:
    """Answer that a reference stops too early, or leaves the known ways."""
    return missing(_codes.UNKNOWN_MEMBER, f"{reference.text} is not a value", hint)


def followed(reference: Reference, found: Type, depth: int, target: int | None = None) -> Answer:
    """Answer with the type behind the first `depth` segments of a reference, and its inside."""
    inside = follow(found, reference.segments[depth:])
    if inside is not None:
        return Answer(inside, target=target)
    shorter = msgspec.structs.replace(reference, segments=reference.segments[:depth])
    return missing(
        _codes.NO_MEMBERS, f"{reference.text} has no value: {shorter.text} is {type_words(found)}"
    )
