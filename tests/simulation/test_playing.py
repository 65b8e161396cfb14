"""Scenarios: what is played, what comes out, and that faults are found and can be seen again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections import Counter
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from aether_core.engine import DocumentRejected, Engine
from aether_core.kernel import TaskRecord
from aether_core.plugins import InstalledExecutors, Registry
from aether_core.simulation import (
    Crash,
    Delivery,
    InvariantBroken,
    Scenario,
    SimulatedBroker,
    VirtualClock,
    executing,
    generate_document,
    generate_scenario,
    play,
    run_campaign,
    run_simulated,
    verify,
)
from aether_core.simulation.__main__ import main
from aether_core.stores import MemoryStore, SqliteStore
from aether_sdk import DynamicOutputs, ExecuteRequest, Executor, Phase

EXECUTORS = InstalledExecutors()


def document(*nodes: dict[str, Any], **spec: Any) -> dict[str, Any]:
    dag = {"name": "main", "tasks": [{"executor": {"type": "echo"}, **node} for node in nodes]}
    return {
        "apiVersion": "aether/v1",
        "kind": "Workflow",
        "metadata": {"name": "case"},
        "spec": {"entrypoint": "main", "templates": [{"dag": dag}], **spec},
    }


def inputs(**values: Any) -> dict[str, Any]:
    return {"parameters": [{"name": name, "value": value} for name, value in values.items()]}


CHAIN = document({"name": "a"}, {"name": "b", "dependencies": ["a"]})
APPROVAL = document(
    {"name": "ask", "inputs": inputs(suspend=True)}, {"name": "then", "dependencies": ["ask"]}
)


def test_a_suspended_task_is_resumed() -> None:
    seen = play(Scenario(document=APPROVAL), EXECUTORS)

    assert seen.phase is Phase.SUCCEEDED
    assert [e.phase for e in seen.events if e.name == "ask"] == [
        *(Phase.READY, Phase.RUNNING, Phase.SUSPENDED),
        *(Phase.READY, Phase.RUNNING, Phase.SUCCEEDED),
    ]


def test_a_run_can_be_cancelled_while_it_waits() -> None:
    slow = document({"name": "slow", "inputs": inputs(sleep="10s")})

    seen = play(Scenario(document=slow, cancel_after=2.5), EXECUTORS)

    assert seen.phase is Phase.CANCELLED
    assert seen.duration == 2_500_000


def test_an_ended_run_can_be_retried() -> None:
    bad = document({"name": "good"}, {"name": "bad", "inputs": inputs(code=2)})

    seen = play(Scenario(document=bad, retries=2), EXECUTORS)

    assert seen.phase is Phase.FAILED
    assert [e.message for e in seen.events if e.kind == "run" and e.phase is Phase.CREATED] == [
        *("", "retry 1", "retry 2")
    ]
    assert sum(e.name == "good" and e.phase is Phase.SUCCEEDED for e in seen.events) == 1


@pytest.mark.parametrize("is_before", [False, True])
@pytest.mark.parametrize("commit", range(1, 6))
def test_another_engine_goes_on_after_a_crash_at_any_commit(commit: int, is_before: bool) -> None:
    """Whether the last commit of the first engine is durable or lost with it."""
    scenario = Scenario(
        document=CHAIN,
        delivery=Delivery(seed=1),
        crashes=(Crash(commit, is_before=is_before),),
        is_timeless=True,
    )

    seen = verify(scenario, EXECUTORS)

    assert seen.phase is Phase.SUCCEEDED
    assert seen.engines == 2


def test_a_lost_assignment_is_mended_by_the_dispatch_timeout() -> None:
    scenario = Scenario(
        document=document({"name": "a", "retry": {"limit": 9}}),
        delivery=Delivery(seed=3, lost=0.6),
        dispatch_timeout=2.0,
    )

    seen = play(scenario, EXECUTORS)

    assert seen.phase is Phase.SUCCEEDED
    assert seen.duration > 2_000_000


def test_scenarios_play_on_a_real_store_too(tmp_path: Path) -> None:
    scenario = generate_scenario(7, restarts=True)

    seen = play(scenario, EXECUTORS, store=SqliteStore(tmp_path / "runs.db"))

    assert seen.events == play(scenario, EXECUTORS).events


def test_the_same_seed_gives_the_same_history_in_another_process() -> None:
    """Nothing depends on the order of sets, on real time or on random ids."""
    script = (
        "import hashlib, msgspec\n"
        "from aether_core.plugins import InstalledExecutors\n"
        "from aether_core.simulation import generate_scenario, play\n"
        "executors = InstalledExecutors()\n"
        "for seed in range(20):\n"
        "    seen = play(generate_scenario(seed, restarts=seed % 2 == 0), executors)\n"
        "    print(hashlib.sha256(msgspec.json.encode(seen.events)).hexdigest())\n"
    )
    histories = [
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": number},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout
        for number in ("1", "2")
    ]

    assert histories[0] == histories[1]
    assert len(set(histories[0].split())) == 20


def test_generated_documents_have_everything_in_them() -> None:
    """What the campaign claims to cover is there."""
    scenarios = [generate_scenario(seed, restarts=True) for seed in range(300)]
    text = msgspec.json.encode([scenario.document for scenario in scenarios]).decode()

    for word in (
        *("items", "itemsFrom", "repeatCondition", "concurrency", "maxIterations", "aggregate"),
        *("retry", "backoff", "when", "phaseConditions", "continueOn", "timeout", "hooks"),
        *("suspend", "fail-count", "sleep", "entrypoints", "valueFrom", "config"),
    ):
        assert f'"{word}"' in text, word
    assert {len(scenario.crashes) for scenario in scenarios} == {1, 2, 3}
    assert {scenario.delivery is None for scenario in scenarios} == {True, False}
    assert {scenario.cancel_after is None for scenario in scenarios} == {True, False}
    assert {scenario.retries for scenario in scenarios} == {0, 1, 2}


def test_a_document_with_errors_is_refused() -> None:
    with pytest.raises(DocumentRejected):
        verify(Scenario(document=document({"name": "a", "template": "nope"})), EXECUTORS)


class Moody(Executor):
    """Answers something else each time, so that no outcome can be relied on."""

    type = "echo"
    Inputs = DynamicOutputs
    Outputs = DynamicOutputs

    def __init__(self) -> None:
        self._number = count()

    async def execute(self, request: ExecuteRequest) -> dict[str, int]:
        return {"v": next(self._number)}


def moody() -> Registry:
    registry = Registry()
    registry.register(Moody())
    return registry


def test_another_outcome_than_the_plain_one_is_found() -> None:
    scenario = Scenario(document=CHAIN, delivery=Delivery(seed=1), is_timeless=True)

    with pytest.raises(InvariantBroken, match=r"main/a came to .* played plainly to"):
        verify(scenario, moody())


def test_another_history_of_the_same_scenario_is_found() -> None:
    when = document(
        {"name": "a"},
        {"name": "b", "dependencies": ["a"], "when": "tasks.a.outputs.parameters.v % 4 == 0"},
    )
    scenario = Scenario(document=when)

    with pytest.raises(InvariantBroken, match="another history"):
        verify(scenario, moody(), twice=True)


def test_a_campaign_names_the_seeds_of_what_it_found() -> None:
    seen: list[int] = []

    report = run_campaign(range(30), moody(), watch=lambda so_far: seen.append(so_far.documents))

    assert seen == list(range(1, 31))
    assert report.findings
    assert f"seed {report.findings[0].seed}: " in report.text()
    assert "30 documents" in report.text()


def test_the_command_plays_what_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["--documents", "3", "--seed", "5", "--restarts", "--show"])

    out = capsys.readouterr().out
    assert status == 0
    assert "3 documents" in out
    assert "findings: 0" in out
    assert out.startswith("{")


def test_documents_differ_from_seed_to_seed() -> None:
    documents = [msgspec.json.encode(generate_document(Random(seed))) for seed in range(50)]

    assert len(set(documents)) > 45


def test_a_run_that_never_ends_is_found() -> None:
    for_ever = document({"name": "a", "inputs": inputs(sleep="100h")}, timeout="0")

    with pytest.raises(InvariantBroken, match="the run did not end"):
        play(Scenario(document=for_ever), EXECUTORS)


def test_a_store_that_forgets_is_found() -> None:
    class Forgetful(MemoryStore):
        """Loses the last task of each run."""

        async def get_tasks(self, run_id: str) -> list[TaskRecord]:
            return (await super().get_tasks(run_id))[:-1]

    with pytest.raises(InvariantBroken, match="does not hold what was committed"):
        play(Scenario(document=CHAIN), EXECUTORS, store=Forgetful())


def test_a_suspended_task_that_nobody_resumes_times_out() -> None:
    """The scenario's seed decides which; the deadline of the task does the rest."""
    asked = document({"name": "a", "timeout": "20s", "inputs": inputs(suspend=True)})

    ends = {play(Scenario(document=asked, seed=seed), EXECUTORS).phase for seed in range(10)}

    assert ends == {Phase.SUCCEEDED, Phase.ERROR}


