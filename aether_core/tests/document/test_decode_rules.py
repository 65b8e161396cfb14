"""Rules of structure: what a type alone can't say, with the place and the next step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from aether_core.document import Severity, decode

if TYPE_CHECKING:
    from collections.abc import Callable

Change = Any
"""What a case does to a valid spec: a function of the spec."""


def _found(value: dict[str, Any]) -> list[tuple[str, str, tuple[str | int, ...]]]:
    return [(each.code, each.severity.value, each.path) for each in decode(value)[1]]


DAG = ("spec", "templates", 0, "dag")
LOOP = ("spec", "templates", 1, "loop")
AGAIN = ("spec", "templates", 3, "loop")
SAY = ("spec", "templates", 4, "task")


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


ERRORS: list[
    tuple[str, tuple[str | int, ...], Callable[[Any], Any], tuple[str | int, ...], str]
] = [
    ("no entrypoint", ("spec",), lambda it: it.pop("entrypoint"), ("spec",), "AE102"),
    ("null entrypoint", ("spec",), lambda it: it.update(entrypoint=None), ("spec",), "AE102"),
    ("no templates", ("spec",), lambda it: it.pop("templates"), ("spec",), "AE102"),
    (
        "empty templates",
        ("spec",),
        lambda it: it.update(templates=[]),
        ("spec", "templates"),
        "AE110",
    ),
    (
        "two members",
        ("spec", "templates", 0),
        lambda it: it.update(task={"name": "x", "executor": {"type": "echo"}}),
        ("spec", "templates", 0),
        "AE112",
    ),
    (
        "no member",
        ("spec", "templates", 0),
        lambda it: it.clear(),
        ("spec", "templates", 0),
        "AE112",
    ),
    ("no executor", SAY, lambda it: it.pop("executor"), SAY, "AE102"),
    ("delegation", SAY, lambda it: it.update(executor=None, template="x"), SAY, "AE102"),
    (
        "nothing to run",
        (*DAG, "tasks", 1),
        lambda it: it.pop("executor"),
        (*DAG, "tasks", 1),
        "AE117",
    ),
    ("no loop mode", LOOP, lambda it: it.pop("items"), LOOP, "AE113"),
    ("empty items", LOOP, lambda it: it.update(items=[]), LOOP, "AE113"),
    ("two loop modes", LOOP, lambda it: it.update(itemsFrom="x"), LOOP, "AE113"),
    (
        "serial concurrency",
        AGAIN,
        lambda it: it.update(concurrency=2),
        (*AGAIN, "concurrency"),
        "AE114",
    ),
    (
        "never running",
        AGAIN,
        lambda it: it.update(maxIterations=0),
        (*AGAIN, "maxIterations"),
        "AE114",
    ),
    (
        "two sources",
        (*DAG, "outputs", "parameters", 0, "valueFrom"),
        lambda it: it.update(parameter="x"),
        (*DAG, "outputs", "parameters", 0, "valueFrom"),
        "AE115",
    ),
    (
        "no source",
        (*DAG, "outputs", "parameters", 0, "valueFrom"),
        lambda it: it.clear(),
        (*DAG, "outputs", "parameters", 0, "valueFrom"),
        "AE115",
    ),
    (
        "duplicate parameter",
        (*DAG, "outputs", "parameters", 2),
        lambda it: it.update(name="a"),
        (*DAG, "outputs", "parameters", 2, "name"),
        "AE116",
    ),
    (
        "long time",
        (*DAG, "tasks", 0, "retry", "backoff"),
        lambda it: it.update(maxDuration="9999999h"),
        (*DAG, "tasks", 0, "retry", "backoff", "maxDuration"),
        "AE109",
    ),
]


@pytest.mark.parametrize(
    ("where", "change", "path", "code"),
    [case[1:] for case in ERRORS],
    ids=[case[0] for case in ERRORS],
)
def test_a_broken_rule_is_one_error_at_its_place(
    workflow: dict[str, Any],
    where: tuple[str | int, ...],
    change: Callable[[Any], Any],
    path: tuple[str | int, ...],
    code: str,
) -> None:
    change(_at(workflow, where))

    found = [each for each in _found(workflow) if each[1] == "error"]

    assert found == [(code, "error", path)]
    assert decode(workflow)[0] is None


WARNINGS: list[
    tuple[str, tuple[str | int, ...], Callable[[Any], Any], tuple[str | int, ...], str]
] = [
    (
        "priority",
        ("spec",),
        lambda it: it.update(priority=1001),
        ("spec", "priority"),
        "AE123",
    ),
    (
        "negative priority",
        ("spec",),
        lambda it: it.update(priority=-5),
        ("spec", "priority"),
        "AE123",
    ),
    (
        "depth",
        ("spec",),
        lambda it: it.update(maxNestedDepth=11),
        ("spec", "maxNestedDepth"),
        "AE123",
    ),
    (
        "both",
        (*DAG, "tasks", 1),
        lambda it: it.update(template="say"),
        (*DAG, "tasks", 1, "executor"),
        "AE122",
    ),
    ("when", SAY, lambda it: it.update(when="true"), (*SAY, "when"), "AE122"),
    ("template", SAY, lambda it: it.update(template="x"), (*SAY, "template"), "AE122"),
    (
        "no limit",
        (*DAG, "tasks", 0, "retry"),
        lambda it: it.pop("limit"),
        (*DAG, "tasks", 0, "retry"),
        "AE122",
    ),
    (
        "value and source",
        (*DAG, "outputs", "parameters", 0),
        lambda it: it.update(value=1),
        (*DAG, "outputs", "parameters", 0, "valueFrom"),
        "AE122",
    ),
]


@pytest.mark.parametrize(
    ("where", "change", "path", "code"),
    [case[1:] for case in WARNINGS],
    ids=[case[0] for case in WARNINGS],
)
def test_what_runs_but_is_odd_is_a_warning(
    workflow: dict[str, Any],
    where: tuple[str | int, ...],
    change: Callable[[Any], Any],
    path: tuple[str | int, ...],
    code: str,
) -> None:
    change(_at(workflow, where))

    assert _found(workflow) == [(code, "warning", path)]
    assert decode(workflow)[0] is not None


@pytest.mark.parametrize(
    "change",
    [
        lambda spec: spec["templates"][3]["loop"].pop("maxIterations"),
        lambda spec: spec["templates"][3]["loop"].update(concurrency=0),
        lambda spec: spec["templates"][3]["loop"].update(items=[]),
        lambda spec: spec["templates"][1]["loop"].update(itemsFrom=""),
        lambda spec: spec["templates"][1]["loop"].update(maxIterations=0),
        lambda spec: spec.update(priority=0),
        lambda spec: spec["templates"][0]["dag"].update(entrypoints="a"),
        lambda spec: spec["templates"][0]["dag"].update(timeout="0"),
    ],
)
def test_what_the_protocol_allows_is_accepted(
    workflow: dict[str, Any], change: Callable[[dict[str, Any]], None]
) -> None:
    change(workflow["spec"])

    assert decode(workflow)[1] == ()


@pytest.mark.parametrize(
    "schedule",
    [
        "0 * * * *",
        "*/5 0-6 1,15 * MON-FRI",
        "0 0 * * * *",
        "@daily",
        "@hourly",
        " 0\t* * * * ",
        "0 12 29 feb *",
        "0 12 L * 1#5",
        "0 12 31 2 mon",
    ],
)
def test_schedules_have_five_or_six_fields_or_are_macros(
    cron: dict[str, Any], schedule: str
) -> None:
    cron["spec"]["schedule"] = schedule

    assert decode(cron)[1] == ()


@pytest.mark.parametrize(
    "schedule",
    [
        "daily",
        "* * * *",
        "* * * * * * *",
        "@every 5m",
        " @daily",
        "60 * * * *",
        "*/0 * * * *",
        "0 0 30 2 *",
        "0 0 31 4,6 *",
        "0 0 * * 1-",
        "0 0 * * 8",
        "0 0 ? * 1",
    ],
)
def test_other_schedules_are_refused(cron: dict[str, Any], schedule: str) -> None:
    """Also those that have the right shape but can't be read or never match (decision 14)."""
    cron["spec"]["schedule"] = schedule

    assert _found(cron) == [("AE118", "error", ("spec", "schedule"))]


