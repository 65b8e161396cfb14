"""The work of one step: tasks begin, containers look for more, ends climb.

An explicit list instead of recursion, so that neither a long chain of skipped tasks nor a
loop of instant iterations needs a deep stack. The last entry is done first: a container's
children begin, depth first, before its next sibling does (engine.md 17.4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.kernel._artifacts import bind_artifacts
from aether_core.kernel._binding import BindingFailed, bind
from aether_core.kernel._dag import dag_end, keep_nodes, next_nodes, node_ended, open_dag
from aether_core.kernel._effects import RunEnded
from aether_core.kernel._hooks import fire_task_end, fire_workflow_end
from aether_core.kernel._leaf import start_leaf, stop_leaf
from aether_core.kernel._loop import (
    ExpansionFailed,
    item_parameters,
    iteration_ended,
    loop_end,
    next_iterations,
    open_loop,
)
from aether_core.kernel._paths import HOOK_SCOPE
from aether_core.kernel._state import DagScope, LoopScope
from aether_core.kernel._transition import Start
from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aether_core.kernel._records import TaskRecord
    from aether_core.kernel._state import Scope, Slot
    from aether_core.kernel._transition import Transition
    from aether_core.plan import Call
    from aether_sdk import JsonValue


def work_off(transition: Transition) -> None:
    """Do everything that is on the agenda, and what that brings up."""
    agenda = transition.agenda
    while agenda:
        entry = agenda.pop()
        if isinstance(entry, Start):
            _start(transition, entry)
        elif entry.record.seq in transition.state.scopes:
            _advance(transition, entry)


def _start(transition: Transition, start: Start) -> None:
    """Let a task begin; its end is carried on at once if it has none to wait for."""
    item = _item_of(start)
    if start.call.kind == "task":
        start_leaf(transition, start, item)
    else:
        _open(transition, start, item)
    if start.record.phase.is_terminal:
        task_ended(transition, start.record, start.call, start.scope, start.slot)


def _item_of(start: Start) -> Mapping[str, JsonValue] | None:
    if isinstance(start.scope, LoopScope) and isinstance(start.slot, int):
        return item_parameters(start.scope, start.slot)
    return None


def _open(transition: Transition, start: Start, item: Mapping[str, JsonValue] | None) -> None:
    """Bind a container's inputs and put it on the agenda."""
    record = start.record
    try:
        inputs = bind(start.call.bindings, start.environment.resolve, item=item)
        record.inputs = inputs or None
        record.input_artifacts = bind_artifacts(start.call, start.environment, inputs)
        opener = open_dag if start.call.kind == "dag" else open_loop
        scope: Scope = opener(transition.state, start, inputs)
    except BindingFailed as failed:
        transition.set_phase(record, Phase.ERROR, str(failed))
        return
    except ExpansionFailed as failed:
        message = f"expand loop {start.call.template}: {failed}"
        transition.set_phase(record, Phase.ERROR, message)
        return
    transition.touch(record)
    state = transition.state
    state.scopes[record.seq] = scope
    if isinstance(scope, DagScope):
        keep_nodes(state, scope)
    if start.call.policy.timeout is not None:
        record.deadline = transition.at + start.call.policy.timeout
        state.set_timer(record.deadline, record.seq)
    transition.agenda.append(scope)


def _advance(transition: Transition, scope: Scope) -> None:
    """Start what a container has ready, or end it when there is nothing left."""
    starts = (
        next_nodes(transition, scope)
        if isinstance(scope, DagScope)
        else next_iterations(transition, _loop(scope))
    )
    if starts or (isinstance(scope, DagScope) and scope.ready):
        transition.agenda.append(scope)
        transition.agenda.extend(reversed(starts))
    elif scope.open == 0:
        end = dag_end if isinstance(scope, DagScope) else loop_end
        phase, message = end(transition, scope)  # type: ignore[arg-type]  # each gets its own kind
        close(transition, scope, phase, message)


def _loop(scope: Scope) -> LoopScope:
    if not isinstance(scope, LoopScope):
        raise TypeError(type(scope).__name__)
    return scope


