"""A store that keeps runs for as long as the process lives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from aether_core.kernel import EventRecord, ExecutorIdentity, RunChanges, RunRecord, TaskRecord
from aether_core.ports import Owner, RunQuery, RunSummary, StoreError, VersionConflict
from aether_core.stores._errors import UNWRITABLE, missing_task, refuse_repeated_runs
from aether_core.stores._memory_commands import MemoryCommands
from aether_core.stores._memory_crons import MemoryCrons
from aether_core.stores._memory_templates import MemoryTemplates
from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: What a commit may change of a run that exists; a long document is encoded only once.
_RUN_STATE = (
    "phase",
    "message",
    "outputs",
    "started_at",
    "finished_at",
    "tasks_total",
    "tasks_done",
    "last_event",
    "deadline",
    "owner",
    "generation",
    "hooks_open",
    "suspended",
)

_Numbered = TypeVar("_Numbered", TaskRecord, EventRecord)

_encode = msgspec.json.Encoder().encode


class _Kept(msgspec.Struct):
    """A run as it is kept: records as JSON, so that nobody shares a value with the store."""

    created: bytes
    state: bytes
    summary: RunSummary
    owner: str
    is_open: bool
    version: int
    tasks: dict[int, bytes]
    events: dict[int, EventRecord]


class _Staged(msgspec.Struct):
    """What one run's changes will do; nothing of it can fail any more."""

    changes: RunChanges
    created: bytes
    state: bytes
    tasks: dict[int, bytes]
    events: dict[int, EventRecord]


class MemoryStore(MemoryCommands, MemoryCrons, MemoryTemplates):
    """Keeps runs and schedules in memory; the end of the process is the end of them.

    Behaves like the SQLite store in everything else: records are copied in and out, a batch
    is written whole or not at all, and values pass through JSON.
    """

    def __init__(self) -> None:
        super().__init__()
        self._runs: dict[str, _Kept] = {}
        #: When each engine was last alive.
        self._engines: dict[str, int] = {}

    async def open(self) -> None:
        """Do nothing: there is nothing to prepare."""

    async def close(self) -> None:
        """Do nothing: the runs go when the store itself goes."""

    async def commit(self, batch: Sequence[RunChanges]) -> None:
        """Write all changes of all runs in the batch, or none.

        Raises:
            VersionConflict: a run's stored version is not the expected one.
            StoreError: a record can't be encoded, exists twice, or does not exist.
        """
        refuse_repeated_runs(batch)
        kept = [self._require_version(changes) for changes in batch]
        try:
            staged = [_stage(changes, old) for changes, old in zip(batch, kept, strict=True)]
        except UNWRITABLE as error:
            raise StoreError(f"a record can't be written as JSON: {error}") from error
        for stage in staged:
            self._apply(stage)

    async def get_run(self, run_id: str) -> RunRecord | None:
        """Return a copy of the run, or None."""
        kept = self._runs.get(run_id)
        if kept is None:
            return None
        fields: dict[str, Any] = msgspec.json.decode(kept.created)
        fields.update(msgspec.json.decode(kept.state))
        fields["phase"] = Phase(fields["phase"])
        fields["executors"] = msgspec.convert(fields["executors"], dict[str, ExecutorIdentity])
        fields["version"] = kept.version
        return RunRecord(**fields)

    async def get_tasks(self, run_id: str) -> list[TaskRecord]:
        """Return copies of the run's tasks in creation order; empty for an unknown run."""
        kept = self._runs.get(run_id)
        return [] if kept is None else [_task(kept.tasks[seq]) for seq in sorted(kept.tasks)]

    async def get_events(
        self, run_id: str, *, after: int = 0, limit: int = 1000
    ) -> list[EventRecord]:
        """Return the run's events numbered above `after`, oldest first, at most `limit`."""
        kept = self._runs.get(run_id)
        if kept is None:
            return []
        later = sorted(seq for seq in kept.events if seq > after)
        return [kept.events[seq] for seq in later[: max(limit, 0)]]

    async def heartbeat(self, engine_id: str, at: int | None) -> None:
        """Note that an engine was alive at that time, or, with None, that it has ended."""
        if at is None:
            self._engines.pop(engine_id, None)
        else:
            self._engines[engine_id] = at

    async def list_abandoned(self, since: int) -> list[str]:
        """Return the runs in which something is open and whose owner was not alive since then."""
        found = [
            kept.summary
            for kept in self._runs.values()
            if kept.is_open and self._engines.get(kept.owner, -1) < since
        ]
        found.sort(key=lambda summary: summary.created_at)
        return [summary.run_id for summary in found]

    async def list_runs(self, query: RunQuery) -> list[RunSummary]:
        """Return the runs that match, newest first; of equal age, the last one written first."""
        found = [
            kept.summary
            for kept in reversed(self._runs.values())
            if query.phase in {None, kept.summary.phase}
            and query.workflow in {None, kept.summary.workflow}
            and (query.cron_id is None or query.cron_id == kept.summary.cron_id != "")
            and not (query.unfinished and kept.summary.phase.is_terminal)
            and not (query.suspended and not kept.summary.suspended)
        ]
        found.sort(key=lambda summary: summary.created_at, reverse=True)
        return found[: max(query.limit, 0)]

    async def get_owner(self, run_id: str) -> Owner | None:
        """Return who drives a run, or drove it last; None for an unknown run."""
        kept = self._runs.get(run_id)
        if kept is None:
            return None
        return Owner(kept.owner, self._engines.get(kept.owner), kept.summary.phase)

    async def delete_run(self, run_id: str) -> bool:
        """Remove a run with all that belongs to it; returns False if there is none."""
        self._forget_commands(run_id)
        return self._runs.pop(run_id, None) is not None

    def _owner_of(self, run_id: str) -> str | None:
        kept = self._runs.get(run_id)
        return None if kept is None else kept.owner

    def _require_version(self, changes: RunChanges) -> _Kept | None:
        kept = self._runs.get(changes.run.run_id)
        if changes.expected_version != (0 if kept is None else kept.version):
            raise VersionConflict(changes.run.run_id)
        return kept

    def _apply(self, stage: _Staged) -> None:
        run, version = stage.changes.run, stage.changes.expected_version + 1
        kept = self._runs.get(run.run_id)
        if kept is None:
            self._runs[run.run_id] = _Kept(
                created=stage.created,
                state=stage.state,
                summary=_summary(run),
                owner=run.owner,
                is_open=_is_open(run),
                version=version,
                tasks=stage.tasks,
                events=stage.events,
            )
        else:
            kept.state, kept.owner, kept.version = stage.state, run.owner, version
            kept.is_open = _is_open(run)
            kept.summary = msgspec.structs.replace(
                kept.summary,
                phase=run.phase,
                tasks_total=run.tasks_total,
                tasks_done=run.tasks_done,
                finished_at=run.finished_at,
                suspended=run.suspended,
            )
            kept.tasks.update(stage.tasks)
            kept.events.update(stage.events)
        self._keep_answers(stage.changes.answers)
        run.version = version