@pytest.mark.parametrize(
    ("schedule", "place", "hint"),
    [
        ("0 6 * * 1,9", (10, 11), "0 to 7"),
        ("0 0 30 2 *", (4, 10), "day of the month"),
        ("0 22-2 * * *", (2, 6), '"22-23,0-2"'),
        ("1,,2 * * * *", (2, 3), "lists"),
        ("* * * *", (0, 7), "@daily"),
    ],
)
def test_the_wrong_part_of_a_schedule_is_marked(
    cron: dict[str, Any], schedule: str, place: tuple[int, int], hint: str
) -> None:
    """The problem points into the text and says what to write (decision 14)."""
    cron["spec"]["schedule"] = schedule

    (problem,) = decode(cron)[1]

    assert problem.span == place
    assert hint in (problem.hint or "")


def test_a_time_zone_that_is_nearly_right_is_named(cron: dict[str, Any]) -> None:
    cron["spec"]["timezone"] = "europe/berlin"

    (problem,) = decode(cron)[1]

    assert problem.hint == 'Did you mean "Europe/Berlin"?'


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York"])
def test_time_zones_are_iana_names(cron: dict[str, Any], zone: str) -> None:
    cron["spec"]["timezone"] = zone

    assert decode(cron)[1] == ()


@pytest.mark.parametrize("zone", ["Mars/Base", "../etc/passwd", "/etc/passwd", "America", "a\0b"])
def test_other_time_zones_are_refused(cron: dict[str, Any], zone: str) -> None:
    cron["spec"]["timezone"] = zone

    assert _found(cron) == [("AE119", "error", ("spec", "timezone"))]


