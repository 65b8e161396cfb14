"""One evaluation in progress: its resolver, and a bound on the work it may do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from aether_core.expression._errors import EvaluationError

if TYPE_CHECKING:
    from aether_core.expression._reference import Resolver

#: Most characters of a string, or elements of a list or map, that an operation may produce.
MAX_SIZE: Final = 1_000_000
#: Most units of work of one evaluation: one per element looked at, one per eight characters.
MAX_WORK: Final = 5_000_000
#: Integers stay below this in both directions, so that every one of them is also a float.
MAX_INTEGER: Final = 2**1000


class Fault(Exception):
    """Why an operation refuses its values; the caller knows where in the text that is.

    A signal inside this package, never an error that a user sees.
    """

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def at(self, start: int, end: int) -> EvaluationError:
        """Return the error for the user."""
        return EvaluationError(self.message, start=start, end=end, hint=self.hint)


class Evaluation:
    """What compiled code needs while it runs."""

    __slots__ = ("left", "resolve")

    def __init__(self, resolve: Resolver) -> None:
        self.resolve = resolve
        self.left = MAX_WORK

    def spend(self, units: int) -> None:
        """Account for work before it is done.

        Raises:
            Fault: when the evaluation has used up what it may do.
        """
        self.left -= units
        if self.left < 0:
            raise Fault("the expression does too much work", "give it smaller lists or texts")


#: Compiled code of one node.
Code: TypeAlias = Callable[[Evaluation], object]


def check_size(size: int, what: str) -> None:
    """Refuse a result that is too large.

    Raises:
        Fault: when `size` is more than `MAX_SIZE`.
    """
    if size > MAX_SIZE:
        raise Fault(f"the resulting {what} is too large: more than {MAX_SIZE:,} elements")
