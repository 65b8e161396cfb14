"""A run for people: its end, its tasks as a tree, its outputs, and what went wrong."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import msgspec

from aether_core.cli._durations import duration_text, seconds_between
from aether_core.cli._safe_text import one_line, padded, safe_text, shortened, width_of
from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aether_core.cli._style import Style
    from aether_core.engine import TaskExecution, WorkflowExecution
    from aether_sdk import JsonValue

_BAD: Final = frozenset({Phase.FAILED, Phase.ERROR, Phase.TIMEOUT})
# Of these the message says what a task waits for, if it waits for something.
_WAITING: Final = frozenset({Phase.SUSPENDED, Phase.CREATED})
_INDENT: Final = "  "
_PHASE_WIDTH: Final = max(map(len, Phase))
# Where no terminal limits the width, values of tasks are cut here; those of the run later.
_TASK_VALUE: Final = 100
_RUN_VALUE: Final = 2000

_NEXT: Final[dict[Phase, str]] = {
    Phase.FAILED: "The executor did its work and said no: its message and outputs say why.",
    Phase.ERROR: "The work could not be done.",
    Phase.TIMEOUT: "The work took longer than its timeout allows.",
    Phase.CANCELLED: "The run was cancelled; what had ended before is kept.",
}


class ExecutionText:
    """Renders a run.

    Args:
        execution: the run.
        style: decoration of the stream that shows it.
        look_up: the command that shows the run again; empty if nothing can.
        resume: the command that resumes it, up to the name of the task; empty if nothing can.
        unreached: a line about tasks that never began; empty if there are none.
    """

    def __init__(
        self,
        execution: WorkflowExecution,
        style: Style,
        *,
        look_up: str = "",
        resume: str = "",
        unreached: str = "",
    ) -> None:
        self._run = execution
        self._style = style
        self._look_up = look_up
        self._resume = resume
        self._unreached = unreached

    def render(self) -> str:
        """Return the text, which ends with a line end."""
        end = self._next() + self._unreached
        values = self._outputs() + self._artifacts()
        parts = [self._head(), self._tree(), values, self._failures(), end]
        return "\n".join(part for part in parts if part)

    def _head(self) -> str:
        run = self._run
        took = duration_text(seconds_between(run.started_at, run.finished_at))
        head = f"{self._style.word(run.phase)}  {self._style.bold(one_line(run.workflow))}"
        line = _INDENT.join(part for part in (head, one_line(run.run_id), took) if part)
        message = "".join(f"{_INDENT}{part}\n" for part in _lines(run.message))
        return f"{line}\n{message}"

    def _tree(self) -> str:
        rows = list(_rows(self._run.tasks))
        if not rows:
            return ""
        names = [f"{_INDENT * (level + 1)}{one_line(_label(task))}" for level, task in rows]
        width = max(map(width_of, names))
        lines: list[str] = []
        for (level, task), name in zip(rows, names, strict=True):
            took = duration_text(seconds_between(task.started_at, task.finished_at))
            phase = self._style.word(task.phase, padded(task.phase, _PHASE_WIDTH))
            lines.append(f"{padded(name, width)}  {phase}  {took}{_retries(task)}".rstrip())
            if task.phase in _WAITING:
                lines += (f"{_INDENT * (level + 3)}{line}" for line in _lines(task.message))
            values = self._values(task.outputs, _INDENT * (level + 3), _TASK_VALUE)
            lines += map(self._style.dim, values)
        return "\n".join(lines) + "\n"

    def _outputs(self) -> str:
        if not self._run.outputs:
            return ""
        lines = self._values(self._run.outputs, _INDENT, _RUN_VALUE)
        return "\n".join([self._style.bold("Outputs"), *lines]) + "\n"

    def _artifacts(self) -> str:
        lines = [
            f"{_INDENT}{one_line(name)}: {one_line(whereabouts(place))}"
            for name, place in self._run.artifacts.items()
        ]
        return "\n".join([self._style.bold("Artifacts"), *lines]) + "\n" if lines else ""

    def _values(self, values: dict[str, JsonValue], indent: str, longest: int) -> list[str]:
        limit = longest if self._style.width is None else self._style.width
        lines: list[str] = []
        for name, value in values.items():
            text = one_line(msgspec.json.encode(value).decode())
            line = f"{indent}{one_line(name)} = {text}"
            lines.append(shortened(line, limit))
        return lines

    def _failures(self) -> str:
        bad = [task for task in self._run.tasks if task.phase in _BAD]
        causes = [task for task in bad if task.template_type == "task"] or bad
        if not causes:
            return ""
        text = self._style.bold("What went wrong") + "\n"
        for task in causes:
            text += f"{_INDENT}{one_line(_path(task))}: {self._style.word(task.phase)}\n"
            text += "".join(f"{_INDENT * 2}{line}\n" for line in _lines(task.message))
        return text

    def _next(self) -> str:
        advice = _NEXT.get(self._outcome()) or self._resumption()
        if advice is None:
            return ""
        more = f"`{self._look_up}` shows every input and output." if self._look_up else ""
        return " ".join(part for part in (advice, more) if part) + "\n"

    def _outcome(self) -> Phase:
        """Return the run's phase; if it is Error since tasks ended otherwise, how the first did."""
        leaves = [t.phase for t in self._run.tasks if t.template_type == "task" and t.phase in _BAD]
        if self._run.phase is not Phase.ERROR or not leaves or Phase.ERROR in leaves:
            return self._run.phase
        return leaves[0]

    def _resumption(self) -> str | None:
        """Return how to go on with tasks that wait for a resume, if there are any."""
        suspended = [task for task in self._run.tasks if task.phase is Phase.SUSPENDED]
        if not suspended:
            return None
        waiting = [_shortest(task, suspended) for task in suspended]
        if not self._resume:
            return (
                f"Waits to be resumed: {', '.join(waiting)}. The store is gone with this command."
            )
        # Late: most runs wait for nothing.
        from shlex import quote

        commands = ", ".join(f"`{self._resume} {quote(name)}`" for name in waiting)
        return f"Waits to be resumed: {commands}."


