"""What a CronWorkflow starts is checked as a workflow that nobody starts by hand."""

from __future__ import annotations

from typing import Any

TASK = {"name": "a", "executor": {"type": "echo"}}


def cron(**spec: Any) -> dict[str, Any]:
    """Return a CronWorkflow around a spec."""
    inner = {"entrypoint": "a", "templates": [{"task": TASK}], **spec}
    return {
        "apiVersion": "aether/v1",
        "kind": "CronWorkflow",
        "metadata": {"name": "w"},
        "spec": {"schedule": "@daily", "workflowSpec": inner},
    }


def test_a_cron_workflow_is_checked_as_what_it_starts(bench: Any) -> None:
    problems = bench.check_data(cron(entrypoint="nope"))

    assert [(each.code, each.path) for each in problems] == [
        ("AE201", ("spec", "workflowSpec", "entrypoint"))
    ]


def test_a_good_cron_workflow_has_no_problem(bench: Any) -> None:
    assert bench.check_data(cron()) == []


def test_every_argument_needs_a_value_since_a_schedule_gives_none(bench: Any) -> None:
    """A value, a default or a source will do; without one, nothing could ever be started."""
    arguments = [
        {"name": "a", "value": None},
        {"name": "b", "default": 1},
        {"name": "c", "valueFrom": {"path": "system.os"}},
        {"name": "d", "type": "int"},
    ]

    problems = bench.check_data(cron(arguments={"parameters": arguments}))

    path = ("spec", "workflowSpec", "arguments", "parameters", 3)
    assert [(each.code, each.path) for each in problems] == [("AE309", path)]
    assert '"d"' in problems[0].message
    assert problems[0].hint
