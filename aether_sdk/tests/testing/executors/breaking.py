"""Which rule each hostile executor breaks."""

from __future__ import annotations

from collections.abc import Callable

#: The code of the rule, by the name of the class.
BREAKS: dict[str, str] = {}


def breaks(rule: str) -> Callable[[type], type]:
    """Say which rule a class breaks."""

    def note(cls: type) -> type:
        BREAKS[cls.__name__] = rule
        return cls

    return note
