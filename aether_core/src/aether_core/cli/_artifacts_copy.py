"""`aether artifacts`: what the tasks of a run have made, and a copy of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from aether_core.cli import _exits
from aether_core.cli._artifacts import Artifacts, add_artifacts
from aether_core.cli._console import note, write_json, write_text
from aether_core.cli._errors import UsageError
from aether_core.cli._options import add_output, add_store, store_url

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence
    from pathlib import Path

    from aether_core.cli._made import Made


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("run", metavar="RUN", help="the run's whole id")
    parser.add_argument(
        "name",
        metavar="NAME",
        nargs="?",
        help="an artifact to copy; without it all are listed",
    )
    parser.add_argument(
        "--task", metavar="TASK", help="only artifacts of this task: its name, path or id"
    )
    parser.add_argument(
        "--to",
        metavar="PATH",
        help="where to copy it: a name, or a folder that is there (default: this folder)",
    )
    parser.add_argument(
        "--force", action="store_true", help="replace a file that is there; never a folder"
    )
    add_store(parser)
    add_artifacts(parser)
    add_output(parser)


def execute(arguments: Namespace) -> int:
    """List artifacts or copy one; an unknown one, or a path that is taken, is wrong usage."""
    # Late: a wrong option needs no engine.
    import asyncio

    if arguments.name is None and (arguments.to is not None or arguments.force):
        raise UsageError("--to and --force need the NAME of an artifact to copy")
    return asyncio.run(_execute(arguments))


async def _execute(arguments: Namespace) -> int:
    # Late: as above.
    from aether_core.cli._made import made_by
    from aether_core.cli._near_runs import unknown_run
    from aether_core.cli._reading import existing

    url = store_url(arguments.store)
    async with existing(url) as store:
        run = await store.get_run(arguments.run)
        if run is None:
            raise await unknown_run(store, arguments.run)
        made = made_by(run, await store.get_tasks(run.run_id), arguments.task)
        if arguments.name is None:
            _list(arguments, made)
        else:
            await _copy(arguments, made, Artifacts(arguments.artifacts, url, store))
    return _exits.OK


def _list(arguments: Namespace, made: Sequence[Made]) -> None:
    if arguments.output == "json":
        write_json([each.shown() for each in made])
        return
    if not made:
        note("no artifacts")
        return
    # Late: programs that read JSON need none of it.
    from aether_core.cli._execution_text import whereabouts
    from aether_core.cli._style import Style
    from aether_core.cli._table import table

    rows = [(each.name, each.task, whereabouts(each.shown()["place"])) for each in made]
    write_text(table(("NAME", "TASK", "WHERE"), rows, Style.of(sys.stdout), whole=2))


async def _copy(arguments: Namespace, made: Sequence[Made], artifacts: Artifacts) -> None:
    # Late: as above.
    from aether_core.cli._made import chosen, copy

    one = chosen(made, arguments.name, arguments.run)
    target: Path = await copy(one, artifacts, arguments.to, force=arguments.force)
    if arguments.output == "json":
        write_json({**one.shown(), "path": str(target)})
    else:
        write_text(f"{target}\n")
