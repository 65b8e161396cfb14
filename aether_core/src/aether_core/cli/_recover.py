"""`aether recover`: go on with every run whose process is gone."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from aether_core.cli import _exits
from aether_core.cli._console import note, reserved_stdout, write_json, write_text
from aether_core.cli._driving import add_driving, means_of

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from aether_core.engine import WorkflowExecution


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    add_driving(parser, progress=False)


def execute(arguments: Namespace) -> int:
    """Recover the runs; the status is that of the worst end among them, or 130."""
    # Late: a wrong option needs no engine.
    from aether_core.cli._running import recover_all

    with reserved_stdout():
        runs, interrupted = recover_all(means_of(arguments))
    if arguments.output == "json":
        write_json(runs)
    elif runs:
        write_text(_text(runs))
    elif not arguments.quiet:
        note("interrupted" if interrupted else "no run needs to be recovered")
    return _exits.INTERRUPTED if interrupted else _status(runs)


def _text(runs: list[WorkflowExecution]) -> str:
    # Late: programs that read JSON need none of it.
    from aether_core.cli._style import Style
    from aether_core.cli._table import table

    rows = [(run.run_id, run.workflow, run.phase, run.progress) for run in runs]
    return table(("RUN", "WORKFLOW", "PHASE", "TASKS"), rows, Style.of(sys.stdout), whole=1)


def _status(runs: list[WorkflowExecution]) -> int:
    if any(run.phase.is_terminal and run.phase != "Succeeded" for run in runs):
        return _exits.BAD
    if any(not run.phase.is_terminal for run in runs):
        return _exits.SUSPENDED
    return _exits.OK
