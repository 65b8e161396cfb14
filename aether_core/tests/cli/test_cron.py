"""`aether cron`: schedules from the command line."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

ADMITTED = "2026-01-31T06:00:00Z"


@pytest.fixture
def schedule(work: Path, probe: Any, task: Any) -> Callable[..., str]:
    """Write a CronWorkflow into a file and return the file's name."""

    def write(
        inputs: Mapping[str, Any] | None = None,
        *,
        file: str = "cron.json",
        name: str = "nightly",
        namespace: str | None = None,
        arguments: list[dict[str, Any]] | None = None,
        **spec: Any,
    ) -> str:
        metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
        templates = [{"dag": {"name": "main", "tasks": [task("only", inputs or {"x": 1})]}}]
        workflow: dict[str, Any] = {"entrypoint": "main", "templates": templates}
        if arguments is not None:
            workflow["arguments"] = {"parameters": arguments}
        document = {
            "apiVersion": "aether/v1",
            "kind": "CronWorkflow",
            "metadata": metadata,
            "spec": {"schedule": "30 2 * * *", "workflowSpec": workflow, **spec},
        }
        (work / file).write_text(json.dumps(document, indent=1))
        return file

    return write


def test_a_schedule_is_created_shown_and_listed(aether: Any, schedule: Any) -> None:
    """Times are those of its own clocks for people, and UTC for programs."""
    created = aether("cron", "create", schedule(timezone="Asia/Kolkata"))

    assert created.status == 0
    assert created.out.startswith("schedule nightly is kept; next: ")
    assert created.out.endswith("02:30:00+05:30\n")
    shown = aether("cron", "get", "nightly", "--next", "2")
    assert shown.out.splitlines()[0] == "nightly  30 2 * * *  Asia/Kolkata  Allow"
    assert [line[-14:] for line in shown.out.splitlines()[1:3]] == ["02:30:00+05:30"] * 2
    row = aether("cron", "list").out.splitlines()[1]
    assert row.startswith("nightly  30 2 * * *  Asia/Kolkata  Allow")
    data = aether("cron", "get", "nightly", "--output", "json").json
    assert data["nextTimes"][0].endswith("21:00:00.000000Z")
    assert data["spec"]["schedule"] == "30 2 * * *"
    assert aether("cron", "list", "--output", "json").json[0]["cronId"] == data["cronId"]


def test_without_a_store_there_are_no_schedules(aether: Any) -> None:
    """Looking creates none."""
    listed = aether("cron", "list")
    shown = aether("cron", "get", "nightly")

    assert (listed.status, listed.out) == (0, "")
    assert listed.err.startswith("there is no store at ")
    assert listed.err.endswith("no schedules\n")
    assert shown.status == 2
    assert "no store" in shown.err
    assert not Path("runs.db").exists()


@pytest.mark.parametrize("command", ["get", "suspend", "resume", "delete", "trigger"])
def test_an_unknown_schedule_is_wrong_usage(aether: Any, schedule: Any, command: str) -> None:
    aether("cron", "create", schedule())

    answer = aether("cron", command, "nigthly")

    assert (answer.status, answer.out) == (2, "")
    assert 'Did you mean "nightly"?' in answer.err


def test_a_schedule_that_can_not_be_read_is_refused_at_its_place(
    aether: Any, schedule: Any
) -> None:
    """With the part that is wrong, and what to write (decision 14)."""
    file = schedule(schedule="0 6 30 2 *", timezone="Europe/Berlim")

    as_text = aether("cron", "create", file)
    as_json = aether("cron", "create", file, "--output", "json")

    assert (as_text.status, as_json.status) == (2, 2)
    assert '"30 2 *"' in as_text.err
    assert 'Did you mean "Europe/Berlin"?' in as_text.err
    found = json.loads(as_json.err)["diagnostics"]
    assert [(each["code"], each["path"]) for each in found] == [
        ("AE118", "/spec/schedule"),
        ("AE119", "/spec/timezone"),
    ]
    text = Path(file).read_text().splitlines()[found[0]["line"] - 1]
    assert text[found[0]["column"] - 1 : found[0]["endColumn"] - 1] == "30 2 *"
    assert aether("validate", file).status == 1


