"""`aether list`: runs, newest first."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from aether_core.cli import _exits
from aether_core.cli._console import note, write_json, write_text
from aether_core.cli._options import add_output, add_store, positive, store_url
from aether_sdk import Phase

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from aether_core.engine import WorkflowSummary
    from aether_core.ports import RunQuery

_DEFAULT_LIMIT = 50


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "--phase",
        metavar="P",
        type=str.capitalize,
        choices=[phase.value for phase in Phase],
        help=f"only runs in this phase: {', '.join(Phase)}",
    )
    parser.add_argument("--name", metavar="N", help="only runs of the workflow of this name")
    parser.add_argument(
        "--limit",
        metavar="N",
        type=positive,
        default=_DEFAULT_LIMIT,
        help=f"show at most N runs (default: {_DEFAULT_LIMIT})",
    )
    add_store(parser)
    add_output(parser)


def execute(arguments: Namespace) -> int:
    """List the runs; a store that does not exist has none."""
    # Late: a wrong option needs no engine.
    import asyncio

    from aether_core.ports import RunQuery

    query = RunQuery(
        phase=None if arguments.phase is None else Phase(arguments.phase),
        workflow=arguments.name,
        # One more than shown, to see whether there are more.
        limit=arguments.limit + 1,
    )
    found = asyncio.run(_summaries(store_url(arguments.store), query))
    runs = found[: arguments.limit]
    if arguments.output == "json":
        write_json(runs)
    elif runs:
        write_text(_text(runs))
        if len(found) > len(runs):
            note(f"these are the newest {len(runs)}; --limit N shows more")
    else:
        note("no runs")
    return _exits.OK


async def _summaries(url: str, query: RunQuery) -> list[WorkflowSummary]:
    # Late: as above.
    from aether_core.cli._reading import reading
    from aether_core.engine import summary_of

    async with reading(url) as store:
        if store is None:
            return []
        return [summary_of(run) for run in await store.list_runs(query)]


def _text(runs: list[WorkflowSummary]) -> str:
    # Late: programs that read JSON need none of it.
    from aether_core.cli._durations import duration_text, seconds_between
    from aether_core.cli._style import Style
    from aether_core.cli._table import table

    rows = [
        (
            run.run_id,
            run.workflow,
            run.phase,
            run.progress,
            (run.created_at or "")[:19] + "Z",
            duration_text(seconds_between(run.created_at, run.finished_at)),
        )
        for run in runs
    ]
    headers = ("RUN", "WORKFLOW", "PHASE", "TASKS", "CREATED", "TOOK")
    return table(headers, rows, Style.of(sys.stdout), whole=1)
