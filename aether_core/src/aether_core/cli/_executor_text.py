"""An executor for people: as text and as a page of documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from aether_core.cli._table import table
from aether_sdk import UNSET, ExecutorSchema

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aether_core.cli._style import Style
    from aether_sdk import Parameter

_Cells: TypeAlias = tuple[str, str, str, str, str]
_Schema: TypeAlias = dict[str, Any]

# The protocol's words for types of JSON Schema.
_TYPES = {"integer": "int", "number": "float", "boolean": "bool"}
_HEADERS = ("NAME", "TYPE", "REQUIRED", "DEFAULT", "DESCRIPTION")
_ANY_INPUTS = "Takes any inputs."
_ANY_OUTPUTS = "Its outputs are decided by each run."


def executor_text(schema: ExecutorSchema, distribution: str, style: Style) -> str:
    """Return the executor with tables of its inputs and outputs."""
    origin = f" ({distribution})" if distribution else ""
    about = f"{schema.description}\n" if schema.description else ""
    inputs = _text_section("Inputs", _rows(schema.inputs), _ANY_INPUTS, style)
    outputs = _text_section("Outputs", _rows(schema.outputs), _ANY_OUTPUTS, style)
    return f"{style.bold(schema.type)} {schema.version}{origin}\n{about}\n{inputs}\n{outputs}"


def _text_section(title: str, rows: Sequence[_Cells] | None, free: str, style: Style) -> str:
    if rows is None:
        return f"{style.bold(title)}\n{free}\n"
    if not rows:
        return f"{style.bold(title)}\nNone.\n"
    return f"{style.bold(title)}\n{table(_HEADERS, rows, style)}"


def executor_markdown(schema: ExecutorSchema) -> str:
    """Return the executor as a page in Markdown."""
    about = f"{schema.description}\n\n" if schema.description else ""
    inputs = _markdown_section("Inputs", _rows(schema.inputs), _ANY_INPUTS)
    outputs = _markdown_section("Outputs", _rows(schema.outputs), _ANY_OUTPUTS)
    return f"# `{schema.type}`\n\n{about}Version {schema.version}.\n\n{inputs}\n{outputs}"


def _markdown_section(title: str, rows: Sequence[_Cells] | None, free: str) -> str:
    head = f"## {title}\n\n"
    if rows is None:
        return f"{head}{free}\n"
    if not rows:
        return f"{head}None.\n"
    marked = (
        (f"`{name}`", kind, required, f"`{default}`" if default else "", description)
        for name, kind, required, default, description in rows
    )
    names = (word.capitalize() for word in _HEADERS)
    return head + _row(names) + "|---" * len(_HEADERS) + "|\n" + "".join(map(_row, marked))


def _row(cells: Iterable[str]) -> str:
    escaped = (cell.replace("|", "\\|").replace("\n", " ") for cell in cells)
    return f"| {' | '.join(escaped)} |\n"


def _rows(schema: _Schema | None, within: str = "") -> list[_Cells] | None:
    """Return a row per property, and below an object's row those of its members."""
    if schema is None:
        return None
    described = ExecutorSchema(type="", inputs=schema)
    rows: list[_Cells] = []
    for each in described.input_parameters or ():
        members = _members(each.name, schema) if not within else {}
        is_secret = each.name in described.secret_inputs and not members
        rows.append(_cells(each, schema, within, is_secret=is_secret))
        rows += _rows(members, f"{each.name}.") or []
    return rows


def _cells(parameter: Parameter, schema: _Schema, within: str, *, is_secret: bool) -> _Cells:
    # A null stands for "not given" and tells nothing.
    default = UNSET if parameter.default is None else parameter.default
    about = parameter.description
    if parameter.enum:
        values = [value for value in parameter.enum if value is not None]
        allowed = ", ".join(msgspec.json.encode(value).decode() for value in values)
        about = f"{about} One of {allowed}.".strip()
    kind = parameter.type if parameter.type != "any" else _alternatives(parameter.name, schema)
    return (
        f"{within}{parameter.name}",
        f"secret {kind}" if is_secret else kind,
        "yes" if parameter.required else "",
        "" if default is UNSET else msgspec.json.encode(default).decode(),
        about,
    )


def _members(name: str, schema: _Schema) -> _Schema:
    """Return the schema of a property's members; an empty one if it is no object that names them.

    Where other things may be given instead, the object's members are still worth knowing.
    """
    for part in _parts(name, schema):
        if part.get("properties"):
            return {**part, "$defs": schema.get("$defs", {})}
    return {}


def _parts(name: str, schema: _Schema) -> list[_Schema]:
    """Return the schemas that a value may have one of, references followed."""
    own: _Schema = schema.get("properties", {}).get(name, {})
    definitions: _Schema = schema.get("$defs", {})
    parts: list[_Schema] = own.get("anyOf", [own])
    return [definitions.get(str(part.get("$ref")).rpartition("/")[2], part) for part in parts]


def _alternatives(name: str, schema: _Schema) -> str:
    """Return the types that a value may have, such as `string or int`."""
    kinds = [part.get("type", "any") for part in _parts(name, schema)]
    known = [str(kind) for kind in kinds if kind != "null"]
    names = dict.fromkeys(_TYPES.get(kind, kind) for kind in known)
    return "any" if "any" in names or not names else " or ".join(names)
