"""Documents out of a seed: nested dags, all kinds of loops, and everything that can go wrong.

They are always valid, so that the checker is part of what is tested. What their tasks do is
written in the inputs of the echo executor, so that a document decides its own outcome.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from aether_core.simulation._scenario import Document

#: The longest time that a suspended or sleeping task is given; well above any delivery.
LEAF_TIMEOUT: Final = "20s"

_MOST_TASKS: Final = 60
_LEVELS: Final = 3
_HOOK: Final = "tell"
_TASK_HOOKS: Final = (
    *("onStart", "onSuccess", "onFailure", "onError"),
    *("onSuspend", "onResume", "onCancel", "onExit"),
)
_WORKFLOW_HOOKS: Final = ("onStart", "onSuccess", "onFailure", "onError", "onCancel", "onExit")

# What a task may do: how often, and the inputs of the echo executor that make it so.
_BEHAVIOURS: Final[Sequence[tuple[int, dict[str, Any]]]] = (
    (70, {}),
    (8, {"code": 2}),
    (6, {"code": 3}),
    (3, {"code": 4}),
    (2, {"code": 99}),
    (2, {"code": 1}),
    (8, {"fail-count": 1}),
    (4, {"fail-count": 2}),
    (8, {"suspend": True}),
    (6, {"sleep": "300ms"}),
    (3, {"sleep": "1s", "code": 2}),
    (2, {"sleep": "1m"}),
    (1, {"sleep": "soon"}),
)
# Behaviours that end only with a timeout.
_HANGS: Final = ({"sleep": "1m"},)


class _Callable(msgspec.Struct, frozen=True):
    """A template that nodes and loops may call."""

    name: str
    #: Most tasks that a call of it makes.
    size: int
    is_leaf: bool


def generate_document(random: Random, *, is_timeless: bool = False) -> Document:
    """Return a valid workflow document of the echo executor.

    Args:
        random: decides everything; one that hypothesis controls shrinks towards small documents.
        is_timeless: leave out what makes the outcome depend on times: timeouts of containers
            and of the workflow.
    """
    return _Author(random, is_timeless=is_timeless).document()


class _Author:
    """Writes one document, its templates from the leaves upwards."""

    def __init__(self, random: Random, *, is_timeless: bool) -> None:
        self._random = random
        self._is_timeless = is_timeless
        self._templates: list[dict[str, Any]] = []
        self._leaves: list[_Callable] = []
        self._containers: list[_Callable] = []

    def document(self) -> Document:
        """Return the document."""
        self._add_leaves()
        for level in range(_LEVELS):
            for number in range(1 if level == _LEVELS - 1 else self._random.randint(1, 2)):
                name = f"t{level}{number}"
                self._containers.append(
                    self._loop(name)
                    if self._chance(0.45 - 0.15 * level)
                    else self._dag(name, level)
                )
        spec: dict[str, Any] = {
            "entrypoint": self._entrypoint(),
            "maxNestedDepth": 10,
            "templates": self._templates,
        }
        if self._chance(0.15):
            spec["hooks"] = self._hooks(_WORKFLOW_HOOKS)
        if not self._is_timeless and self._chance(0.15):
            spec["timeout"] = self._random.choice(["1s", "5s", "0"])
        return {
            "apiVersion": "aether/v1",
            "kind": "Workflow",
            "metadata": {"name": "generated"},
            "spec": spec,
        }

    def _chance(self, share: float) -> bool:
        # Written so that the smallest draw is "no": that shrinks to plain documents.
        return self._random.random() >= 1 - share

    def _entrypoint(self) -> str:
        if self._chance(0.05):
            return self._random.choice(self._leaves).name
        return self._containers[-1].name

    def _add_leaves(self) -> None:
        """Add the task templates: one that takes anything, one with a signature, one for hooks."""
        work: dict[str, Any] = {"name": "work", "executor": {"type": "echo"}}
        typed: dict[str, Any] = {
            "name": "typed",
            "executor": {"type": "echo", "config": {"unit": "{{ inputs.parameters.v }} m"}},
            "inputs": {"parameters": [{"name": "v", "type": "int", "default": 1}]},
            "outputs": {"parameters": [{"name": "v", "type": "int", "value": 7}]},
        }
        if self._chance(0.4):
            typed["retry"] = self._retry()
        if self._chance(0.2):
            typed["timeout"] = LEAF_TIMEOUT
        if self._chance(0.15):
            typed["phaseConditions"] = self._phase_conditions()
        for task in (work, typed):
            self._templates.append({"task": task})
            self._leaves.append(_Callable(task["name"], 1, is_leaf=True))
        self._templates.append({"task": {"name": _HOOK, "executor": {"type": "echo"}}})

    def _dag(self, name: str, level: int) -> _Callable:
        """Add a dag."""
        nodes: list[dict[str, Any]] = []
        size = 1
        for number in range(self._random.randint(1 + level // 2, 4 + level)):
            node, called = self._node(
                f"n{number}", nodes, _MOST_TASKS * (level + 1) // _LEVELS - size
            )
            nodes.append(node)
            size += called
        dag: dict[str, Any] = {
            "name": name,
            "inputs": {"parameters": [{"name": "v", "default": level}]},
            "tasks": nodes,
            "outputs": {"parameters": [{"name": "v", "valueFrom": self._output_of(nodes)}]},
        }
        if self._chance(0.15):
            dag["continueOn"] = self._tolerance()
        if self._chance(0.1):
            self._limit_to_entrypoints(dag)
        self._surround(dag)
        self._templates.append({"dag": dag})
        return _Callable(name, size, is_leaf=False)

    def _output_of(self, nodes: Sequence[dict[str, Any]]) -> dict[str, Any]:
        name = self._random.choice(nodes)["name"]
        return {"parameter": f"tasks.{name}.outputs.parameters.v"}

    def _limit_to_entrypoints(self, dag: dict[str, Any]) -> None:
        """Let the dag begin at one of its roots, if nothing joins it with another."""
        roots = [node["name"] for node in dag["tasks"] if not node.get("dependencies")]
        joins = any(len(node.get("dependencies", ())) > 1 for node in dag["tasks"])
        source = dag["outputs"]["parameters"][0]["valueFrom"]["parameter"].split(".")[1]
        if not joins and len(roots) > 1 and source in roots:
            dag["entrypoints"] = [source]

    def _node(
        self, name: str, earlier: Sequence[dict[str, Any]], room: int
    ) -> tuple[dict[str, Any], int]:
        """Return a node of a dag, and the number of tasks that it makes."""
        names = [node["name"] for node in earlier]
        upstream = self._random.sample(names, min(len(names), self._random.randint(0, 2)))
        node: dict[str, Any] = {"name": name}
        if upstream:
            node["dependencies"] = upstream
        fitting = [called for called in self._containers if called.size < room]
        if fitting and self._chance(0.6):
            called = self._random.choice(fitting)
            node["template"] = called.name
            node["arguments"] = {"parameters": [self._value(upstream)]}
        else:
            called = self._leaf_node(node, upstream)
        if self._chance(0.2):
            node["when"] = self._when(upstream)
        if self._chance(0.3):
            node["continueOn"] = self._tolerance()
        self._surround(node, is_leaf=called.is_leaf, is_call="template" in node)
        return node, called.size

    def _leaf_node(self, node: dict[str, Any], upstream: Sequence[str]) -> _Callable:
        """Make the node a leaf: it calls a template, or has its own executor."""
        behaviour = self._behaviour()
        called = self._random.choice(self._leaves)
        # What a container puts out may be a list, which `typed` does not take.
        fitting = upstream if called.name == "work" else ()
        values = [self._value(fitting)]
        values += [{"name": name, "value": value} for name, value in behaviour.items()]
        if self._chance(0.2):
            node["executor"] = {"type": "echo"}
            node["inputs"] = {"parameters": values}
        else:
            node["template"] = called.name
            node["arguments"] = {"parameters": values}
        if behaviour in _HANGS or self._chance(0.2):
            node["timeout"] = LEAF_TIMEOUT
        if self._chance(0.35):
            node["retry"] = self._retry()
        return called

    def _loop(self, name: str) -> _Callable:
        """Add a loop."""
        fitting = [called for called in self._containers if called.size * 3 < _MOST_TASKS]
        body = self._random.choice(fitting if fitting and self._chance(0.6) else self._leaves)
        inputs: list[dict[str, Any]] = [{"name": "v", "default": 0}]
        loop: dict[str, Any] = {"name": name, "body": body.name}
        loop["inputs"] = {"parameters": inputs}
        most = self._random.randint(1, 4 if body.is_leaf else 3)
        kind = self._random.choice(["items", "from", "repeat"])
        if kind == "repeat":
            self._repeat(loop, body, most)
        else:
            self._iterate(loop, most, is_static=kind == "items")
        values: list[dict[str, Any]] = [{"name": "v", "value": "{{ loop_iter.index }}"}]
        if body.is_leaf:
            values += self._body_values(most)
        loop["arguments"] = {"parameters": values}
        loop["aggregate"] = {"strategy": self._random.choice(["last", "first", "list"])}
        if self._chance(0.2):
            loop["continueOn"] = self._tolerance()
        self._surround(loop)
        self._templates.append({"loop": loop})
        return _Callable(name, 1 + most * body.size, is_leaf=False)

    def _repeat(self, loop: dict[str, Any], body: _Callable, most: int) -> None:
        conditions = [
            f"loop_iter.index < {self._random.randint(0, 3)}",
            f"tasks.{body.name}.phase != Succeeded",
            "1 % (1 - loop_iter.index) == 0",
        ]
        loop["repeatCondition"] = self._random.choice(conditions)
        loop["maxIterations"] = most

    def _iterate(self, loop: dict[str, Any], most: int, *, is_static: bool) -> None:
        items: list[Any] = [
            {"id": number, "tag": "x"} if self._chance(0.3) else number for number in range(most)
        ]
        if is_static:
            loop["items"] = items
        elif self._chance(0.5):
            loop["itemsFrom"] = str(list(range(self._random.randint(0, most))))
        else:
            given: Any = 7 if self._chance(0.2) else items
            loop["inputs"]["parameters"].append({"name": "rows", "default": given})
            loop["itemsFrom"] = "inputs.parameters.rows"
        if self._chance(0.6):
            loop["concurrency"] = self._random.randint(0, 3)
        if self._chance(0.15):
            loop["maxIterations"] = self._random.randint(1, most)

    def _body_values(self, most: int) -> list[dict[str, Any]]:
        """Return inputs that let one iteration do something else than the others."""
        which = self._random.randrange(most)
        values: list[dict[str, Any]] = []
        if self._chance(0.5):
            code = self._random.choice([1, 2, 3, 4])
            text = f"loop_iter.index == {which} ? {code} : 0"
            values.append({"name": "code", "valueFrom": {"expression": text}})
        if self._chance(0.15):
            text = f"loop_iter.index == {which}"
            values.append({"name": "suspend", "valueFrom": {"expression": text}})
        if self._chance(0.15):
            values.append({"name": "fail-count", "value": "{{ loop_iter.index }}"})
        return values

    def _surround(
        self, member: dict[str, Any], *, is_leaf: bool = False, is_call: bool = False
    ) -> None:
        """Add what any task, dag or loop may have; conditions belong to what is called."""
        if not is_call and self._chance(0.12):
            member["phaseConditions"] = self._phase_conditions()
        if self._chance(0.12):
            member["hooks"] = self._hooks(_TASK_HOOKS)
        if not is_leaf and not self._is_timeless and self._chance(0.1):
            member["timeout"] = self._random.choice(["300ms", "1s", "5s"])

    def _value(self, upstream: Sequence[str]) -> dict[str, Any]:
        """Return the parameter `v`: a number, or what a task before it has put out."""
        if not upstream or self._chance(0.5):
            return {"name": "v", "value": self._random.randint(0, 3)}
        path = f"tasks.{self._random.choice(upstream)}.outputs.parameters.v"
        if self._chance(0.7):
            return {"name": "v", "valueFrom": {"expression": f"default({path}, 0)"}}
        return {"name": "v", "valueFrom": {"parameter": path}}

    def _when(self, upstream: Sequence[str]) -> str:
        conditions = ["true", "false", "inputs.parameters.v != 2", "inputs.parameters.v > 0"]
        for name in upstream:
            conditions.append(f"tasks.{name}.phase == Succeeded")
            conditions.append(f"tasks.{name}.phase in [Failed, Error, Skipped]")
            conditions.append(f"tasks.{name}.outputs.parameters.v == 1")
        return self._random.choice(conditions)

    def _retry(self) -> dict[str, Any]:
        retry: dict[str, Any] = {"limit": self._random.randint(0, 3)}
        if self._chance(0.5):
            conditions = ["phase == Failed", "phase != Succeeded && code != 3", "outputs.x > 1"]
            retry["expression"] = self._random.choice(conditions[:2])
        if self._chance(0.4):
            retry["backoff"] = {"duration": "200ms", "factor": 2, "maxDuration": "500ms"}
            if self._chance(0.3):
                retry["backoff"]["jitter"] = "full"
        return retry

    def _tolerance(self) -> dict[str, bool]:
        return {flag: True for flag in ("failed", "error", "timeout") if self._chance(0.6)}

    def _phase_conditions(self) -> dict[str, str]:
        conditions = {
            "succeeded": ["phase == Failed", "phase == Timeout"],
            "failed": ["phase == Succeeded && outputs.parameters.v == 1", "phase == Error"],
            "error": ["msg == 'no'", "phase == Failed"],
        }
        chosen = self._random.choice(sorted(conditions))
        return {chosen: self._random.choice(conditions[chosen])}

    def _hooks(self, names: Sequence[str]) -> dict[str, Any]:
        chosen = self._random.sample(names, self._random.randint(1, 3))
        return {name: {"template": _HOOK} for name in chosen}

    def _behaviour(self) -> dict[str, Any]:
        """Return what a task does; drawn by weight."""
        drawn = self._random.randrange(sum(weight for weight, _ in _BEHAVIOURS))
        for weight, behaviour in _BEHAVIOURS:
            drawn -= weight
            if drawn < 0:
                return behaviour
        return {}
