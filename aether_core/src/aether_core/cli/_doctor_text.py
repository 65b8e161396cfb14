"""The report of `aether doctor` for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aether_core.cli._safe_text import one_line

if TYPE_CHECKING:
    from aether_core.cli._installation import CommandState, Installed
    from aether_core.cli._style import Style

_COMMAND_NOTES: Final[dict[CommandState, str]] = {
    "ours": "belongs to this installation",
    "other": "belongs to another installation of Aether",
    "foreign": "is another program",
    "absent": "not on PATH; `python -m aether_core` works as well",
}


def doctor_text(report: dict[str, Any], style: Style) -> str:
    """Return the report as sections of lines, what is wrong at the end."""
    python, command, store = report["python"], report["command"], report["store"]
    found = f"{command.path} " if command.path else ""
    sections = {
        "Python": [
            f"{python['implementation']} {python['version']}  {python['executable']}",
            report["platform"],
        ],
        "Distributions": [_distribution(each) for each in report["distributions"]]
        + [f"{name} {version}" for name, version in report["foundations"].items()],
        "Command": [f"{found}{_COMMAND_NOTES[command.state]}"],
        "Store": [f"{store['url']}  {store['state']}  {store['message']}".rstrip()],
        "Plugins": [_plugin(each, style) for each in report["plugins"]] or ["none"],
        "Variable sources": [_plugin(each, style) for each in report["variableSources"]]
        or ["none"],
    }
    text = "".join(
        f"{style.bold(title)}\n{''.join(f'  {line}' + chr(10) for line in lines)}\n"
        for title, lines in sections.items()
    )
    return text + _verdict(report["problems"], style)


def _distribution(each: Installed) -> str:
    kind = "editable, " if each.editable else ""
    return f"{each.name} {each.version}  {kind}{each.origin or 'installed by its name'}"


def _plugin(record: dict[str, Any], style: Style) -> str:
    reason = f"  {one_line(record['reason'])}" if record["reason"] else ""
    return f"{record['name']}  {record['distribution']}  {style.word(record['state'])}{reason}"


def _verdict(problems: list[str], style: Style) -> str:
    if not problems:
        return f"{style.word('ok', 'Everything is in order.')}\n"
    lines = "".join(f"  {problem}\n" for problem in problems)
    return f"{style.word('error', 'Something is wrong:')}\n{lines}"
