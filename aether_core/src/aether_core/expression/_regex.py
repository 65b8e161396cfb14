"""Search with regular expressions in linear time: syntax and engine are RE2's."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Protocol, cast

from aether_core.expression._evaluation import Fault

if TYPE_CHECKING:
    from aether_core.expression._evaluation import Evaluation

#: Longest pattern, in characters.
MAX_PATTERN: Final = 1_000
#: About how many steps of the engine take as long as one unit of work.
_STEPS_PER_UNIT: Final = 40
#: How patterns for Python say "only at the very end"; in RE2 as in ECMA 262, `$` alone says so.
_VERY_END: Final = r"$(?!\n)"
#: Flags, classes by name and anchors that RE2 has, and others not or in another sense.
_OWN_SYNTAX: Final = r"\(\?[^:]|\[:|\\[ACQaz]"


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


def may_match(pattern: str, text: str) -> bool:
    """Return whether a pattern of a JSON Schema may match somewhere in a text.

    False only where dialects of regular expressions agree: for a pattern that they read alike, and
    for printable ASCII, since they differ in what counts as a letter or a space beyond it.
    """
    if not (text.isascii() and text.isprintable()):
        return True
    regex = _portable(pattern)
    return regex is None or regex.search(text) is not None


def is_portable_pattern(pattern: str) -> bool:
    """Return whether dialects of regular expressions read a pattern alike."""
    return _portable(pattern) is not None


def _portable(pattern: str) -> _Regex | None:
    pattern = pattern.replace(_VERY_END, "$")
    if re.search(_OWN_SYNTAX, pattern):
        return None
    try:
        return compile_pattern(pattern)
    except Fault:
        return None
