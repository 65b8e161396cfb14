"""Rules about a document's structure that a type can't express (documents.md 5).

They read the plain document, not the typed one, so that they report everything even where
something else is wrong: a value of the wrong type is passed over here, the walk reports it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from aether_core.document import _codes
from aether_core.document._problem import Path, Problem, Severity
from aether_core.document._wording import place_words, shown
from aether_sdk import parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterator

Object: TypeAlias = dict[str, Any]
Problems: TypeAlias = "Iterator[Problem]"

_MEMBERS: Final = ("dag", "task", "loop")
_MODES: Final = ("items", "itemsFrom", "repeatCondition")
_SOURCES: Final = ("path", "parameter", "expression", "secretKeyRef")
#: Keys of a task that only matter where a dag calls a template (documents.md 2.6).
_CALL_SITE_ONLY: Final = ("template", "dependencies", "arguments", "when")
_MAX_PRIORITY: Final = 1_000
_MAX_DEPTH: Final = 10


def resource_problems(value: Object, kind: str) -> Problems:
    """Yield what breaks a rule in a plain document of the given kind."""
    spec = child(value, "spec")
    path: Path = ("spec",)
    if kind == "CronWorkflow":
        # Imported late: few documents have a schedule, and it brings time zones with it.
        from aether_core.document._cron_rules import cron_problems

        yield from cron_problems(spec, path)
        spec = child(spec, "workflowSpec")
        path = ("spec", "workflowSpec")
    if spec is not None:
        yield from _spec(spec, path, is_template=kind == "WorkflowTemplate")


def child(value: Object | None, key: str) -> Object | None:
    """Return the object at a key, or None when something else or nothing is there."""
    found = None if value is None else value.get(key)
    return cast(Object, found) if isinstance(found, dict) else None


def _children(value: Object, key: str) -> Iterator[tuple[int, Object]]:
    found = value.get(key)
    if isinstance(found, list | tuple):
        for index, item in enumerate(cast(list[Any], found)):
            if isinstance(item, dict):
                yield index, cast(Object, item)


def _given(value: Object, keys: tuple[str, ...]) -> list[str]:
    return [key for key in keys if value.get(key) is not None]


def _spec(spec: Object, path: Path, *, is_template: bool) -> Problems:
    if spec.get("workflowTemplateRef") is None:
        yield from _required(spec, path, is_template=is_template)
    yield from _number(spec, path, "priority", 0, _MAX_PRIORITY)
    yield from _number(spec, path, "maxNestedDepth", 1, _MAX_DEPTH)
    yield from _duration(spec, path, "timeout")
    yield from _parameters(spec, path, "arguments")
    for index, template in _children(spec, "templates"):
        yield from _template(template, (*path, "templates", index))


def _required(spec: Object, path: Path, *, is_template: bool) -> Problems:
    if not is_template and spec.get("entrypoint") is None:
        yield _missing("entrypoint", "a workflow's spec", path, "Name the template to start with.")
    templates = spec.get("templates")
    if templates is None:
        yield _missing("templates", "a workflow's spec", path, "Give it at least one template.")
    elif templates in ([], ()):
        where = (*path, "templates")
        hint = "Give it at least one template."
        yield Problem(_codes.EMPTY, '"templates" is an empty list', where, hint=hint)


def _missing(key: str, where: str, path: Path, hint: str) -> Problem:
    message = f'the key "{key}" is missing in {where}'
    return Problem(_codes.MISSING_KEY, message, path, hint=hint)


def _number(spec: Object, path: Path, key: str, low: int, high: int) -> Problems:
    value = spec.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or low <= value <= high:
        return
    message = f'"{key}" is {value}; usual values are {low} to {high}'
    hint = f"Write a number from {low} to {high}."
    yield Problem(_codes.UNUSUAL_NUMBER, message, (*path, key), Severity.WARNING, hint=hint)


def _duration(value: Object, path: Path, key: str) -> Problems:
    text = value.get(key)
    if not isinstance(text, str):
        return
    try:
        parse_duration(text)
    except ValueError as error:
        # A text that is not a duration at all is the walk's to report.
        if "longer" in str(error):
            hint = "Leave the key out for the default."
            yield Problem(_codes.BAD_DURATION, str(error), (*path, key), hint=hint)


def _template(template: Object, path: Path) -> Problems:
    given = _given(template, _MEMBERS)
    if len(given) != 1:
        has = "none" if not given else " and ".join(given)
        message = f"a template has exactly one of dag, task and loop; this one has {has}"
        hint = "Put each of them into a template of its own." if given else _MEMBER_HINT
        yield Problem(_codes.TEMPLATE_MEMBER, message, path, hint=hint)
    for key, rule in (("dag", _dag), ("task", _task_template), ("loop", _loop)):
        member = child(template, key)
        if member is not None:
            yield from _interface(member, (*path, key))
            yield from rule(member, (*path, key))


_MEMBER_HINT: Final = "Put what it has under one of the keys dag, task and loop."


def _interface(member: Object, path: Path) -> Problems:
    """Rules that dags, tasks and loops share."""
    if "timeout" in member:
        yield from _duration(member, path, "timeout")
    for key in ("arguments", "inputs", "outputs"):
        if key in member:
            yield from _parameters(member, path, key)


def _dag(dag: Object, path: Path) -> Problems:
    for index, node in _children(dag, "tasks"):
        where = (*path, "tasks", index)
        yield from _interface(node, where)
        if "retry" in node:
            yield from _retry(node, where)
        given = _given(node, ("template", "executor"))
        if not given:
            message = "the task says neither which template nor which executor runs"
            hint = 'Add "template": the name of a template, or "executor": {"type": …}.'
            yield Problem(_codes.NOTHING_TO_RUN, message, where, hint=hint)
        elif len(given) > 1:
            message = 'the task has a "template", so its "executor" has no effect'
            yield _no_effect(message, (*where, "executor"), "Remove one of the two.")


def _task_template(task: Object, path: Path) -> Problems:
    yield from _retry(task, path)
    if task.get("executor") is None:
        hint = 'Add "executor": {"type": …}.'
        if task.get("template") is not None:
            hint += " Only a dag's tasks can run another template."
        yield _missing("executor", "a task template", path, hint)
    for key in _given(task, _CALL_SITE_ONLY):
        message = f'"{key}" has no effect in a task template'
        yield _no_effect(message, (*path, key), "Put it at the dag's task that runs the template.")


def _no_effect(message: str, path: Path, hint: str) -> Problem:
    return Problem(_codes.NO_EFFECT, message, path, Severity.WARNING, hint=hint, at="key")


def _loop(loop: Object, path: Path) -> Problems:
    given = _given(loop, _MODES)
    if len(given) != 1:
        has = "none" if not given else " and ".join(given)
        message = f"a loop has exactly one of {', '.join(_MODES)}; this one has {has}"
        hint = "Remove all but one." if given else "An empty list of items does not count."
        yield Problem(_codes.LOOP_MODE, message, path, hint=hint)
    if "repeatCondition" in given:
        yield from _repeat(loop, path)


def _repeat(loop: Object, path: Path) -> Problems:
    if loop.get("maxIterations") == 0:
        message = '"maxIterations" is 0, so the loop would never run'
        hint = "Write at least 1, or leave it out for 10000."
        yield Problem(_codes.LOOP_SETTING, message, (*path, "maxIterations"), hint=hint)
    concurrency = loop.get("concurrency")
    if isinstance(concurrency, int) and concurrency > 0:
        message = '"concurrency" does not fit repeatCondition: its iterations run one by one'
        where = (*path, "concurrency")
        yield Problem(_codes.LOOP_SETTING, message, where, hint='Remove "concurrency".', at="key")


def _retry(task: Object, path: Path) -> Problems:
    retry = child(task, "retry")
    if retry is None:
        return
    where = (*path, "retry")
    if not retry.get("limit") and not isinstance(retry.get("limit"), str):
        message = "the retry has no limit above 0, so it never retries"
        hint = 'Add "limit": the number of retries.'
        yield Problem(_codes.NO_EFFECT, message, where, Severity.WARNING, hint=hint)
    backoff = child(retry, "backoff")
    if backoff is not None:
        yield from _duration(backoff, (*where, "backoff"), "duration")
        yield from _duration(backoff, (*where, "backoff"), "maxDuration")


def _parameters(value: Object, path: Path, key: str) -> Problems:
    around = child(value, key)
    if around is None:
        return
    seen: set[str] = set()
    for index, parameter in _children(around, "parameters"):
        where = (*path, key, "parameters", index)
        name = parameter.get("name")
        if isinstance(name, str):
            if name in seen:
                yield _duplicate(name, where)
            seen.add(name)
        if "valueFrom" in parameter:
            yield from _source(parameter, where)


def _duplicate(name: str, path: Path) -> Problem:
    message = f"the parameter {shown(name)} is given twice in one list"
    hint = "Rename or remove one of the two."
    return Problem(_codes.DUPLICATE_PARAMETER, message, (*path, "name"), hint=hint)


def _source(parameter: Object, path: Path) -> Problems:
    source = child(parameter, "valueFrom")
    if source is None:
        return
    if "value" in parameter:
        message = 'the parameter has a "value", so its "valueFrom" has no effect'
        yield _no_effect(message, (*path, "valueFrom"), "Remove one of the two.")
    given = _given(source, _SOURCES)
    if len(given) != 1:
        has = "none" if not given else " and ".join(given)
        message = f"{place_words((*path, 'valueFrom'))} has exactly one source; this one has {has}"
        hint = f"Sources: {', '.join(_SOURCES)}."
        yield Problem(_codes.VALUE_SOURCE, message, (*path, "valueFrom"), hint=hint)