def close(transition: Transition, scope: Scope, phase: Phase, message: str) -> None:
    """End a container and carry that on."""
    del transition.state.scopes[scope.record.seq]
    transition.set_phase(scope.record, phase, message)
    task_ended(transition, scope.record, scope.call, scope.scope, scope.slot)


def task_ended(
    transition: Transition,
    record: TaskRecord,
    call: Call,
    scope: Scope | None,
    slot: Slot | None,
) -> None:
    """Carry the end of a task of any kind on to its hooks and its container, or to the run."""
    if record.scope == HOOK_SCOPE:
        transition.state.hooks.discard(record.seq)
        settle(transition)
        return
    fire_task_end(transition, record, call)
    if scope is None:
        _end_run(transition, record)
        return
    child_ended(scope, slot, record)
    transition.agenda.append(scope)


def child_ended(scope: Scope, slot: Slot | None, record: TaskRecord) -> None:
    """Count a child's end in its container."""
    scope.open -= 1
    if isinstance(scope, DagScope) and slot is not None and not isinstance(slot, int):
        node_ended(scope, slot, record)
    elif isinstance(scope, LoopScope) and isinstance(slot, int):
        iteration_ended(scope, slot, record)


def _end_run(transition: Transition, entry: TaskRecord) -> None:
    """End the run with what its entrypoint came to (engine.md 6.8)."""
    phase = Phase.ERROR if entry.phase is Phase.TIMEOUT else entry.phase
    transition.state.run.outputs = entry.outputs
    transition.set_run_phase(phase, entry.message)
    fire_workflow_end(transition)
    settle(transition)


def settle(transition: Transition) -> None:
    """Say that nothing more will happen, once the run and its hooks have ended."""
    if transition.state.run.phase.is_terminal and not transition.state.hooks:
        transition.effects.append(RunEnded())


def end_below(transition: Transition, scope: Scope, phase: Phase, message: str) -> None:
    """End everything that is open below a container, but not the container itself."""
    state = transition.state
    below = {scope.record.seq}
    for seq, inner in sorted(state.scopes.items()):
        if inner.record.parent_seq in below:
            below.add(seq)
    for leaf in sorted(state.leaves.values(), key=lambda leaf: leaf.record.seq):
        if leaf.record.parent_seq in below:
            stop_leaf(transition, leaf, phase, message)
            fire_task_end(transition, leaf.record, leaf.call)
    for seq in sorted(below - {scope.record.seq}, reverse=True):
        inner = state.scopes.pop(seq)
        transition.set_phase(inner.record, phase, message)
        fire_task_end(transition, inner.record, inner.call)


def end_all(transition: Transition, phase: Phase, message: str) -> None:
    """End the run with everything that is open; only hooks go on (decision 22)."""
    state = transition.state
    if state.run.phase.is_terminal:
        return
    # Hooks that this step has fired already are still to begin.
    transition.agenda[:] = [e for e in transition.agenda if e.record.seq in state.hooks]
    ended: list[tuple[TaskRecord, Call]] = []
    for seq in sorted({*state.leaves, *state.scopes} - state.hooks):
        leaf = state.leaves.get(seq)
        if leaf is not None:
            stop_leaf(transition, leaf, phase, message)
            ended.append((leaf.record, leaf.call))
        else:
            scope = state.scopes[seq]
            transition.set_phase(scope.record, phase, message)
            ended.append((scope.record, scope.call))
    # Not before: the paths of what is inside them are made of theirs.
    state.scopes.clear()
    transition.set_run_phase(phase, message)
    for record, call in ended:
        fire_task_end(transition, record, call)
    fire_workflow_end(transition)
    work_off(transition)
    settle(transition)


def abort(transition: Transition, message: str) -> None:
    """End the run after a fault of the engine: everything at once, and no hooks."""
    state = transition.state
    transition.agenda.clear()
    for leaf in [*state.leaves.values()]:
        stop_leaf(transition, leaf, Phase.ERROR, message)
    for scope in state.scopes.values():
        transition.set_phase(scope.record, Phase.ERROR, message)
    state.scopes.clear()
    state.hooks.clear()
    if not state.run.phase.is_terminal:
        transition.set_run_phase(Phase.ERROR, message)
    transition.effects.append(RunEnded())