def test_many_runs_in_one_engine_come_to_what_each_comes_to_alone() -> None:
    """Their events are applied, committed and delivered together, and don't mix."""
    scenarios = [s for s in map(generate_scenario, range(150)) if s.is_timeless]
    # Those in which nobody may be missing who resumes.
    scenarios = [s for s in scenarios if b'"timeout":"' not in msgspec.json.encode(s.document)]

    async def together() -> list[Counter[str]]:
        clock, ids = VirtualClock(), count(1)
        broker = SimulatedBroker(executing(EXECUTORS), clock, Delivery(seed=1, repeated=0.1))
        async with Engine(
            store=MemoryStore(),
            broker=broker,
            registry=EXECUTORS,
            clock=clock,
            new_id=lambda: f"id{next(ids):06}",
        ) as engine:
            runs = [await engine.submit(scenario.document) for scenario in scenarios]
            return list(await asyncio.gather(*(ended(engine, run) for run in runs)))

    alone = [play(scenario.plain(), EXECUTORS) for scenario in scenarios]

    assert len(scenarios) > 20
    assert run_simulated(together()) == [
        Counter(f"{phase} {outputs} {tries}" for phase, outputs, tries in seen.outcome.values())
        for seen in alone
    ]


async def ended(engine: Engine, run_id: str) -> Counter[str]:
    """Resume whatever is suspended until the run has ended; return what its tasks came to."""
    while True:
        with contextlib.suppress(TimeoutError):
            execution = await engine.wait(run_id, timeout=0.5)
            tasks = [task for task in execution.tasks if task.scope != "hooks"]
            return Counter(f"{t.phase} {t.outputs or None} {t.retry_count}" for t in tasks)
        for task in (await engine.get(run_id)).tasks:
            if task.phase is Phase.SUSPENDED:
                await engine.resume(run_id, {"__resumed": True, "code": 0}, task=task.run_id)
