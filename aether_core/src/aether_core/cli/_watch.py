"""`aether watch`: follow a run that any process drives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.cli._console import note
from aether_core.cli._options import add_output, add_store, store_url
from aether_core.cli._run import show_end, status_of

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from aether_core.cli._running import Ended


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("run", metavar="RUN", help="the run's whole id")
    add_store(parser)
    add_output(parser)
    parser.add_argument(
        "--progress", action="store_true", help="show progress with --output json too"
    )
    parser.add_argument(
        "-q", "--quiet", action="store_true", help="write nothing but errors to stderr"
    )


def execute(arguments: Namespace) -> int:
    """Follow the run; the status tells how it ended. An interruption leaves it alone."""
    # Late: a wrong option needs no engine.
    import asyncio

    ended = asyncio.run(_watched(arguments))
    if ended.interrupted and not arguments.quiet:
        note(f"stopped watching run {ended.execution.run_id}; it goes on as it was")
    if arguments.output == "json" or not ended.interrupted:
        show_end(ended, arguments)
    return status_of(ended)


async def _watched(arguments: Namespace) -> Ended:
    # Late: as above.
    from aether_core.cli._interrupts import Interrupts
    from aether_core.cli._near_runs import unknown_run
    from aether_core.cli._progress import Progress
    from aether_core.cli._reading import existing
    from aether_core.cli._watching import Watcher
    from aether_core.engine import RunNotFound

    shows = arguments.output == "text" or arguments.progress
    progress = Progress(quiet=arguments.quiet, tasks=shows)
    async with existing(store_url(arguments.store)) as store:
        with Interrupts() as interrupts:
            try:
                return await Watcher(store, arguments.run, progress).watch(interrupts.first)
            except RunNotFound:
                raise await unknown_run(store, arguments.run) from None
            finally:
                progress.close()
