"""Secrets are asked for at dispatch, given to the executor alone, and shown to nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from aether_core.engine import Engine
from aether_core.ports import SecretNotFound
from aether_core.secrets import StaticSecretProvider
from aether_sdk import ExecuteRequest, Executor, TaskFailed, TaskSuspended

VALUE = "correct-horse-battery"
Flow = Callable[..., dict[str, Any]]


class Counting(StaticSecretProvider):
    """Answers from a table, counts the questions, and waits where the test says so."""

    def __init__(self, values: Mapping[str, Mapping[str, str]]) -> None:
        super().__init__(values)
        self.asked: list[tuple[str, str]] = []
        self.gate: asyncio.Event | None = None

    async def get(self, name: str, key: str) -> str:
        self.asked.append((name, key))
        if self.gate is not None:
            await self.gate.wait()
        return await super().get(name, key)


class Spy(Executor):
    """Remembers what it was given; fails, suspends or answers as the test says."""

    type = "spy"

    def __init__(self) -> None:
        self.given: list[dict[str, Any]] = []
        self.failures = 0

    async def execute(self, request: ExecuteRequest) -> Any:
        inputs = request.inputs.as_dict() if request.inputs is not None else {}
        self.given.append(inputs)
        if self.failures:
            self.failures -= 1
            raise TaskFailed(f"rejected {inputs}")
        if inputs.get("wait") and "__resumed" not in inputs:
            raise TaskSuspended("waits", outputs={"seen": inputs["token"]})
        return inputs


def secret(name: str = "token", key: str = "k", **more: Any) -> dict[str, Any]:
    """Return a parameter whose value is the key of the secret `db`."""
    return {"name": name, "valueFrom": {"secretKeyRef": {"name": "db", "key": key}}, **more}


def task(name: str, *parameters: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a node with these inputs."""
    inputs = {"parameters": list(parameters)}
    return {"name": name, "executor": {"type": "spy"}, "inputs": inputs, **more}


class Bench:
    """An engine, its store, what it asks and what it executes."""

    def __init__(self, house: Any) -> None:
        self.house = house
        self.spy = Spy()
        house.registry.register(self.spy)
        self.provider = Counting({"db": {"k": VALUE, "n": "5251525", "q": 'a"b\\c-quoted'}})

    def engine(self, **more: Any) -> Engine:
        engine: Engine = self.house.engine(**({"secrets": self.provider} | more))
        return engine

    async def run(self, document: Any, **more: Any) -> Any:
        async with self.engine(**more) as engine:
            return await engine.wait(await engine.submit(document), timeout=10)

    async def stored(self, run_id: str) -> str:
        """Return everything that the store holds of a run, as text."""
        store = self.house.store
        run, tasks = await store.get_run(run_id), await store.get_tasks(run_id)
        return repr((run, tasks, await store.get_events(run_id)))


@pytest.fixture
def bench(house: Any) -> Bench:
    return Bench(house())


