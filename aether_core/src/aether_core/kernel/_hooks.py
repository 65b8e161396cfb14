"""Hooks: templates that run as real tasks when something happens (decision 24).

A hook task has depth 0 and scope `hooks`, is not counted in the run's progress and can't
change the run's phase. It may outlive the run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.kernel._effects import NotifyHook
from aether_core.kernel._paths import HOOK_SCOPE
from aether_core.kernel._transition import Start
from aether_sdk import Phase

if TYPE_CHECKING:
    from aether_core.kernel._records import TaskRecord
    from aether_core.kernel._transition import Transition
    from aether_core.plan import Call
    from aether_sdk import JsonValue

_HOOK_OF_PHASE = {
    Phase.SUCCEEDED: "onSuccess",
    Phase.FAILED: "onFailure",
    Phase.ERROR: "onError",
    Phase.TIMEOUT: "onError",
    Phase.CANCELLED: "onCancel",
}


def fire_task_hook(transition: Transition, hook: str, record: TaskRecord, call: Call) -> None:
    """Run the hook of a task, if it declares one."""
    hooks = call.policy.hooks
    template = hooks.get(hook) if hooks else None
    if template is not None:
        trigger: dict[str, JsonValue] = {
            "runId": record.task_id,
            "name": record.name,
            "phase": record.phase.value,
            "message": record.message,
            "code": record.code,
            "outputs": {"parameters": dict(record.outputs or {})},
        }
        _fire(transition, hook, "task", template, trigger, record)


def fire_task_end(transition: Transition, record: TaskRecord, call: Call) -> None:
    """Run the hook of a task's last phase, then `onExit`; a skipped task has only `onExit`."""
    if call.policy.hooks:
        if record.phase in _HOOK_OF_PHASE:
            fire_task_hook(transition, _HOOK_OF_PHASE[record.phase], record, call)
        fire_task_hook(transition, "onExit", record, call)


def fire_workflow_hook(transition: Transition, hook: str) -> None:
    """Run a hook of the workflow, if it declares one."""
    template = transition.state.plan.hooks.get(hook)
    if template is not None:
        run = transition.state.run
        trigger: dict[str, JsonValue] = {
            "runId": run.run_id,
            "name": run.workflow,
            "phase": run.phase.value,
            "message": run.message,
            "outputs": {"parameters": dict(run.outputs or {})},
        }
        _fire(transition, hook, "workflow", template, trigger, None)


def fire_workflow_end(transition: Transition) -> None:
    """Run the hook of the run's last phase, then `onExit`."""
    fire_workflow_hook(transition, _HOOK_OF_PHASE[transition.state.run.phase])
    fire_workflow_hook(transition, "onExit")


def _fire(  # noqa: PLR0917  # what a hook event consists of (engine.md 11)
    transition: Transition,
    hook: str,
    level: str,
    template: str,
    trigger: dict[str, JsonValue],
    record: TaskRecord | None,
) -> None:
    state = transition.state
    run = state.run
    call = state.plan.hook_calls[template]
    variables: dict[str, JsonValue] = {
        "type": hook,
        "scope": level,
        "template": template,
        "trigger": trigger,
        "workflow": {
            "runId": run.run_id,
            "name": run.workflow,
            "namespace": run.namespace,
            "phase": run.phase.value,
            "message": run.message,
        },
    }
    environment = state.root_environment().knowing({"hook": variables})
    task = transition.create_task(template, call, None, HOOK_SCOPE)
    state.hooks.add(task.seq)
    transition.agenda.insert(0, Start(task, call, environment, None, None))
    transition.effects.append(
        NotifyHook(
            hook=hook,
            scope=level,
            template=template,
            run_id=run.run_id,
            workflow=run.workflow,
            task_id="" if record is None else record.task_id,
            task_name="" if record is None else record.name,
            phase=(run.phase if record is None else record.phase).value,
        )
    )
