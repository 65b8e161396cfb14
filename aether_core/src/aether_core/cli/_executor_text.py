"""An executor for people: as text and as a page of documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from aether_core.cli._table import table
from aether_sdk import UNSET

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aether_core.cli._style import Style
    from aether_sdk import ExecutorSchema, Parameter

_HEADERS = ("NAME", "TYPE", "REQUIRED", "DEFAULT", "DESCRIPTION")
_ANY_INPUTS = "Takes any inputs."
_ANY_OUTPUTS = "Its outputs are decided by each run."


def executor_text(schema: ExecutorSchema, distribution: str, style: Style) -> str:
    """Return the executor with tables of its inputs and outputs."""
    origin = f" ({distribution})" if distribution else ""
    about = f"{schema.description}\n" if schema.description else ""
    inputs = _text_section("Inputs", schema.input_parameters, _ANY_INPUTS, style)
    outputs = _text_section("Outputs", schema.output_parameters, _ANY_OUTPUTS, style)
    return f"{style.bold(schema.type)} {schema.version}{origin}\n{about}\n{inputs}\n{outputs}"


def _text_section(
    title: str, parameters: Sequence[Parameter] | None, free: str, style: Style
) -> str:
    if parameters is None:
        return f"{style.bold(title)}\n{free}\n"
    if not parameters:
        return f"{style.bold(title)}\nNone.\n"
    return f"{style.bold(title)}\n{table(_HEADERS, [_cells(p) for p in parameters], style)}"


def executor_markdown(schema: ExecutorSchema) -> str:
    """Return the executor as a page in Markdown."""
    about = f"{schema.description}\n\n" if schema.description else ""
    inputs = _markdown_section("Inputs", schema.input_parameters, _ANY_INPUTS)
    outputs = _markdown_section("Outputs", schema.output_parameters, _ANY_OUTPUTS)
    return f"# `{schema.type}`\n\n{about}Version {schema.version}.\n\n{inputs}\n{outputs}"


def _markdown_section(title: str, parameters: Sequence[Parameter] | None, free: str) -> str:
    head = f"## {title}\n\n"
    if parameters is None:
        return f"{head}{free}\n"
    if not parameters:
        return f"{head}None.\n"
    rows = (
        (f"`{name}`", kind, required, f"`{default}`" if default else "", description)
        for name, kind, required, default, description in map(_cells, parameters)
    )
    names = (word.capitalize() for word in _HEADERS)
    return head + _row(names) + "|---" * len(_HEADERS) + "|\n" + "".join(map(_row, rows))


def _row(cells: Iterable[str]) -> str:
    escaped = (cell.replace("|", "\\|").replace("\n", " ") for cell in cells)
    return f"| {' | '.join(escaped)} |\n"


def _cells(parameter: Parameter) -> tuple[str, str, str, str, str]:
    default = parameter.default
    about = parameter.description
    if parameter.enum:
        allowed = ", ".join(msgspec.json.encode(value).decode() for value in parameter.enum)
        about = f"{about} One of {allowed}.".strip()
    return (
        parameter.name,
        parameter.type,
        "yes" if parameter.required else "",
        "" if default is UNSET else msgspec.json.encode(default).decode(),
        about,
    )
