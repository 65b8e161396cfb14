"""`aether why`: why a run, or one of its tasks, is as it is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from aether_core.cli import _exits
from aether_core.cli._console import write_json, write_text
from aether_core.cli._options import add_output, add_store, store_url, without_password

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence

    from aether_core.engine.explain import Explanation


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("run", metavar="RUN", help="the run's whole id")
    parser.add_argument(
        "task",
        metavar="TASK",
        nargs="?",
        help="name, path or id of a task; without it the whole run is explained",
    )
    add_store(parser)
    add_output(parser)


def execute(arguments: Namespace) -> int:
    """Explain; an unknown run or task is wrong usage."""
    # Late: a wrong option needs no engine.
    import asyncio

    explanation = asyncio.run(_explanation(arguments))
    if arguments.output == "json":
        write_json(explanation)
        return _exits.OK
    # Late: programs that read JSON need none of it.
    from aether_core.cli._style import Style
    from aether_core.cli._why_text import explanation_text

    write_text(explanation_text(explanation, Style.of(sys.stdout)))
    return _exits.OK


async def _explanation(arguments: Namespace) -> Explanation:
    # Late: as above.
    from aether_core.cli._near_runs import unknown_run
    from aether_core.cli._reading import existing
    from aether_core.engine import RunNotFound
    from aether_core.engine.explain import command_line, explain
    from aether_core.ports import SystemClock

    where = ("--store", without_password(arguments.store)) if arguments.store else ()

    def write(words: Sequence[str]) -> str:
        return command_line((*words, *where))

    async with existing(store_url(arguments.store)) as store:
        now = SystemClock().now()
        try:
            return await explain(store, arguments.run, now=now, task=arguments.task, write=write)
        except RunNotFound:
            raise await unknown_run(store, arguments.run) from None
