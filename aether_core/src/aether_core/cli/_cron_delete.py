"""`aether cron delete`: remove a schedule; its runs stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.cli import _exits
from aether_core.cli._console import write_json, write_text
from aether_core.cli._cron_book import add_name, add_storing, open_book

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    add_name(parser)
    add_storing(parser)


def execute(arguments: Namespace) -> int:
    """Delete the schedule; runs that are under way go on."""
    # Late: a wrong option needs no event loop.
    import asyncio

    asyncio.run(_delete(arguments))
    if arguments.output == "json":
        name, namespace = arguments.name, arguments.namespace
        write_json({"name": name, "namespace": namespace, "deleted": True})
    else:
        write_text(f"schedule {arguments.name} is deleted; its runs stay\n")
    return _exits.OK


async def _delete(arguments: Namespace) -> None:
    async with open_book(arguments) as book:
        await book.delete(arguments.name, namespace=arguments.namespace)
