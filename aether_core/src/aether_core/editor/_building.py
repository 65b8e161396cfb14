"""Small pieces that JSON Schemas are built of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

Schema: TypeAlias = dict[str, Any]


def ref(definition: str) -> Schema:
    """Return the schema that stands in `$defs` under this name."""
    return {"$ref": f"#/$defs/{definition}"}


def within(rule: Schema, *keys: str) -> Schema:
    """Return a rule for the value at the end of these keys, if there is one."""
    for key in reversed(keys):
        rule = {"properties": {key: rule}}
    return rule


def has(rule: Schema, *keys: str) -> Schema:
    """Return the schema of objects with a value at the end of these keys that obeys a rule."""
    for key in reversed(keys):
        rule = {"type": "object", "required": [key], "properties": {key: rule}}
    return rule


def unless(condition: Schema, rule: Schema) -> Schema:
    """Return a rule for what does not meet a condition."""
    return {"if": condition, "else": rule}


def exactly(name: str) -> Schema:
    """Return the schema of one text, in the form that editors do not complete.

    While they collect proposals, a `const` may also be what the text is the beginning of.
    """
    return {"type": "string", "pattern": pattern_of([name])}


def pattern_of(names: Iterable[str]) -> str:
    """Return a pattern of these names; a rare character may stand for any."""
    rough = [re.sub(r"[^A-Za-z0-9_.-]", "?", name) for name in names]
    return f"^({'|'.join(rough)})$".replace(".", "[.]").replace("?", ".")


def every(rules: list[Schema]) -> Schema:
    """Return a schema that means all of these."""
    if not rules:
        return {}
    return rules[0] if len(rules) == 1 else {"allOf": rules}


def unused(name: str, taken: Container[str]) -> str:
    """Return a name for `$defs` that needs no escapes in a reference, and is not taken."""
    found = re.sub(r"[^A-Za-z0-9_.-]", "_", name)
    while found in taken:
        found += "_"
    return found


def as_list(value: object) -> list[Any]:
    """Return a value as a list; an empty one when it is something else."""
    return value if _is_list(value) else []


def as_schema(value: object) -> Schema:
    """Return a value as a schema; one that accepts anything when it is something else."""
    return value if _is_schema(value) else {}


def schemas(value: object) -> list[Schema]:
    """Return the schemas of a list; none when it is something else."""
    return [as_schema(each) for each in as_list(value)]


def _is_list(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _is_schema(value: object) -> TypeGuard[Schema]:
    return isinstance(value, dict)