def _rows(tasks: tuple[TaskExecution, ...]) -> Iterator[tuple[int, TaskExecution]]:
    """Yield every task with its level in the tree, parents before children."""
    known = {task.run_id for task in tasks}
    children: defaultdict[str, list[TaskExecution]] = defaultdict(list)
    for task in tasks:
        children[task.parent_run_id if task.parent_run_id in known else ""].append(task)
    # A stack of its own: nesting is bounded, but stored data is not ours alone.
    waiting = [(0, task) for task in reversed(children[""])]
    while waiting:
        level, task = waiting.pop()
        yield level, task
        waiting += [(level + 1, child) for child in reversed(children[task.run_id])]


def _retries(task: TaskExecution) -> str:
    """Return how often a task was tried again, behind its duration."""
    if not task.retry_count:
        return ""
    return f"  retried {'once' if task.retry_count == 1 else f'{task.retry_count} times'}"


def _path(task: TaskExecution) -> str:
    """Return what people call a task."""
    return task.path or task.name


def _label(task: TaskExecution) -> str:
    """Return a task's name below its container: iterations have their number."""
    return _path(task).rpartition("/")[2] if task.parent_run_id else _path(task)


def _shortest(task: TaskExecution, among: Sequence[TaskExecution]) -> str:
    """Return a task's name, or its path, if no other of these tasks is meant by it, else its id."""
    for name in (task.name, _path(task)):
        if sum(name in {each.name, _path(each)} for each in among) == 1:
            return name
    return task.run_id


def whereabouts(place: JsonValue) -> str:
    """Return where an artifact is: a file below the folder of artifacts, a path or a URL."""
    match place:
        case {"config": {"key": str(key)}, "size": int(size)}:
            return f"{key} ({size:,} bytes)"
        case {"config": {"path": str(where)}} | {"config": {"url": str(where)}}:
            return where
        case _:
            return msgspec.json.encode(place).decode()


def _lines(message: str) -> list[str]:
    return safe_text(message).split("\n") if message else []


def look_up_command(run_id: str, store: str | None) -> str:
    """Return the command that shows a run again; empty for a store that is gone by then.

    `resume_command` is the same for going on with it.

    Args:
        run_id: the run.
        store: the store's URL if it was given as an option.
    """
    return _command(("get", run_id), store, ("--output", "json"))


def resume_command(run_id: str, store: str | None) -> str:
    """Return the command that resumes a run, up to the name of the task."""
    return _command(("resume", run_id), store, ("--task",))


def why_command(run_id: str, store: str | None) -> str:
    """Return the command that explains a run."""
    return _command(("why", run_id), store, ())


def _command(words: tuple[str, ...], store: str | None, options: tuple[str, ...]) -> str:
    # Late: needed only below a text for people.
    import shlex

    from aether_core.cli._options import store_url, without_password

    if store_url(store).lower().startswith("memory:"):
        return ""
    where = ("--store", without_password(store)) if store else ()
    return shlex.join(("aether", *words, *where, *options))
