"""Slots that come by themselves: on time, late, missed, and once among several engines."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest
from msgspec.structs import replace

from aether_core.engine import EngineFailed
from aether_core.engine.cron._firing import run_id_of
from aether_core.ports import SlotRecord, StoreError
from aether_core.stores import MemoryStore

SECOND = 1_000_000


def times(slots: Any) -> list[str]:
    """Return the times of slots of the first day, oldest first."""
    return [slot.scheduled_at[11:19] for slot in reversed(slots)]


def fired(slots: Any) -> list[str]:
    """Return the times of the slots that started a run, oldest first."""
    return times([slot for slot in slots if slot.outcome == "fired"])


def test_slots_are_fired_when_their_times_come(live: Any, cron: Any) -> None:
    """Decision 26: to the microsecond here, since nothing takes time."""

    async def story(town: Any) -> None:
        told: list[tuple[str, str | None, str | None]] = []
        async with town.engine() as engine:
            await engine.cron.create(cron("*/10 * * * *"))

            def report(name: str, slot: Any) -> None:
                told.append((name, slot.scheduled_at, slot.at))

            async with engine.cron.scheduling(report=report):
                await asyncio.sleep(1810)
            runs = (await engine.cron.get("tick")).runs
        moments = [f"2026-01-01T00:{minutes}:00.000000Z" for minutes in (10, 20, 30)]
        assert told == [("tick", moment, moment) for moment in moments]
        assert [run.scheduled_at for run in runs] == moments
        assert [run.created_at for run in runs] == moments

    live(story)


def test_a_schedule_of_six_fields_is_due_every_second(live: Any, cron: Any) -> None:
    async def story(town: Any) -> None:
        async with town.engine() as engine:
            await engine.cron.create(cron("* * * * * *"))
            async with engine.cron.scheduling():
                await asyncio.sleep(10)
            slots = (await engine.cron.get("tick")).slots
        assert fired(slots) == [f"00:00:{second:02}" for second in range(1, 10)]

    live(story)


def test_nothing_is_fired_outside_the_window_of_the_schedule(live: Any, cron: Any) -> None:
    """Its ends included, and nothing is said about the times outside (decision 26)."""
    spec = {"startAt": "2026-01-01T00:02:00Z", "endAt": "2026-01-01T00:04:00Z"}

    async def story(town: Any) -> None:
        async with town.engine() as engine:
            created = await engine.cron.create(cron("* * * * *", **spec))
            assert created.next_at == "2026-01-01T00:02:00.000000Z"
            async with engine.cron.scheduling():
                await asyncio.sleep(600)
            shown = await engine.cron.get("tick")
        assert times(shown.slots) == ["00:02:00", "00:03:00", "00:04:00"]
        assert (shown.next_at, shown.next_times) == (None, ())

    live(story)


def test_what_others_change_is_noticed_within_a_second(live: Any, cron: Any) -> None:
    """Created, suspended, resumed, changed and deleted by another engine (decision 26)."""

    async def story(town: Any) -> None:
        async with town.engine() as one, town.engine() as two:
            async with one.cron.scheduling():
                await asyncio.sleep(0.5)
                await two.cron.create(cron("*/10 * * * * *"))
                await asyncio.sleep(20)
                await two.cron.suspend("tick")
                await asyncio.sleep(20)
                await two.cron.resume("tick")
                await asyncio.sleep(20)
                await two.cron.update(cron("*/15 * * * * *"))
                await asyncio.sleep(30)
                slots = (await two.cron.get("tick")).slots
                await two.cron.delete("tick")
                await asyncio.sleep(60)
            assert await one.list() != []
        expected = ("0:10", "0:20", "0:50", "1:00", "1:15", "1:30")
        assert times(slots) == [f"00:0{time}" for time in expected]

    live(story)


def test_missed_slots_are_not_made_up_for_without_a_deadline(live: Any, cron: Any) -> None:
    """The last one of them says how many there were (decision 26, reference gap)."""

    async def story(town: Any) -> None:
        async with town.engine() as engine:
            await engine.cron.create(cron("* * * * *"))
        await asyncio.sleep(330)
        async with town.engine() as engine, engine.cron.scheduling():
            await asyncio.sleep(100)
            shown = await engine.cron.get("tick")
        assert fired(shown.slots) == ["00:06:00", "00:07:00"]
        (missed,) = (slot for slot in shown.slots if slot.outcome == "skipped")
        assert missed.scheduled_at == "2026-01-01T00:05:00.000000Z"
        assert missed.reason.startswith("5 times were missed up to this")

    live(story)


def test_missed_slots_are_made_up_for_within_the_deadline(live: Any, cron: Any) -> None:
    """All of them, in their order; what is too late is written down once (decision 26)."""

    async def story(town: Any) -> None:
        async with town.engine() as engine:
            await engine.cron.create(
                cron("* * * * *", startingDeadlineSeconds=150, successfulJobsHistoryLimit=9)
            )
        await asyncio.sleep(330)
        async with town.engine() as engine, engine.cron.scheduling():
            await asyncio.sleep(1)
            shown = await engine.cron.get("tick")
        assert fired(shown.slots) == ["00:03:00", "00:04:00", "00:05:00"]
        assert [run.scheduled_at[14:16] for run in shown.runs] == ["03", "04", "05"]
        (missed,) = (slot for slot in shown.slots if slot.outcome == "skipped")
        assert missed.scheduled_at == "2026-01-01T00:02:00.000000Z"
        assert missed.reason.startswith("2 times were missed up to this")

    live(story)


def test_forbid_holds_among_slots_that_are_made_up_for(live: Any, cron: Any) -> None:
    async def story(town: Any) -> None:
        async with town.engine() as engine:
            spec = {"startingDeadlineSeconds": 3600, "concurrencyPolicy": "Forbid"}
            await engine.cron.create(cron("* * * * *", executor="pause", **spec))
        await asyncio.sleep(330)
        async with town.engine() as engine, engine.cron.scheduling():
            await asyncio.sleep(1)
            slots = (await engine.cron.get("tick")).slots
        assert [slot.outcome for slot in reversed(slots)] == ["fired", *["skipped"] * 4]

    live(story)


def test_no_more_than_a_hundred_slots_are_made_up_for_at_once(live: Any, cron: Any) -> None:
    """The newest ones; the others are missed, however many they were."""

    async def story(town: Any) -> None:
        async with town.engine() as engine:
            spec = {"startingDeadlineSeconds": 10**6, "concurrencyPolicy": "Forbid"}
            await engine.cron.create(cron("* * * * * *", executor="pause", **spec))
        await asyncio.sleep(3600)
        async with town.engine() as engine, engine.cron.scheduling():
            await asyncio.sleep(0.5)
            slots = (await engine.cron.get("tick", slots=1000)).slots
        assert len(slots) == 101
        assert slots[-1].reason.startswith("more than 1000 times were missed")
        assert times(slots)[:2] == ["00:58:20", "00:58:21"]

    live(story)


def test_what_was_due_while_a_schedule_was_suspended_is_not_made_up_for(
    live: Any, cron: Any
) -> None:
    """Not even within the deadline: nobody wanted it (decision 26)."""

    async def story(town: Any) -> None:
        async with town.engine() as engine:
            await engine.cron.create(cron("* * * * *", startingDeadlineSeconds=3600, suspend=True))
            async with engine.cron.scheduling():
                await asyncio.sleep(330)
                await engine.cron.resume("tick")
                await asyncio.sleep(60)
            assert times((await engine.cron.get("tick")).slots) == ["00:06:00"]

    live(story)


def test_a_scheduler_that_was_held_up_for_long_does_not_make_up_for_it(
    live: Any, cron: Any
) -> None:
    """A short delay is made up for, a machine that slept is not, without a deadline."""

    async def story(town: Any) -> None:
        async with town.engine() as engine:
            await engine.cron.create(cron("* * * * *"))
            async with engine.cron.scheduling():
                await asyncio.sleep(70)
                town.clock._loop._elapsed += 65 * SECOND
                await asyncio.sleep(10)
                town.clock._loop._elapsed += 1820 * SECOND
                await asyncio.sleep(100)
            shown = await engine.cron.get("tick")
        assert fired(shown.slots) == ["00:01:00", "00:02:00", "00:33:00", "00:34:00"]
        (missed,) = (slot for slot in shown.slots if slot.outcome == "skipped")
        assert missed.scheduled_at[11:19] == "00:32:00"
        assert missed.reason.startswith("30 times")

    live(story)


def test_two_engines_fire_each_slot_once(live: Any, cron: Any) -> None:
    """Decision 26, reference gap: each slot has one claim and one run."""

    async def story(town: Any) -> None:
        told: Counter[tuple[str, str | None]] = Counter()

        def report(name: str, slot: Any) -> None:
            told[name, slot.scheduled_at] += 1

        async with town.engine() as one, town.engine() as two:
            keep = {"successfulJobsHistoryLimit": 1000}
            for name in ("a", "b"):
                await one.cron.create(cron("*/2 * * * * *", name=name, **keep))
            async with one.cron.scheduling(report=report), two.cron.scheduling(report=report):
                await asyncio.sleep(300.5)
            for name in ("a", "b"):
                runs = (await one.cron.get(name)).runs
                assert len({run.scheduled_at for run in runs}) == len(runs) == 150
        assert set(told.values()) == {1}
        assert len(told) == 300

    live(story)


@pytest.mark.parametrize("started", [False, True])
def test_a_claim_that_was_left_behind_is_finished_by_another_engine(
    live: Any, cron: Any, started: bool
) -> None:
    """Whether or not its run had begun: there is one in the end (decision 26)."""

    async def story(town: Any) -> None:
        async with town.engine() as engine:
            cron_id = (await engine.cron.create(cron("0 12 * * *"))).cron_id
            claim = SlotRecord(cron_id, town.clock.now(), "claimed", "gone", town.clock.now())
            await town.store.claim_slot(claim)
            if started:
                workflow = cron()["spec"]["workflowSpec"]
                flow = {**cron(), "kind": "Workflow", "spec": workflow}
                await engine.submit(flow, run_id=run_id_of(claim), cron_id=cron_id)
            async with engine.cron.scheduling():
                await asyncio.sleep(4)
                assert (await engine.cron.get("tick")).slots[0].outcome == "claimed"
                await asyncio.sleep(8)
            shown = await engine.cron.get("tick")
        assert [slot.outcome for slot in shown.slots] == ["fired"]
        assert [run.run_id for run in shown.runs] == [run_id_of(claim)]

    live(story)


@pytest.mark.parametrize("started", [False, True])
def test_a_claim_that_was_left_behind_long_ago_starts_nothing_any_more(
    live: Any, cron: Any, started: bool
) -> None:
    async def story(town: Any) -> None:
        async with town.engine() as engine:
            cron_id = (await engine.cron.create(cron("0 12 * * *"))).cron_id
            claim = SlotRecord(cron_id, town.clock.now(), "claimed", "gone", town.clock.now())
            await town.store.claim_slot(claim)
            if started:
                workflow = cron()["spec"]["workflowSpec"]
                flow = {**cron(), "kind": "Workflow", "spec": workflow}
                await engine.submit(flow, run_id=run_id_of(claim), cron_id=cron_id)
            await asyncio.sleep(3600)
            async with engine.cron.scheduling():
                await asyncio.sleep(10)
            shown = await engine.cron.get("tick")
        assert [slot.outcome for slot in shown.slots] == ["fired" if started else "skipped"]
        assert len(shown.runs) == started

    live(story)


def test_a_claim_whose_run_has_ended_leaves_later_runs_alone(live: Any, cron: Any) -> None:
    """Replace would stop the later run for one that is over (decision 26)."""

    async def story(town: Any) -> None:
        async with town.engine() as engine:
            spec = {"concurrencyPolicy": "Replace"}
            created = await engine.cron.create(cron("0 12 * * *", executor="pause", **spec))
            over = await engine.cron.trigger("tick")
            await asyncio.sleep(1)
            await engine.resume(over.run_id, {"__resumed": True})
            await engine.wait(over.run_id)
            later = await engine.cron.trigger("tick")
            (settled,) = (
                slot
                for slot in await town.store.list_slots(created.cron_id)
                if slot.run_id == over.run_id
            )
            await town.store.settle_slot(replace(settled, outcome="claimed", run_id=""))
            async with engine.cron.scheduling():
                await asyncio.sleep(12)
            shown = await engine.cron.get("tick")
        assert [slot.run_id for slot in shown.slots] == [later.run_id, over.run_id]
        assert [run.phase for run in shown.runs] == ["Succeeded", "Running"]

    live(story)


def test_a_run_that_can_not_be_cancelled_fails_the_slot_and_nothing_else(
    live: Any, cron: Any
) -> None:
    """The run in the way can't be read any more; the scheduler goes on (reference gap)."""

    async def story(town: Any) -> None:
        async with town.engine() as engine:
            await engine.cron.create(cron(executor="pause", concurrencyPolicy="Replace"))
            stuck = await engine.cron.trigger("tick")
        kept = town.store._runs[stuck.run_id]
        kept.created = kept.created.replace(b"aether/v1", b"aether/v9")
        async with town.engine() as engine:
            await engine.cron.create(cron(name="other"))
            async with engine.cron.scheduling():
                await asyncio.sleep(121)
            slots = (await engine.cron.get("tick")).slots
            assert [slot.outcome for slot in slots] == ["failed", "failed", "fired"]
            assert stuck.run_id in slots[0].reason
            assert len((await engine.cron.get("other")).slots) == 2

    live(story)


