"""One step in progress: collects what it changes and what must follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from aether_core.kernel._effects import Effect
from aether_core.kernel._environment import Environment
from aether_core.kernel._paths import HOOK_SCOPE, open_path
from aether_core.kernel._records import (
    NO_PARENT,
    CommandAnswer,
    EventRecord,
    RunChanges,
    TaskRecord,
)
from aether_core.kernel._state import Scope, Slot
from aether_core.plan import Call
from aether_sdk import Phase

if TYPE_CHECKING:
    from aether_core.kernel._records import EventKind
    from aether_core.kernel._state import RunState


class Step(msgspec.Struct, frozen=True):
    """The answer of `step`: what to commit, and what to do once that is durable."""

    changes: RunChanges
    effects: list[Effect]


class Start(msgspec.Struct, frozen=True):
    """Work of a step: a task that exists and has to begin."""

    record: TaskRecord
    call: Call
    environment: Environment
    scope: Scope | None
    slot: Slot | None


class Transition:
    """Applies changes to a run's state and remembers each of them."""

    def __init__(self, state: RunState) -> None:
        self.state = state
        #: The time of the event that is applied.
        self.at = 0
        self.effects: list[Effect] = []
        #: What the step still has to do, the next thing last.
        self.agenda: list[Start | Scope] = []
        self._version = state.run.version
        self._created: dict[int, TaskRecord] = {}
        self._updated: dict[int, TaskRecord] = {}
        self._events: list[EventRecord] = []
        self._answers: list[CommandAnswer] = []

    def finish(self) -> Step:
        """Return everything that was collected."""
        self.state.run.hooks_open = len(self.state.hooks)
        self.state.run.suspended = len(self.state.suspended)
        changes = RunChanges(
            run=self.state.run,
            expected_version=self._version,
            created=list(self._created.values()),
            updated=list(self._updated.values()),
            events=self._events,
            answers=self._answers,
        )
        return Step(changes, self.effects)

    def create_task(
        self,
        name: str,
        call: Call,
        scope: Scope | None,
        where: str,
        iteration: int | None = None,
    ) -> TaskRecord:
        """Add a task in phase Created; `where` is its scope as the protocol writes it.

        A task that an earlier generation of the run has left begins anew instead.
        """
        parent = scope.record if scope is not None else None
        if self.state.earlier and where != HOOK_SCOPE:
            record = self._earlier(parent, name if iteration is None else iteration)
            if record is not None:
                return record
        record = TaskRecord(
            seq=self.state.next_seq,
            task_id=self.state.new_id(),
            parent_seq=parent.seq if parent is not None else NO_PARENT,
            parent_id=parent.task_id if parent is not None else "",
            depth=parent.depth + 1 if parent is not None else 0,
            scope=where,
            name=name,
            template=call.template,
            template_type=call.kind,
            phase=Phase.CREATED,
            created_at=self.at,
            iteration=iteration,
            generation=self.state.run.generation,
        )
        self.state.next_seq += 1
        if where != HOOK_SCOPE:
            self.state.run.tasks_total += 1
        self._created[record.seq] = record
        return record

    def _earlier(self, parent: TaskRecord | None, key: str | int) -> TaskRecord | None:
        """Return the record of an earlier generation as if nothing had happened to it yet."""
        seq = NO_PARENT if parent is None else parent.seq
        record = self.state.earlier.get(seq, {}).pop(key, None)
        if record is None:
            return None
        if record.phase.is_terminal:
            self.state.run.tasks_done -= 1
        record.generation = self.state.run.generation
        record.phase = Phase.CREATED
        record.message = ""
        record.retry_count = 0
        record.code = record.inputs = record.outputs = None
        record.artifacts = record.input_artifacts = None
        record.started_at = record.finished_at = None
        record.deadline = record.next_attempt_at = None
        self.touch(record)
        return record

    def answer(self, command_id: int | None, refusal: str = "") -> None:
        """Say what became of the command behind an event, if there is one."""
        if command_id is not None:
            self._answers.append(CommandAnswer(command_id, not refusal, refusal))

    def set_phase(self, record: TaskRecord, phase: Phase, message: str = "") -> None:
        """Move a task to a phase; stamps its times and counts it when it has ended."""
        if phase is Phase.SUSPENDED:
            self.state.suspended.add(record.seq)
        elif record.phase is Phase.SUSPENDED:
            self.state.suspended.discard(record.seq)
        record.phase = phase
        record.message = message
        if phase is Phase.RUNNING and record.started_at is None:
            record.started_at = self.at
        if phase.is_terminal:
            record.finished_at = self.at
            record.next_attempt_at = None
            if record.scope != HOOK_SCOPE:
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
        if phase is Phase.RUNNING and run.started_at is None:
            run.started_at = self.at
        if phase.is_terminal:
            run.finished_at = self.at
        self._event("run", phase, None, message)

    def note(self, message: str, record: TaskRecord | None = None) -> None:
        """Record something that went wrong, or was ignored, without changing a phase."""
        self._event("note", None, record, message)

    def log(self, line: str, record: TaskRecord) -> None:
        """Record a line that the executor of a task has said."""
        self._event("log", None, record, line)

    def climb(self, scope: Scope | None, phase: Phase) -> tuple[list[Scope], bool]:
        """Lift the containers above a leaf, and the run, to Ready or Running.

        Each container takes each of the two phases once, so all climbs of a run together
        cost no more than its containers (decision 19).

        Returns:
            The containers that were lifted, innermost first, and whether the run was.
        """
        lifted: list[Scope] = []
        below = (Phase.CREATED,) if phase is Phase.READY else (Phase.CREATED, Phase.READY)
        while scope is not None:
            if scope.record.phase not in below:
                return lifted, False
            self.set_phase(scope.record, phase)
            lifted.append(scope)
            scope = scope.scope
        is_first = self.state.run.phase in below
        if is_first:
            self.set_run_phase(phase)
        return lifted, is_first

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
                name=run.workflow if record is None else open_path(self.state, record),
                message=message,
            )
        )
