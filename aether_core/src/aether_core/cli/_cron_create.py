"""`aether cron create`: keep a schedule that starts a workflow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.cli import _exits
from aether_core.cli._console import complain, reserved_stdout, write_json, write_text
from aether_core.cli._cron_book import add_storing, open_book
from aether_core.cli._options import KEEPING_HINT, forgets

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from aether_core.engine import AdmittedCron, CronSummary


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("file", metavar="FILE", help="a JSON or YAML file; - is stdin")
    add_storing(parser)


def execute(arguments: Namespace) -> int:
    """Check the document and keep the schedule; nothing is started."""
    # Late: a wrong option needs no engine.
    import asyncio

    from aether_core.cli._admission import Refused
    from aether_core.cli._cron_files import admit_cron_file

    with reserved_stdout():
        try:
            admitted = admit_cron_file(arguments.file, show_warnings=arguments.output == "text")
        except Refused as refused:
            refused.show(as_json=arguments.output == "json")
            return _exits.USAGE
        if forgets(arguments.store):
            complain("the store memory: keeps no schedule for another process", KEEPING_HINT)
            return _exits.USAGE
        cron = asyncio.run(_create(arguments, admitted))
    if arguments.output == "json":
        write_json(cron)
        return _exits.OK
    # Late: programs that read JSON need none of it.
    from aether_core.cli._cron_text import next_text

    write_text(f"schedule {cron.name} is kept; next: {next_text(cron)}\n")
    return _exits.OK


async def _create(arguments: Namespace, admitted: AdmittedCron) -> CronSummary:
    async with open_book(arguments, must_exist=False) as book:
        return await book.create(admitted)
