"""What people write who come from other tools, and what it is called here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.document._suggest import CERTAIN, closest, fold

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Keys of other tools that mean the same as a key here and look the same inside.
_SAME: Final[dict[str, str]] = {
    **dict.fromkeys(
        ("after", "depends", "dependson", "needs", "requires", "upstream"), "dependencies"
    ),
    **dict.fromkeys(("condition", "if", "runif"), "when"),
    **dict.fromkeys(("retrypolicy", "retrystrategy"), "retry"),
    **dict.fromkeys(("maxparallel", "parallelism"), "concurrency"),
    **dict.fromkeys(("foreach", "withparam"), "itemsFrom"),
    **dict.fromkeys(("do", "template"), "body"),
    "generatename": "name",
    "while": "repeatCondition",
    "withitems": "items",
}

#: Longest key that a hint repeats.
_MOST_SHOWN: Final = 40

_LOOP: Final = (
    "Repetition is a template of its own: loop: {name: …, items: […], body: TEMPLATE}; "
    "a task of a dag calls the loop."
)
_EXECUTOR: Final = "What runs is an executor: executor: {type: shell, config: {command: […]}}."
_TIMEOUT: Final = 'Write a duration: timeout: "90s".'
_HOOK: Final = "It belongs into hooks: hooks: {onExit: {template: …}}."
_SCHEDULE: Final = "A schedule is a document of its own, of kind: CronWorkflow."

#: What to do about keys of other tools that have no counterpart of the same form.
_ADVICE: Final[dict[str, str]] = {
    **dict.fromkeys(
        ("foreach", "items", "matrix", "strategy", "withitems", "withparam", "withsequence"), _LOOP
    ),
    **dict.fromkeys(("command", "container", "image", "run", "script", "uses"), _EXECUTOR),
    **dict.fromkeys(("activedeadlineseconds", "timeoutminutes", "timeoutseconds"), _TIMEOUT),
    **dict.fromkeys(("cron", "on", "schedule"), _SCHEDULE),
    **dict.fromkeys(("onerror", "onexit", "onfailure", "onstart", "onsuccess"), _HOOK),
    **dict.fromkeys(("attempts", "maxretries", "retries"), "Write retry: {limit: 3}."),
    "env": "Environment variables are an input of an executor, such as config.env of shell.",
    "jobs": "Write templates: a list of dag, task and loop templates.",
    "parameters": "Parameters stand inside arguments (values), inputs or outputs (declarations).",
    "steps": "Write a dag: its tasks stand in a list, and each names its dependencies.",
    "type": "The type of what runs stands in its executor: executor: {type: …}.",
    "with": "Values for what is called stand in arguments: {parameters: [{name: …, value: …}]}.",
}

#: Known keys that are written in the wrong object, by that object.
_MISPLACED: Final[dict[str, dict[str, str]]] = {
    "Workflow": {
        **dict.fromkeys(
            ("name", "namespace", "labels", "annotations", "version"), "It belongs into metadata."
        ),
        **dict.fromkeys(
            ("arguments", "entrypoint", "hooks", "priority", "templates", "timeout"),
            "It belongs into spec.",
        ),
    },
    "WorkflowSpec": {
        "inputs": "Values for the whole workflow are its arguments: arguments: {parameters: […]}.",
        "tasks": "Tasks stand in a template: templates: [{dag: {name: …, tasks: […]}}].",
    },
    "Template": {
        "name": "It belongs into the dag, task or loop, indented below it: dag: {name: …}.",
        "executor": "It belongs into a task: task: {name: …, executor: …}.",
        "tasks": "It belongs into a dag, indented below it: dag: {name: …, tasks: […]}.",
        "body": "It belongs into a loop: loop: {name: …, body: …}.",
    },
    "ExecutorRef": {"name": 'Write "type".', "with": 'Write "config".'},
}
_MISPLACED["WorkflowTemplate"] = _MISPLACED["Workflow"]
_MISPLACED["CronWorkflow"] = {
    **_MISPLACED["Workflow"],
    **dict.fromkeys(("schedule", "timezone", "suspend"), "It belongs into spec."),
}
#: What to write for any other unknown key of an object.
_OTHERWISE: Final[dict[str, str]] = {
    "ExecutorRef": "Inputs of the executor stand in its config: config: {{{}: …}}.",
    "Arguments": "Values stand in a list: parameters: [{{name: {}, value: …}}].",
    "InputsDecl": "Declarations stand in a list: parameters: [{{name: {}}}].",
    "OutputsDecl": "Declarations stand in a list: parameters: [{{name: {}}}].",
}


def meant_key(key: str, known: Iterable[str], struct: str) -> str | None:
    """Return the known key that an unknown one surely means, or None.

    Args:
        key: the unknown key.
        known: the keys of the object that it stands in.
        struct: name of the class of that object.
    """
    words = tuple(known)
    meant = _SAME.get(fold(key))
    if meant in words:
        return meant
    return None if key in _MISPLACED.get(struct, {}) else closest(key, words, CERTAIN)


def habit_hint(key: str, known: Iterable[str], struct: str) -> str | None:
    """Return what to write instead of a key that another tool, or another object, has."""
    words = tuple(known)
    folded = fold(key)
    meant = _SAME.get(folded)
    if meant in words:
        return f'Write "{meant}".'
    misplaced = _MISPLACED.get(struct, {}).get(key)
    if misplaced is not None:
        return misplaced
    guess = closest(key, words)
    if guess is not None and fold(guess) == folded:
        return None
    otherwise = _OTHERWISE.get(struct) if guess is None and len(key) <= _MOST_SHOWN else None
    return otherwise.format(key) if otherwise is not None else _ADVICE.get(folded)
