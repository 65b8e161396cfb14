"""`aether logs`: what the tasks of a run have said while they worked."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from aether_core.cli import _exits
from aether_core.cli._console import note, write_json, write_text
from aether_core.cli._options import add_output, add_store, store_url

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Sequence

    from aether_core.engine import LogLine, LogReader
    from aether_core.ports import Store


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("run", metavar="RUN", help="the run's whole id")
    parser.add_argument(
        "task", metavar="TASK", nargs="?", help="name, path or id of a task; without it all speak"
    )
    parser.add_argument(
        "-f", "--follow", action="store_true", help="go on until the run ends or is suspended"
    )
    add_store(parser)
    add_output(parser)


def execute(arguments: Namespace) -> int:
    """Print the lines; an unknown run or task is wrong usage."""
    # Late: a wrong option needs no engine.
    import asyncio

    if arguments.output == "json":
        lines: list[LogLine] = []
        status = asyncio.run(_logs(arguments, lines.extend))
        write_json(lines)
        return status
    writer = _Writer()
    status = asyncio.run(_logs(arguments, writer.write))
    if not writer.has_written and status == _exits.OK:
        what = "run" if arguments.task is None else "task"
        note(f"this {what} has said nothing")
    return status


class _Writer:
    """Writes lines for people."""

    def __init__(self) -> None:
        self.has_written = False

    def write(self, lines: Sequence[LogLine]) -> None:
        # Late: programs that read JSON need none of it.
        from aether_core.cli._log_text import log_text
        from aether_core.cli._style import Style

        self.has_written = True
        style = Style.of(sys.stdout)
        write_text("".join(f"{log_text(line.task, line.message, style)}\n" for line in lines))


async def _logs(arguments: Namespace, take: Callable[[Sequence[LogLine]], None]) -> int:
    # Late: as above.
    from aether_core.cli._near_runs import unknown_run
    from aether_core.cli._reading import existing
    from aether_core.engine import LogReader

    async with existing(store_url(arguments.store)) as store:
        run = await store.get_run(arguments.run)
        if run is None:
            raise await unknown_run(store, arguments.run)
        reader = LogReader(store, run, arguments.task)
        await reader.check()
        if arguments.follow:
            return await _follow(store, arguments.run, reader, take)
        while lines := await reader.read():
            take(lines)
        return _exits.OK


async def _follow(
    store: Store, run_id: str, reader: LogReader, take: Callable[[Sequence[LogLine]], None]
) -> int:
    """Hand on what there is and what comes, until nothing more will come by itself."""
    # Late: few logs are followed.
    from aether_core.cli._interrupts import Interrupts
    from aether_core.cli._progress import Progress
    from aether_core.cli._watching import Watcher

    async def show() -> None:
        while lines := await reader.read():
            take(lines)

    with Interrupts() as interrupts:
        progress = Progress(quiet=False, tasks=False)
        ended = await Watcher(store, run_id, progress, show=show).watch(interrupts.first)
    return _exits.INTERRUPTED if ended.interrupted else _exits.OK
