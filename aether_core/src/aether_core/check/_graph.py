"""Dags: dependencies, circles and entrypoints (documents.md 5.3, decision 14)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.check import _codes
from aether_core.check._cycles import circles, ordered
from aether_core.document import Severity, is_unnamed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aether_core.check._report import Report
    from aether_core.document import Dag, Path, Task

_MOST_SHOWN: Final = 8


class Graph:
    """The tasks of one dag by number.

    Attributes:
        numbers: The number of each name; the first one where a name is given twice.
        dependencies: For each task the numbers of the tasks it waits for, as far as they exist.
        order: All tasks, each behind its dependencies; None when there is a circle.
        running: The tasks that `entrypoints` let run; None when all do.
        is_open: Whether there is a task whose name can't be read.
        unclear: The tasks that wait for something that is not there, and so may wait for any.
    """

    def __init__(self, dag: Dag) -> None:
        self.dag = dag
        self.nodes: Sequence[Task] = dag.tasks
        self.numbers: dict[str, int] = {}
        for number, node in enumerate(self.nodes):
            self.numbers.setdefault(node.name, number)
        self.is_open = any(map(is_unnamed, self.numbers))
        self.unclear = frozenset(
            number
            for number, node in enumerate(self.nodes)
            if not all(name in self.numbers for name in node.dependencies)
        )
        self.dependencies = [self._known(number) for number in range(len(self.nodes))]
        order = ordered(self.dependencies)
        self.order = order if len(order) == len(self.nodes) else None
        self.running = self._running()

    def _known(self, number: int) -> frozenset[int]:
        known = (self.numbers.get(name) for name in self.nodes[number].dependencies)
        return frozenset(each for each in known if each is not None and each != number)

    def _running(self) -> frozenset[int] | None:
        names = self.dag.entrypoint_names
        if names is None:
            return None
        dependants: list[list[int]] = [[] for _ in self.nodes]
        for number, needed in enumerate(self.dependencies):
            for dependency in needed:
                dependants[dependency].append(number)
        queue = [self.numbers[name] for name in dict.fromkeys(names) if name in self.numbers]
        seen = set(queue)
        for number in queue:
            fresh = [each for each in dependants[number] if each not in seen]
            seen.update(fresh)
            queue.extend(fresh)
        return frozenset(seen)


def check_graph(graph: Graph, path: Path, report: Report) -> None:
    """Report what is wrong with the shape of a dag that stands at `path`."""
    for number, node in enumerate(graph.nodes):
        where = (*path, "tasks", number)
        if graph.numbers[node.name] != number:
            message = f'dag "{graph.dag.name}" has two tasks named "{node.name}"'
            hint = "Rename one of the two."
            report.add(_codes.DUPLICATE_TASK, message, (*where, "name"), hint=hint)
        _check_dependencies(graph, node, (*where, "dependencies"), report)
    if graph.order is None:
        _check_circles(graph, path, report)
    _check_entrypoints(graph, path, report)


def _check_dependencies(graph: Graph, node: Task, path: Path, report: Report) -> None:
    seen: set[str] = set()
    for position, name in enumerate(node.dependencies):
        where = (*path, position)
        if name == node.name:
            message = f'task "{name}" depends on itself'
            report.add(_codes.SELF_DEPENDENCY, message, where, hint="Remove the dependency.")
        elif name not in graph.numbers:
            if graph.is_open or is_unnamed(name):
                continue
            message = f'task "{node.name}" depends on "{name}", which is not a task of this dag'
            hint = report.similar(name, graph.numbers, "tasks")
            report.add(_codes.UNKNOWN_DEPENDENCY, message, where, hint=hint)
        elif name in seen:
            _warn_of_repetition(
                report, _codes.DUPLICATE_DEPENDENCY, f'the dependency "{name}"', where
            )
        seen.add(name)


def _warn_of_repetition(report: Report, code: str, what: str, path: Path) -> None:
    message, hint = f"{what} is listed twice", "Remove one of the two."
    report.add(code, message, path, severity=Severity.WARNING, hint=hint)


def _check_circles(graph: Graph, path: Path, report: Report) -> None:
    for circle in circles(graph.dependencies):
        names = [graph.nodes[number].name for number in circle]
        position = graph.nodes[circle[0]].dependencies.index(names[1])
        where = (*path, "tasks", circle[0], "dependencies", position)
        message = f"the dependencies form a cycle: {circle_words(names)}"
        hint = "Remove one of these dependencies; in a -> b, a waits for b."
        report.add(_codes.CYCLE, message, where, hint=hint)


def circle_words(names: Sequence[str]) -> str:
    """Return a circle as `a -> b -> a`, shortened when it is long."""
    shown = list(names)
    if len(shown) > _MOST_SHOWN:
        shown[_MOST_SHOWN - 2 : -1] = ["…"]
    return " -> ".join([*shown, names[0]])


def _check_entrypoints(graph: Graph, path: Path, report: Report) -> None:
    names = graph.dag.entrypoint_names
    if names is None:
        return
    is_list = not isinstance(graph.dag.entrypoints, str)
    seen: set[str] = set()
    for position, name in enumerate(names):
        where = (*path, "entrypoints", position) if is_list else (*path, "entrypoints")
        if name not in graph.numbers:
            if graph.is_open or is_unnamed(name):
                continue
            message = f'the entrypoint "{name}" is not a task of dag "{graph.dag.name}"'
            hint = report.similar(name, graph.numbers, "tasks")
            report.add(_codes.UNKNOWN_ENTRYPOINT, message, where, hint=hint)
        elif name in seen:
            _warn_of_repetition(
                report, _codes.DUPLICATE_ENTRYPOINT, f'the entrypoint "{name}"', where
            )
        seen.add(name)
    # A misspelt entrypoint or dependency would make tasks look as if they never ran.
    if not graph.unclear and all(name in graph.numbers for name in names):
        _check_waiting(graph, graph.running or (), path, report)


def _check_waiting(graph: Graph, running: Iterable[int], path: Path, report: Report) -> None:
    """Report tasks that can never run, since `entrypoints` leave out what they wait for."""
    for number in sorted(running):
        node = graph.nodes[number]
        for position, name in enumerate(node.dependencies):
            dependency = graph.numbers.get(name)
            if dependency is None or dependency == number or dependency in (graph.running or ()):
                continue
            message = (
                f'task "{node.name}" can never run: it waits for "{name}", '
                f"which the entrypoints leave out"
            )
            hint = f'Add "{name}" to the entrypoints, or remove the dependency.'
            where = (*path, "tasks", number, "dependencies", position)
            report.add(_codes.NEVER_READY, message, where, hint=hint)
