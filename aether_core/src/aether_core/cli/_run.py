"""`aether run`: from a file to the end of its run."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from aether_core.cli import _exits
from aether_core.cli._console import reserved_stdout, write_json, write_text
from aether_core.cli._driving import add_driving, means_of
from aether_core.cli._options import (
    add_report,
    add_submission,
    installed_executors,
    report_file,
    run_id,
)

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from aether_core.cli._running import Ended


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    add_submission(parser)
    parser.add_argument(
        "--run-id",
        metavar="ID",
        type=run_id,
        help="id of the run; if the store has a run of this id, nothing is started and that "
        "run is waited for and shown",
    )
    add_report(parser)
    add_driving(parser)


def execute(arguments: Namespace) -> int:
    """Run the workflow; the status tells how it ended."""
    # Late: a wrong option needs no engine.
    from aether_core.cli._admission import Refused, admit_files, read_submission

    report = report_file(arguments)
    with reserved_stdout():
        executors = installed_executors()
        try:
            admitted = admit_files(read_submission(arguments), arguments, executors)
        except Refused as refused:
            refused.show(as_json=arguments.output == "json")
            return _exits.USAGE
        # Late: a refused document needs no broker.
        from aether_core.cli._running import run_to_end

        means = means_of(arguments, executors=executors, must_exist=False)
        means.report = report
        ended = run_to_end(admitted, means, run_id=arguments.run_id)
    show_end(ended, arguments)
    return _exits.INTERNAL if report is not None and report.failed else status_of(ended)


def show_end(ended: Ended, arguments: Namespace) -> None:
    """Write the run as it ended, or as it waits."""
    if arguments.output == "json":
        write_json(ended.execution)
        return
    # Late: programs that read JSON need none of it.
    from aether_core.cli._execution_text import ExecutionText, look_up_command, resume_command
    from aether_core.cli._style import Style
    from aether_core.cli._unreached import unreached_line

    run_id = ended.execution.run_id
    text = ExecutionText(
        ended.execution,
        Style.of(sys.stdout),
        look_up=look_up_command(run_id, arguments.store),
        resume=resume_command(run_id, arguments.store),
        unreached=unreached_line(ended.execution, arguments.store),
    )
    write_text(text.render())


def status_of(ended: Ended) -> int:
    """Return the exit status for the end of a run."""
    phase = ended.execution.phase
    if phase == "Succeeded":
        return _exits.OK
    if ended.interrupted and (phase == "Cancelled" or not phase.is_terminal):
        return _exits.INTERRUPTED
    return _exits.BAD if phase.is_terminal else _exits.SUSPENDED
