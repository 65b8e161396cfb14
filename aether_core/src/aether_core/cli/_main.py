"""`main`: from command-line arguments to an exit status."""

from __future__ import annotations

import gc
import sys

from aether_core.cli import _exits
from aether_core.cli._commands import COMMANDS, GROUPS, UNSUPPORTED_COMMANDS

# `typing` would be a quarter of the start-up time of `aether --help`.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


#: Options that name files, whose names may be any bytes.
_FILES = frozenset({"file", "files"})

# Measured for a run of one task: imports alone set off dozens of collections that find nothing
# (5 ms), and what they made is searched again when the interpreter ends (15 ms).
_ALLOCATIONS_PER_COLLECTION = 60_000


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status; never raises for a user's mistake.

    Args:
        argv: the arguments after the program's name. Left out, the process is the command's own:
            its arguments are taken, and its garbage collector is set to a short life.
    """
    if argv is not None:
        return _status(list(argv))
    gc.set_threshold(_ALLOCATIONS_PER_COLLECTION)
    try:
        return _status(sys.argv[1:])
    finally:
        gc.freeze()


def _status(arguments: list[str]) -> int:
    try:
        return _run(arguments)
    except SystemExit as stop:
        # argparse ends this way, after help as after wrong usage.
        return stop.code if isinstance(stop.code, int) else _exits.OK
    except KeyboardInterrupt:
        return _exits.INTERRUPTED
    except Exception as error:  # noqa: BLE001  # the last place that can turn it into one line
        # Late: a failure may take its time.
        from aether_core.cli._failure import report_failure

        return report_failure(error)


def _run(arguments: list[str]) -> int:
    first = arguments[0] if arguments else ""
    if first in {"-h", "--help"}:
        return _show_overview()
    if first == "help":
        return _run([*arguments[1:], "--help"])
    if first == "--version":
        return _show_version()
    if first in GROUPS:
        return _run_of_group(first, arguments[1:])
    if first not in COMMANDS:
        return _refuse(first)
    return _execute(first, arguments[1:])


def _run_of_group(group: str, arguments: list[str]) -> int:
    # Late: --help and --version need less.
    from aether_core.cli._console import complain, write_text
    from aether_core.cli._help import group_overview

    if arguments and arguments[0] in {"-h", "--help"}:
        write_text(group_overview(group))
        return _exits.OK
    name = f"{group} {arguments[0]}" if arguments else group
    if name in COMMANDS:
        return _execute(name, arguments[1:])
    known = [n.partition(" ")[2] for n in COMMANDS if n.startswith(f"{group} ")]
    listed = f"`aether {group}` has these commands: {', '.join(known)}"
    if not arguments:
        complain(f"aether {group}: a command is missing", listed)
        return _exits.USAGE
    # Late: needed for a mistake only.
    from aether_core.cli._suggestion import did_you_mean

    hint = did_you_mean(arguments[0], known)
    complain(f"unknown command '{group} {arguments[0]}'", hint or listed)
    return _exits.USAGE


def _execute(name: str, arguments: list[str]) -> int:
    # Late: argparse takes as long as the rest of `aether --help`.
    from aether_core.cli._parser import load_command

    command = load_command(name)
    options = command.parse(arguments)
    values = [value for option, value in vars(options).items() if option not in _FILES]
    # Late: as above.
    from aether_core.cli._arguments_text import is_text

    if not all(map(is_text, values)):
        # Late: as above.
        from aether_core.cli._console import complain

        complain("an argument is not valid UTF-8", "Look at the locale of the terminal, too.")
        return _exits.USAGE
    return command.execute(options)


def _show_overview() -> int:
    # Late: no other command shows it.
    from aether_core.cli._console import write_text
    from aether_core.cli._help import overview

    write_text(overview())
    return _exits.OK


def _show_version() -> int:
    # Late: package metadata takes 20 ms to read.
    from aether_core.cli._console import write_text
    from aether_core.cli._version import own_version

    write_text(f"aether {own_version()}\n")
    return _exits.OK


def _refuse(first: str) -> int:
    # Late: needed for a mistake only.
    from aether_core.cli._console import complain
    from aether_core.cli._suggestion import command_hint

    if first in UNSUPPORTED_COMMANDS:
        complain(f"`aether {first}` is not supported yet", "`aether --help` lists what is")
    elif not first:
        complain("a command is missing", "`aether --help` lists the commands")
    elif first.startswith("-"):
        complain(f"unknown option {first!r} before a command", "write options after the command")
    else:
        hint = command_hint(first, [*COMMANDS, *GROUPS, *UNSUPPORTED_COMMANDS])
        complain(f"unknown command {first!r}", hint or "`aether --help` lists the commands")
    return _exits.USAGE