def outputs(execution: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(t.outputs for t in execution.tasks if t.name == name)
    return found


def test_only_the_executor_sees_the_value(bench: Bench, flow: Flow) -> None:
    """Decision 18: resolved at dispatch, never stored, masked in every view."""
    text = {"name": "header", "value": "Bearer {{ inputs.parameters.token }}!"}
    document = flow(
        task("a", secret(), {"name": "plain", "value": "p"}),
        task(
            "b",
            {"name": "was", "valueFrom": {"parameter": "tasks.a.outputs.parameters.token"}},
            {"name": "list", "value": [{"x": "-{{ tasks.a.outputs.parameters.token }}-"}]},
            dependencies=["a"],
        ),
    )
    document["spec"]["templates"][0]["dag"]["tasks"][0]["executor"]["config"] = {
        "header": text["value"]
    }

    async def scenario() -> Any:
        execution = await bench.run(document)
        return execution, await bench.stored(execution.run_id)

    execution, stored = asyncio.run(scenario())

    assert execution.phase == "Succeeded"
    assert bench.spy.given == [
        {"header": f"Bearer {VALUE}!", "token": VALUE, "plain": "p"},
        {"was": VALUE, "list": [{"x": f"-{VALUE}-"}]},
    ]
    assert VALUE not in stored
    shown = {"header": "Bearer ******!", "token": "******", "plain": "p"}
    assert outputs(execution, "a") == shown
    assert outputs(execution, "b") == {"was": "******", "list": [{"x": "-******-"}]}
    assert [t.inputs for t in execution.tasks if t.name == "a"] == [shown]


def test_secrets_may_come_from_arguments_at_every_level(bench: Bench, flow: Flow) -> None:
    """Arguments of the workflow, of a call, of a loop; inputs of a dag and of a task."""
    inner = {"dag": {
        "name": "inner",
        "inputs": {"parameters": [{"name": "passed", "type": "string"}, secret("own")]},
        "tasks": [task(
            "leaf",
            {"name": "a", "valueFrom": {"parameter": "inputs.parameters.passed"}},
            {"name": "b", "valueFrom": {"parameter": "inputs.parameters.own"}},
            {"name": "c", "valueFrom": {"parameter": "workflow.parameters.w"}},
        )],
    }}  # fmt: skip
    loop = {"loop": {
        "name": "each", "items": [1, 2], "body": "work", "arguments": {"parameters": [secret()]},
    }}  # fmt: skip
    work = {"task": {"name": "work", "executor": {"type": "spy"}}}
    document = flow(
        {"name": "i", "template": "inner", "arguments": {"parameters": [secret("passed")]}},
        {"name": "l", "template": "each", "dependencies": ["i"]},
        arguments={"parameters": [secret("w", type="string")]},
    )
    document["spec"]["templates"] += [inner, loop, work]

    execution = asyncio.run(bench.run(document))

    assert execution.phase == "Succeeded", execution.message
    assert bench.spy.given[0] == {"a": VALUE, "b": VALUE, "c": VALUE}
    assert [given["token"] for given in bench.spy.given[1:]] == [VALUE, VALUE]


def test_a_secret_is_asked_for_once_in_a_dispatch_and_again_in_the_next(
    bench: Bench, flow: Flow
) -> None:
    """executors.md 11: no caching, again on retry."""
    bench.spy.failures = 1
    both = {"name": "both", "value": "{{ inputs.parameters.token }}"}
    node = task("a", secret(), secret("again"), retry={"limit": 1, "expression": "true"})
    node["executor"]["config"] = {"both": both["value"]}

    execution = asyncio.run(bench.run(flow(node, task("b", dependencies=["a"]))))

    assert execution.phase == "Succeeded"
    assert bench.provider.asked == [("db", "k"), ("db", "k")]


def test_what_fails_does_not_tell_the_value(bench: Bench, flow: Flow) -> None:
    bench.spy.failures = 1

    execution = asyncio.run(bench.run(flow(task("a", secret(), secret("q", key="q")))))

    assert execution.phase == "Failed"
    assert "rejected {'token': '******', 'q': '******'}" in execution.message


def test_events_are_masked(bench: Bench, flow: Flow) -> None:
    bench.spy.failures = 1

    async def scenario() -> list[str]:
        async with bench.engine() as engine:
            run_id = await engine.submit(flow(task("a", secret())))
            return [event.message async for event in engine.events(run_id)]

    assert "rejected {'token': '******'}" in asyncio.run(scenario())


class _Broken:
    """A provider with faults."""

    async def get(self, name: str, key: str) -> Any:
        if key == "none":
            return None
        if key == "half":
            return "\ud800"
        raise ConnectionError(f"no route to the vault that has {VALUE}")


@pytest.mark.parametrize(
    ("provider", "key", "reason"),
    [
        (None, "k", "the engine was given no secret provider"),
        (StaticSecretProvider({"db": {}}, "s.json"), "k", "secret 'db' of s.json has no key 'k'."),
        (_Broken(), "k", "the secret provider failed with ConnectionError"),
        (_Broken(), "none", "the secret provider gave something that is not text"),
        (_Broken(), "half", "the secret provider gave something that is not text"),
    ],
)
def test_a_secret_that_cannot_be_had_ends_the_task_in_error(
    bench: Bench, flow: Flow, provider: Any, key: str, reason: str
) -> None:
    document = flow(task("a", secret(key=key)), task("b"))

    execution = asyncio.run(bench.run(document, secrets=provider))

    assert [(t.name, t.phase) for t in execution.tasks[1:]] == [("a", "Error"), ("b", "Succeeded")]
    assert f'no value for secret "db", key "{key}": {reason}' in execution.message
    assert VALUE not in execution.message


def test_all_secrets_that_are_missing_are_named(bench: Bench, flow: Flow) -> None:
    execution = asyncio.run(bench.run(flow(task("a", secret(key="x"), secret("o", key="kk")))))

    assert 'secret "db", key "kk"' in execution.message
    assert "Did you mean 'k'?" in execution.message
    assert 'secret "db", key "x"' in execution.message


def test_a_lookup_that_failed_is_tried_again_with_the_task(bench: Bench, flow: Flow) -> None:
    class Flaky(Counting):
        async def get(self, name: str, key: str) -> str:
            found = await super().get(name, key)
            if len(self.asked) < 3:
                raise SecretNotFound("not yet")
            return found

    provider = Flaky({"db": {"k": VALUE}})
    document = flow(task("a", secret(), retry={"limit": 2}))

    execution = asyncio.run(bench.run(document, secrets=provider))

    assert execution.phase == "Succeeded"
    assert len(provider.asked) == 3


def test_a_missing_secret_gives_way_to_the_default(bench: Bench, flow: Flow) -> None:
    """Decision 15: a missing reference is an error unless a default is declared."""
    fallback = secret("f", key="missing", default="{{ workflow.parameters.old }} or so")
    document = flow(
        task("a", secret("d", key="missing", default="plain"), secret("k", default="x"), fallback),
        arguments={"parameters": [secret("old")]},
    )

    execution = asyncio.run(bench.run(document))

    assert bench.spy.given == [{"d": "plain", "k": VALUE, "f": f"{VALUE} or so"}]
    assert outputs(execution, "a") == {"d": "plain", "k": "******", "f": "****** or so"}


def test_a_provider_that_fails_is_no_missing_secret(bench: Bench, flow: Flow) -> None:
    """A default must not step in because a vault can't be reached."""
    execution = asyncio.run(bench.run(flow(task("a", secret(default="x"))), secrets=_Broken()))

    assert execution.phase == "Error"


def test_a_slow_lookup_does_not_hold_up_others(bench: Bench, flow: Flow) -> None:
    async def scenario() -> Any:
        bench.provider.gate = asyncio.Event()
        async with bench.engine() as engine:
            run_id = await engine.submit(flow(task("slow", secret()), task("quick")))
            async for event in engine.events(run_id):
                if (event.name, event.phase) == ("quick", "Succeeded"):
                    break
            seen = list(bench.spy.given)
            bench.provider.gate.set()
            return seen, await engine.wait(run_id, timeout=10)

    seen, execution = asyncio.run(scenario())

    assert seen == [{}]
    assert execution.phase == "Succeeded"


@pytest.mark.parametrize("how", ["cancel", "close"])
def test_a_lookup_that_is_waited_for_can_be_given_up(bench: Bench, flow: Flow, how: str) -> None:
    async def scenario() -> Any:
        bench.provider.gate = asyncio.Event()
        async with bench.engine() as engine:
            run_id = await engine.submit(flow(task("a", secret())))
            while not bench.provider.asked:
                await asyncio.sleep(0)
            if how == "cancel":
                await engine.cancel(run_id)
                return (await engine.wait(run_id, timeout=10)).phase
        run = await bench.house.store.get_run(run_id)
        return run.phase

    assert asyncio.run(scenario()) == {"cancel": "Cancelled", "close": "Ready"}[how]
    assert bench.spy.given == []


def test_a_suspended_task_gets_its_secrets_again(bench: Bench, flow: Flow) -> None:
    """Also in another engine, which knows nothing but the store."""

    async def scenario() -> Any:
        async with bench.engine() as engine:
            run_id = await engine.submit(flow(task("a", secret(), {"name": "wait", "value": True})))
            await engine.wait_suspended(run_id)
            paused = await engine.get(run_id)
        async with bench.engine() as engine:
            await engine.resume(run_id, {"__resumed": True})
            ended = await engine.wait(run_id, timeout=10)
        return paused, ended, await bench.stored(run_id)

    paused, ended, stored = asyncio.run(scenario())

    assert outputs(paused, "a") == {"seen": "******"}
    assert ended.phase == "Succeeded"
    assert [given["token"] for given in bench.spy.given] == [VALUE, VALUE]
    assert VALUE not in stored


def test_a_later_engine_knows_what_earlier_tasks_were_given(bench: Bench, flow: Flow) -> None:
    """A task may have written the secret to a file; another one reads it after a restart."""

    class Leak(Executor):
        type = "leak"

        async def execute(self, request: ExecuteRequest) -> Any:
            return {"found": f"in a file: {VALUE}"}

    bench.house.registry.register(Leak())
    gate = {"name": "g", "executor": {"type": "gate"}, "dependencies": ["a"]}
    leak = {"name": "l", "executor": {"type": "leak"}, "dependencies": ["g"]}

    async def scenario() -> Any:
        async with bench.engine() as engine:
            run_id = await engine.submit(
                flow(task("a", secret(), secret("x", key="n")), gate, leak)
            )
            await bench.house.gate.entered.wait()
        bench.house.gate.open.set()
        async with bench.engine(secrets=StaticSecretProvider({"db": {"k": VALUE}})) as engine:
            assert await engine.recover() == (run_id,)
            return await engine.wait(run_id, timeout=10), await bench.stored(run_id)

    execution, stored = asyncio.run(scenario())

    assert execution.phase == "Succeeded"
    assert outputs(execution, "l") == {"found": "in a file: ******"}
    assert VALUE not in stored


@pytest.mark.parametrize("provider", [None, _Broken()])
def test_a_run_goes_on_elsewhere_without_the_secrets_it_does_not_need(
    bench: Bench, flow: Flow, provider: Any
) -> None:
    gate = {"name": "g", "executor": {"type": "gate"}, "dependencies": ["a"]}

    async def scenario() -> Any:
        async with bench.engine() as engine:
            run_id = await engine.submit(flow(task("a", secret()), gate))
            await bench.house.gate.entered.wait()
        bench.house.gate.open.set()
        async with bench.engine(secrets=provider) as engine:
            await engine.recover()
            return await engine.wait(run_id, timeout=10)

    assert asyncio.run(scenario()).phase == "Succeeded"


def test_a_failed_run_that_is_retried_asks_again(bench: Bench, flow: Flow) -> None:
    bench.spy.failures = 1

    async def scenario() -> Any:
        async with bench.engine() as engine:
            run_id = await engine.submit(flow(task("a", secret())))
            await engine.wait(run_id, timeout=10)
            await engine.retry(run_id)
            return await engine.wait(run_id, timeout=10), await bench.stored(run_id)

    execution, stored = asyncio.run(scenario())

    assert execution.phase == "Succeeded"
    assert len(bench.provider.asked) == 3, "once for each attempt, and to recognise the value"
    assert VALUE not in stored


def test_what_looks_like_a_token_is_text(bench: Bench, flow: Flow) -> None:
    """A document can't make one, since it does not know the seal of its run."""
    forged = f"secret.{'0' * 32}.db.k..."
    node = task("a", secret(), {"name": "forged", "value": forged})

    execution = asyncio.run(bench.run(flow(node)))

    assert bench.spy.given == [{"token": VALUE, "forged": forged}]
    assert outputs(execution, "a") == {"token": "******", "forged": forged}


@pytest.mark.parametrize(
    "expression",
    [
        "upper(inputs.parameters.token)",
        "split(inputs.parameters.token, '.')",
        "split(inputs.parameters.token, '.')[1]",
    ],
)
def test_an_expression_that_takes_a_secret_apart_ends_the_task_in_error(
    bench: Bench, flow: Flow, expression: str
) -> None:
    inner = {"dag": {"name": "inner", "inputs": {"parameters": [secret()]}, "tasks": [
        task("leaf", {"name": "part", "valueFrom": {"expression": expression}}),
    ]}}  # fmt: skip
    document = flow({"name": "i", "template": "inner"})
    document["spec"]["templates"].append(inner)

    execution = asyncio.run(bench.run(document))

    assert execution.phase == "Error"
    assert "expressions can't look into secrets" in execution.message
    run = asyncio.run(bench.house.store.get_run(execution.run_id))
    assert run.seal
    assert run.seal not in repr(execution).lower()


def test_an_expression_may_pass_a_secret_on(bench: Bench, flow: Flow) -> None:
    expression = "true ? 'Bearer ' + inputs.parameters.token : ''"
    inner = {"dag": {"name": "inner", "inputs": {"parameters": [secret()]}, "tasks": [
        task("leaf", {"name": "whole", "valueFrom": {"expression": expression}}),
    ]}}  # fmt: skip
    document = flow({"name": "i", "template": "inner"})
    document["spec"]["templates"].append(inner)

    asyncio.run(bench.run(document))

    assert bench.spy.given == [{"whole": f"Bearer {VALUE}"}]


def test_a_value_of_a_wrong_type_is_not_told(bench: Bench, flow: Flow) -> None:
    """Messages about inputs show what was given, but no secret and nothing of its seal."""
    pair = {"name": "p", "valueFrom": {"expression": "inputs.parameters.list[0]"}, "type": "int"}
    inner = {"dag": {
        "name": "inner",
        "inputs": {"parameters": [{"name": "list"}]},
        "tasks": [task("leaf", pair)],
    }}  # fmt: skip
    given = {"name": "list", "value": ["{{ workflow.parameters.w }}"]}
    document = flow(
        {"name": "i", "template": "inner", "arguments": {"parameters": [given]}},
        arguments={"parameters": [secret("w")]},
    )
    document["spec"]["templates"].append(inner)

    execution = asyncio.run(bench.run(document))

    assert 'p: expected an integer, got "******"' in execution.message


def test_hooks_may_use_secrets(bench: Bench, flow: Flow) -> None:
    """Their tasks may outlive the run."""
    tell = {"task": {"name": "tell", "executor": {"type": "spy"}, "inputs": {"parameters": [
        secret(), {"name": "out", "valueFrom": {"parameter": "hook.trigger.outputs.parameters"}},
    ]}}}  # fmt: skip
    node = task("a", secret("t"), hooks={"onExit": {"template": "tell"}})
    document = flow(node)
    document["spec"]["templates"].append(tell)

    execution = asyncio.run(bench.run(document))

    assert execution.phase == "Succeeded"
    assert bench.spy.given[-1] == {"token": VALUE, "out": {"t": VALUE}}


def test_a_run_without_secrets_has_no_seal(bench: Bench, flow: Flow) -> None:
    """So that nothing looks for tokens in it."""

    async def scenario() -> Any:
        text = {"name": "p", "value": 'the text "secretKeyRef": {}'}
        execution = await bench.run(flow(task("a", text)), secrets=None)
        return await bench.house.store.get_run(execution.run_id)

    assert asyncio.run(scenario()).seal == ""
    assert bench.provider.asked == []
