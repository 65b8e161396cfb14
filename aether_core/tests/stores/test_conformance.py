"""Both stores pass the checks that every store must pass; a store that does not is caught."""

from __future__ import annotations

import asyncio
import functools
import itertools
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
import pytest

from aether_core.kernel import CommandAnswer, RunChanges, TaskRecord
from aether_core.ports import Command, RunQuery, RunSummary, SlotRecord
from aether_core.stores import MemoryStore, SqliteStore, conformance


@pytest.mark.parametrize("check", conformance.CHECKS, ids=conformance.name_of)
def test_memory_store_conforms(check: conformance.Check) -> None:
    asyncio.run(check(MemoryStore))


@pytest.mark.parametrize("check", conformance.CHECKS, ids=conformance.name_of)
def test_sqlite_store_conforms(check: conformance.Check, tmp_path: Path) -> None:
    asyncio.run(check(lambda: SqliteStore(tmp_path / "aether.db")))


@pytest.mark.parametrize("check", conformance.DURABLE_CHECKS, ids=conformance.name_of)
def test_sqlite_store_is_durable(check: conformance.Check, tmp_path: Path) -> None:
    asyncio.run(check(lambda: SqliteStore(tmp_path / "aether.db")))


def test_sqlite_store_conforms_when_each_commit_waits_for_the_disk(tmp_path: Path) -> None:
    for number, check in enumerate(conformance.CHECKS[:4]):
        path = tmp_path / f"{number}.db"
        asyncio.run(check(functools.partial(SqliteStore, path, synchronous="full")))


class _HalfBatches(MemoryStore):
    async def commit(self, batch: Sequence[RunChanges]) -> None:
        for changes in batch:
            await super().commit([changes])


class _Shares(MemoryStore):
    def __init__(self) -> None:
        super().__init__()
        self._shared: dict[str, list[TaskRecord]] = {}

    async def commit(self, batch: Sequence[RunChanges]) -> None:
        await super().commit(batch)
        for changes in batch:
            self._shared.setdefault(changes.run.run_id, []).extend(changes.created)

    async def get_tasks(self, run_id: str) -> list[TaskRecord]:
        return self._shared.get(run_id, [])


class _OldestFirst(MemoryStore):
    async def list_runs(self, query: RunQuery) -> list[RunSummary]:
        return list(reversed(await super().list_runs(query)))


class _LastAnswer(MemoryStore):
    def _keep_answers(self, answers: Iterable[CommandAnswer]) -> None:
        for answer in answers:
            self._open_commands.pop(answer.command_id, None)
            self._answers[answer.command_id] = ("run-1", answer)


class _EarlyAnswer(MemoryStore):
    async def commit(self, batch: Sequence[RunChanges]) -> None:
        for changes in batch:
            self._keep_answers(changes.answers)
        await super().commit(batch)


class _ForgetsTheOwner(MemoryStore):
    async def list_commands(
        self, *, owner: str | None = None, run_id: str | None = None
    ) -> list[Command]:
        return await super().list_commands(run_id=run_id)


class _KeepsCommands(MemoryStore):
    def _forget_commands(self, run_id: str) -> None:
        pass


class _ClaimsSettledSlots(MemoryStore):
    async def claim_slot(self, slot: SlotRecord) -> bool:
        settled = {
            kept.slot for kept in await self.list_slots(slot.cron_id) if kept.outcome != "claimed"
        }
        return slot.slot in settled or await super().claim_slot(slot)


class _PrunesClaims(MemoryStore):
    async def prune_slots(self, cron_id: str, keep: int) -> None:
        for slot in await self.list_slots(cron_id, outcome="claimed"):
            await self.settle_slot(msgspec.structs.replace(slot, outcome="failed"))
        await super().prune_slots(cron_id, keep)


@pytest.mark.parametrize(
    ("broken", "caught_by"),
    [
        (_HalfBatches, "conflict_in_a_batch_writes_nothing"),
        (_Shares, "committed_records_are_copied"),
        (_Shares, "returned_records_are_copies"),
        (_OldestFirst, "runs_are_listed_newest_first"),
        (_LastAnswer, "first_answer_stands"),
        (_EarlyAnswer, "answer_of_a_refused_batch_is_none"),
        (_ForgetsTheOwner, "commands_are_listed_for_a_run_and_an_owner"),
        (_KeepsCommands, "deleted_run_is_gone_with_all_it_had"),
        (_KeepsCommands, "later_run_sees_no_leftovers"),
        (_ClaimsSettledSlots, "slot_is_claimed_once"),
        (_PrunesClaims, "pruning_keeps_the_latest_slots"),
    ],
)
def test_checks_catch_a_broken_store(broken: type[MemoryStore], caught_by: str) -> None:
    [check] = [check for check in conformance.CHECKS if conformance.name_of(check) == caught_by]

    with pytest.raises(AssertionError, match="expected"):
        asyncio.run(check(broken))


def test_durable_checks_catch_a_store_that_forgets() -> None:
    [check] = [
        check
        for check in conformance.DURABLE_CHECKS
        if conformance.name_of(check) == "commits_survive_closing"
    ]

    with pytest.raises(AssertionError, match="run: expected RunRecord"):
        asyncio.run(check(MemoryStore))


def test_every_check_says_what_it_guarantees() -> None:
    checks = (*conformance.CHECKS, *conformance.DURABLE_CHECKS)

    assert all(check.__doc__ for check in checks)
    names = sorted(map(conformance.name_of, checks))
    assert all(first != second for first, second in itertools.pairwise(names))


def test_kit_does_without_pytest() -> None:
    code = "import sys, aether_core.stores.conformance; print('pytest' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30
    )

    assert done.stdout.strip() == "False"
