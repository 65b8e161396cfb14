"""Control inputs: the names that steer the executor and are never echoed.

The protocol defines four (executors.md 10.1); a value of the wrong kind there counts as absent.
Three more belong to this package: `sleep`, `code`, `message`. A wrong value there is an error,
since nobody relies on it being ignored and a silent typo would spoil a test.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_sdk import UNSET, JsonValue, TaskError, Unset, parse_duration

if TYPE_CHECKING:
    from collections.abc import Mapping

    #: Control inputs by name; the last occurrence of a repeated name counts.
    Controls = Mapping[str, JsonValue | Unset]

OUTPUTS: Final = "outputs"
SUSPEND: Final = "suspend"
RESUMED: Final = "__resumed"
FAIL_COUNT: Final = "fail-count"
SLEEP: Final = "sleep"
CODE: Final = "code"
MESSAGE: Final = "message"

_MICROSECONDS: Final = 1_000_000

NAMES: Final = frozenset({OUTPUTS, SUSPEND, RESUMED, FAIL_COUNT, SLEEP, CODE, MESSAGE})


def suspends(controls: Controls) -> bool:
    """Tell whether this call suspends: asked to, and not called again by a resume."""
    return controls.get(SUSPEND) is True and RESUMED not in controls


def fail_count(controls: Controls) -> int:
    """Return how many first attempts fail; 0 when absent, negative or not an integer."""
    return max(_integer(controls.get(FAIL_COUNT)) or 0, 0)


class Extras:
    """The package's own controls, checked: seconds to wait, result code, result message."""

    __slots__ = ("code", "message", "seconds")

    def __init__(self, controls: Controls) -> None:
        """Read `sleep`, `code` and `message`.

        Raises:
            TaskError: one of them has a wrong value; the message names each of them.
        """
        problems: list[str] = []
        self.seconds = _sleep(controls.get(SLEEP, UNSET), problems)
        self.code = _code(controls.get(CODE, UNSET), problems)
        self.message = _message(controls.get(MESSAGE, UNSET), problems)
        if problems:
            raise TaskError("; ".join(problems))


def _sleep(value: JsonValue | Unset, problems: list[str]) -> float:
    if value is UNSET:
        return 0.0
    if isinstance(value, str):
        try:
            return parse_duration(value) / _MICROSECONDS
        except ValueError as error:
            problems.append(f"input sleep: {error}")
    else:
        problems.append(_wrong(SLEEP, 'a duration text such as "200ms"', value))
    return 0.0


def _code(value: JsonValue | Unset, problems: list[str]) -> int:
    if value is UNSET:
        return 0
    code = _integer(value)
    if code is None:
        problems.append(_wrong(CODE, "an integer", value))
    return code or 0


def _message(value: JsonValue | Unset, problems: list[str]) -> str:
    if value is UNSET:
        return ""
    if isinstance(value, str):
        return value
    problems.append(_wrong(MESSAGE, "a text", value))
    return ""


def _integer(value: JsonValue | Unset) -> int | None:
    """Return an integer, also one that a JSON round trip turned into `2.0`; else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) else None


def _wrong(name: str, expected: str, value: JsonValue | Unset) -> str:
    shown = repr(value)
    if len(shown) > 60:
        shown = f"{shown[:57]}..."
    return f"input {name}: expected {expected}, got {shown}"
