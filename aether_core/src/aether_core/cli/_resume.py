"""`aether resume`: answer a suspended task, and go on with its run in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.cli._console import reserved_stdout
from aether_core.cli._driving import add_driving, means_of
from aether_core.cli._options import pair
from aether_core.cli._run import show_end, status_of

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("run", metavar="RUN", help="the run's whole id")
    parser.add_argument(
        "--task",
        metavar="NAME",
        help="name, path or id of the task; needed when several are suspended",
    )
    parser.add_argument(
        "-p",
        dest="payload",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        type=pair,
        help="give the task an input: JSON, else text; may be repeated",
    )
    add_driving(parser)


def execute(arguments: Namespace) -> int:
    """Resume the task; the status tells how the run ended."""
    # Late: a wrong option needs no engine.
    from aether_core.cli._arguments import payload_values
    from aether_core.cli._running import resume_to_end

    payload = payload_values(arguments.payload)
    with reserved_stdout():
        means = means_of(arguments)
        ended = resume_to_end(arguments.run, means, task=arguments.task, payload=payload)
    show_end(ended, arguments)
    return status_of(ended)
