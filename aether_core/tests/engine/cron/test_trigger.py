"""Slots that are fired by hand: policies, windows, and what is kept of the past."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

MINUTE = 60_000_000


def test_the_workflow_with_the_metadata_of_the_schedule_runs(live: Any, cron: Any) -> None:
    """Its run knows the schedule and the time for which it was started (reference gap)."""

    async def story(town: Any) -> None:
        async with town.engine() as engine:
            created = await engine.cron.create(cron())
            slot = await engine.cron.trigger("tick", at=town.clock.now() - MINUTE)
            run = await engine.wait(slot.run_id)
            stored = await town.store.get_run(slot.run_id)
            shown = await engine.cron.get("tick")

        assert (run.workflow, run.phase) == ("tick", "Succeeded")
        assert stored.cron_id == created.cron_id
        assert stored.scheduled_at == town.clock.now() - MINUTE
        assert '"kind":"Workflow"' in stored.document
        assert [each.run_id for each in shown.runs] == [slot.run_id]
        assert shown.runs[0].scheduled_at == slot.scheduled_at == "2025-12-31T23:59:00.000000Z"

    live(story)


def test_a_slot_is_fired_once(live: Any, cron: Any) -> None:
    """A second trigger of the same time, here or elsewhere, returns the run of the first."""

    async def story(town: Any) -> None:
        async with town.engine() as one, town.engine() as two:
            await one.cron.create(cron())
            now = town.clock.now()
            slots = await asyncio.gather(
                *(engine.cron.trigger("tick", at=now) for engine in (one, two, one))
            )
            assert len({slot.run_id for slot in slots}) == 1
            assert len((await one.cron.get("tick")).runs) == 1

    live(story)


def test_allow_starts_one_run_beside_the_other(live: Any, cron: Any) -> None:
    """Decision 26."""

    async def story(town: Any) -> None:
        async with town.engine() as engine:
            await engine.cron.create(cron(executor="pause"))
            for _ in range(3):
                assert (await engine.cron.trigger("tick")).outcome == "fired"
                await asyncio.sleep(1)
            assert [run.phase for run in (await engine.cron.get("tick")).runs] == ["Running"] * 3

    live(story)


def test_forbid_skips_while_a_run_has_not_ended(live: Any, cron: Any) -> None:
    """The skipped slot says which run was in the way (decision 26, reference gap)."""

    async def story(town: Any) -> None:
        async with town.engine() as engine:
            await engine.cron.create(cron(executor="pause", concurrencyPolicy="Forbid"))
            first = await engine.cron.trigger("tick")
            await asyncio.sleep(1)
            second = await engine.cron.trigger("tick")
            assert (second.outcome, second.run_id) == ("skipped", "")
            assert second.reason == f"run {first.run_id} has not ended (Forbid)"

            await engine.resume(first.run_id, {"__resumed": True})
            await engine.wait(first.run_id)
            await asyncio.sleep(1)
            assert (await engine.cron.trigger("tick")).outcome == "fired"
            assert [slot.outcome for slot in (await engine.cron.get("tick")).slots] == [
                "fired",
                "skipped",
                "fired",
            ]

    live(story)


@pytest.mark.parametrize("policy", ["Forbid", "Replace"])
def test_of_many_triggers_at_once_one_run_is_left(live: Any, cron: Any, policy: str) -> None:
    """Two engines decide at the same time, and never about the same state (reference gap)."""

    async def story(town: Any) -> None:
        async with town.engine() as one, town.engine() as two:
            await one.cron.create(cron(executor="pause", concurrencyPolicy=policy))
            now = town.clock.now()
            slots = await asyncio.gather(
                *(
                    engine.cron.trigger("tick", at=now + number)
                    for number, engine in enumerate([one, two] * 3)
                )
            )
            runs = (await one.cron.get("tick")).runs
            fired = [slot for slot in slots if slot.outcome == "fired"]
            assert len(fired) == (1 if policy == "Forbid" else 6)
            assert [run.phase for run in runs if run.phase != "Cancelled"] == ["Running"]

    live(story)


def test_replace_cancels_waits_and_starts(live: Any, cron: Any) -> None:
    """The cancelled run has ended before the next one begins (decision 26)."""

    async def story(town: Any) -> None:
        async with town.engine() as one, town.engine() as two:
            await one.cron.create(cron(executor="gate", concurrencyPolicy="Replace"))
            first = await one.cron.trigger("tick")
            await town.building.gate.entered.wait()
            await asyncio.sleep(1)

            second = await two.cron.trigger("tick")

            replaced, running = (await one.cron.get("tick")).runs
            assert (replaced.run_id, replaced.phase) == (first.run_id, "Cancelled")
            assert replaced.finished_at <= running.created_at
            assert running.run_id == second.run_id
            assert "replaced" in (await one.get(first.run_id)).message
            town.building.gate.open.set()
            assert (await two.wait(second.run_id)).phase == "Succeeded"

    live(story)


def test_a_run_that_nobody_drives_any_more_is_replaced_too(live: Any, cron: Any) -> None:
    async def story(town: Any) -> None:
        async with town.engine() as engine:
            await engine.cron.create(cron(executor="pause", concurrencyPolicy="Replace"))
            await engine.cron.trigger("tick")
        await asyncio.sleep(10)
        async with town.engine() as engine:
            await engine.cron.trigger("tick")
            await asyncio.sleep(1)
            assert [run.phase for run in (await engine.cron.get("tick")).runs] == [
                "Cancelled",
                "Running",
            ]

    live(story)


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"startAt": "2026-01-01T01:00:00Z"}, "before startAt (2026-01-01T01:00:00Z)"),
        ({"endAt": "2025-12-31T23:00:00Z"}, "after endAt (2025-12-31T23:00:00Z)"),
        ({"suspend": True}, "suspended"),
    ],
)
def test_outside_its_window_or_suspended_a_schedule_starts_nothing(
    live: Any, cron: Any, spec: dict[str, Any], reason: str
) -> None:
    """Decision 26."""

    async def story(town: Any) -> None:
        async with town.engine() as engine:
            await engine.cron.create(cron(**spec))
            slot = await engine.cron.trigger("tick")
            assert slot.outcome == "skipped"
            assert reason in slot.reason
            assert (await engine.cron.get("tick")).runs == ()

    live(story)


def test_a_slot_beyond_the_deadline_is_dropped(live: Any, cron: Any) -> None:
    """To the microsecond: as late as allowed is fine (decision 26)."""

    async def story(town: Any) -> None:
        async with town.engine() as engine:
            await engine.cron.create(cron(startingDeadlineSeconds=60))
            late = await engine.cron.trigger("tick", at=town.clock.now() - MINUTE - 1)
            just = await engine.cron.trigger("tick", at=town.clock.now() - MINUTE)
            assert (late.outcome, just.outcome) == ("skipped", "fired")
            assert "60 s late" in late.reason

    live(story)


def test_a_workflow_that_can_not_run_any_more_fails_its_slot(live: Any, cron: Any) -> None:
    """The slot says why, and the next one is tried again."""

    async def story(town: Any) -> None:
        async with town.engine() as engine:
            await engine.cron.create(cron(concurrencyPolicy="Forbid"))
            echo = town.building.registry.get("echo")
            town.building.registry.withdraw("echo")
            failed = await engine.cron.trigger("tick")
            assert failed.outcome == "failed"
            assert "echo" in failed.reason
            town.building.registry.register(echo)
            await asyncio.sleep(1)
            assert (await engine.cron.trigger("tick")).outcome == "fired"

    live(story)


@pytest.mark.parametrize("limits", [(2, 1), (0, 0), (3, 0), (0, 2)])
def test_history_is_kept_within_its_limits(live: Any, cron: Any, limits: tuple[int, int]) -> None:
    """0 keeps nothing, and cancelled runs count as failures: both reference gaps (decision 26)."""

    async def story(town: Any) -> None:
        kept: dict[bool, int] = {}
        async with town.engine() as engine:
            for name, executor in (("good", "echo"), ("bad", "fail"), ("stopped", "pause")):
                spec = {
                    "successfulJobsHistoryLimit": limits[0],
                    "failedJobsHistoryLimit": limits[1],
                    "concurrencyPolicy": "Replace",
                }
                await engine.cron.create(cron(executor=executor, name=name, **spec))
                for _ in range(5):
                    slot = await engine.cron.trigger(name)
                    await asyncio.sleep(1)
                if executor == "pause":
                    await engine.cancel(slot.run_id)
                await engine.cron.prune(name)
                runs = (await engine.cron.get(name)).runs
                kept[executor == "echo"] = len(runs)
                if runs:
                    assert runs[-1].run_id == slot.run_id
        assert kept == {True: limits[0], False: limits[1]}

    live(story)


def test_runs_that_have_not_ended_are_never_pruned(live: Any, cron: Any) -> None:
    async def story(town: Any) -> None:
        async with town.engine() as engine:
            spec = {"successfulJobsHistoryLimit": 0, "failedJobsHistoryLimit": 0}
            await engine.cron.create(cron(executor="pause", **spec))
            for _ in range(4):
                await engine.cron.trigger("tick")
                await asyncio.sleep(1)
            assert len((await engine.cron.get("tick")).runs) == 4

    live(story)