def test_other_documents_are_refused(aether: Any, schedule: Any, document: Any, task: Any) -> None:
    """Each way round, the command says which one is meant; one file holds one schedule."""
    flow = document(task("a"))
    cron = schedule()
    both = Path("both.yaml")
    both.write_text(f"{Path(cron).read_text()}\n---\n{Path(cron).read_text()}")

    created = aether("cron", "create", flow)
    ran = aether("run", cron)
    double = aether("cron", "create", str(both))

    assert [answer.status for answer in (created, ran, double)] == [2, 2, 2]
    assert "AE822" in created.err
    assert "`aether run`" in created.err
    assert "`aether cron create`" in ran.err
    assert "2 schedules" in double.err


def test_every_argument_needs_a_value(aether: Any, schedule: Any) -> None:
    answer = aether("cron", "create", schedule(arguments=[{"name": "city", "type": "string"}]))

    assert answer.status == 2
    assert "AE309" in answer.err


def test_a_warning_is_shown_and_the_schedule_is_kept(aether: Any, schedule: Any) -> None:
    """Custom variables are known only when a run begins."""
    file = schedule({"x": "{{ deploy.region }}"})

    answer = aether("cron", "create", file)

    assert answer.status == 0
    assert "AE227" in answer.err
    assert aether("cron", "create", schedule(name="b"), "--output", "json").json["name"] == "b"


def test_an_update_replaces_the_document(aether: Any, schedule: Any) -> None:
    """All but the workflow itself; the name may stand before the file."""
    aether("cron", "create", schedule())
    new = schedule(schedule="@hourly", concurrencyPolicy="Forbid")

    first = aether("cron", "update", new)
    second = aether("cron", "update", "nightly", new, "--output", "json")

    assert first.out.startswith("schedule nightly is updated; next: ")
    assert (second.status, second.json["schedule"]) == (0, "@hourly")
    wrong = [
        aether("cron", "update", schedule({"x": 2}, file="x.json")),
        aether("cron", "update", "weekly", new),
        aether("cron", "update", "a", "b", new),
        aether("cron", "update", schedule(name="weekly", file="w.json")),
        aether("cron", "update", "missing.json"),
        aether("cron", "create", new),
    ]
    assert [answer.status for answer in wrong] == [2] * 6
    assert "workflowSpec" in wrong[0].err
    assert "keeps its name" in wrong[1].err
    assert "has a schedule 'nightly' already" in wrong[5].err


def test_a_schedule_is_suspended_and_goes_on(aether: Any, schedule: Any) -> None:
    aether("cron", "create", schedule())

    suspended = aether("cron", "suspend", "nightly")

    assert "is suspended" in suspended.out
    assert "  next  suspended" in aether("cron", "get", "nightly").out
    assert aether("cron", "list").out.splitlines()[1].endswith("suspended")
    trigger = aether("cron", "trigger", "nightly")
    assert (trigger.status, trigger.err) == (0, "")
    assert trigger.out == "schedule nightly: nothing was started: the schedule is suspended\n"
    assert aether("cron", "resume", "nightly").out.startswith("schedule nightly goes on; next: ")
    assert aether("cron", "suspend", "nightly", "--output", "json").json["suspended"] is True
    assert aether("cron", "resume", "nightly", "--output", "json").json["suspended"] is False


def test_a_deleted_schedule_is_gone(aether: Any, schedule: Any) -> None:
    """In its namespace; the other one of that name stays."""
    aether("cron", "create", schedule())
    aether("cron", "create", schedule(namespace="other"))
    assert aether("cron", "list").out.splitlines()[2].startswith("other      nightly")

    deleted = aether("cron", "delete", "nightly", "--output", "json")

    assert deleted.json == {"name": "nightly", "namespace": "default", "deleted": True}
    assert [cron["namespace"] for cron in aether("cron", "list", "--output", "json").json] == [
        "other"
    ]
    gone = aether("cron", "delete", "nightly", "--namespace", "other")
    assert gone.out == "schedule nightly is deleted; its runs stay\n"


