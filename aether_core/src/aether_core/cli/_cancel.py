"""`aether cancel`: stop a run, in whichever process it is driven."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.cli import _exits
from aether_core.cli._artifacts import add_artifacts
from aether_core.cli._console import reserved_stdout, write_json, write_text
from aether_core.cli._driving import means_of
from aether_core.cli._options import add_output, add_secrets, add_store

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("run", metavar="RUN", help="the run's whole id")
    parser.add_argument(
        "--reason",
        metavar="TEXT",
        default="cancelled by user",
        help="why; it becomes the message of the run and of the tasks that it stops",
    )
    add_secrets(parser)
    add_store(parser)
    add_artifacts(parser)
    add_output(parser)
    parser.set_defaults(concurrency=None, quiet=False)


def execute(arguments: Namespace) -> int:
    """Cancel the run and wait until it has ended; one that has ended already is wrong usage."""
    # Late: a wrong option needs no engine.
    from aether_core.cli._running import cancel_run

    with reserved_stdout():
        execution = cancel_run(arguments.run, means_of(arguments), arguments.reason)
    if arguments.output == "json":
        write_json(execution)
    else:
        write_text(f"run {execution.run_id} of workflow {execution.workflow}: {execution.phase}\n")
    return _exits.OK
