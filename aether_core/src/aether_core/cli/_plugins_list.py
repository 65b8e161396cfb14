"""`aether plugins list`: what is installed, from package metadata alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.cli import _exits
from aether_core.cli._console import write_json, write_text
from aether_core.cli._options import add_output, installed_executors
from aether_core.cli._plugin_view import plugin_json, plugin_table

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    add_output(parser)


def execute(arguments: Namespace) -> int:
    """List the plugins; a broken one is not noticed, since nothing is imported."""
    records = installed_executors().records()
    if arguments.output == "json":
        write_json([plugin_json(record) for record in records])
    else:
        write_text(plugin_table(records))
    return _exits.OK
