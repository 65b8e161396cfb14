"""`aether get`: one run with all its tasks."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from aether_core.cli import _exits
from aether_core.cli._console import write_json, write_text
from aether_core.cli._options import add_output, add_report, add_store, report_file, store_url

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from aether_core.cli._report_file import ReportFile
    from aether_core.engine import WorkflowExecution


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("run", metavar="RUN", help="the run's whole id")
    add_report(parser)
    add_store(parser)
    add_output(parser)


def execute(arguments: Namespace) -> int:
    """Show the run; an unknown one is wrong usage."""
    # Late: a wrong option needs no engine.
    import asyncio

    report = report_file(arguments)
    execution = asyncio.run(_execution(store_url(arguments.store), arguments.run, report))
    status = _exits.INTERNAL if report is not None and report.failed else _exits.OK
    if arguments.output == "json":
        write_json(execution)
        return status
    # Late: programs that read JSON need none of it.
    from aether_core.cli._execution_text import ExecutionText, look_up_command, resume_command
    from aether_core.cli._style import Style
    from aether_core.cli._unreached import unreached_line

    text = ExecutionText(
        execution,
        Style.of(sys.stdout),
        look_up=look_up_command(arguments.run, arguments.store),
        resume=resume_command(arguments.run, arguments.store),
        unreached=unreached_line(execution, arguments.store),
    )
    write_text(text.render())
    return status


async def _execution(url: str, run_id: str, report: ReportFile | None) -> WorkflowExecution:
    # Late: as above.
    from aether_core.cli._near_runs import unknown_run
    from aether_core.cli._reading import existing
    from aether_core.engine import execution_of

    async with existing(url) as store:
        run = await store.get_run(run_id)
        if run is None:
            raise await unknown_run(store, run_id)
        if report is not None:
            await report.write(store, run_id)
        return execution_of(run, await store.get_tasks(run_id))
