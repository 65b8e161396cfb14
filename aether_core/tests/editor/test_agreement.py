"""The schema for editors never refuses a document that the checker accepts."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aether_sdk import ExecutorSchema

DRAWN = 40
#: Values that are right in some places, and wrong in others.
SCALARS = (
    *(None, "", "text", "fast", "none", "http://x", 0, 1, 9, -1, 1.0, 2.5, True, False),
    *("{{ inputs.parameters.foreign }}", "a {{ inputs.parameters.url }} b", "\\{{ literal }}"),
)
RIGHT: dict[str, tuple[Any, ...]] = {
    "url": ("http://x", "{{ inputs.parameters.foreign }}"),
    "tree": ("none", {"leaf": 1}, {"inner": {"inner": None}}),
    "tries": (3, 1.0),
    "mode": ("safe", None),
    "merged": ("fast",),
    "headers": ({"a": "b"}, {}),
    "codes": ([1], [2.0, 3], ["{{ inputs.parameters.url }}"]),
    "wait": ("5s", 1.5),
    "follow": (True,),
    "either": (None, "x"),
    "pair": (["x", 1],),
    "mixed": ({"leaf": 2},),
    "number": (1, 0.5),
    "a": ("x",),
    "b": ("x",),
}
KINDS = (None, "", "any", "array", "bool", "float", "int", "number", "object", "string")
PARAMETER = re.compile(r"[a-z0-9_]([-a-z0-9_]*[a-z0-9_])?")


class Drawing:
    """Draws workflows whose tasks use the executors more or less as these want it."""

    def __init__(self, random: Random, executors: tuple[ExecutorSchema, ...]) -> None:
        self.random = random
        self.inputs = {each.type: _names(each) for each in executors}

    def workflow(self) -> dict[str, Any]:
        """Return a dag with tasks of its own and a called template, or only a template."""
        dag: dict[str, Any] = {"name": "main", "tasks": [self.task("node", is_node=True)]}
        if self.random.random() < 0.5:
            dag["tasks"] += [{"name": "call", "template": "callee"}]
        templates = [{"dag": dag}, {"task": self.task("callee")}]
        if self.random.random() < 0.3:
            templates = [{"task": self.task("main")}]
        spec: dict[str, Any] = {"entrypoint": "main", "templates": templates}
        if self.random.random() < 0.1:
            spec["workflowTemplateRef"] = self.random.choice([None, {"name": "kept"}])
        metadata = {"name": "drawn"}
        return {"apiVersion": "aether/v1", "kind": "Workflow", "metadata": metadata, "spec": spec}

    def task(self, name: str, *, is_node: bool = False) -> dict[str, Any]:
        """Return a task."""
        known = self.random.random() < 0.97
        kind = self.random.choice([*self.inputs] if known else ["fetch.", "fetchXopen", "fetc"])
        executor: dict[str, Any] = {"type": kind}
        task: dict[str, Any] = {"name": name, "executor": executor}
        if self.random.random() < 0.6:
            executor["config"] = {each: self.value(each) for each in self.names(kind)}
        if self.random.random() < 0.7:
            task["inputs"] = {"parameters": self.parameters(kind, is_declared=True)}
            if self.random.random() < 0.1:
                config = {"path": self.random.choice(["a", "{{ inputs.parameters.foreign }}"])}
                source = {"type": "local", "config": config}
                task["inputs"]["artifacts"] = [{"name": "file", "source": source}]
        elif self.random.random() < 0.2:
            task["inputs"] = self.random.choice([None, {}, {"parameters": None}])
        if is_node and self.random.random() < 0.4:
            task["arguments"] = {"parameters": self.parameters(kind, is_declared=False)}
        if is_node and self.random.random() < 0.1:
            task["template"] = self.random.choice([None, "", "callee"])
        return task

    def names(self, kind: str) -> list[str]:
        """Return names of inputs, most of them of this executor."""
        own = self.inputs.get(kind, ())
        foreign = [each for names in self.inputs.values() for each in names] + ["foreign", "x-y"]
        found = list(own[:2]) if self.random.random() < 0.7 else []
        for _ in range(self.random.randrange(4)):
            is_own = own and self.random.random() < 0.9
            found.append(self.random.choice(own if is_own else foreign))
        return list(dict.fromkeys(found))

    def parameters(self, kind: str, *, is_declared: bool) -> list[dict[str, Any]]:
        """Return declared inputs or arguments."""
        found: list[dict[str, Any]] = []
        for name in filter(PARAMETER.fullmatch, self.names(kind)):
            parameter: dict[str, Any] = {"name": name, "value": self.value(name)}
            if self.random.random() < 0.1:
                parameter["default"] = self.value(name)
            if is_declared and self.random.random() < 0.1:
                parameter["type"] = self.random.choice(KINDS)
            if self.random.random() < 0.1:
                del parameter["value"]
                parameter["valueFrom"] = {"expression": "toJson(1)"}
            found.append(parameter)
        return found

    def value(self, name: str) -> Any:
        """Return a value for an input, most often one that it takes."""
        if name in RIGHT and self.random.random() < 0.8:
            return self.random.choice(RIGHT[name])
        shape = self.random.random()
        scalar = self.random.choice(SCALARS)
        return scalar if shape < 0.7 else [scalar] if shape < 0.85 else {"leaf": scalar}


def _names(executor: ExecutorSchema) -> tuple[str, ...]:
    inputs: Any = executor.inputs or {}
    required = inputs.get("required", [])
    return (*required, *(name for name in inputs.get("properties", {}) if name not in required))


def test_what_the_checker_accepts_is_never_refused(
    executors: tuple[ExecutorSchema, ...], judge: Callable[[object], Any]
) -> None:
    """Literals, placeholders, defaults, declared types, mere variables, calls of all kinds."""

    @settings(
        max_examples=DRAWN,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(random=st.randoms(use_true_random=False))
    def check(random: Random) -> None:
        document = Drawing(random, executors).workflow()
        verdicts = judge(document)
        assert verdicts.errors or not verdicts.refused

    check()
