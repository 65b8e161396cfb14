"""One step in progress: collects what it changes and what must follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from aether_core.kernel._effects import Effect
from aether_core.kernel._records import NO_PARENT, EventRecord, RunChanges, TaskRecord
from aether_sdk import Phase

if TYPE_CHECKING:
    from aether_core.kernel._records import EventKind, TemplateType
    from aether_core.kernel._state import DagScope, RunState


class Step(msgspec.Struct, frozen=True):
    """The answer of `step`: what to commit, and what to do once that is durable."""

    changes: RunChanges
    effects: list[Effect]


class Transition:
    """Applies changes to a run's state and remembers each of them."""

    def __init__(self, state: RunState, at: int) -> None:
        self.state = state
        self.at = at
        self.effects: list[Effect] = []
        self._version = state.run.version
        self._created: dict[int, TaskRecord] = {}
        self._updated: dict[int, TaskRecord] = {}
        self._events: list[EventRecord] = []

    def finish(self) -> Step:
        """Return everything that was collected."""
        changes = RunChanges(
            run=self.state.run,
            expected_version=self._version,
            created=list(self._created.values()),
            updated=list(self._updated.values()),
            events=self._events,
        )
        return Step(changes, self.effects)

    def create_task(
        self, *, name: str, template: str, template_type: TemplateType, scope: DagScope | None
    ) -> TaskRecord:
        """Add a task in phase Created below the scope, or at the root."""
        run = self.state.run
        parent = scope.record if scope is not None else None
        record = TaskRecord(
            seq=run.tasks_total,
            task_id=self.state.new_id(),
            parent_seq=parent.seq if parent is not None else NO_PARENT,
            parent_id=parent.task_id if parent is not None else "",
            depth=parent.depth + 1 if parent is not None else 0,
            scope=f"{parent.name}/" if parent is not None else "",
            name=name,
            template=template,
            template_type=template_type,
            phase=Phase.CREATED,
            created_at=self.at,
        )
        run.tasks_total += 1
        self._created[record.seq] = record
        return record

    def set_phase(self, record: TaskRecord, phase: Phase, message: str = "") -> None:
        """Move a task to a phase; stamps its times and counts it when it has ended."""
        record.phase = phase
        record.message = message
        if phase is Phase.RUNNING and record.started_at is None:
            record.started_at = self.at
        if phase.is_terminal:
            record.finished_at = self.at
            self.state.run.tasks_done += 1
        self.touch(record)
        self._event("task", phase, record, message)

    def touch(self, record: TaskRecord) -> None:
        """Note that the record differs from what is committed."""
        if record.seq not in self._created:
            self._updated[record.seq] = record

    def set_run_phase(self, phase: Phase, message: str = "") -> None:
        """Move the run to a phase."""
        run = self.state.run
        run.phase = phase
        run.message = message
        if phase is Phase.RUNNING:
            run.started_at = self.at
        if phase.is_terminal:
            run.finished_at = self.at
        self._event("run", phase, None, message)

    def note(self, message: str, record: TaskRecord | None = None) -> None:
        """Record something that went wrong, or was ignored, without changing a phase."""
        self._event("note", None, record, message)

    def climb(self, scope: DagScope | None, phase: Phase) -> None:
        """Lift the containers above a leaf, and the run, to Ready or Running.

        Each container takes each of the two phases once, so all climbs of a run together
        cost no more than its containers (decision 19).
        """
        below = (Phase.CREATED,) if phase is Phase.READY else (Phase.CREATED, Phase.READY)
        while scope is not None:
            if scope.record.phase not in below:
                return
            self.set_phase(scope.record, phase)
            scope = scope.scope
        if self.state.run.phase in below:
            self.set_run_phase(phase)

    def _event(
        self, kind: EventKind, phase: Phase | None, record: TaskRecord | None, message: str
    ) -> None:
        run = self.state.run
        run.last_event += 1
        self._events.append(
            EventRecord(
                seq=run.last_event,
                at=self.at,
                kind=kind,
                phase=phase,
                task_seq=record.seq if record is not None else NO_PARENT,
                name=display_name(record) if record is not None else run.workflow,
                message=message,
            )
        )


def display_name(record: TaskRecord) -> str:
    """Return a task's name as people should read it; below the first level with its container."""
    return record.name if record.depth <= 1 else f"{record.scope}{record.name}"
