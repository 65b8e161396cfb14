"""`aether cron get`: a schedule with its runs, and when it is due next."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from aether_core.cli import _exits
from aether_core.cli._console import write_json, write_text
from aether_core.cli._cron_book import add_name, add_storing, open_book
from aether_core.cli._options import positive

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from aether_core.engine import CronExecution

_DEFAULT_TIMES = 5


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    add_name(parser)
    parser.add_argument(
        "--next",
        metavar="N",
        type=positive,
        default=_DEFAULT_TIMES,
        help=f"show the next N times at which it is due (default: {_DEFAULT_TIMES})",
    )
    add_storing(parser)


def execute(arguments: Namespace) -> int:
    """Show the schedule; an unknown one is wrong usage."""
    # Late: a wrong option needs no event loop.
    import asyncio

    cron = asyncio.run(_get(arguments))
    if arguments.output == "json":
        write_json(cron)
        return _exits.OK
    # Late: programs that read JSON need none of it.
    from aether_core.cli._cron_text import cron_text
    from aether_core.cli._style import Style

    write_text(cron_text(cron, Style.of(sys.stdout)))
    return _exits.OK


async def _get(arguments: Namespace) -> CronExecution:
    async with open_book(arguments) as book:
        name, namespace = arguments.name, arguments.namespace
        return await book.get(name, namespace=namespace, times=arguments.next)
