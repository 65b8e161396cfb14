"""Everything in a document that has values, compiled once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from aether_core.check._artifacts import NO_ARTIFACTS, ArtifactLists, member_artifacts
from aether_core.check._executors import Contracts, Work
from aether_core.check._graph import Graph
from aether_core.check._index import Entry
from aether_core.check._items import Items, items_of
from aether_core.check._sources import (
    Declared,
    Source,
    compile_computed,
    compile_outputs,
    compile_parameters,
    compile_value,
)
from aether_core.check._upstream import Upstream
from aether_core.document import Path, Task

if TYPE_CHECKING:
    from aether_core.check._executors import ExecutorCatalog
    from aether_core.check._index import Index
    from aether_core.check._report import Report
    from aether_core.document import (
        Arguments,
        Dag,
        InputsDecl,
        Loop,
        OutputsDecl,
        PhaseConditions,
    )


class Rules(msgspec.Struct, frozen=True):
    """The expressions around a task, a dag or a loop that see its own results."""

    retry: Source | None = None
    phases: tuple[Source, ...] = ()


class Node(msgspec.Struct, frozen=True):
    """A task of a dag, as a place that calls something.

    Attributes:
        work: Set when it has an executor of its own.
    """

    number: int
    task: Task
    path: Path
    arguments: Mapping[str, Declared]
    when: Source | None
    rules: Rules
    work: Work | None
    artifacts: ArtifactLists = NO_ARTIFACTS


class Definition(msgspec.Struct, frozen=True):
    """A template, compiled. The kind of template says which attributes are set."""

    entry: Entry
    inputs: Mapping[str, Declared]
    outputs: Mapping[str, Declared]
    rules: Rules
    work: Work | None = None
    nodes: tuple[Node, ...] = ()
    graph: Graph | None = None
    upstream: Upstream | None = None
    #: What a loop hands to its body.
    arguments: Mapping[str, Declared] = {}
    items: Items | None = None
    items_from: Source | None = None
    repeat: Source | None = None
    artifacts: ArtifactLists = NO_ARTIFACTS


class Definitions:
    """Compiles the templates of a document; texts that can't be read are reported."""

    def __init__(self, index: Index, catalog: ExecutorCatalog, report: Report) -> None:
        self.contracts = Contracts(catalog)
        self.has_lost_calls = index.has_lost_calls
        self._report = report
        self.all = tuple(self._definition(entry) for entry in index.entries)
        self._by_name = {name: self.all[entry.number] for name, entry in index.by_name.items()}

    def get(self, name: str | None) -> Definition | None:
        """Return the first template of a name, or None."""
        return None if name is None else self._by_name.get(name)

    def _definition(self, entry: Entry) -> Definition:
        template = entry.template
        if template.dag is not None:
            return self._dag(entry, template.dag)
        if template.loop is not None:
            return self._loop(entry, template.loop)
        return self._task(entry, template.task)

    def _task(self, entry: Entry, task: Task | None) -> Definition:
        if task is None:
            raise ValueError(f"{entry.words} is none of dag, task and loop")
        work = self._work(task, entry.words, entry.path)
        rules = self._task_rules(task, entry.path)
        return Definition(entry, work.inputs, work.outputs, rules, work, artifacts=work.artifacts)

    def _dag(self, entry: Entry, dag: Dag) -> Definition:
        graph = Graph(dag)
        return Definition(
            entry,
            self._parameters(dag.inputs, (*entry.path, "inputs")),
            self._parameters(dag.outputs, (*entry.path, "outputs")),
            Rules(phases=self._phases(dag.phase_conditions, entry.path)),
            nodes=tuple(self._node(number, task, entry) for number, task in enumerate(dag.tasks)),
            graph=graph,
            upstream=Upstream(graph),
            artifacts=member_artifacts(dag, entry.path, self._report),
        )

    def _node(self, number: int, task: Task, dag: Entry) -> Node:
        path = (*dag.path, "tasks", number)
        work = None
        if task.template is None:
            words = f'task "{task.name}" of {dag.words}'
            work = self._work(task, words, path)
        return Node(
            number,
            task,
            path,
            self._parameters(task.arguments, (*path, "arguments")),
            self._computed(task.when, (*path, "when")),
            self._task_rules(task, path),
            work,
            member_artifacts(task, path, self._report) if work is None else work.artifacts,
        )

    def _loop(self, entry: Entry, loop: Loop) -> Definition:
        return Definition(
            entry,
            self._parameters(loop.inputs, (*entry.path, "inputs")),
            self._outputs(loop.outputs, (*entry.path, "outputs")),
            Rules(phases=self._phases(loop.phase_conditions, entry.path)),
            arguments=self._parameters(loop.arguments, (*entry.path, "arguments")),
            items=items_of(loop, entry.words),
            items_from=self._computed(loop.items_from, (*entry.path, "itemsFrom")),
            repeat=self._computed(loop.repeat_condition, (*entry.path, "repeatCondition")),
            artifacts=member_artifacts(loop, entry.path, self._report),
        )

    def _work(self, task: Task, words: str, path: Path) -> Work:
        executor = task.executor
        config = (executor.config if executor is not None else None) or {}
        where = (*path, "executor", "config")
        contract = None if executor is None else self.contracts.get(executor.type)
        return Work(
            words,
            path,
            task,
            self._parameters(task.inputs, (*path, "inputs")),
            self._outputs(task.outputs, (*path, "outputs")),
            {
                name: compile_value(value, (*where, name), self._report)
                for name, value in config.items()
            },
            contract,
            artifacts=member_artifacts(task, path, self._report),
        )

    def _task_rules(self, task: Task, path: Path) -> Rules:
        expression = task.retry.expression if task.retry is not None else None
        return Rules(
            self._computed(expression, (*path, "retry", "expression")),
            self._phases(task.phase_conditions, path),
        )

    def _phases(self, conditions: PhaseConditions | None, path: Path) -> tuple[Source, ...]:
        if conditions is None:
            return ()
        texts = {
            "succeeded": conditions.succeeded,
            "failed": conditions.failed,
            "error": conditions.error,
        }
        where = (*path, "phaseConditions")
        sources = (self._computed(text, (*where, key)) for key, text in texts.items())
        return tuple(source for source in sources if source is not None)

    def _computed(self, text: str | None, path: Path) -> Source | None:
        return None if text is None else compile_computed(text, path, self._report)

    def _parameters(
        self, declared: Arguments | InputsDecl | OutputsDecl | None, path: Path
    ) -> dict[str, Declared]:
        if declared is None:
            return {}
        return compile_parameters(declared.parameters, (*path, "parameters"), self._report)

    def _outputs(self, declared: OutputsDecl | None, path: Path) -> dict[str, Declared]:
        """Compile the outputs of a task or a loop."""
        if declared is None:
            return {}
        return compile_outputs(declared.parameters, (*path, "parameters"), self._report)
