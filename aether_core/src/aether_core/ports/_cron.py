"""Schedules in the store: CronWorkflows and what became of each of their slots (engine.md 13)."""

from __future__ import annotations

from typing import Literal, Protocol, TypeAlias

import msgspec

SlotOutcome: TypeAlias = Literal["claimed", "fired", "skipped", "failed"]


class CronRecord(msgspec.Struct):
    """A schedule; times in microseconds since 1970-01-01 UTC."""

    cron_id: str
    #: Unique within the namespace.
    name: str
    namespace: str
    #: The CronWorkflow document as JSON text.
    document: str
    created_at: int
    updated_at: int
    #: Whether the schedule is stopped, by its document or by command.
    suspended: bool = False
    #: From when on slots count: those before were settled, missed or not wanted.
    since: int = 0
    last_run_id: str = ""
    #: The slot that was settled last.
    last_slot: int | None = None
    #: Counts changes; a change that expects another version than the stored one is refused.
    version: int = 0


class SlotRecord(msgspec.Struct, frozen=True):
    """One time at which a schedule is due, and what became of it.

    `claimed`: an engine is about to decide; `fired`: `run_id` was started; `skipped` and
    `failed`: `reason` says why.
    """

    cron_id: str
    #: The time of the schedule.
    slot: int
    outcome: SlotOutcome
    #: The engine that claimed it.
    engine_id: str
    at: int
    run_id: str = ""
    reason: str = ""


class CronStore(Protocol):
    """Keeps schedules and their slots."""

    async def create_cron(self, record: CronRecord) -> bool:
        """Keep a new schedule; False if its namespace has one of that name. Its version is 1."""
        ...

    async def get_cron(self, cron_id: str) -> CronRecord | None:
        """Return the schedule of this id, or None."""
        ...

    async def find_cron(self, name: str, namespace: str) -> CronRecord | None:
        """Return the schedule of this name, or None."""
        ...

    async def list_crons(self) -> list[CronRecord]:
        """Return all schedules, oldest first."""
        ...

    async def update_cron(self, record: CronRecord) -> bool:
        """Write a schedule again; False if it is gone or its version is not the stored one.

        The record's version is raised by one.
        """
        ...

    async def delete_cron(self, cron_id: str) -> bool:
        """Remove a schedule and its slots, not its runs; False if there is none."""
        ...

    async def claim_slot(self, slot: SlotRecord) -> bool:
        """Keep a slot that nobody has claimed before; False if somebody has.

        Of several engines exactly one is told True.
        """
        ...

    async def settle_slot(self, slot: SlotRecord) -> None:
        """Write what became of a claimed slot, whoever claimed it."""
        ...

    async def list_slots(
        self, cron_id: str, *, outcome: SlotOutcome | None = None, limit: int = 100
    ) -> list[SlotRecord]:
        """Return a schedule's slots, the latest time first, at most `limit`."""
        ...

    async def prune_slots(self, cron_id: str, keep: int) -> None:
        """Forget all but the latest `keep` slots of a schedule; claimed ones stay."""
        ...
