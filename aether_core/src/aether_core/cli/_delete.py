"""`aether delete`: remove a run that has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.cli import _exits
from aether_core.cli._artifacts import add_artifacts
from aether_core.cli._console import write_json, write_text
from aether_core.cli._driving import means_of
from aether_core.cli._options import add_output, add_store

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from aether_core.cli._driving import Means


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("run", metavar="RUN", help="the run's whole id")
    add_store(parser)
    add_artifacts(parser)
    add_output(parser)
    parser.set_defaults(concurrency=None, quiet=False)


def execute(arguments: Namespace) -> int:
    """Delete the run; one that has not ended is left alone."""
    # Late: a wrong option needs no engine.
    import asyncio

    asyncio.run(_delete(means_of(arguments), arguments.run))
    if arguments.output == "json":
        write_json({"runId": arguments.run, "deleted": True})
    else:
        write_text(f"run {arguments.run} is deleted\n")
    return _exits.OK


async def _delete(means: Means, run_id: str) -> None:
    async with means.engine() as engine:
        await engine.delete(run_id)
