"""`aether executors list`: what workflows can use here."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from aether_core.cli import _exits
from aether_core.cli._console import reserved_stdout, write_json, write_text
from aether_core.cli._options import add_output, installed_executors
from aether_core.cli._plugin_view import executor_json, name_broken
from aether_core.cli._style import Style
from aether_core.cli._table import table
from aether_core.plugins import PluginState

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    add_output(parser)


def execute(arguments: Namespace) -> int:
    """List the executors of all plugins that work; the others are named on stderr."""
    with reserved_stdout():
        executors = installed_executors()
        records = executors.load_all()
    listed = [
        {**about, "plugin": record.name, "distribution": record.distribution}
        for record in records
        if record.state is PluginState.LOADED
        for about in executor_json(executors, record.executors)
    ]
    listed.sort(key=lambda about: str(about["type"]))
    name_broken(records)
    if arguments.output == "json":
        write_json(listed)
    else:
        write_text(_text(listed))
    return _exits.OK


def _text(listed: list[dict[str, Any]]) -> str:
    if not listed:
        return "no executors are installed\n"
    keys = ("type", "version", "distribution", "description")
    rows = [[str(about[key]) for key in keys] for about in listed]
    return table([key.upper() for key in keys], rows, Style.of(sys.stdout))
