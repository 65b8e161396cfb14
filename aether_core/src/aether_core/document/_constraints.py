"""Kinds of text and number that documents use, as annotated types.

The patterns are valid in Python and in JSON Schema (ECMA 262). A `$` in Python also matches before
a final line break; the look-ahead after it refuses that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeAlias

from msgspec import Meta

from aether_sdk import DURATION_PATTERN

if TYPE_CHECKING:
    from aether_sdk import JsonValue

    Json: TypeAlias = JsonValue
else:
    # msgspec can't build a recursive alias; that values are JSON is checked before it sees them.
    Json: TypeAlias = Any

MAX_NAME_LENGTH = 63
NAME_PATTERN = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$(?!\n)"
PARAMETER_NAME_PATTERN = r"^[a-z0-9_]([-a-z0-9_]*[a-z0-9_])?$(?!\n)"

#: The longest text of a duration; the SDK does not read more.
MAX_DURATION_LENGTH = 100

CRON_MACROS: Final = (
    "@yearly",
    "@annually",
    "@monthly",
    "@weekly",
    "@daily",
    "@midnight",
    "@hourly",
)
#: A macro, or five or six fields.
SCHEDULE_PATTERN: Final = (
    rf"^(?:(?:{'|'.join(CRON_MACROS)})$(?!\n)|\s*[^@\s]\S*(?:\s+\S+){{4,5}}\s*$)"
)
#: The shape of an RFC 3339 time.
TIME_PATTERN: Final = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})$(?!\n)"
)

MAX_COUNT = 2**31 - 1

#: Text that says something.
Text: TypeAlias = Annotated[str, Meta(min_length=1)]

#: An expression, such as that of `when`; that it can be read is another room's question.
ExpressionText: TypeAlias = Annotated[str, Meta(min_length=1, extra={"rule": "expression"})]

#: A reference such as `tasks.a.outputs.parameters.x`.
ReferenceText: TypeAlias = Annotated[str, Meta(min_length=1, extra={"rule": "reference"})]

#: Name of a workflow, a template or a task (decision 17a).
Name: TypeAlias = Annotated[
    str,
    Meta(
        pattern=NAME_PATTERN,
        min_length=1,
        max_length=MAX_NAME_LENGTH,
        extra={"rule": "name"},
    ),
]

#: Name of an input, an output or an argument (decision 17a).
ParameterName: TypeAlias = Annotated[
    str,
    Meta(
        pattern=PARAMETER_NAME_PATTERN,
        min_length=1,
        max_length=MAX_NAME_LENGTH,
        extra={"rule": "parameter name"},
    ),
]

#: A duration as written, such as `90s` or `1h30m` (documents.md 6).
DurationText: TypeAlias = Annotated[
    str,
    Meta(
        pattern=DURATION_PATTERN,
        min_length=1,
        max_length=MAX_DURATION_LENGTH,
        extra={"rule": "duration"},
    ),
]

#: A whole number from 0 on.
Count: TypeAlias = Annotated[int, Meta(ge=0, le=MAX_COUNT)]

#: A whole number from 1 on.
PositiveCount: TypeAlias = Annotated[int, Meta(ge=1, le=MAX_COUNT)]

#: A whole number of either sign.
Whole: TypeAlias = Annotated[int, Meta(ge=-MAX_COUNT, le=MAX_COUNT)]

#: Every spelling of a parameter's type (decision 3).
ParameterType: TypeAlias = Literal[
    "string",
    "int",
    "integer",
    "float",
    "number",
    "bool",
    "boolean",
    "array",
    "object",
    "any",
]

#: One spelling for each parameter type.
ParameterKind: TypeAlias = Literal["string", "int", "float", "bool", "array", "object", "any"]
