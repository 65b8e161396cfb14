"""Tasks by name: those with a record, and those that never got one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from aether_core.document import Workflow, closest, decode
from aether_core.engine._errors import EngineError
from aether_core.engine._paths import matching_tasks
from aether_core.engine.explain._explanation import Explanation, TaskExplanation
from aether_core.engine.explain._facts import GOOD
from aether_core.engine.explain._nodes import Missing, explain_missing, missing_nodes
from aether_core.engine.explain._tasks import explain_task
from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aether_core.engine.explain._explanation import Reason
    from aether_core.engine.explain._facts import Facts
    from aether_core.kernel import TaskRecord
    from aether_core.plan import NodePlan, Plan

_MOST: Final = 10


class TaskNotFound(EngineError):
    """A run has no such task, and its document neither."""

    code = "AE818"


def explain_named(facts: Facts, wanted: str) -> Explanation:
    """Return why the tasks of that name, path or id are as they are; ten of them at most.

    Raises:
        TaskNotFound: there is none, neither in the run nor in its document.
    """
    found = _matching(facts, wanted)
    explained = [_explained(facts, each) for each in found[:_MOST]]
    if not found:
        explained = list(_without_record(facts, wanted))
    if not explained:
        raise _not_found(facts, wanted)
    return Explanation(
        run_id=facts.run.run_id,
        workflow=facts.run.workflow,
        phase=facts.run.phase,
        message=facts.run.message,
        reasons=(),
        tasks=tuple(explained),
        omitted=max(len(found) - _MOST, 0),
    )


def _matching(facts: Facts, wanted: str) -> list[TaskRecord | Missing]:
    """Return what is meant, the most telling first."""
    missing = [each for each in missing_nodes(facts) if wanted in {each.node.name, each.path}]
    without_record = {each.path for each in missing}
    records = [
        task
        for task in matching_tasks(facts.tasks, wanted)
        if facts.is_current(task) or facts.path(task) not in without_record
    ]
    found: list[TaskRecord | Missing] = [*records, *missing]
    return sorted(found, key=lambda each: _rank(facts, each))


def _rank(facts: Facts, each: TaskRecord | Missing) -> int:
    if isinstance(each, Missing):
        return 2
    if not each.phase.is_terminal:
        return 1
    if each.phase not in GOOD:
        return 3 if facts.is_tolerated(each) else 0
    return 3 if each.phase is Phase.SKIPPED or each.retry_count else 4


def _explained(facts: Facts, each: TaskRecord | Missing) -> TaskExplanation:
    if isinstance(each, Missing):
        return explain_missing(facts, each)
    return explain_task(facts, each)


def _without_record(facts: Facts, wanted: str) -> Iterator[TaskExplanation]:
    """Explain nodes of dags that have not begun, and nodes that never can."""
    plan = facts.plan
    for dag in plan.dags.values() if plan is not None else ():
        node = next((node for node in dag.nodes if node.name == wanted), None)
        if node is not None and plan is not None:
            yield _nothing(dag.name, wanted, tuple(_why_not_begun(facts, plan, dag.name)), node)
    yield from _left_out(facts, wanted)


def _nothing(
    dag: str, name: str, reasons: tuple[Reason, ...], node: NodePlan | None = None
) -> TaskExplanation:
    """Return the explanation of a node of which the run has nothing at all."""
    return TaskExplanation(
        path=f"{dag}/{name}",
        name=name,
        task_id=None,
        phase=None,
        template=node.call.template if node is not None else "",
        template_type=node.call.kind if node is not None else "",
        reasons=reasons,
    )


def _why_not_begun(facts: Facts, plan: Plan, dag: str) -> Iterator[Reason]:
    yield facts.reason("not-reached", f"It is inside dag {dag}, which has not begun")
    leading = _leading_to(plan, dag)
    for missing in missing_nodes(facts):
        if missing.node.call.template in leading:
            (reason,) = explain_missing(facts, missing).reasons
            yield msgspec.structs.replace(reason, text=f"{missing.path}: {reason.text}")
    for task in facts.current:
        if task.template in leading and task.phase.is_terminal and not facts.children(task):
            why = f": {task.message}" if task.message else ""
            yield facts.reason("children", f"{facts.path(task)} ended {task.phase}{why}", task)


def _leading_to(plan: Plan, dag: str) -> set[str]:
    """Return the templates that call a dag, directly or through others, and itself."""
    callers: dict[str, set[str]] = {}
    for each in plan.dags.values():
        for node in each.nodes:
            callers.setdefault(node.call.template, set()).add(each.name)
    for loop in plan.loops.values():
        callers.setdefault(loop.body.template, set()).add(loop.name)
    queue = [dag]
    seen = {dag}
    for name in queue:
        fresh = callers.get(name, set()) - seen
        seen |= fresh
        queue += sorted(fresh)
    return seen


def _left_out(facts: Facts, wanted: str) -> Iterator[TaskExplanation]:
    """Explain nodes that the entrypoints of their dags leave out."""
    if facts.plan is None:
        return
    workflow, _ = decode(msgspec.json.decode(facts.run.document))
    templates = workflow.spec.templates if isinstance(workflow, Workflow) else ()
    for dag in (template.dag for template in templates if template.dag is not None):
        plan = facts.plan.dags.get(dag.name)
        running = {node.name for node in plan.nodes} if plan is not None else set[str]()
        if wanted not in running and wanted in {node.name for node in dag.tasks}:
            text = f"The entrypoints of dag {dag.name} leave it out, so that it never runs"
            yield _nothing(dag.name, wanted, (facts.reason("left-out", text),))


def _not_found(facts: Facts, wanted: str) -> TaskNotFound:
    names = {task.name for task in facts.tasks}
    for dag in facts.plan.dags.values() if facts.plan is not None else ():
        names |= {node.name for node in dag.nodes}
    near = closest(wanted, names)
    known = ", ".join(sorted(names)[:_MOST]) + (", …" if len(names) > _MOST else "")
    hint = f'Did you mean "{near}"?' if near else f"Its tasks are: {known or 'none yet'}."
    return TaskNotFound(f"run {facts.run.run_id} has no task {wanted!r}", hint=hint)
