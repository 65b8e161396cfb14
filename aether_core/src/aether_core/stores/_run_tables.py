"""Runs in the SQLite store, as they are read; `_commits` writes them."""

# Only names of columns and marks, all of them constants, are put into statements.
# ruff: noqa: S608

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aether_core.ports import Owner, RunQuery, RunSummary
from aether_core.stores._rows import (
    EVENT,
    PHASES,
    RUN_IDENTITY,
    RUN_STATE,
    RUN_SUBMISSION,
    RUN_SUMMARY,
    SPAN,
    TASK_IDENTITY,
    TASK_STATE,
    Row,
    event_of,
    run_of,
    summary_of,
    task_of,
)
from aether_core.stores._tables import Tables
from aether_sdk import Phase

if TYPE_CHECKING:
    from aether_core.kernel import EventRecord, RunRecord, TaskRecord

_SELECT_KEY: Final = "SELECT id FROM runs WHERE run_id = ?"
_SELECT_RUN: Final = f"""
    SELECT {RUN_IDENTITY}, {RUN_SUBMISSION}, {RUN_STATE}, version
    FROM runs JOIN submissions ON submissions.run = runs.id WHERE run_id = ?"""
_SELECT_TASKS: Final = f"""
    SELECT {TASK_IDENTITY}, {TASK_STATE} FROM tasks WHERE id BETWEEN ? AND ? ORDER BY id"""
_SELECT_EVENTS: Final = f"""
    SELECT {EVENT} FROM events WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?"""
_SELECT_SUMMARIES: Final = f"""
    SELECT {RUN_SUMMARY} FROM runs WHERE {{}} ORDER BY created_at DESC, id DESC LIMIT ?"""
_SELECT_OWNER: Final = """
    SELECT owner, heartbeat_at, phase FROM runs LEFT JOIN engines ON engine_id = owner
    WHERE run_id = ?"""

_HEARTBEAT: Final = """
    INSERT INTO engines(engine_id, heartbeat_at) VALUES (?, ?)
    ON CONFLICT(engine_id) DO UPDATE SET heartbeat_at = excluded.heartbeat_at"""
_GONE: Final = "DELETE FROM engines WHERE engine_id = ?"
_ENDED: Final = tuple(phase.value for phase in Phase if phase.is_terminal)
_UNFINISHED: Final = f"phase NOT IN ({', '.join('?' * len(_ENDED))})"
_SELECT_ABANDONED: Final = f"""
    SELECT run_id FROM runs LEFT JOIN engines ON engine_id = owner
    WHERE ({_UNFINISHED} OR hooks_open > 0) AND COALESCE(heartbeat_at, -1) < ?
    ORDER BY created_at, id"""


class RunTables(Tables):
    """The reading half of the run methods of `Store`, and the engines' signs of life.

    Each method raises a `StoreError` if the file can't be read or written.
    """

    async def get_run(self, run_id: str) -> RunRecord | None:
        """Return the run, or None."""
        return self._database.read_one(run_of, _SELECT_RUN, (run_id,))

    async def get_tasks(self, run_id: str) -> list[TaskRecord]:
        """Return the run's tasks in creation order; empty for an unknown run."""
        base = self._base(run_id)
        if base is None:
            return []
        return self._database.read(task_of, _SELECT_TASKS, (base, base + SPAN - 1))

    async def get_events(
        self, run_id: str, *, after: int = 0, limit: int = 1000
    ) -> list[EventRecord]:
        """Return the run's events numbered above `after`, oldest first, at most `limit`."""
        base = self._base(run_id)
        if base is None:
            return []
        span = (base + max(after + 1, 0), base + SPAN - 1, max(limit, 0))
        return self._database.read(event_of, _SELECT_EVENTS, span)

    async def list_runs(self, query: RunQuery) -> list[RunSummary]:
        """Return the runs that match, newest first; of equal age, the last one written first."""
        condition, arguments = _condition(query)
        statement = _SELECT_SUMMARIES.format(condition)
        return self._database.read(summary_of, statement, (*arguments, max(query.limit, 0)))

    async def get_owner(self, run_id: str) -> Owner | None:
        """Return who drives a run, or drove it last; None for an unknown run."""
        return self._database.read_one(_owner_of, _SELECT_OWNER, (run_id,))

    async def heartbeat(self, engine_id: str, at: int | None) -> None:
        """Note that an engine was alive at that time, or, with None, that it has ended."""
        if at is None:
            self._database.write(_GONE, (engine_id,))
        else:
            self._database.write(_HEARTBEAT, (engine_id, at))

    async def list_abandoned(self, since: int) -> list[str]:
        """Return the runs in which something is open and whose owner was not alive since then."""
        return self._database.read(_text, _SELECT_ABANDONED, (*_ENDED, since))

    def _base(self, run_id: str) -> int | None:
        return self._database.read_one(_base_of, _SELECT_KEY, (run_id,))


def _condition(query: RunQuery) -> tuple[str, Row]:
    """Return what a query asks for in SQL: only what it names, so that an index can serve it."""
    conditions: list[str] = []
    arguments: list[Any] = []
    if query.phase is not None:
        conditions.append("phase = ?")
        arguments.append(str(query.phase))
    if query.workflow is not None:
        conditions.append("workflow = ?")
        arguments.append(query.workflow)
    if query.cron_id is not None:
        # The second half is what the index of these runs is limited to.
        conditions.append("cron_id = ? AND cron_id <> ''")
        arguments.append(query.cron_id)
    if query.unfinished:
        conditions.append(_UNFINISHED)
        arguments.extend(_ENDED)
    if query.suspended:
        # As the index of these runs says it.
        conditions.append("suspended > 0")
    return " AND ".join(conditions) or "TRUE", tuple(arguments)


def _base_of(row: Row) -> int:
    return int(row[0]) * SPAN


def _text(row: Row) -> str:
    return str(row[0])


def _owner_of(row: Row) -> Owner:
    return Owner(row[0], row[1], PHASES[row[2]])
