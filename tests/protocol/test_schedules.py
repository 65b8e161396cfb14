"""When schedules fire, and what they leave: decision 26."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

HOUR = 3600


def cron(schedule: str, sleep: str = "0s", **spec: Any) -> dict[str, Any]:
    """Return a CronWorkflow of one task that takes a time."""
    task = {"name": "main", "executor": {"type": "echo", "config": {"sleep": sleep}}}
    return {
        "apiVersion": "aether/v1",
        "kind": "CronWorkflow",
        "metadata": {"name": "tick"},
        "spec": {
            "schedule": schedule,
            "workflowSpec": {"entrypoint": "main", "templates": [{"task": task}]},
            **spec,
        },
    }


@pytest.fixture
def fire(live: Any) -> Any:
    """Let a schedule live for some seconds and return what is shown of it."""

    def run(document: dict[str, Any], seconds: float, engines: int = 1) -> Any:
        async def story(world: Any) -> Any:
            async with world.engine() as one, world.engine() as two:
                await one.cron.create(document)
                async with one.cron.scheduling():
                    if engines == 1:
                        await asyncio.sleep(seconds)
                    else:
                        async with two.cron.scheduling():
                            await asyncio.sleep(seconds)
                return await one.cron.get("tick")

        return live(story)

    return run


def slots(shown: Any, outcome: str = "fired") -> list[str]:
    """Return the times of slots, oldest first."""
    return [slot.scheduled_at[:19] for slot in reversed(shown.slots) if slot.outcome == outcome]


def runs(shown: Any) -> list[str]:
    """Return the times for which runs were started that are still there."""
    return [run.scheduled_at[11:19] for run in shown.runs]


@pytest.mark.parametrize(
    ("schedule", "times"),
    [
        ("*/20 * * * *", ["00:20:00", "00:40:00", "01:00:00"]),
        ("5,10-12/2 0 * * *", ["00:05:00", "00:10:00", "00:12:00"]),
        ("@hourly", ["01:00:00"]),
        ("0 30 * * * *", ["00:30:00"]),
        ("0 1 1 jan thu", ["01:00:00"]),
        ("0 1 L * *", []),
    ],
)
def test_five_and_six_fields(fire: Any, schedule: str, times: list[str]) -> None:
    """Decision 26: lists, ranges, steps, names and macros."""
    shown = fire(cron(schedule), HOUR + 1)

    assert [slot[11:] for slot in slots(shown)] == times


SPRING = ["2026-03-28T01:30", "2026-03-29T01:00", "2026-03-30T00:30"]
AUTUMN = ["2026-10-24T00:30", "2026-10-25T00:30", "2026-10-26T01:30"]


@pytest.mark.parametrize("times", [SPRING, AUTUMN])
def test_time_zones_have_summer_time(live: Any, times: list[str]) -> None:
    """Decision 26: 02:30 that does not exist comes right after; one that is there twice, once."""

    async def story(world: Any) -> list[str]:
        async with world.engine() as engine:
            start = {"startAt": f"{times[0][:10]}T00:00:00Z", "timezone": "Europe/Berlin"}
            await engine.cron.create(cron("30 2 * * *", **start))
            return list((await engine.cron.get("tick")).next_times[:3])

    assert [time[:16] for time in live(story)] == times


def test_start_and_end(fire: Any) -> None:
    """Decision 26: nothing starts outside."""
    window = {"startAt": "2026-01-01T00:20:00Z", "endAt": "2026-01-01T00:40:00Z"}
    shown = fire(cron("*/10 * * * *", successfulJobsHistoryLimit=9, **window), HOUR + 1)

    assert runs(shown) == ["00:20:00", "00:30:00", "00:40:00"]
    assert shown.next_at is None


@pytest.mark.parametrize(
    ("policy", "fired", "skipped", "phases"),
    [
        ("Allow", [10, 20, 30, 40], [], ["Succeeded", "Succeeded", "Running", "Running"]),
        ("Forbid", [10, 40], [20, 30], ["Succeeded", "Running"]),
        ("Replace", [10, 20, 30, 40], [], ["Cancelled"] * 3 + ["Running"]),
    ],
)
def test_concurrency(
    fire: Any, policy: str, fired: list[int], skipped: list[int], phases: list[str]
) -> None:
    """Decision 26: runs of 25 minutes, started every 10."""
    keep: dict[str, Any] = {"successfulJobsHistoryLimit": 9, "failedJobsHistoryLimit": 9}
    document = cron("10,20,30,40 0 * * *", "25m", concurrencyPolicy=policy, **keep)
    shown = fire(document, 46 * 60)

    assert [int(slot[14:16]) for slot in slots(shown)] == fired
    assert [int(slot[14:16]) for slot in slots(shown, "skipped")] == skipped
    assert [run.phase for run in shown.runs] == phases
    assert all(slot.reason for slot in shown.slots if slot.outcome == "skipped")


@pytest.mark.parametrize(
    ("limit", "kept"),
    [({}, 3), ({"successfulJobsHistoryLimit": 0}, 0), ({"successfulJobsHistoryLimit": 5}, 5)],
)
def test_history_limits(fire: Any, limit: dict[str, Any], kept: int) -> None:
    """Decision 26: 0 keeps nothing."""
    assert len(fire(cron("*/5 * * * *", **limit), HOUR + 60).runs) == kept


def test_a_suspended_schedule_rests(live: Any) -> None:
    """Decision 26: by its document or by a command, until it is resumed."""

    async def story(world: Any) -> None:
        async with world.engine() as engine:
            await engine.cron.create(cron("*/10 * * * *", suspend=True))
            async with engine.cron.scheduling():
                await asyncio.sleep(15 * 60)
                assert (await engine.cron.get("tick")).runs == ()
                await engine.cron.resume("tick")
                await asyncio.sleep(10 * 60)
                await engine.cron.suspend("tick")
                await asyncio.sleep(30 * 60)
            shown = await engine.cron.get("tick")
            assert runs(shown) == ["00:20:00"]

    live(story)


@pytest.mark.parametrize(
    ("deadline", "times"),
    [(None, ["02:00:00"]), (45 * 60, ["01:15:00", "01:30:00", "01:45:00", "02:00:00"])],
)
def test_missed_times(live: Any, deadline: int | None, times: list[str]) -> None:
    """Decision 26: made up for within startingDeadlineSeconds, and never without it."""

    async def story(world: Any) -> None:
        more: dict[str, Any] = {}
        if deadline is not None:
            more["startingDeadlineSeconds"] = deadline
        async with world.engine() as engine:
            await engine.cron.create(cron("*/15 * * * *", successfulJobsHistoryLimit=99, **more))
            await asyncio.sleep(2 * HOUR - 10 * 60 + 30)
            async with engine.cron.scheduling():
                await asyncio.sleep(10 * 60)
            assert runs(await engine.cron.get("tick")) == times

    live(story)


def test_two_engines_fire_a_slot_once(fire: Any) -> None:
    """Decision 26: on one store."""
    shown = fire(cron("* * * * *", successfulJobsHistoryLimit=999), HOUR / 2 + 1, engines=2)

    assert len(shown.runs) == len(set(runs(shown))) == 30
