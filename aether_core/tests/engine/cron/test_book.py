"""Keeping, changing and showing schedules."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from aether_core.engine import CronExists, CronNotFound, DocumentRejected, WorkflowSpecFixed
from aether_core.ports import CronRecord, TemplateRecord


def test_a_schedule_is_kept_with_its_next_time(live: Any, cron: Any) -> None:
    """Slots count from the moment of its creation."""

    async def story(town: Any) -> None:
        async with town.engine() as engine:
            created = await engine.cron.create(cron("30 2 * * *", timezone="Europe/Berlin"))

            assert created.next_at == "2026-01-01T01:30:00.000000Z"
            assert (created.timezone, created.concurrency_policy) == ("Europe/Berlin", "Allow")
            assert await engine.cron.list() == [created]
            shown = await engine.cron.get("tick", times=2)
            assert shown.next_times == (
                "2026-01-01T01:30:00.000000Z",
                "2026-01-02T01:30:00.000000Z",
            )
            assert shown.spec["schedule"] == "30 2 * * *"
            assert (shown.runs, shown.slots) == ((), ())

    live(story)


def test_a_name_is_taken_once_in_a_namespace(live: Any, cron: Any) -> None:
    async def story(town: Any) -> None:
        other = cron()
        other["metadata"]["namespace"] = "other"
        async with town.engine() as engine:
            await engine.cron.create(cron())
            with pytest.raises(CronExists, match="'tick'"):
                await engine.cron.create(cron())
            await engine.cron.create(other)
            assert (await engine.cron.get("tick", namespace="other")).namespace == "other"

    live(story)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"schedule": "0 0 30 2 *"}, "/spec/schedule"),
        ({"timezone": "Mars/Base"}, "/spec/timezone"),
        ({"workflowSpec": {"entrypoint": "x", "templates": []}}, "/spec/workflowSpec/templates"),
    ],
)
def test_a_bad_document_is_refused_and_nothing_is_kept(
    live: Any, cron: Any, change: dict[str, Any], path: str
) -> None:
    async def story(town: Any) -> None:
        async with town.engine() as engine:
            with pytest.raises(DocumentRejected) as refused:
                await engine.cron.create(cron(**change))
            assert path in {each.path for each in refused.value.diagnostics}
            assert await engine.cron.list() == []

    live(story)


def test_another_kind_of_document_is_refused(live: Any, flow: Any) -> None:
    async def story(town: Any) -> None:
        async with town.engine() as engine:
            with pytest.raises(DocumentRejected, match="has no schedule"):
                await engine.cron.create(flow({"name": "a", "executor": {"type": "echo"}}))

    live(story)


def test_a_shared_template_is_in_the_store_before_its_schedule(live: Any, cron: Any) -> None:
    """Decision 16: what it supplies is looked up again for each run."""
    spec = cron()["spec"]["workflowSpec"]
    template = {**cron(name="base"), "kind": "WorkflowTemplate", "spec": spec}
    schedule = cron(workflowSpec={"workflowTemplateRef": {"name": "base"}})

    async def story(town: Any) -> None:
        async with town.engine() as engine:
            with pytest.raises(DocumentRejected, match='no WorkflowTemplate "base"'):
                await engine.cron.create(schedule)
            record = TemplateRecord("base", "default", msgspec.json.encode(template).decode(), 0)
            await town.store.put_template(record)
            await engine.cron.create(schedule)
            slot = await engine.cron.trigger("tick")
            assert (await engine.wait(slot.run_id)).phase == "Succeeded"

    live(story)


def test_a_schedule_that_is_not_there_can_not_be_used(live: Any, cron: Any) -> None:
    """Every request says so, with the name that may have been meant."""

    async def story(town: Any) -> None:
        async with town.engine() as engine:
            book = engine.cron
            await book.create(cron())
            for request in (book.get, book.suspend, book.resume, book.delete, book.trigger):
                with pytest.raises(CronNotFound) as missing:
                    await request("tik")
                assert missing.value.hint == 'Did you mean "tick"?'
            with pytest.raises(CronNotFound):
                await book.update(cron(name="other"))

    live(story)


def test_an_update_changes_anything_but_what_is_started(live: Any, cron: Any) -> None:
    """Defaults that are written out are no change; any other one to the workflow is refused.

    The reference compares texts and so refuses an identical second update: reference gap.
    """

    async def story(town: Any) -> None:
        async with town.engine() as engine:
            await engine.cron.create(cron())
            explicit = cron("0 * * * *", concurrencyPolicy="Forbid", suspend=True)
            explicit["spec"]["workflowSpec"] |= {"timeout": "1h", "priority": 500}
            for _ in range(2):
                updated = await engine.cron.update(explicit)
            assert (updated.schedule, updated.concurrency_policy) == ("0 * * * *", "Forbid")
            assert updated.suspended

            other = cron(executor="pause")
            with pytest.raises(WorkflowSpecFixed, match="'tick'"):
                await engine.cron.update(other)
            assert (await engine.cron.get("tick")).schedule == "0 * * * *"

    live(story)


def test_a_suspended_schedule_has_no_next_time(live: Any, cron: Any) -> None:
    """By command as by document; resumed, it has one again."""

    async def story(town: Any) -> None:
        async with town.engine() as engine:
            assert (await engine.cron.create(cron(suspend=True))).next_at is None
            assert (await engine.cron.resume("tick")).next_at is not None
            suspended = await engine.cron.suspend("tick")
            assert (suspended.suspended, suspended.next_at) == (True, None)
            assert (await engine.cron.get("tick")).next_times == ()

    live(story)


def test_a_deleted_schedule_leaves_its_runs(live: Any, cron: Any) -> None:
    async def story(town: Any) -> None:
        async with town.engine() as engine:
            await engine.cron.create(cron())
            slot = await engine.cron.trigger("tick")
            await engine.wait(slot.run_id)

            await engine.cron.delete("tick")

            assert await engine.cron.list() == []
            assert (await engine.get(slot.run_id)).phase == "Succeeded"
            with pytest.raises(CronNotFound):
                await engine.cron.delete("tick")

    live(story)


def test_changes_by_others_are_not_lost(live: Any, cron: Any) -> None:
    """Two engines change one schedule at the same time; both changes hold."""

    async def story(town: Any) -> None:
        async with town.engine() as one, town.engine() as two:
            await one.cron.create(cron())
            await asyncio.gather(
                one.cron.update(cron(concurrencyPolicy="Replace", suspend=False)),
                *(two.cron.suspend("tick") for _ in range(3)),
            )
            assert (await two.cron.get("tick")).concurrency_policy == "Replace"

    live(story)


def test_a_document_that_can_not_be_read_any_more_is_shown_and_replaced(
    live: Any, cron: Any
) -> None:
    """It says why it starts nothing; an update with a good document mends it."""

    async def story(town: Any) -> None:
        broken = CronRecord("id", "tick", "default", '{"kind": "CronWorkflow", "spec": {}}', 0, 0)
        async with town.engine() as engine:
            await town.store.create_cron(broken)

            shown = await engine.cron.get("tick")
            assert "can't be read" in shown.message
            assert shown.next_times == ()
            failed = await engine.cron.trigger("tick")
            assert (failed.outcome, failed.run_id) == ("failed", "")

            mended = await engine.cron.update(cron())
            assert (mended.message, mended.next_at is None) == ("", False)

    live(story)
