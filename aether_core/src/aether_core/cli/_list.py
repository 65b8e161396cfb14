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
# No run is ever in these two: one with a suspended task is Running, and only tasks are skipped.
_PHASES = [phase for phase in Phase if phase not in {Phase.SUSPENDED, Phase.SKIPPED}]


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "--phase",
        metavar="P",
        type=str.capitalize,
        choices=[*map(str, _PHASES), str(Phase.SUSPENDED)],
        help=f"only runs in this phase: {', '.join(_PHASES)}; Suspended is --suspended",
    )
    parser.add_argument(
        "--suspended",
        action="store_true",
        help="only runs in which a task waits for a resume, such as an approval",
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

    is_suspended = arguments.phase == Phase.SUSPENDED
    query = RunQuery(
        phase=None if arguments.phase is None or is_suspended else Phase(arguments.phase),
        workflow=arguments.name,
        # One more than shown, to see whether there are more.
        limit=arguments.limit + 1,
        suspended=is_suspended or arguments.suspended,
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
        is_chosen = arguments.name or arguments.phase or arguments.suspended
        note("no such runs" if is_chosen else "no runs")
    return _exits.OK


async def _summaries(url: str, query: RunQuery) -> list[WorkflowSummary]:
    # Late: as above.
    from aether_core.cli._reading import existing, note_missing
    from aether_core.engine import summary_of
    from aether_core.stores import StoreNotFound

    try:
        async with existing(url) as store:
            return [summary_of(run) for run in await store.list_runs(query)]
    except StoreNotFound as error:
        note_missing(error)
        return []


def _text(runs: list[WorkflowSummary]) -> str:
    # Late: programs that read JSON need none of it.
    from aether_core.cli._durations import duration_text, moment_text, seconds_between
    from aether_core.cli._style import Style
    from aether_core.cli._table import table

    rows: list[tuple[str, ...]] = [
        (
            run.run_id,
            run.workflow,
            run.phase,
            run.progress,
            moment_text(run.created_at),
            duration_text(seconds_between(run.created_at, run.finished_at)),
        )
        for run in runs
    ]
    headers: tuple[str, ...] = ("RUN", "WORKFLOW", "PHASE", "TASKS", "CREATED", "TOOK")
    if any(run.suspended for run in runs):
        headers = (*headers[:4], "SUSPENDED", *headers[4:])
        rows = [
            (*row[:4], _waiting(run.suspended), *row[4:])
            for run, row in zip(runs, rows, strict=True)
        ]
    return table(headers, rows, Style.of(sys.stdout), whole=1)


def _waiting(tasks: int) -> str:
    """Return how many tasks of a run wait for a resume."""
    return f"{tasks} task{'' if tasks == 1 else 's'}" if tasks else ""