def test_a_trigger_runs_the_workflow_in_this_process(aether: Any, schedule: Any) -> None:
    """It ends like `aether run`, and the same slot is not fired again."""
    aether("cron", "create", schedule())

    fired = aether("cron", "trigger", "nightly", "--at", ADMITTED, "--output", "json")
    again = aether("cron", "trigger", "nightly", "--at", ADMITTED, "--output", "json")
    shown = aether("cron", "get", "nightly")

    assert (fired.status, fired.json["phase"], fired.json["outcome"]) == (0, "Succeeded", "fired")
    assert fired.json["scheduledAt"] == "2026-01-31T06:00:00.000000Z"
    assert fired.json["tasks"][1]["outputs"] == {"x": 1}
    assert again.json == fired.json
    assert "nothing was started" in again.err
    assert fired.json["runId"] in shown.out
    assert aether("get", fired.json["runId"]).status == 0


def test_the_status_of_a_trigger_is_that_of_its_run(aether: Any, schedule: Any) -> None:
    """A run that failed is 1; without a limit for failures it is not kept."""
    aether("cron", "create", schedule({"fail": "no"}, failedJobsHistoryLimit=0))

    answer = aether("cron", "trigger", "nightly")

    assert answer.status == 1
    assert answer.out.startswith("Failed  nightly")
    assert aether("cron", "get", "nightly", "--output", "json").json["runs"] == []


def test_a_slot_outside_the_window_says_why_nothing_starts(aether: Any, schedule: Any) -> None:
    aether("cron", "create", schedule(endAt=ADMITTED))

    answer = aether("cron", "trigger", "nightly", "--output", "json")

    assert answer.status == 0
    assert (answer.json["outcome"], answer.json["runId"]) == ("skipped", "")
    assert answer.json["reason"] == f"it is after endAt ({ADMITTED})"
    table = aether("cron", "get", "nightly").out
    assert "  next  never again" in table
    assert f"skipped  it is after endAt ({ADMITTED})" in table


def test_a_workflow_that_can_not_start_any_more_is_refused(
    aether: Any, schedule: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slot failed, for a reason that stays in the schedule."""
    aether("cron", "create", schedule())
    monkeypatch.setenv("AETHER_PLUGINS_ALLOW", "none")

    answer = aether("cron", "trigger", "nightly")

    assert (answer.status, answer.out) == (2, "")
    assert "probe" in answer.err
    assert aether("cron", "get", "nightly", "--output", "json").json["slots"][0]["outcome"] == (
        "failed"
    )


@pytest.mark.parametrize("time", ["now", "2026-01-31", "2026-02-30T00:00:00Z"])
def test_the_time_of_a_slot_is_rfc_3339(aether: Any, schedule: Any, time: str) -> None:
    answer = aether("cron", "trigger", "nightly", "--at", time)

    assert answer.status == 2
    assert "2026-01-31T06:00:00Z" in answer.err


def test_the_commands_stand_in_the_help(aether: Any) -> None:
    assert "cron create FILE" in aether("--help").out
    assert "trigger NAME" in aether("cron", "--help").out
    assert "[NAME] FILE" in aether("cron", "update", "--help").out
    assert aether("cron").status == 2


def test_a_schedule_that_can_not_be_read_any_more_is_still_shown(
    aether: Any, schedule: Any
) -> None:
    """A document of another version does not hide the others, and says what is wrong."""
    aether("cron", "create", schedule())
    with closing(sqlite3.connect("runs.db")) as connection, connection:
        spec = '"spec":{"timezone":"Mars/Base",'
        connection.execute(
            "UPDATE crons SET document = replace(document, ?, ?)", ('"spec":{', spec)
        )

    listed = aether("cron", "list")
    shown = aether("cron", "get", "nightly")

    assert listed.out.splitlines()[1].endswith("can't be read")
    assert 'the time zone "Mars/Base" is not known' in shown.out
    assert aether("cron", "update", schedule()).status == 0
    assert "Mars" not in aether("cron", "list").out
