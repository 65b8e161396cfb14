"""`aether run`: from a file to the end of its run."""

from __future__ import annotations

import sys
from argparse import ArgumentTypeError
from typing import TYPE_CHECKING

from aether_core.cli import _exits
from aether_core.cli._console import reserved_stdout, write_json, write_text
from aether_core.cli._options import (
    add_output,
    add_store,
    add_variables,
    installed_executors,
    pair,
    positive,
    store_url,
)

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from aether_core.cli._running import Ended

_LONGEST_RUN_ID = 200


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("file", metavar="FILE", help="a JSON or YAML file; - is stdin")
    parser.add_argument(
        "-p",
        dest="arguments",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        type=pair,
        help="set an argument of the workflow: JSON, else text; may be repeated",
    )
    add_variables(parser)
    parser.add_argument(
        "--concurrency",
        metavar="N",
        type=positive,
        help="most tasks to execute at once (default: 64)",
    )
    parser.add_argument(
        "--run-id",
        metavar="ID",
        type=_run_id,
        help="id of the run; if the store has a run of this id, nothing is started and that "
        "run is waited for and shown",
    )
    add_store(parser)
    add_output(parser)
    parser.add_argument(
        "--progress", action="store_true", help="show progress with --output json too"
    )
    parser.add_argument(
        "-q", "--quiet", action="store_true", help="write nothing but errors to stderr"
    )


def _run_id(text: str) -> str:
    if not text.strip() or len(text) > _LONGEST_RUN_ID or not text.isprintable():
        message = f"expected 1 to {_LONGEST_RUN_ID} printable characters, got {text[:40]!r}"
        raise ArgumentTypeError(message)
    return text


def execute(arguments: Namespace) -> int:
    """Run the workflow; the status tells how it ended."""
    # Late: a wrong option needs no engine.
    from aether_core.cli._admission import Refused, admit_file

    with reserved_stdout():
        executors = installed_executors()
        try:
            admitted = admit_file(arguments, executors)
        except Refused as refused:
            refused.show(as_json=arguments.output == "json")
            return _exits.USAGE
        # Late: a refused document needs no broker.
        from aether_core.cli._progress import Progress
        from aether_core.cli._running import run_to_end
        from aether_core.stores import open_store

        as_text = arguments.output == "text"
        progress = Progress(quiet=arguments.quiet, tasks=as_text or arguments.progress)
        ended = run_to_end(
            admitted,
            executors=executors,
            store=open_store(store_url(arguments.store)),
            progress=progress,
            run_id=arguments.run_id,
            concurrency=arguments.concurrency,
        )
    show_end(ended, arguments)
    return status_of(ended)


def show_end(ended: Ended, arguments: Namespace) -> None:
    """Write the run as it ended, or as it waits."""
    if arguments.output == "json":
        write_json(ended.execution)
        return
    # Late: programs that read JSON need none of it.
    from aether_core.cli._execution_text import ExecutionText, look_up_command, resume_command
    from aether_core.cli._style import Style

    run_id = ended.execution.run_id
    text = ExecutionText(
        ended.execution,
        Style.of(sys.stdout),
        look_up=look_up_command(run_id, arguments.store),
        resume=resume_command(run_id, arguments.store),
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
