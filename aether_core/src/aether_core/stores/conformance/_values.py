"""Checks that values survive: text of any kind, numbers, nothing at all, and sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.kernel import EventRecord
from aether_core.ports import RunQuery, StoreError
from aether_core.stores.conformance._expect import (
    Check,
    StoreFactory,
    expect,
    expect_refusal,
    opened,
)
from aether_core.stores.conformance._samples import a_run, a_task, an_event, changes

if TYPE_CHECKING:
    from aether_sdk import JsonValue

_TEXTS: Final[tuple[str, ...]] = (
    "",
    " leading and trailing ",
    "line\nline\r\n\ttab",
    "quote \" quote ' back \\ slash",
    "Grüße, 你好, שלום, e\u0301, \U0001f680",
    "zero \0 byte",
    "\ufeff\u2028\uffff",
    "%s {} ? ; DROP TABLE runs --",
)
_NUMBERS: Final[tuple[JsonValue, ...]] = (
    0,
    -1,
    2**53 + 1,
    2**63 - 1,
    -(2**63),
    0.1,
    1.0,
    -2.5e-300,
    1.7976931348623157e308,
)
_OUTPUTS: Final[tuple[dict[str, JsonValue] | None, ...]] = (
    None,
    {},
    {"value": None},
    {"value": False},
    {"value": 0},
    {"value": ""},
    {"value": []},
    {"value": {}},
    {"": {"": [None, [None]]}},
)
_LAST_INSTANT: Final = 2**63 - 1


async def any_text_survives(factory: StoreFactory) -> None:
    """Every Unicode text survives as id, name, message, key and value."""
    async with opened(factory) as store:
        for number, text in enumerate(_TEXTS):
            run, task = a_run(f"{number} {text}", workflow=text), a_task()
            run.message, run.document = text, text
            run.variables, run.outputs = {text: text}, {text: [text]}
            task.name, task.message, task.outputs = text, text, {text: text}
            await store.commit([changes(run, created=[task])])

            expect(f"run with {text!r}", await store.get_run(run.run_id), run)
            expect(f"task with {text!r}", await store.get_tasks(run.run_id), [task])
            found = await store.list_runs(RunQuery(workflow=text))
            expect(f"runs of {text!r}", [run.run_id for run in found], [run.run_id])


async def numbers_keep_value_and_kind(factory: StoreFactory) -> None:
    """Integers stay integers, floats stay floats, true stays true; nothing is rounded."""
    async with opened(factory) as store:
        run, task = a_run(), a_task()
        values: list[JsonValue] = [*_NUMBERS, True, False, None]
        task.outputs = {"values": values}
        await store.commit([changes(run, created=[task])])

        [stored] = await store.get_tasks(run.run_id)
        expect("values", repr(stored.outputs), repr({"values": values}))


async def nothing_differs_from_empty(factory: StoreFactory) -> None:
    """No outputs, empty outputs and an output that is null are three things."""
    async with opened(factory) as store:
        for number, outputs in enumerate(_OUTPUTS):
            run, task = a_run(f"run-{number}"), a_task()
            run.outputs = task.outputs = task.inputs = outputs
            await store.commit([changes(run, created=[task])])
            [stored] = await store.get_tasks(run.run_id)
            expect("inputs", repr(stored.inputs), repr(outputs))
            expect("outputs", repr(stored.outputs), repr(outputs))

            task.outputs = None
            run.outputs = None
            await store.commit([changes(run, updated=[task])])
            [stored] = await store.get_tasks(run.run_id)
            stored_run = await store.get_run(run.run_id)
            expect("outputs once cleared", stored.outputs, None)
            expect("outputs of the run once cleared", stored_run and stored_run.outputs, None)


async def times_have_64_bits(factory: StoreFactory) -> None:
    """Times and codes keep every bit of a signed 64-bit integer; no time stays None."""
    async with opened(factory) as store:
        for number, instant in enumerate((0, -1, 2**53 + 1, _LAST_INSTANT)):
            run, task = a_run(f"run-{number}", created_at=instant), a_task()
            run.started_at = task.finished_at = instant
            task.created_at = task.code = instant
            await store.commit([changes(run, created=[task])])
            expect("run", await store.get_run(run.run_id), run)
            expect("tasks", await store.get_tasks(run.run_id), [task])
        [newest] = await store.list_runs(RunQuery(limit=1))
        expect("newest run", newest.created_at, _LAST_INSTANT)


async def large_values_survive(factory: StoreFactory) -> None:
    """A document, a value and a message of a megabyte survive, and so do thousands of tasks."""
    async with opened(factory) as store:
        run = a_run()
        run.document = run.message = "d" * 1_000_000
        tasks = [a_task(seq) for seq in range(3000)]
        tasks[7].outputs = {"text": "ü" * 500_000, "list": list(range(50_000))}
        events = [an_event(seq, task_seq=seq) for seq in range(3000)]
        await store.commit([changes(run, created=tasks, events=events)])

        expect("run", await store.get_run(run.run_id), run)
        expect("tasks", await store.get_tasks(run.run_id), tasks)
        expect("events", await store.get_events(run.run_id, after=-1, limit=5000), events)


async def lines_of_logs_survive(factory: StoreFactory) -> None:
    """Events of every kind survive with their place in the order, also blank and long lines."""
    async with opened(factory) as store:
        run, task = a_run(), a_task()
        said = ["", " two\tblanks ", "ü" * 4096, "\x1b[0m\x00"]
        lines = [EventRecord(2 + n, 7, "log", None, 0, "a", line) for n, line in enumerate(said)]
        note = EventRecord(len(said) + 2, 7, "note", None, 0, "a", "ignored")
        events = [an_event(1), *lines, note]
        await store.commit([changes(run, created=[task], events=events)])

        expect("events", await store.get_events(run.run_id), events)


async def deep_values_survive(factory: StoreFactory) -> None:
    """Lists in lists, a hundred deep, survive."""
    async with opened(factory) as store:
        deep: JsonValue = "end"
        for _ in range(100):
            deep = [deep]
        run, task = a_run(), a_task()
        task.outputs = {"deep": deep}
        await store.commit([changes(run, created=[task])])
        expect("tasks", await store.get_tasks(run.run_id), [task])


async def broken_text_is_refused_whole(factory: StoreFactory) -> None:
    """Text that no encoding can carry is a `StoreError`, and nothing of its batch is written."""
    async with opened(factory) as store:
        good, bad, task = a_run("run-1"), a_run("run-2"), a_task()
        task.outputs = {"text": "\ud800"}
        batch = [changes(good, created=[a_task()]), changes(bad, created=[task])]
        await expect_refusal("half a surrogate pair", store.commit(batch), StoreError)

        expect("runs", await store.list_runs(RunQuery()), [])
        expect("versions of the records", (good.version, bad.version), (0, 0))


VALUE_CHECKS: Final[tuple[Check, ...]] = (
    any_text_survives,
    numbers_keep_value_and_kind,
    nothing_differs_from_empty,
    times_have_64_bits,
    large_values_survive,
    lines_of_logs_survive,
    deep_values_survive,
    broken_text_is_refused_whole,
)
