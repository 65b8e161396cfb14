"""Words for values and objects, as a user of documents knows them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from aether_core.document._constraints import MAX_NAME_LENGTH
from aether_core.document._suggest import closest, fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aether_core.document._problem import Path

_MAX_SHOWN: Final = 40

_OBJECTS: Final[dict[str, str]] = {
    "SecretKeyRef": "a secretKeyRef",
    "ValueFrom": "a valueFrom",
    "Parameter": "a parameter",
    "ArtifactSource": "an artifact source",
    "Archive": "an archive",
    "Artifact": "an artifact",
    "Arguments": "arguments",
    "InputsDecl": "inputs",
    "OutputsDecl": "outputs",
    "Backoff": "a backoff",
    "Retry": "a retry",
    "ContinueOn": "a continueOn",
    "PhaseConditions": "phaseConditions",
    "HookRef": "a hook",
    "Hooks": "hooks",
    "Resources": "resources",
    "Aggregate": "an aggregate",
    "ExecutorRef": "an executor",
    "Task": "a task",
    "Dag": "a dag",
    "Loop": "a loop",
    "Template": "a template",
    "Metadata": "metadata",
    "WorkflowTemplateRef": "a workflowTemplateRef",
    "WorkflowSpec": "a workflow's spec",
    "CronSpec": "a CronWorkflow's spec",
    "Workflow": "a Workflow",
    "CronWorkflow": "a CronWorkflow",
    "WorkflowTemplate": "a WorkflowTemplate",
}

#: Types that users of other tools write, and what they are called here.
_TYPE_HINTS: Final[dict[str, str]] = {
    "list": "array",
    "tuple": "array",
    "json": "any",
    "str": "string",
    "text": "string",
    "map": "object",
    "dict": "object",
    "double": "float",
    "decimal": "float",
    "long": "int",
}


def object_words(class_name: str) -> str:
    """Return what an object of a document is called, with its article."""
    return _OBJECTS.get(class_name, "an object")


def value_words(value: object) -> str:
    """Return what kind of value this is."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "text" if value else "empty text"
    return "a list" if isinstance(value, list | tuple) else "an object"


def shown(value: str) -> str:
    """Return text in quotes, shortened when it is long."""
    text = value if len(value) <= _MAX_SHOWN else value[: _MAX_SHOWN - 1] + "…"
    return f'"{text}"'


def place_words(path: Path) -> str:
    """Return how to call the value at a path: its key, or its number in a list."""
    if not path:
        return "the document"
    last = path[-1]
    if isinstance(last, str):
        return shown(last)
    around = path[-2] if len(path) > 1 else ""
    return f"item {last + 1} of {shown(around)}" if isinstance(around, str) else f"item {last + 1}"


def type_hint(value: object, expected: str) -> str:
    """Return what to write instead of a value of the wrong type."""
    if value is None:
        return "Give it a value, or leave the key out."
    if expected == "a duration":
        return 'Write text with a unit, such as "90s" or "1h30m".'
    if expected == "text" and isinstance(value, bool | int | float):
        text = str(value).lower() if isinstance(value, bool) else str(value)
        return f'Put it in quotes: "{text[:_MAX_SHOWN]}".'
    if expected in {"a whole number", "a number"} and _is_number(value):
        return f"Leave the quotes out: {value}."
    if expected == "true or false":
        return "Write true or false, without quotes."
    if expected == "a list" and isinstance(value, str):
        if "{{" in value:
            return "Write a list. What is computed is no static list: a loop has itemsFrom for it."
        return f"Write a list, even for one item: [{shown(value)}]."
    if expected == "a list" and isinstance(value, dict):
        return 'Write a list of objects, each with its name: [{"name": …}, …].'
    return f"Write {expected} here."


def _is_number(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}(\.[0-9]+)?", value) is not None


def key_hint(key: str, known: Iterable[str]) -> str:
    """Return what an unknown key may have been meant to be."""
    words = sorted(known)
    guess = closest(key, words)
    if guess is None:
        return f"Known keys: {', '.join(words)}. Keys that begin with x- are ignored."
    if fold(guess) == fold(key):
        return f'Did you mean "{guess}"? Keys are matched exactly, in camelCase.'
    return f'Did you mean "{guess}"?'


def choice_hint(value: str, allowed: Iterable[str]) -> str | None:
    """Return what a value that is not one of the allowed ones may have been meant to be."""
    words = tuple(allowed)
    guess = _TYPE_HINTS.get(value.lower()) if "array" in words else None
    guess = guess or closest(value, words)
    return None if guess is None else f'Did you mean "{guess}"?'


def name_message(name: str, *, underscore: bool) -> tuple[str, str]:
    """Return message and hint for a name that breaks the naming rule (decision 17a)."""
    letters = "lower-case letters, digits and -" + (" or _" if underscore else "")
    if not name:
        return "the name is empty", f"Give it a name of {letters}."
    if len(name) > MAX_NAME_LENGTH:
        return (
            f"the name {shown(name)} is too long: {len(name)} characters",
            f"A name has at most {MAX_NAME_LENGTH} characters.",
        )
    rule = f"A name is made of {letters}, and does not begin or end with -."
    better = _better_name(name, underscore=underscore)
    example = f' For example: "{better}".' if better else ""
    return f"the name {shown(name)} is not allowed", rule + example


def _better_name(name: str, *, underscore: bool) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
    return re.sub(r"[^a-z0-9_]+" if underscore else r"[^a-z0-9]+", "-", words).strip("-")
