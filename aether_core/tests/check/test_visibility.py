"""What the checker calls visible at a place is what the kernel finds there, and nothing else."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import pytest

from aether_core.check import check
from aether_core.document import Workflow, decode
from aether_core.kernel import (
    Dispatch,
    RunRecord,
    Submitted,
    TaskCompleted,
    TaskStarted,
    new_run,
    step,
)
from aether_core.plan import compile_workflow
from aether_sdk import ExecutorSchema, Phase

_REFERENCES = (
    "system.os",
    "workflow.parameters.team",
    "inputs.parameters.dag",
    "inputs.parameters.inner",
    "inputs.parameters.own",
    "inputs.parameters.loop",
    "inputs.parameters.f",
    "inputs.parameters.loop_iter.index",
    "inputs.parameters.loop_iter.item",
    "tasks.before.phase",
    "tasks.before.code",
    "tasks.before.message",
    "tasks.before.outputs.parameters.v",
    "tasks.call.phase",
    "tasks.call.code",
    "tasks.work.outputs.parameters.v",
    "tasks.body.phase",
    "tasks.first.outputs.parameters.v",
    "tasks.inside.phase",
    "tasks.notify.phase",
    "loop_iter",
    "loop_iter.index",
    "iterator.index",
    "loop_iter.item",
    "iterator.item.f",
    "loop_iter.f",
    "f",
    "phase",
    "code",
    "msg",
    "message",
    "outputs",
    "outputs.parameters.v",
    "outputs.parameters.w",
    "hook.type",
    "hook.workflow.name",
    "hook.trigger.code",
    "hook.trigger.outputs.parameters.v",
)

_V: dict[str, Any] = {"parameters": [{"name": "v"}]}


def _computed(text: str) -> dict[str, Any]:
    return {"name": "probe", "valueFrom": {"expression": f"toJson({text})"}}


def _task(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "executor": {"type": "echo"}, "outputs": _V, **more}


def _document(call: dict[str, Any], *templates: dict[str, Any], **dag: Any) -> dict[str, Any]:
    """Return a dag `main` whose task `call` comes after the task `before`."""
    node = {"name": "call", "dependencies": ["before"], **call}
    main = {
        "name": "main",
        "inputs": {"parameters": [{"name": "dag", "default": 1}]},
        "tasks": [_task("before"), node],
        **dag,
    }
    return {
        "apiVersion": "aether/v1",
        "kind": "Workflow",
        "metadata": {"name": "w"},
        "spec": {
            "entrypoint": "main",
            "maxNestedDepth": 10,
            "arguments": {"parameters": [{"name": "team", "value": "red"}]},
            "templates": [{"dag": main}, *templates],
        },
    }


def _work(**more: Any) -> dict[str, Any]:
    own = {"parameters": [{"name": "own", "default": 1}]}
    return {"task": _task("work", **{"inputs": own, **more})}


def _loop(body: str = "work", **more: Any) -> dict[str, Any]:
    inputs = {"parameters": [{"name": "loop", "default": 1}]}
    items = {} if "repeatCondition" in more or "itemsFrom" in more else {"items": [{"f": "x"}]}
    return {"loop": {"name": "each", "inputs": inputs, "body": body, **items, **more}}


def _body_dag(**inside: Any) -> dict[str, Any]:
    return {
        "dag": {
            "name": "body",
            "inputs": {"parameters": [{"name": "inner", "default": 1}]},
            "tasks": [_task("first"), _task("inside", dependencies=["first"], **inside)],
        }
    }


def _config(text: str) -> dict[str, Any]:
    return {"type": "echo", "config": {"probe": f"{{{{{text}}}}} "}}


_EACH = {"template": "each"}
_CALL = {"template": "work"}


def _places(text: str) -> dict[str, dict[str, Any]]:
    """Return, by place, a document in which an expression on the reference stands there."""
    condition = f"toJson({text}) == ''"
    rule = {"limit": 1, "expression": condition}
    phases = {"failed": condition}
    probe = {"parameters": [_computed(text)]}
    hooks = {"onSuccess": {"template": "notify"}}
    return {
        "when": _document({**_CALL, "when": condition}, _work()),
        "argument": _document({**_CALL, "arguments": probe}, _work()),
        "declared input": _document(_CALL, _work(inputs=probe)),
        "config": _document(_CALL, _work(executor=_config(text))),
        "inline config": _document(
            _task("call", inputs={"parameters": [{"name": "own", "value": 1}]})
            | {"executor": _config(text)}
        ),
        "retry of a call": _document({**_CALL, "retry": rule}, _work()),
        "retry of a template": _document(_CALL, _work(retry=rule)),
        "retry of a task's own": _document(_task("call", retry=rule)),
        "condition of a template": _document(_CALL, _work(phaseConditions=phases)),
        "condition of a task's own": _document(_task("call", phaseConditions=phases)),
        "output of a dag": _document(_CALL, _work(), outputs=probe),
        "condition of a dag": _document(
            _CALL,
            _work(),
            phaseConditions=phases,
            outputs={"parameters": [{"name": "v", "value": 1}]},
        ),
        "itemsFrom": _document(_EACH, _loop(itemsFrom=f"[toJson({text})]"), _work()),
        "argument of a loop": _document(_EACH, _loop(arguments=probe), _work()),
        "declared input of a body": _document(_EACH, _loop(), _work(inputs=probe)),
        "config of a body": _document(_EACH, _loop(), _work(executor=_config(text))),
        "retry of a body": _document(_EACH, _loop(), _work(retry=rule)),
        "condition of a body": _document(_EACH, _loop(), _work(phaseConditions=phases)),
        "condition of a loop": _document(_EACH, _loop(phaseConditions=phases), _work()),
        "repeatCondition": _document(_EACH, _loop(repeatCondition=condition), _work()),
        "argument of a repeat loop": _document(
            _EACH, _loop(repeatCondition="false", arguments=probe), _work()
        ),
        "repeatCondition on a dag": _document(
            _EACH, _loop("body", repeatCondition=condition), _body_dag()
        ),
        "inside a body": _document(_EACH, _loop("body"), _body_dag(when=condition)),
        "condition inside a body": _document(
            _EACH, _loop("body"), _body_dag(phaseConditions=phases)
        ),
        "itemsFrom of a loop in a loop": _document(
            _EACH,
            _loop("middle"),
            {"loop": {"name": "middle", "itemsFrom": f"[toJson({text})]", "body": "work"}},
            _work(),
        ),
        "argument of a loop in a loop": _document(
            _EACH,
            _loop("middle"),
            {"loop": {"name": "middle", "items": [1], "body": "work", "arguments": probe}},
            _work(),
        ),
        "input of a hook": _document(
            {**_CALL, "hooks": hooks}, _work(), {"task": _task("notify", inputs=probe)}
        ),
        "config of a hook": _document(
            {**_CALL, "hooks": hooks},
            _work(),
            {"task": _task("notify") | {"executor": _config(text)}},
        ),
        "condition of a hook": _document(
            {**_CALL, "hooks": hooks}, _work(), {"task": _task("notify", phaseConditions=phases)}
        ),
    }


class _Echo:
    def get_schema(self, executor_type: str) -> ExecutorSchema | None:
        return ExecutorSchema(executor_type)

    def explain(self, executor_type: str) -> tuple[str, str | None]:
        return executor_type, None


def _refused(document: dict[str, Any]) -> list[str]:
    workflow, problems = decode(document)
    assert isinstance(workflow, Workflow), problems
    return [
        each.message
        for each in check(workflow, _Echo(), variables={})
        if each.code.startswith("AE22") or each.code == "AE311"
    ]


def _told_missing(document: dict[str, Any], *, fails: bool) -> list[str]:
    """Run the document, each task but `before` once in vain if `fails`; return what it lacks."""
    workflow, _ = decode(document)
    assert isinstance(workflow, Workflow)
    ids = itertools.count()
    variables: dict[str, Any] = {"system.os": "linux", "system.arch": "amd64"}
    record = RunRecord(
        "r", "w", "d", "", Phase.CREATED, 0, arguments={"team": "red"}, variables=variables
    )
    state = new_run(compile_workflow(workflow), record, lambda: f"task-{next(ids)}")
    told: list[str] = []

    def apply(event: Any) -> list[Any]:
        answer = step(state, event)
        told.extend(each.message for each in answer.changes.events)
        return answer.effects

    pending = apply(Submitted(1))
    while pending:
        effect = pending.pop()
        if isinstance(effect, Dispatch):
            job = effect.assignment
            code = 2 if fails and job.task_name != "before" and job.attempt == 1 else 0
            pending += apply(TaskStarted("r", job.task_seq, job.attempt, 2))
            done = TaskCompleted("r", job.task_seq, job.attempt, 3, code, outputs={"v": 1})
            pending += apply(done)
    return [message for message in told if "has no value" in message]


@pytest.mark.parametrize("place", list(_places("x")))
def test_the_checker_refuses_exactly_what_the_kernel_misses(place: str) -> None:
    """A reference that is refused has no value in a run, and one that passes has."""
    differing = []
    for reference in _REFERENCES:
        document = _places(reference)[place]
        refused = _refused(copy.deepcopy(document))
        missed = _told_missing(document, fails="retry" in place)
        if bool(refused) != bool(missed):
            differing.append((reference, refused, missed))

    assert differing == []


def test_a_task_template_sees_its_own_inputs_only(bench: Any) -> None:
    spec = """
entrypoint: main
templates:
- dag:
    name: main
    inputs: {parameters: [{name: outer, default: 1}]}
    tasks:
    - {name: a, template: work, arguments: {parameters: [{name: extra, value: 1}]}}
- task:
    name: work
    inputs: {parameters: [{name: own, value: 1}]}
    executor:
      type: echo
      config:
        x: "{{inputs.parameters.own}}{{inputs.parameters.extra}}{{ «inputs.parameters.outer» }}"
"""

    (problem,) = bench.check_spec(spec)

    assert bench.found(spec) == [("AE225", "«inputs.parameters.outer»")]
    assert problem.message.endswith('(called by task "a" of dag "main")')