def _stage(changes: RunChanges, kept: _Kept | None) -> _Staged:
    run = changes.run
    old_tasks = {} if kept is None else kept.tasks
    tasks = _numbered(changes.created, old_tasks, "task")
    for task in changes.updated:
        if task.seq not in old_tasks and task.seq not in tasks:
            raise missing_task("memory")
    # Only to see that it can be written.
    _encode(changes.answers)
    return _Staged(
        changes=changes,
        created=_encode(run) if kept is None else b"",
        state=_encode({name: getattr(run, name) for name in _RUN_STATE}),
        tasks={seq: _encode(task) for seq, task in tasks.items()}
        | {task.seq: _encode(task) for task in changes.updated},
        events=_numbered(changes.events, {} if kept is None else kept.events, "event"),
    )


def _numbered(
    records: Iterable[_Numbered], present: dict[int, Any], kind: str
) -> dict[int, _Numbered]:
    numbered: dict[int, _Numbered] = {}
    for record in records:
        if record.seq in present or record.seq in numbered:
            raise StoreError(f"{kind} {record.seq} of a run exists already")
        numbered[record.seq] = record
    return numbered


def _is_open(run: RunRecord) -> bool:
    return run.hooks_open > 0 or not run.phase.is_terminal


def _summary(run: RunRecord) -> RunSummary:
    return RunSummary(
        run_id=run.run_id,
        workflow=run.workflow,
        namespace=run.namespace,
        phase=run.phase,
        tasks_total=run.tasks_total,
        tasks_done=run.tasks_done,
        created_at=run.created_at,
        finished_at=run.finished_at,
        cron_id=run.cron_id,
        scheduled_at=run.scheduled_at,
        suspended=run.suspended,
    )


def _task(encoded: bytes) -> TaskRecord:
    fields: dict[str, Any] = msgspec.json.decode(encoded)
    fields["phase"] = Phase(fields["phase"])
    return TaskRecord(**fields)
