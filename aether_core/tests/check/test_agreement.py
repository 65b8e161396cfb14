"""Generated dags with loops and retries in them.

A clean one compiles and runs; of one with a mistake, exactly that mistake is reported.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from aether_core.check import check
from aether_core.document import Severity, decode
from aether_core.kernel import Dispatch, RunRecord, Submitted, TaskCompleted, new_run, step
from aether_core.plan import compile_workflow
from aether_sdk import ExecutorSchema, Phase

_TEMPLATES: list[dict[str, Any]] = [
    {
        "task": {
            "name": "plain",
            "executor": {"type": "echo", "config": {"k": "{{inputs.parameters.text}}"}},
            "inputs": {
                "parameters": [
                    {"name": "text", "type": "string"},
                    {"name": "mode", "enum": ["fast", "safe"], "default": "fast"},
                    {"name": "team", "valueFrom": {"parameter": "workflow.parameters.team"}},
                ]
            },
            "outputs": {
                "parameters": [{"name": "s", "type": "string"}, {"name": "n", "type": "int"}]
            },
        }
    },
    {
        "dag": {
            "name": "inner",
            "inputs": {"parameters": [{"name": "text", "type": "string"}]},
            "tasks": [
                {
                    "name": "only",
                    "template": "plain",
                    "arguments": {
                        "parameters": [
                            {"name": "text", "valueFrom": {"parameter": "inputs.parameters.text"}}
                        ]
                    },
                }
            ],
            "outputs": {
                "parameters": [
                    {
                        "name": name,
                        "valueFrom": {"parameter": f"tasks.only.outputs.parameters.{name}"},
                    }
                    for name in ("s", "n")
                ]
            },
        }
    },
]

_TEMPLATES += [
    {
        "loop": {
            "name": "each",
            "inputs": {"parameters": [{"name": "text", "type": "string"}]},
            "items": [{"mode": "safe"}, {}],
            "body": "plain",
            "arguments": {
                "parameters": [
                    {"name": "text", "value": "{{inputs.parameters.text}} {{iterator.index}}"}
                ]
            },
            "phaseConditions": {"failed": "outputs.parameters.n > 1"},
        }
    },
    {
        "loop": {
            "name": "again",
            "inputs": {"parameters": [{"name": "text", "type": "string"}]},
            "repeatCondition": "tasks.inner.outputs.parameters.n > 1 || loop_iter.index < 1",
            "body": "inner",
            "arguments": {
                "parameters": [
                    {"name": "text", "valueFrom": {"parameter": "inputs.parameters.text"}}
                ]
            },
        }
    },
]

_RETRIES: tuple[dict[str, Any] | None, ...] = (
    None,
    {"limit": 2},
    {"limit": 1, "expression": "code == 2 && has(outputs.parameters.s)"},
)

_WHENS = (
    "tasks.{0}.phase == Succeeded",
    "tasks.{0}.outputs.parameters.n > 0 && has(tasks.{0}.outputs.parameters.s)",
    "'{{{{tasks.{0}.outputs.parameters.s}}}}' != ''",
    "default(tasks.{0}.outputs.parameters.s, '') == 'text' || workflow.parameters.team == 'red'",
)


@st.composite
def _documents(draw: Any) -> dict[str, Any]:
    size = draw(st.integers(2, 7))
    tasks: list[dict[str, Any]] = []
    upstream: list[set[int]] = []
    for number in range(size):
        needs = draw(st.sets(st.integers(0, number - 1), max_size=3)) if number else set()
        seen = needs.union(*(upstream[each] for each in needs))
        upstream.append(seen)
        text: dict[str, Any] = {"value": "text"}
        if seen and draw(st.booleans()):
            source = f"tasks.t{draw(st.sampled_from(sorted(seen)))}.outputs.parameters"
            text = draw(
                st.sampled_from(
                    [
                        {"valueFrom": {"parameter": f"{source}.s"}},
                        {"value": f"{{{{{source}.s}}}}"},
                        {"value": f"n is {{{{{source}.n}}}}"},
                        {"valueFrom": {"expression": f"string({source}.n)"}},
                    ]
                )
            )
        task: dict[str, Any] = {
            "name": f"t{number}",
            "template": draw(st.sampled_from(["plain", "inner", "each", "again"])),
            "dependencies": [f"t{each}" for each in sorted(needs)],
            "arguments": {"parameters": [{"name": "text", **text}]},
        }
        retry = draw(st.sampled_from(_RETRIES))
        if retry is not None and task["template"] == "plain":
            task["retry"] = retry
        if seen and draw(st.booleans()):
            named = f"t{draw(st.sampled_from(sorted(seen)))}"
            task["when"] = draw(st.sampled_from(_WHENS)).format(named)
        tasks.append(task)
    outputs = [{"name": "last", "valueFrom": {"parameter": f"tasks.t{size - 1}.phase"}}]
    main = {"dag": {"name": "main", "tasks": tasks, "outputs": {"parameters": outputs}}}
    return {
        "apiVersion": "aether/v1",
        "kind": "Workflow",
        "metadata": {"name": "w"},
        "spec": {
            "entrypoint": "main",
            "arguments": {"parameters": [{"name": "team", "type": "string", "value": "red"}]},
            "templates": [main, *copy.deepcopy(_TEMPLATES)],
        },
    }


class _Echo:
    def get_schema(self, executor_type: str) -> ExecutorSchema | None:
        return ExecutorSchema("echo") if executor_type == "echo" else None

    def explain(self, executor_type: str) -> tuple[str, str | None]:
        return f"no {executor_type}", None


def _errors(document: dict[str, Any]) -> list[str]:
    workflow, problems = decode(document)
    assert workflow is not None, problems
    found = check(workflow, _Echo(), variables={})  # type: ignore[arg-type]  # a Workflow
    return [each.code for each in found if each.severity is Severity.ERROR]


@settings(max_examples=40, deadline=None)
@given(document=_documents())
def test_what_is_accepted_compiles_and_runs_to_success(document: dict[str, Any]) -> None:
    """Nothing that the checker lets pass ends in Error for a reason it could have seen."""
    workflow, _ = decode(document)
    assert _errors(document) == []
    plan = compile_workflow(workflow)  # type: ignore[arg-type]  # a Workflow

    ids = itertools.count()
    record = RunRecord("r", "w", "default", "{}", Phase.CREATED, 0, arguments={"team": "red"})
    state = new_run(plan, record, lambda: f"task-{next(ids)}")
    pending = step(state, Submitted(1)).effects
    while pending:
        effect = pending.pop()
        if isinstance(effect, Dispatch):
            given = effect.assignment
            outputs: dict[str, Any] = {"s": "text", "n": 1}
            done = TaskCompleted("r", given.task_seq, given.attempt, 2, outputs=outputs)
            pending.extend(step(state, done).effects)

    assert state.run.phase is Phase.SUCCEEDED, state.run.message


def _tasks(document: dict[str, Any]) -> list[dict[str, Any]]:
    tasks: list[dict[str, Any]] = document["spec"]["templates"][0]["dag"]["tasks"]
    return tasks


def _argument(task: dict[str, Any], **changes: Any) -> None:
    task["arguments"]["parameters"] = [{"name": "text", **changes}]


def _circle(document: dict[str, Any]) -> None:
    first, *_, last = _tasks(document)
    if first["name"] not in last["dependencies"]:
        last["dependencies"].append(first["name"])
    first["dependencies"].append(last["name"])


def _refer(document: dict[str, Any], text: str) -> None:
    _argument(_tasks(document)[-1], value=f"a {{{{ {text} }}}}")


_Mistake = Callable[[dict[str, Any]], object]

_MISTAKES: dict[str, _Mistake] = {
    "AE201": lambda d: _tasks(d)[0].update(template="nope"),
    "AE211": lambda d: _tasks(d).append({"name": "t0", "executor": {"type": "echo"}}),
    "AE212": lambda d: _tasks(d)[-1]["dependencies"].append("nope"),
    "AE213": lambda d: _tasks(d)[-1]["dependencies"].append(_tasks(d)[-1]["name"]),
    "AE214": _circle,
    "AE221": lambda d: _refer(d, "tasks.nope.phase"),
    "AE222": lambda d: _argument(
        _tasks(d)[0], valueFrom={"parameter": f"tasks.t{len(_tasks(d)) - 1}.outputs.parameters.s"}
    ),
    "AE223": lambda d: d["spec"]["templates"][2]["dag"]["tasks"].append(
        {
            "name": "late",
            "dependencies": ["only"],
            "when": "tasks.only.outputs.parameters.x == 1",
            "executor": {"type": "echo"},
        }
    ),
    "AE225": lambda d: _refer(d, "inputs.parameters.nope"),
    "AE226": lambda d: _refer(d, "workflow.parameters.nope"),
    "AE227": lambda d: _refer(d, "deploy.nope"),
    "AE301": lambda d: _tasks(d)[-1].update(when="1 +"),
    "AE302": lambda d: _argument(_tasks(d)[-1], value="{{ nope"),
    "AE303": lambda d: _argument(_tasks(d)[-1], valueFrom={"parameter": "a b"}),
    "AE304": lambda d: _tasks(d)[-1].update(when="workflow.parameters.team > 1"),
    "AE305": lambda d: _tasks(d)[-1].update(when="1 + 1"),
    "AE306": lambda d: _argument(_tasks(d)[-1], value=1),
    "AE308": lambda d: _argument(_tasks(d)[-1], valueFrom={"expression": "[1, 2]"}),
    "AE309": lambda d: _tasks(d)[-1].pop("arguments"),
    "AE401": lambda d: _tasks(d).append({"name": "x", "executor": {"type": "nope"}}),
    "AE314": lambda d: d["spec"]["templates"][0]["dag"]["outputs"]["parameters"].append(
        {"name": "token", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}
    ),
}


@settings(max_examples=80, deadline=None)
@given(document=_documents(), code=st.sampled_from(sorted(_MISTAKES)))
def test_exactly_the_mistake_that_was_made_is_reported(document: dict[str, Any], code: str) -> None:
    _MISTAKES[code](document)

    assert _errors(document) == [code]