def test_within_the_deadline_even_an_old_claim_is_finished(live: Any, cron: Any) -> None:
    async def story(town: Any) -> None:
        async with town.engine() as engine:
            spec = {"startingDeadlineSeconds": 7200}
            cron_id = (await engine.cron.create(cron("0 12 * * *", **spec))).cron_id
            claim = SlotRecord(cron_id, town.clock.now(), "claimed", "gone", town.clock.now())
            await town.store.claim_slot(claim)
            await asyncio.sleep(3600)
            async with engine.cron.scheduling():
                await asyncio.sleep(10)
            assert [slot.outcome for slot in (await engine.cron.get("tick")).slots] == ["fired"]

    live(story)


@pytest.mark.parametrize("policy", ["Forbid", "Replace"])
def test_a_run_that_was_decided_on_but_never_begun_does_not_block(
    live: Any, cron: Any, policy: str
) -> None:
    """An engine died between its decision and the start; the next slot finds that out."""

    async def story(town: Any) -> None:
        async with town.engine() as engine:
            spec = {"concurrencyPolicy": policy, "failedJobsHistoryLimit": 9}
            created = await engine.cron.create(cron(executor="pause", **spec))
            claim = SlotRecord(created.cron_id, 5, "claimed", "gone", town.clock.now())
            await town.store.claim_slot(claim)
            record = await town.store.get_cron(created.cron_id)
            record.last_run_id, record.last_slot = run_id_of(claim), 5
            await town.store.update_cron(record)

            fresh = asyncio.create_task(engine.cron.trigger("tick"))
            await asyncio.sleep(2)
            assert fresh.done() is (policy == "Forbid")
            await asyncio.sleep(10)
            first = await fresh
            later = await engine.cron.trigger("tick")

            shown = await engine.cron.get("tick")
            alive = [run for run in shown.runs if run.phase != "Cancelled"]
            assert len(alive) == 1
            assert first.outcome == ("skipped" if policy == "Forbid" else "fired")
            assert run_id_of(claim) in {run.run_id for run in shown.runs}
            if policy == "Forbid":
                assert later.reason == f"run {run_id_of(claim)} has not ended (Forbid)"

    live(story)


