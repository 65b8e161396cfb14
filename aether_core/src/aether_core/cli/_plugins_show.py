"""`aether plugins show`: load one plugin and say what came of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from aether_core.cli import _exits
from aether_core.cli._console import reserved_stdout, write_json, write_text
from aether_core.cli._errors import UsageError
from aether_core.cli._options import add_output, installed_executors
from aether_core.cli._plugin_view import executor_json, plugin_json
from aether_core.cli._safe_text import safe_text
from aether_core.cli._style import Style
from aether_core.cli._suggestion import did_you_mean

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from aether_core.plugins import InstalledExecutors, PluginRecord


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("name", metavar="NAME", help="name of a plugin or of its distribution")
    parser.add_argument(
        "--traceback", action="store_true", help="show the traceback of a failed plugin"
    )
    add_output(parser)


def execute(arguments: Namespace) -> int:
    """Show the plugin, working or not; only an unknown name is an error.

    Raises:
        UsageError: no plugin has this name.
    """
    with reserved_stdout():
        executors = installed_executors()
        records = executors.load(arguments.name)
        if not records:
            raise _unknown(arguments.name, executors)
        shown = [_details(record, executors) for record in records]
    if not arguments.traceback:
        for details in shown:
            del details["traceback"]
    if arguments.output == "json":
        write_json(shown)
    else:
        style = Style.of(sys.stdout)
        write_text("\n".join(_text(details, style) for details in shown))
    return _exits.OK


def _unknown(name: str, executors: InstalledExecutors) -> UsageError:
    known = {n for r in executors.records() for n in (r.name, r.distribution)}
    hint = did_you_mean(name, known) or "`aether plugins list` shows what is installed"
    return UsageError(f"no plugin is called {name!r}", hint=hint)


def _details(record: PluginRecord, executors: InstalledExecutors) -> dict[str, Any]:
    return {
        **plugin_json(record),
        "target": record.target,
        "stage": record.stage,
        "executors": executor_json(executors, _own(record, executors)),
        "traceback": record.traceback,
    }


def _own(record: PluginRecord, executors: InstalledExecutors) -> list[str]:
    """Return the types that come from this plugin; of a conflict another one may have them."""
    return [each for each in record.executors if executors.origin(each)[0] == record.distribution]


def _text(details: dict[str, Any], style: Style) -> str:
    lines = [
        f"{style.bold(details['name'])}  {style.word(details['state'])}",
        f"  distribution  {details['distribution']} {details['version']}",
        f"  entry point   {details['name']} = {details['target']}",
    ]
    if details["reason"]:
        stage = f" ({details['stage']})" if details["stage"] else ""
        lines.append(f"  reason{stage}  {safe_text(details['reason'])}")
    for executor in details["executors"]:
        summary = f"{executor['type']} {executor['version']}  {executor['description']}"
        lines.append(f"  executor      {summary}".rstrip())
    if details.get("traceback"):
        lines += [f"  {line}" for line in safe_text(details["traceback"]).rstrip().split("\n")]
    return "\n".join(lines) + "\n"
