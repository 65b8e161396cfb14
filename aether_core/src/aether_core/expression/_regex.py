"""Search with regular expressions in linear time: syntax and engine are RE2's."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, Protocol, cast

from aether_core.expression._evaluation import Fault

if TYPE_CHECKING:
    from aether_core.expression._evaluation import Evaluation

#: Longest pattern, in characters.
MAX_PATTERN: Final = 1_000
#: About how many steps of the engine take as long as one unit of work.
_STEPS_PER_UNIT: Final = 40


class _Regex(Protocol):
    @property
    def programsize(self) -> int: ...

    def search(self, text: str) -> object: ...


@lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> _Regex:
    """Compile a pattern.

    Raises:
        Fault: when it is too long, or not in RE2's syntax.
    """
    # Late, since most runs need no regular expression and the import takes 20 ms.
    import re2

    if len(pattern) > MAX_PATTERN:
        raise Fault(f"the pattern is longer than {MAX_PATTERN:,} characters")
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    try:
        return cast("_Regex", re2.compile(pattern, options))
    except re2.error as error:
        # Behind the colon stands a part of the pattern, which may be a value of the run.
        reason = error.args[0].decode("utf-8", "replace").partition(": ")[0]
    except UnicodeEncodeError:
        reason = "half a character"
    raise Fault(f"bad pattern: {reason}", "the syntax is RE2's: no look-around, no back-references")


def search(evaluation: Evaluation, text: str, pattern: str) -> bool:
    """Return whether the pattern matches somewhere in the text.

    Raises:
        Fault: for a bad pattern, and for more work than one evaluation may do.
    """
    regex = compile_pattern(pattern)
    evaluation.spend(len(text) * regex.programsize // _STEPS_PER_UNIT)
    try:
        return regex.search(text) is not None
    except UnicodeEncodeError:
        raise Fault("the text has half a character in it") from None
