"""`aether plugins diff`: would documents for one version of executors suit another one?"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import msgspec

from aether_core.cli import _exits
from aether_core.cli._console import note, reserved_stdout, write_json, write_text
from aether_core.cli._errors import UsageError
from aether_core.cli._options import add_output, installed_executors

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable, Mapping, Sequence

    from aether_core.plugins.compatibility import Change
    from aether_sdk import ExecutorSchema


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "old",
        metavar="OLD.json",
        help="what `aether executors describe TYPE --output json` printed, or an array of that",
    )
    parser.add_argument(
        "new",
        metavar="NEW.json",
        nargs="?",
        help="the same of a later time (default: the executors that are installed)",
    )
    add_output(parser)


def execute(arguments: Namespace) -> int:
    """Compare; a change that could break documents makes the status bad."""
    # Late: a wrong option needs none of it.
    from aether_core.plugins.compatibility import compare_executors

    with reserved_stdout():
        old = _read(arguments.old)
        new = _installed(old) if arguments.new is None else _read(arguments.new)
    changes = compare_executors(old, new)
    ok = not any(change.breaking for change in changes)
    if arguments.output == "json":
        write_json({"ok": ok, "changes": [msgspec.structs.asdict(change) for change in changes]})
    else:
        write_text(_text(changes))
    return _exits.OK if ok else _exits.BAD


def _read(path: str) -> dict[str, ExecutorSchema]:
    # Late: as above.
    from aether_core.plugins.compatibility import read_snapshot
    from aether_sdk import PluginError

    try:
        return read_snapshot(path)
    except PluginError as error:
        raise UsageError(error.message, hint=error.hint) from error


def _installed(wanted: Iterable[str]) -> Mapping[str, ExecutorSchema]:
    executors = installed_executors()
    found: dict[str, ExecutorSchema] = {}
    for name in wanted:
        schema = executors.get_schema(name)
        if schema is not None:
            found[name] = schema
        else:
            note(f"note: {executors.explain(name)[0]}")
    return found


def _text(changes: Sequence[Change]) -> str:
    # Late: programs that read JSON need none of it.
    from aether_core.cli._style import Style
    from aether_core.cli._table import table

    breaking = sum(change.breaking for change in changes)
    summary = f"{breaking} breaking, {len(changes) - breaking} compatible\n"
    if not changes:
        return "no changes\n"
    rows = [
        (
            "breaking" if change.breaking else "compatible",
            change.rule,
            f"{change.executor} {change.place}".strip(),
            change.message,
        )
        for change in changes
    ]
    return table(("CHANGE", "RULE", "WHERE", "WHAT"), rows, Style.of(sys.stdout)) + summary
