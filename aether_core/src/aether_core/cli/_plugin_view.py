"""Plugins as the commands show them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from aether_core.cli._console import note
from aether_core.cli._safe_text import one_line
from aether_core.cli._style import Style
from aether_core.cli._table import table
from aether_core.plugins import BROKEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aether_core.plugins import InstalledExecutors, PluginRecord


def plugin_json(record: PluginRecord) -> dict[str, Any]:
    """Return a plugin as `aether plugins list --output json` shows it."""
    return {
        "name": record.name,
        "distribution": record.distribution,
        "version": record.version,
        "state": record.state,
        "reason": record.reason,
        "executors": record.executors,
    }


def source_json(record: PluginRecord) -> dict[str, Any]:
    """Return a variable source as `aether doctor --output json` shows it."""
    shown = plugin_json(record)
    del shown["executors"]
    return shown


def plugin_table(records: Iterable[PluginRecord]) -> str:
    """Return plugins as a table, or a line that there are none."""
    listed = tuple(records)
    if not listed:
        return "no plugins are installed\n"
    headers = ["NAME", "DISTRIBUTION", "VERSION", "STATE", "EXECUTORS"]
    rows = [[r.name, r.distribution, r.version, r.state, ", ".join(r.executors)] for r in listed]
    if any(record.reason for record in listed):
        headers.append("REASON")
        rows = [[*row, record.reason] for row, record in zip(rows, listed, strict=True)]
    return table(headers, rows, Style.of(sys.stdout))


def executor_json(executors: InstalledExecutors, types: Sequence[str]) -> list[dict[str, Any]]:
    """Return what is known of loaded executors: type, version and description."""
    schemas = [executors.registry.get_schema(each) for each in types]
    return [
        {"type": s.type, "version": s.version, "description": s.description}
        for s in schemas
        if s is not None
    ]


def name_broken(records: Iterable[PluginRecord]) -> None:
    """Name the plugins that do not work, on stderr."""
    for record in records:
        if record.state in BROKEN:
            reason = one_line(record.reason)
            note(f"note: plugin {record.name} ({record.distribution}) is {record.state}: {reason}")