@pytest.mark.parametrize(
    "moment",
    ["2026-01-31T06:00:00Z", "2026-01-31T06:00:00.123456789+02:00", "2026-01-31T06:00:00-11:30"],
)
def test_times_are_rfc_3339(cron: dict[str, Any], moment: str) -> None:
    cron["spec"]["startAt"] = moment

    assert decode(cron)[1] == ()


@pytest.mark.parametrize(
    "moment",
    [
        "2026-01-31",
        "2026-01-31 06:00:00Z",
        "2026-01-31T06:00Z",
        "2026-01-31T06:00:00",
        "2026-02-30T06:00:00Z",
        "2026-01-31T25:00:00Z",
        "2026-01-31T06:00:00Z\n",
        "tomorrow",
    ],
)
def test_other_times_are_refused(cron: dict[str, Any], moment: str) -> None:
    cron["spec"]["startAt"] = moment

    assert _found(cron) == [("AE120", "error", ("spec", "startAt"))]


def test_the_end_comes_after_the_start(cron: dict[str, Any]) -> None:
    cron["spec"]["endAt"] = "2026-01-01T01:00:00+01:00"

    assert _found(cron) == [("AE121", "error", ("spec", "endAt"))]


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("startingDeadlineSeconds", 0, "AE111"),
        ("successfulJobsHistoryLimit", -1, "AE111"),
        ("concurrencyPolicy", "forbid", "AE104"),
        ("suspend", "true", "AE103"),
        ("workflowSpec", None, "AE103"),
    ],
)
def test_the_other_keys_of_a_schedule_are_checked(
    cron: dict[str, Any], key: str, value: object, code: str
) -> None:
    cron["spec"][key] = value

    assert _found(cron) == [(code, "error", ("spec", key))]


def test_the_workflow_of_a_schedule_is_checked_like_any_other(cron: dict[str, Any]) -> None:
    del cron["spec"]["workflowSpec"]["entrypoint"]
    cron["spec"]["workflowSpec"]["priority"] = 5000

    assert _found(cron) == [
        ("AE102", "error", ("spec", "workflowSpec")),
        ("AE123", "warning", ("spec", "workflowSpec", "priority")),
    ]


@pytest.mark.parametrize("spec", [None, 5, [], "text"])
def test_rules_pass_over_what_has_the_wrong_type(cron: dict[str, Any], spec: object) -> None:
    cron["spec"] = spec

    assert _found(cron) == [("AE103", "error", ("spec",))]


def test_every_problem_has_a_hint_or_says_what_is_expected(workflow: dict[str, Any]) -> None:
    for _, where, change, _, _ in ERRORS:
        if where not in (("spec",), ("spec", "templates", 0)):
            change(_at(workflow, where))

    _, problems = decode(workflow)

    assert all(each.hint for each in problems if each.severity is Severity.ERROR)
