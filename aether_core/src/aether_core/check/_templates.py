"""Templates by name: what calls what, what nobody calls, and hooks (documents.md 5.2-5.4, 15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from aether_core.check import _codes
from aether_core.check._index import Entry
from aether_core.document import Hooks, Path, Severity, is_unnamed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aether_core.check._index import Index
    from aether_core.check._report import Report
    from aether_core.document import PhaseConditions, Task


def check_templates(index: Index, report: Report) -> None:
    """Report what is wrong with the names of templates and where these are called."""
    for entry in index.entries:
        if index.by_name[entry.name] is not entry:
            message = f'two templates are named "{entry.name}"'
            where = (*entry.path, "name")
            report.add(_codes.DUPLICATE_TEMPLATE, message, where, hint="Rename one of the two.")
    if index.spec.entrypoint is not None:
        where = (*index.path, "entrypoint")
        _check_name(index, index.spec.entrypoint, where, "the entrypoint", report)
    for entry in index.entries:
        _check_callees(index, entry, report)
    for declared in hooks_of(index):
        _check_hooks(index, declared.hooks, declared.path, report)
    _check_unused(index, report)


def _check_name(index: Index, name: str, path: Path, caller: str, report: Report) -> None:
    # A template whose name can't be read may be the one that is meant.
    if name not in index.by_name and not index.is_open and not is_unnamed(name):
        message = f'{caller} names the template "{name}", which does not exist'
        hint = report.similar(name, index.by_name, "templates")
        report.add(_codes.UNKNOWN_TEMPLATE, message, path, hint=hint)


def _check_callees(index: Index, entry: Entry, report: Report) -> None:
    template = entry.template
    if template.loop is not None:
        _check_name(index, template.loop.body, (*entry.path, "body"), entry.words, report)
    for number, node in enumerate(template.dag.tasks if template.dag is not None else ()):
        if node.template is None:
            continue
        where = (*entry.path, "tasks", number)
        _check_name(index, node.template, (*where, "template"), f'task "{node.name}"', report)
        _check_phases(index, node, node.template, where, report)


def _check_phases(index: Index, node: Task, callee: str, path: Path, report: Report) -> None:
    target = index.by_name.get(callee)
    if target is None or not _decides(node.phase_conditions):
        return
    message = (
        f'task "{node.name}": phaseConditions are not allowed where a template is called; '
        f'"{callee}" is {target.kind_words}'
    )
    hint = f"Declare them in {target.words} instead."
    where = (*path, "phaseConditions")
    report.add(_codes.PHASES_AT_CALL, message, where, hint=hint, at="key")


def _decides(conditions: PhaseConditions | None) -> bool:
    if conditions is None:
        return False
    return any((conditions.succeeded, conditions.failed, conditions.error))


class HooksAt(msgspec.Struct, frozen=True):
    """Hooks and where they are declared.

    Attributes:
        entry: The template, or the dag of the task; None for the workflow itself.
        node: The number of the task in that dag.
    """

    hooks: Hooks
    path: Path
    entry: Entry | None = None
    node: int | None = None


def hooks_of(index: Index) -> Iterator[HooksAt]:
    """Yield the hooks of the workflow, of its templates and of the tasks of dags."""
    if index.spec.hooks is not None:
        yield HooksAt(index.spec.hooks, (*index.path, "hooks"))
    for entry in index.entries:
        hooks = entry.template.member.hooks
        if hooks is not None:
            yield HooksAt(hooks, (*entry.path, "hooks"), entry)
        dag = entry.template.dag
        for number, node in enumerate(dag.tasks if dag is not None else ()):
            if node.hooks is not None:
                where = (*entry.path, "tasks", number, "hooks")
                yield HooksAt(node.hooks, where, entry, number)


def _check_hooks(index: Index, hooks: Hooks, path: Path, report: Report) -> None:
    for key, hook in hooks.declared():
        where = (*path, key, "template")
        target = index.by_name.get(hook.template)
        _check_name(index, hook.template, where, f"the hook {key}", report)
        if target is not None and target.kind != "task":
            message = (
                f'the hook {key} names "{hook.template}", which must be a task template, '
                f"not {target.kind_words}"
            )
            hint = report.similar(
                hook.template,
                [each.name for each in index.entries if each.kind == "task"],
                "task templates",
            )
            report.add(_codes.HOOK_NOT_A_TASK, message, where, hint=hint)


def _check_unused(index: Index, report: Report) -> None:
    """Report templates that nothing leads to from the entrypoint; tasks left out count as calls."""
    start = index.by_name.get(index.spec.entrypoint or "")
    names = [hook.template for each in hooks_of(index) for _, hook in each.hooks.declared()]
    # A call of what is not there may have meant any of them, and so may one that can't be told
    # from another in the same template.
    is_clear = len(index.entries) == len(index.spec.templates) and not index.has_lost_calls
    if start is None or not is_clear or not index.by_name.keys() >= set(names):
        return
    used = {start.name}
    queue = [start, *(index.by_name[name] for name in names if name in index.by_name)]
    used.update(entry.name for entry in queue)
    for entry in queue:
        for name, _ in index.callees(entry):
            if name not in used and name in index.by_name:
                used.add(name)
                queue.append(index.by_name[name])
    for entry in index.entries:
        if entry.name not in used and not is_unnamed(entry.name):
            message = f'the template "{entry.name}" is never used'
            hint = "Call it from a dag or a loop, or remove it."
            where = (*entry.path, "name")
            warning = Severity.WARNING
            report.add(_codes.UNUSED_TEMPLATE, message, where, severity=warning, hint=hint)
