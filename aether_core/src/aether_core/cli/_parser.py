"""Argument parsers: one per command, made when the command is chosen."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn, Protocol, cast

from aether_core.cli import _exits
from aether_core.cli._commands import COMMANDS, UNSUPPORTED_OPTIONS
from aether_core.cli._console import complain, write_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


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
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        self._module.configure(parser)
        for option, value in UNSUPPORTED_OPTIONS.get(self.name, {}).items():
            parser.add_argument(option, metavar=value, action=_Unsupported, help=argparse.SUPPRESS)
        return parser


def load_command(name: str) -> Command:
    """Import and return a command of the table."""
    module = import_module(f"aether_core.cli.{COMMANDS[name][0]}")
    return Command(name, cast("CommandModule", module))


class _Parser(argparse.ArgumentParser):
    """A parser that writes as every other part of the command does."""

    def print_help(self, file: object = None) -> None:
        write_text(self.format_help())

    def error(self, message: str) -> NoReturn:
        complain(message, f"`{self.prog} --help` shows what it takes", prefix=self.prog)
        raise SystemExit(_exits.USAGE)


class _Unsupported(argparse.Action):
    """An option that is planned: it is known, and refused."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        """Refuse."""
        parser.error(f"{option_string} is not supported yet")
