"""Schedules and their slots in the SQLite store."""

# Only names of columns and marks, all of them constants, are put into statements.
# ruff: noqa: S608

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.ports import CronRecord, SlotRecord
from aether_core.stores._tables import Tables

if TYPE_CHECKING:
    from aether_core.ports import SlotOutcome
    from aether_core.stores._rows import Row

_COLUMNS: Final = """cron_id, name, namespace, document, created_at, updated_at, suspended, since,
        last_run_id, last_slot, version"""
_INSERT: Final = f"""
    INSERT INTO crons({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
    ON CONFLICT DO NOTHING"""
_SELECT: Final = f"SELECT {_COLUMNS} FROM crons WHERE cron_id = ?"
_SELECT_BY_NAME: Final = f"SELECT {_COLUMNS} FROM crons WHERE namespace = ? AND name = ?"
_SELECT_ALL: Final = f"SELECT {_COLUMNS} FROM crons ORDER BY created_at, id"
_UPDATE: Final = """
    UPDATE crons SET document = ?, updated_at = ?, suspended = ?, since = ?, last_run_id = ?,
        last_slot = ?, version = version + 1
    WHERE cron_id = ? AND version = ?"""
_DELETE: Final = "DELETE FROM crons WHERE cron_id = ?"
_DELETE_SLOTS: Final = "DELETE FROM slots WHERE cron_id = ?"

# One statement decides: SQLite lets one writer after the other do it. A slot that was pruned is
# not free again, and a schedule that is gone is not due any more.
_CLAIM: Final = """
    INSERT INTO slots(cron_id, slot, outcome, engine_id, at, run_id, reason)
    SELECT ?, ?, ?, ?, ?, ?, ?
    WHERE EXISTS (
        SELECT 1 FROM crons WHERE cron_id = ? AND (pruned_to IS NULL OR pruned_to < ?))
    ON CONFLICT DO NOTHING"""
_SETTLE: Final = """
    UPDATE slots SET outcome = ?, engine_id = ?, at = ?, run_id = ?, reason = ?
    WHERE cron_id = ? AND slot = ?"""
_SELECT_SLOTS: Final = """
    SELECT cron_id, slot, outcome, engine_id, at, run_id, reason
    FROM slots WHERE cron_id = ? AND (? IS NULL OR outcome = ?) ORDER BY slot DESC LIMIT ?"""
_SELECT_LAST_TO_PRUNE: Final = """
    SELECT slot FROM slots WHERE cron_id = ? ORDER BY slot DESC LIMIT 1 OFFSET ?"""
_PRUNE: Final = "DELETE FROM slots WHERE cron_id = ? AND slot <= ? AND outcome <> 'claimed'"
_NOTE_PRUNED: Final = """
    UPDATE crons SET pruned_to = MAX(COALESCE(pruned_to, ?), ?) WHERE cron_id = ?"""


class CronTables(Tables):
    """The `CronStore` part of the SQLite store.

    Each method raises a `StoreError` if the file can't be read or written.
    """

    async def create_cron(self, record: CronRecord) -> bool:
        """Keep a new schedule; False if its name in the namespace, or its id, is taken."""
        arguments = (record.cron_id, record.name, record.namespace, record.document)
        times = (record.created_at, record.updated_at, record.suspended, record.since)
        last = (record.last_run_id, record.last_slot)
        if self._database.write(_INSERT, arguments + times + last).rowcount != 1:
            return False
        record.version = 1
        return True

    async def get_cron(self, cron_id: str) -> CronRecord | None:
        """Return the schedule of this id, or None."""
        return self._database.read_one(_cron_of, _SELECT, (cron_id,))

    async def find_cron(self, name: str, namespace: str) -> CronRecord | None:
        """Return the schedule of this name, or None."""
        return self._database.read_one(_cron_of, _SELECT_BY_NAME, (namespace, name))

    async def list_crons(self) -> list[CronRecord]:
        """Return all schedules, oldest first; of equal age, the one that came first."""
        return self._database.read(_cron_of, _SELECT_ALL)

    async def update_cron(self, record: CronRecord) -> bool:
        """Write what may change of a schedule: all but its id, name, namespace and creation.

        False if it is gone or its version is not the stored one; else the version is raised.
        """
        state = (record.document, record.updated_at, record.suspended, record.since)
        last = (record.last_run_id, record.last_slot)
        where = (record.cron_id, record.version)
        if self._database.write(_UPDATE, state + last + where).rowcount != 1:
            return False
        record.version += 1
        return True

    async def delete_cron(self, cron_id: str) -> bool:
        """Remove a schedule and its slots, not its runs; False if there is none."""
        with self._database.transaction() as connection:
            connection.execute(_DELETE_SLOTS, (cron_id,))
            return connection.execute(_DELETE, (cron_id,)).rowcount == 1

    async def claim_slot(self, slot: SlotRecord) -> bool:
        """Keep a slot that nobody has claimed before; False if somebody has.

        False also for a slot that is not later than a pruned one, and for an unknown schedule.
        """
        arguments = (*_slot_row(slot), slot.cron_id, slot.slot)
        return self._database.write(_CLAIM, arguments).rowcount == 1

    async def settle_slot(self, slot: SlotRecord) -> None:
        """Write what became of a claimed slot; nothing if nobody has claimed it."""
        cron_id, at, *state = _slot_row(slot)
        self._database.write(_SETTLE, (*state, cron_id, at))

    async def list_slots(
        self, cron_id: str, *, outcome: SlotOutcome | None = None, limit: int = 100
    ) -> list[SlotRecord]:
        """Return a schedule's slots, the latest time first, at most `limit`."""
        arguments = (cron_id, outcome, outcome, max(limit, 0))
        return self._database.read(_slot_of, _SELECT_SLOTS, arguments)

    async def prune_slots(self, cron_id: str, keep: int) -> None:
        """Forget all but the latest `keep` slots of a schedule; claimed ones stay."""
        with self._database.transaction() as connection:
            last = connection.execute(_SELECT_LAST_TO_PRUNE, (cron_id, max(keep, 0))).fetchone()
            if last is not None:
                connection.execute(_PRUNE, (cron_id, *last))
                connection.execute(_NOTE_PRUNED, (*last, *last, cron_id))


def _cron_of(row: Row) -> CronRecord:
    return CronRecord(
        cron_id=row[0],
        name=row[1],
        namespace=row[2],
        document=row[3],
        created_at=row[4],
        updated_at=row[5],
        suspended=bool(row[6]),
        since=row[7],
        last_run_id=row[8],
        last_slot=row[9],
        version=row[10],
    )


def _slot_row(slot: SlotRecord) -> Row:
    return (
        slot.cron_id,
        slot.slot,
        slot.outcome,
        slot.engine_id,
        slot.at,
        slot.run_id,
        slot.reason,
    )


def _slot_of(row: Row) -> SlotRecord:
    return SlotRecord(*row)
