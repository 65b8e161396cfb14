"""Argument parsers: one per command, made when the command is chosen."""

from __future__ import annotations

import argparse
import os
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn, Protocol, cast

from aether_core.cli import _exits
from aether_core.cli._commands import COMMANDS
from aether_core.cli._console import complain, write_text

if TYPE_CHECKING:
    from collections.abc import Sequence

_STDOUT = 1
_USUAL_COLUMNS = 80


class CommandModule(Protocol):
    """What the module of a command offers."""

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the command's arguments."""
        ...

    def execute(self, arguments: argparse.Namespace) -> int:
        """Carry the command out and return the exit status."""
        ...


class Command:
    """A command that was chosen.

    Args:
        name: its name in the table of commands.
        module: what carries it out.
    """

    def __init__(self, name: str, module: CommandModule) -> None:
        self.name = name
        self.execute = module.execute
        self._module = module

    def parse(self, arguments: Sequence[str]) -> argparse.Namespace:
        """Return the parsed arguments; raises SystemExit after help and for wrong usage."""
        return self.parser().parse_args(arguments)

    def parser(self) -> argparse.ArgumentParser:
        """Return the command's parser."""
        _, operands, summary = COMMANDS[self.name]
        parser = _Parser(
            prog=f"aether {self.name}",
            usage=f"aether {self.name} [option ...] {operands}".rstrip(),
            description=summary,
            formatter_class=_Formatter,
            allow_abbrev=False,
        )
        self._module.configure(parser)
        return parser


def load_command(name: str) -> Command:
    """Import and return a command of the table."""
    module = import_module(f"aether_core.cli.{COMMANDS[name][0]}")
    return Command(name, cast("CommandModule", module))


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Knows the width of the terminal; argparse makes one for each argument that is added."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


def _columns() -> int:
    """Return what `shutil.get_terminal_size` does, without the archives that `shutil` loads."""
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return int(told)
    try:
        return os.get_terminal_size(_STDOUT).columns or _USUAL_COLUMNS
    except OSError:
        return _USUAL_COLUMNS


class _Parser(argparse.ArgumentParser):
    """A parser that writes as every other part of the command does."""

    def print_help(self, file: object = None) -> None:
        write_text(self.format_help())

    def error(self, message: str) -> NoReturn:
        hint = self._near_option(message) or f"`{self.prog} --help` shows what it takes"
        complain(message, hint, prefix=self.prog)
        raise SystemExit(_exits.USAGE)

    def _near_option(self, message: str) -> str | None:
        """Return a hint at the option that an unknown one may stand for."""
        begins = "unrecognized arguments: -"
        if not message.startswith(begins):
            return None
        # Late: needed for a mistake only.
        from aether_core.cli._suggestion import option_hint

        option = f"-{message.removeprefix(begins)}".split()[0].partition("=")[0]
        return option_hint(option, [name for each in self._actions for name in each.option_strings])
