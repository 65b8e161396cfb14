"""Where the words of a command hold the text of a program: `sh -c TEXT`, `perl -e TEXT`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Interpreter(msgspec.Struct, frozen=True):
    """A family of programs that take the text of a program among their options.

    Attributes:
        program: Pattern of the options behind which the text stands, or with `=` in them.
        other: Pattern of the options behind which something else stands.
        argument: How a program reads the first argument behind its text.
        variable: How it reads an environment variable.
        is_repeatable: Whether several texts may be given.
    """

    program: str
    other: str
    argument: str
    variable: str
    is_repeatable: bool = False


_SHELL: Final = Interpreter(
    "-[a-zA-Z]*c[a-zA-Z]*",
    "[-+][a-zA-Z]*[oO]",
    '"$1" (the item between them is "$0")',
    '"$NAME"',
)
_PYTHON: Final = Interpreter("-[a-zA-Z]*c", "-[WX]", "sys.argv[1]", 'os.environ["NAME"]')
_PERL: Final = Interpreter(
    "-(?![IMm])[a-zA-Z0-9]*[eE]",
    "-I",
    "$ARGV[0]",
    "$ENV{NAME}",
    is_repeatable=True,
)
_RUBY: Final = Interpreter(
    "-(?![Ir])[a-zA-Z0-9]*e",
    "-[Ir]",
    "ARGV[0]",
    'ENV["NAME"]',
    is_repeatable=True,
)
_NODE: Final = Interpreter(
    "-p?e|-p|--eval(=.*)?|--print(=.*)?",
    "-r|--require|--import",
    "process.argv[1]",
    "process.env.NAME",
)
_PHP: Final = Interpreter("-r", "-d", "$argv[1]", 'getenv("NAME")')
_INTERPRETERS: Final = {
    **dict.fromkeys(("ash", "bash", "dash", "ksh", "mksh", "sh", "zsh"), _SHELL),
    **dict.fromkeys(("pypy", "python"), _PYTHON),
    **dict.fromkeys(("node", "nodejs"), _NODE),
    "perl": _PERL,
    "php": _PHP,
    "ruby": _RUBY,
}
#: `python3.12` is a python.
_VERSION: Final = r"-?[0-9.]+$"


def program_words(words: Sequence[str]) -> Iterator[tuple[int, Interpreter]]:
    """Yield the places of the words that are texts of programs, and who reads them.

    The interpreter may be called by its path and by another program, as in `env A=1 /bin/sh -c`.
    Only the first one counts: what stands behind its program are arguments.
    """
    for place, word in enumerate(words):
        interpreter = _INTERPRETERS.get(re.sub(_VERSION, "", word.rpartition("/")[2]))
        if interpreter is not None:
            found = list(_programs(interpreter, words, place + 1))
            yield from ((program, interpreter) for program in found)
            if found:
                return


def _programs(interpreter: Interpreter, words: Sequence[str], start: int) -> Iterator[int]:
    """Yield the places of the programs among the options of an interpreter."""
    is_program, place = False, start
    while place < len(words):
        word = words[place]
        is_option = word.startswith(("-", "+"))
        if is_program and not is_option:
            yield place
            if not interpreter.is_repeatable:
                return
            is_program = False
        elif not is_option:
            return
        elif re.fullmatch(interpreter.program, word, re.DOTALL):
            if "=" in word:
                yield place
            is_program = "=" not in word
        # What stands behind the other ones is neither an option nor a program.
        place += 2 if re.fullmatch(interpreter.other, word) else 1
