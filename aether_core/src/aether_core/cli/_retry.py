"""`aether retry`: begin an ended run again where it did not succeed, in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.cli._console import reserved_stdout
from aether_core.cli._driving import add_driving, means_of
from aether_core.cli._run import show_end, status_of

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("run", metavar="RUN", help="the run's whole id")
    add_driving(parser)


def execute(arguments: Namespace) -> int:
    """Retry the run; the status tells how it ended this time."""
    # Late: a wrong option needs no engine.
    from aether_core.cli._running import retry_to_end

    with reserved_stdout():
        ended = retry_to_end(arguments.run, means_of(arguments))
    show_end(ended, arguments)
    return status_of(ended)