def test_the_history_shrinks_when_runs_end(live: Any, cron: Any) -> None:
    """With limits of 0 nothing is left soon after the last run (decision 26)."""

    async def story(town: Any) -> None:
        async with town.engine() as engine:
            await engine.cron.create(cron("* * * * *", successfulJobsHistoryLimit=0))
            async with engine.cron.scheduling():
                await asyncio.sleep(130)
                assert (await engine.cron.get("tick")).runs == ()
            assert fired((await engine.cron.get("tick")).slots) == ["00:01:00", "00:02:00"]

    live(story)


def test_a_schedule_that_can_not_be_read_holds_up_no_other(live: Any, cron: Any) -> None:
    async def story(town: Any) -> None:
        async with town.engine() as engine:
            bad = await engine.cron.create(cron(name="bad"))
            await engine.cron.create(cron(name="good"))
            record = await town.store.get_cron(bad.cron_id)
            record.document = record.document.replace("aether/v1", "aether/v9")
            await town.store.update_cron(record)
            async with engine.cron.scheduling():
                await asyncio.sleep(61)
            assert fired((await engine.cron.get("good")).slots) == ["00:01:00"]

    live(story)


class Moody(MemoryStore):
    """A store whose schedules can't be asked for a while."""

    is_down = False

    async def list_crons(self) -> Any:
        self._check()
        return await super().list_crons()

    async def claim_slot(self, slot: SlotRecord) -> bool:
        self._check()
        return await super().claim_slot(slot)

    def _check(self) -> None:
        if self.is_down:
            raise StoreError("not now")


