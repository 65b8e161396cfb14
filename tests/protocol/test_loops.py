"""What loops give their bodies, and how they end: decisions 11 and 12."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

MODES = {
    "items": "items: [{n: 1}, {n: 2}]",
    "itemsFrom": "itemsFrom: '[{n: 1}, {n: 2}]'",
    "repeat": "repeatCondition: loop_iter.index < 1",
}
INPUTS = """inputs: {parameters: [{name: n, type: int, default: 7}, {name: label, type: string},
                {name: size, type: int, default: 30}]}"""
ECHO_ALL = """{type: echo, config: {n: "{{ inputs.parameters.n }}",
                label: "{{ inputs.parameters.label }}", size: "{{ inputs.parameters.size }}"}}"""
BODIES = {
    "task": f"- task: {{name: body, executor: {{type: echo}}, {INPUTS}}}",
    "dag": f"""- dag:
            name: body
            {INPUTS}
            tasks: [{{name: leaf, executor: {ECHO_ALL}}}]""",
    "loop": f"""- loop:
            name: body
            {INPUTS}
            items: [x]
            body: leaf
            arguments:
              parameters:
              - {{name: n, value: "{{{{ inputs.parameters.n }}}}"}}
              - {{name: label, value: "{{{{ inputs.parameters.label }}}}"}}
              - {{name: size, value: "{{{{ inputs.parameters.size }}}}"}}
        - task: {{name: leaf, executor: {{type: echo}}}}""",
}


def looping(mode: str, body: str = "- task: {name: body, executor: {type: echo}}") -> str:
    """Return a spec of a loop with settings and a body."""
    return f"""
        entrypoint: main
        maxNestedDepth: 5
        arguments: {{parameters: [{{name: town, value: Ulm}}]}}
        templates:
        - loop:
            name: main
            {mode}
            body: body
        {body}
        """


def judged(condition: str) -> str:
    """Return a body that fails when a condition is true."""
    task = f"{{name: body, executor: {{type: echo}}, phaseConditions: {{failed: {condition}}}}}"
    return f"- task: {task}"


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("mode", MODES)
def test_the_body_is_called_like_any_template(play: Any, mode: str, body: str) -> None:
    """Decision 11: inputs, defaults and types are bound in all modes and for all bodies."""
    label = '"{{ loop_iter.index }} {{ workflow.parameters.town }}"'
    arguments = f"arguments: {{parameters: [{{name: label, value: {label}}}]}}"

    done = play(looping(f"{MODES[mode]}\n            {arguments}", BODIES[body]))

    assert done.run.phase == "Succeeded", done.run.message
    numbers = [7, 7] if mode == "repeat" else [1, 2]
    leaves = done.tasks("body" if body == "task" else "leaf")
    for index, (leaf, number) in enumerate(zip(leaves, numbers, strict=True)):
        told = {name: leaf.outputs[name] for name in ("n", "label", "size")}
        assert told == {"n": number, "label": f"{index} Ulm", "size": 30}


@pytest.mark.parametrize("body", BODIES)
def test_the_types_of_the_body_hold(play: Any, body: str) -> None:
    """Decision 11: an item that does not fit ends its iteration in Error."""
    mode = 'itemsFrom: \'fromJson("[{\\"n\\": 1, \\"label\\": 2}]")\''
    done = play(looping(mode, BODIES[body]))

    assert done.phases["body"] == "Error"
    assert "$.inputs.parameters.label" in done.task("body").message


def test_items_are_expanded_once(live: Any, read: Any) -> None:
    """Decision 11: also by the engine that takes a loop over in its middle."""
    spec = looping(
        "itemsFrom: '[1, 2, 3]'\n            concurrency: 1",
        """- task:
            name: body
            executor: {type: echo}
            inputs: {parameters: [{name: sleep, value: 10s}]}""",
    )

    async def story(world: Any) -> Any:
        async with world.engine() as engine:
            await engine.submit(read(spec), run_id="r")
            await asyncio.sleep(15)
            (loop, *_) = await world.store.get_tasks("r")
            kept = list(loop.items)
        await asyncio.sleep(10)
        async with world.engine() as engine:
            await engine.recover()
            await engine.wait("r")
            assert (await world.store.get_tasks("r"))[0].items == kept == [1, 2, 3]
            return await world.played(engine, "r")

    done = live(story)
    assert [task.inputs["loop_iter.item"] for task in done.tasks("body")] == [1, 2, 3]


SLOW = "- task: {name: body, executor: {type: echo, config: {sleep: 10s}}}"


@pytest.mark.parametrize("limit", ["", "concurrency: 0"])
def test_no_concurrency_is_no_limit(play: Any, limit: str) -> None:
    """Decision 11: absent or 0, all begin at once."""
    done = play(looping(f"items: [1, 2, 3, 4, 5]\n            {limit}", SLOW))

    assert done.times("body", "Succeeded") == [10_000_000] * 5


@pytest.mark.parametrize(("loop", "broker"), [(2, 64), (5, 2), (0, 2)])
def test_the_smaller_limit_holds(play: Any, loop: int, broker: int) -> None:
    """Decision 11: the loop's own, or that of the broker."""
    mode = f"items: [1, 2, 3, 4, 5]\n            concurrency: {loop}"
    done = play(looping(mode, SLOW), concurrency=broker)

    seconds = [time // 1_000_000 for time in done.times("body", "Succeeded")]
    assert seconds == [10, 10, 20, 20, 30]


def test_a_declared_limit_ends_the_loop(play: Any) -> None:
    """Decision 11: its phase is what the iterations come to, and it says that it was stopped."""
    done = play(looping("repeatCondition: 'true'\n            maxIterations: 3"))

    assert done.run.phase == "Succeeded"
    assert len(done.tasks("body")) == 3
    assert "maxIterations" in done.task("main").message
    assert any("maxIterations" in event.message for event in done.events)


def test_a_limit_counts_what_failed_before(play: Any) -> None:
    """Decision 11: the aggregate of all iterations, not the phase of the last one."""
    body = judged("loop_iter.index == 0")
    done = play(looping("repeatCondition: 'true'\n            maxIterations: 2", body))

    assert [task.phase for task in done.tasks("body")] == ["Failed", "Succeeded"]
    assert done.run.phase == "Failed"


def test_the_built_in_limit_is_an_error(play: Any) -> None:
    """Decision 11: 10,000 iterations, if none is declared; items beyond it start none at all."""
    spec = looping("itemsFrom: workflow.parameters.town")
    done = play(spec.replace("value: Ulm", f"value: {[0] * 10_001}"))

    assert done.run.phase == "Error"
    assert done.tasks("body") == []
    assert "10000" in done.run.message.replace(",", "")


def test_the_last_iteration_decides(play: Any) -> None:
    """Decision 12: retry until success succeeds."""
    body = judged("loop_iter.index < 2")
    done = play(looping("repeatCondition: tasks.body.phase != Succeeded", body))

    assert [task.phase for task in done.tasks("body")] == ["Failed", "Failed", "Succeeded"]
    assert done.run.phase == "Succeeded"


def test_a_bad_last_iteration_decides_too(play: Any) -> None:
    """Decision 12: stop at the first failure, and be Failed."""
    body = judged("loop_iter.index == 2")
    done = play(looping("repeatCondition: tasks.body.phase == Succeeded", body))

    assert len(done.tasks("body")) == 3
    assert done.run.phase == "Failed"
