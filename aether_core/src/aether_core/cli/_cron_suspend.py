"""`aether cron suspend`: let a schedule start nothing for a while."""

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
    """Suspend the schedule; runs that are under way go on."""
    name, namespace = arguments.name, arguments.namespace
    cron = change(arguments, lambda book: book.suspend(name, namespace=namespace))
    if arguments.output == "json":
        write_json(cron)
    else:
        write_text(f"schedule {cron.name} is suspended; `aether cron resume` lets it go on\n")
    return _exits.OK