def test_a_slot_is_due_until_the_store_can_be_asked_again(live: Any, cron: Any) -> None:
    async def story(town: Any) -> None:
        async with town.engine() as engine:
            await engine.cron.create(cron("* * * * *"))
            async with engine.cron.scheduling():
                await asyncio.sleep(50)
                town.store.is_down = True
                await asyncio.sleep(15)
                town.store.is_down = False
                await asyncio.sleep(2)
            assert fired((await engine.cron.get("tick")).slots) == ["00:01:00"]

    live(story, Moody())


class Lost(MemoryStore):
    """A store that is lost at the first run."""

    async def commit(self, batch: Any) -> None:
        raise StoreError("gone")


def test_scheduling_ends_with_an_engine_that_lost_its_store(live: Any, cron: Any) -> None:
    async def story(town: Any) -> None:
        async with town.engine() as engine:
            await engine.cron.create(cron("* * * * *"))
            with pytest.raises(EngineFailed):
                async with engine.cron.scheduling() as task:
                    await asyncio.wait({task}, timeout=300)

    live(story, Lost())


def test_the_ids_of_runs_follow_from_their_slots() -> None:
    """A UUID of version 7 whose time is the slot; another slot or schedule has another."""
    slot = SlotRecord("a", 1_767_225_600_000_000, "claimed", "one", 1)
    same = SlotRecord("a", 1_767_225_600_000_000, "claimed", "two", 2)
    later = SlotRecord("a", 1_767_225_600_000_001, "claimed", "one", 1)
    other = SlotRecord("b", 1_767_225_600_000_000, "claimed", "one", 1)

    ids = [run_id_of(each) for each in (slot, same, later, other)]

    assert ids[0] == ids[1]
    assert len(set(ids)) == 3
    assert all(each.startswith("019b76da-a800-7") for each in ids)
