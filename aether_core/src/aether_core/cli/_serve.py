"""`aether serve`: execute what the store holds, and what others put into it, until interrupted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.cli import _exits
from aether_core.cli._console import reserved_stdout
from aether_core.cli._driving import add_driving, means_of

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    add_driving(parser, progress=False, output=False)
    parser.set_defaults(output="text")


def execute(arguments: Namespace) -> int:
    """Serve until a signal comes; runs that have not ended by then stay as they are.

    A service is stopped on purpose by SIGTERM, which is no failure; Ctrl-C is an interruption.
    """
    # Late: a wrong option needs no engine.
    import asyncio
    from signal import SIGINT

    from aether_core.cli._serving import serve

    with reserved_stdout():
        number = asyncio.run(serve(means_of(arguments, must_exist=False)))
    return _exits.INTERRUPTED if number == SIGINT else _exits.OK
