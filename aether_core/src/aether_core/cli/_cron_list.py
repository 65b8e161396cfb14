"""`aether cron list`: schedules with their next times, oldest first."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from aether_core.cli import _exits
from aether_core.cli._console import note, write_json, write_text
from aether_core.cli._cron_book import add_storing, open_book

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence

    from aether_core.engine import CronSummary


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    add_storing(parser)


def execute(arguments: Namespace) -> int:
    """List the schedules; a store that does not exist has none."""
    # Late: a wrong option needs no event loop.
    import asyncio

    crons = asyncio.run(_crons(arguments))
    if arguments.output == "json":
        write_json(crons)
    elif crons:
        # Late: programs that read JSON need none of it.
        from aether_core.cli._cron_text import list_text
        from aether_core.cli._style import Style

        write_text(list_text(crons, Style.of(sys.stdout)))
    else:
        note("no schedules")
    return _exits.OK


async def _crons(arguments: Namespace) -> Sequence[CronSummary]:
    # Late: as above.
    from aether_core.cli._reading import note_missing
    from aether_core.stores import StoreNotFound

    try:
        async with open_book(arguments) as book:
            return await book.list()
    except StoreNotFound as error:
        note_missing(error)
        return []
