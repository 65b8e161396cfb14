"""`aether plugins check`: load everything and fail if something fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.cli import _exits
from aether_core.cli._console import reserved_stdout, write_json, write_text
from aether_core.cli._options import add_output, installed_executors
from aether_core.cli._plugin_view import plugin_json, plugin_table
from aether_core.plugins import BROKEN

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "--strict",
        action="store_true",
        help="fail also if a plugin is switched off, slow to import, or prints while it loads",
    )
    add_output(parser)


def execute(arguments: Namespace) -> int:
    """Load every plugin; one that does not work makes the status bad."""
    with reserved_stdout():
        records = installed_executors().load_all()
    ok = not any(
        record.reason if arguments.strict else record.state in BROKEN for record in records
    )
    if arguments.output == "json":
        write_json({"ok": ok, "plugins": [plugin_json(record) for record in records]})
    else:
        write_text(plugin_table(records))
    return _exits.OK if ok else _exits.BAD
