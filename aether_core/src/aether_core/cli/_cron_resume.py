"""`aether cron resume`: let a suspended schedule start runs again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.cli import _exits
from aether_core.cli._console import write_json, write_text
from aether_core.cli._cron_book import add_name, add_storing, change

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    add_name(parser)
    add_storing(parser)


def execute(arguments: Namespace) -> int:
    """Resume the schedule; what was due meanwhile is not made up for."""
    name, namespace = arguments.name, arguments.namespace
    cron = change(arguments, lambda book: book.resume(name, namespace=namespace))
    if arguments.output == "json":
        write_json(cron)
        return _exits.OK
    # Late: programs that read JSON need none of it.
    from aether_core.cli._cron_text import next_text

    write_text(f"schedule {cron.name} goes on; next: {next_text(cron)}\n")
    return _exits.OK
