"""Every run tells which executors it was checked against, and when it goes on with others."""

from __future__ import annotations

import asyncio
from typing import Any

from aether_core.brokers import InProcessBroker
from aether_core.kernel import ExecutorIdentity
from aether_core.plugins import Registry
from aether_sdk import ExecuteRequest, Executor, ExecutorSchema, JsonValue

JOB = {"name": "a", "executor": {"type": "job"}}
GATE = {"name": "g", "dependencies": ["a"], "executor": {"type": "gate"}}
ANOTHER = "executor 'job' is another one than when the run was submitted: "


class Job(Executor):
    """Fails while it is told to, and declares what it is told to."""

    type = "job"

    def __init__(self, unit: str = "m", *, fails: bool = False) -> None:
        self.unit = unit
        self.fails = fails

    def schema(self) -> ExecutorSchema:
        unit: JsonValue = {self.unit: {"type": "integer"}}
        inputs: dict[str, JsonValue] = {"type": "object", "properties": unit}
        return ExecutorSchema("job", "7.0", inputs=inputs)

    async def execute(self, request: ExecuteRequest) -> None:  # the contract's
        if self.fails:
            message = "no"
            raise ValueError(message)


def registry(home: Any, job: Job | None, *origin: str) -> Registry:
    """Return executors of which only `job` differs from call to call."""
    made = Registry()
    made.register(home.gate)
    if job is not None:
        made.register(job, (origin[0], origin[1]) if origin else ("", ""))
    return made


def engine(home: Any, executors: Registry) -> Any:
    """Return an engine with these executors."""
    return home.engine(registry=executors, broker=InProcessBroker(executors))


async def notes(home: Any, run_id: str) -> list[str]:
    """Return what was noted of a run about its executors."""
    events = await home.store.get_events(run_id)
    return [e.message for e in events if e.kind == "note" and e.message.startswith("executor")]


async def gone_on(home: Any, flow: Any, first: Registry, second: Registry) -> tuple[str, list[str]]:
    """Begin a run with some executors and end it with others; return its end and the notes."""
    async with engine(home, first) as begun:
        run_id = await begun.submit(flow(JOB, GATE))
        await home.gate.entered.wait()
    home.gate.open.set()
    async with engine(home, second) as other:
        await other.recover()
        ended = await asyncio.wait_for(other.wait(run_id), 5)
    return ended.phase, await notes(home, run_id)


def test_a_run_records_where_its_executors_came_from(house: Any, flow: Any) -> None:
    """By type: distribution, version and digest, for those that no distribution provides too."""

    async def story() -> None:
        home, job = house(), Job()
        home.gate.open.set()
        async with engine(home, registry(home, job, "acme-job", "1.2")) as opened:
            run_id = await opened.submit(flow(JOB, GATE))
            await opened.wait(run_id)
            run = await home.store.get_run(run_id)

        assert run.executors == {
            "gate": ExecutorIdentity("", "1.0", home.gate.schema().digest),
            "job": ExecutorIdentity("acme-job", "1.2", job.schema().digest),
        }

    asyncio.run(story())


def test_a_run_says_that_it_goes_on_with_another_executor(house: Any, flow: Any) -> None:
    """From what to what, and it goes on."""

    async def story() -> None:
        home, old, new = house(), Job("m"), Job("km")

        phase, noted = await gone_on(
            home,
            flow,
            registry(home, old, "acme-job", "1.2"),
            registry(home, new, "acme-job", "2.0"),
        )

        assert phase == "Succeeded"
        before, after = old.schema().digest[:12], new.schema().digest[:12]
        assert noted == [
            f"{ANOTHER}acme-job 1.2 (schema {before}) then, acme-job 2.0 (schema {after}) now"
        ]

    asyncio.run(story())


def test_a_newer_version_with_the_same_schemas_is_not_worth_a_note(house: Any, flow: Any) -> None:
    """A fix inside an executor changes nothing that a document can see."""

    async def story() -> None:
        home = house()
        first = registry(home, Job(), "acme-job", "1.2")
        assert await gone_on(home, flow, first, registry(home, Job(), "acme-job", "1.3")) == (
            "Succeeded",
            [],
        )

    asyncio.run(story())


def test_another_distribution_is_worth_a_note(house: Any, flow: Any) -> None:
    """A look-alike with the same schemas is seen."""

    async def story() -> None:
        home = house()
        first = registry(home, Job(), "acme-job", "1.2")
        _, (noted,) = await gone_on(home, flow, first, registry(home, Job(), "acne-job", "1.2"))

        assert "acme-job 1.2" in noted
        assert "acne-job 1.2" in noted

    asyncio.run(story())


def test_an_executor_that_is_gone_is_worth_a_note(house: Any, flow: Any) -> None:
    """The run goes on as far as it needs it no more."""

    async def story() -> None:
        home = house()
        phase, (noted,) = await gone_on(home, flow, registry(home, Job()), registry(home, None))

        assert phase == "Succeeded"
        assert noted.endswith(" then, none now")

    asyncio.run(story())


def test_a_retry_says_that_an_executor_has_changed(house: Any, flow: Any) -> None:
    async def story() -> None:
        home = house()
        home.gate.open.set()
        async with engine(home, registry(home, Job("m", fails=True))) as opened:
            run_id = await opened.submit(flow(JOB, GATE))
            assert (await opened.wait(run_id)).phase != "Succeeded"
        async with engine(home, registry(home, Job("km"))) as opened:
            await opened.retry(run_id)
            assert (await asyncio.wait_for(opened.wait(run_id), 5)).phase == "Succeeded"

        (noted,) = await notes(home, run_id)
        assert noted.startswith(ANOTHER)

    asyncio.run(story())


def test_a_submitted_run_that_another_installation_begins_says_so(house: Any, flow: Any) -> None:
    """It was checked where it was submitted, with other executors."""

    async def story() -> None:
        home = house()
        home.gate.open.set()
        async with engine(home, registry(home, Job("m"))) as opened:
            run_id = await opened.enqueue(flow(JOB, GATE))
        async with engine(home, registry(home, Job("km"))) as opened:
            await opened.recover()
            assert (await asyncio.wait_for(opened.wait(run_id), 5)).phase == "Succeeded"

        (noted,) = await notes(home, run_id)
        assert noted.startswith(ANOTHER)

    asyncio.run(story())


def test_a_cancelled_run_asks_no_plugin(house: Any, flow: Any) -> None:
    """What will not execute again need not be compared."""

    async def story() -> None:
        home = house()
        async with engine(home, registry(home, Job("m"))) as opened:
            run_id = await opened.submit(flow(JOB, GATE))
            await home.gate.entered.wait()
        async with engine(home, registry(home, None)) as opened:
            await opened.cancel(run_id)
            assert (await asyncio.wait_for(opened.wait(run_id), 5)).phase == "Cancelled"

        assert await notes(home, run_id) == []

    asyncio.run(story())
