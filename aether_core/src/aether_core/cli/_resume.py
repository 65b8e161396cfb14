"""`aether resume`: answer a suspended task, and go on with its run in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.cli._console import reserved_stdout
from aether_core.cli._options import (
    add_output,
    add_store,
    installed_executors,
    pair,
    positive,
    store_url,
)
from aether_core.cli._run import show_end, status_of

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("run", metavar="RUN", help="the run's whole id")
    parser.add_argument(
        "--task",
        metavar="NAME",
        help="name or id of the task; needed when several are suspended",
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
    parser.add_argument(
        "--concurrency",
        metavar="N",
        type=positive,
        help="most tasks to execute at once (default: 64)",
    )
    add_store(parser)
    add_output(parser)
    parser.add_argument(
        "--progress", action="store_true", help="show progress with --output json too"
    )
    parser.add_argument(
        "-q", "--quiet", action="store_true", help="write nothing but errors to stderr"
    )


def execute(arguments: Namespace) -> int:
    """Resume the task; the status tells how the run ended."""
    # Late: a wrong option needs no engine.
    from aether_core.cli._arguments import payload_values
    from aether_core.cli._progress import Progress
    from aether_core.cli._running import resume_to_end
    from aether_core.stores import open_store

    # Executors find out by its presence that they are called again (executors.md 10.1).
    payload = {"__resumed": True, **payload_values(arguments.payload)}
    with reserved_stdout():
        as_text = arguments.output == "text"
        ended = resume_to_end(
            arguments.run,
            task=arguments.task,
            payload=payload,
            executors=installed_executors(),
            store=open_store(store_url(arguments.store), must_exist=True),
            progress=Progress(quiet=arguments.quiet, tasks=as_text or arguments.progress),
            concurrency=arguments.concurrency,
        )
    show_end(ended, arguments)
    return status_of(ended)
