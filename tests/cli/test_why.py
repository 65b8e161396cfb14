"""`aether why`, on real runs in SQLite."""

from __future__ import annotations

import re
import shlex
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest

from aether_core.engine.explain import ReasonKind

Aether = Callable[..., Any]
Snapshot = Callable[[str, str], None]
Workflow = Callable[..., str]


def echo(**config: Any) -> dict[str, Any]:
    return {"type": "echo", "config": {name.replace("_", "-"): v for name, v in config.items()}}


def reasons(outcome: Any) -> dict[str, str]:
    """Return the reasons of the run by kind, the last one of each."""
    assert outcome.status == 0, outcome.err
    return {reason["kind"]: reason["text"] for reason in outcome.json["reasons"]}


def task(outcome: Any, path: str) -> Any:
    return next(each for each in outcome.json["tasks"] if each["path"] == path)


@pytest.fixture
def failed(ran: Callable[..., Any]) -> Any:
    """A run with a failure, what it blocks, a skipped task and a tolerated end."""
    return ran(
        {"name": "a", "executor": echo(x=1)},
        {"name": "bad", "dependencies": ["a"], "executor": echo(code=2, message="no flour")},
        {"name": "c", "dependencies": ["bad"]},
        {"name": "d", "dependencies": ["c"], "template": "sub"},
        {
            "name": "skipped",
            "dependencies": ["a"],
            "when": "tasks.a.outputs.parameters.x > 3 && default(tasks.a.code, 1) == 0",
        },
        {"name": "soft", "executor": echo(code=3), "continueOn": {"error": True}},
        templates=[{"dag": {"name": "sub", "tasks": [{"name": "deep", "executor": echo()}]}}],
    )


@pytest.mark.usefixtures("failed")
def test_a_failed_run(aether: Aether, snapshot: Snapshot) -> None:
    """The whole JSON value, as other programs rely on it."""
    outcome = aether("why", "r", "--output", "json")

    assert (outcome.status, outcome.err) == (0, "")
    snapshot("why-failed.json", outcome.out)


@pytest.mark.usefixtures("failed")
def test_a_failed_run_for_people(aether: Aether) -> None:
    text = aether("why", "r").out

    assert text.startswith("Failed  flow  r\n  bad ended Failed: no flour.\n")
    assert "2 tasks were not reached: c, d." in text
    assert "1 task was skipped: skipped." in text
    assert "1 task ended badly, which continueOn tolerates: soft." in text
    assert "\nbad  Failed\n  Its executor answered with code 2: no flour.\n" in text


@pytest.mark.usefixtures("failed")
def test_a_task_that_a_failure_blocks(aether: Aether) -> None:
    """It has no record; what failed is named, also through others."""
    near, far = aether("why", "r", "c"), aether("why", "r", "d")

    assert near.out.endswith(
        "\nc  not begun\n  It never began, since it depends on bad, which ended Failed.\n"
    )
    assert "depends on c, which was not reached either: bad ended Failed" in far.out


@pytest.mark.usefixtures("failed")
def test_a_task_inside_of_what_never_began(aether: Aether) -> None:
    outcome = aether("why", "r", "deep", "--output", "json")

    told = task(outcome, "sub/deep")
    assert (told["taskId"], told["phase"]) == (None, None)
    assert [r["text"] for r in told["reasons"]] == [
        "It is inside dag sub, which has not begun.",
        "d: It never began, since it depends on c, which was not reached either: bad ended Failed.",
    ]


@pytest.mark.usefixtures("failed")
def test_a_skipped_task_shows_its_condition_and_the_values(aether: Aether) -> None:
    told = task(aether("why", "r", "skipped", "--output", "json"), "skipped")

    assert told["condition"]["values"] == [
        {"reference": "tasks.a.outputs.parameters.x", "found": True, "value": 1},
        {"reference": "tasks.a.code", "found": True, "value": 0},
    ]
    assert "tasks.a.outputs.parameters.x is 1\n" in aether("why", "r", "skipped").out


@pytest.mark.usefixtures("failed")
def test_get_tells_what_was_not_reached(aether: Aether) -> None:
    """Such tasks have no record, so that no other line has them."""
    line = "2 tasks were not reached: c, d; `aether why r` tells why.\n"

    assert aether("get", "r").out.endswith(line)
    assert aether("run", "flow.json", "--run-id", "r", "-q").out.endswith(line)


@pytest.mark.usefixtures("failed")
@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("r", "skiped"), 'Did you mean "skipped"?'),
        (("r", "xyzzy"), "Its tasks are: a, bad, c, d, deep, main, skipped, soft."),
        (("rr",), 'Did you mean "r"?'),
        (("other",), "`aether list` shows what is there"),
    ],
)
def test_unknown_names_are_wrong_usage_with_near_misses(
    aether: Aether, words: tuple[str, ...], hint: str
) -> None:
    outcome = aether("why", *words)

    assert (outcome.status, outcome.out) == (2, "")
    assert f"hint: {hint}" in outcome.err


def test_a_store_that_does_not_exist_has_no_run(aether: Aether, work: Path) -> None:
    for command in ("why", "watch"):
        assert aether(command, "r").status == 2
    assert list(work.iterdir()) == []


def test_a_retried_task_shows_each_attempt_with_its_times(
    aether: Aether, ran: Callable[..., Any]
) -> None:
    retry = {"limit": 3, "expression": "phase == Failed", "backoff": {"duration": "30ms"}}
    ran({"name": "flaky", "executor": echo(fail_count=2), "retry": retry})

    outcome = aether("why", "r", "--output", "json")

    assert reasons(outcome) == {
        "success": "Everything that had to run ended well.",
        "retried": "1 task was retried: flaky.",
    }
    attempts = task(outcome, "flaky")["attempts"]
    assert [attempt["number"] for attempt in attempts] == [1, 2, 3]
    assert [attempt["phase"] for attempt in attempts] == [None, None, "Succeeded"]
    times = [(a["dispatchedAt"], a["startedAt"], a["endedAt"]) for a in attempts]
    assert [time for each in times for time in each] == sorted(t for each in times for t in each)
    assert "\n    attempt 2  20" in aether("why", "r", "flaky").out


@pytest.mark.parametrize(
    ("retry", "text"),
    [
        ({"limit": 1, "expression": "true"}, "It was retried once, as often as its limit allows."),
        ({"limit": 2}, "It was not retried: without an expression, retry is for Error and Timeout"),
        ({"limit": 2, "expression": "code == 9"}, 'its retry expression "code == 9" did not hold.'),
    ],
)
def test_why_a_failure_was_not_retried(
    aether: Aether, ran: Callable[..., Any], retry: Any, text: str
) -> None:
    ran({"name": "bad", "executor": echo(code=2), "retry": retry})

    assert text in aether("why", "r", "bad").out


def test_a_suspended_run_names_the_command(aether: Aether, ran: Callable[..., Any]) -> None:
    """What lets it go on, and what waits behind it."""
    ran(
        {"name": "ask", "executor": echo(suspend=True)},
        {"name": "after", "dependencies": ["ask"]},
    )

    outcome = aether("why", "r", "--output", "json", "--store", "sqlite:///runs.db")

    waits = next(each for each in outcome.json["reasons"] if each["kind"] == "resume")
    assert waits["command"] == "aether resume r --task ask --store sqlite:///runs.db"
    assert waits["task"] == "ask"
    assert waits["text"].startswith("ask is suspended")
    assert reasons(outcome)["dependency"] == "1 task waits for others: after."
    assert task(outcome, "after")["reasons"][0]["text"] == "It waits for ask."
    # Nobody need take it over: the resume does.
    assert "owner" not in reasons(outcome)


def test_two_suspended_tasks_of_one_name_are_told_apart_by_path(
    aether: Aether, ran: Callable[..., Any]
) -> None:
    """And a loop says which iterations wait for a free place."""
    ran(
        {"name": "each", "template": "asks"},
        templates=[
            {"loop": {"name": "asks", "items": [1, 2, 3], "body": "ask", "concurrency": 2}},
            {"task": {"name": "ask", "executor": echo(suspend=True)}},
        ],
    )

    outcome = aether("why", "r", "--output", "json")

    commands = [r["command"] for r in outcome.json["reasons"] if r["kind"] == "resume"]
    tasks = [shlex.split(command)[4] for command in commands]
    assert tasks == ["each/ask[0]", "each/ask[1]"]
    assert reasons(outcome)["concurrency"] == (
        "each: 2 of 3 iterations have begun; 1 wait for a free place (concurrency 2)."
    )


def test_a_loop_with_failures_names_its_iterations(aether: Aether, ran: Callable[..., Any]) -> None:
    """Several tasks of one name are explained together, the bad ones first, ten at most."""
    body = {
        "name": "one",
        "executor": echo(code="{{ inputs.parameters.n }}"),
        "inputs": {"parameters": [{"name": "n", "value": "{{ loop_iter.item }}"}]},
    }
    ran(
        {"name": "each", "template": "all"},
        templates=[
            {"loop": {"name": "all", "items": [0, 2, 0, 3, *[0] * 9], "body": "one"}},
            {"task": body},
        ],
    )

    whole = aether("why", "r", "--output", "json")
    named = aether("why", "r", "one", "--output", "json")
    single = aether("why", "r", "each/one[3]", "--output", "json")

    assert [r["task"] for r in whole.json["reasons"]] == ["each/one[1]", "each/one[3]"]
    assert [each["path"] for each in named.json["tasks"]][:2] == ["each/one[1]", "each/one[3]"]
    assert (len(named.json["tasks"]), named.json["omitted"]) == (10, 3)
    assert "3 more are not shown" in aether("why", "r", "one").out
    assert [each["phase"] for each in single.json["tasks"]] == ["Error"]
    assert "each/one[1] ended Failed." in aether("why", "r", "each").out


def test_reasons_name_ten_and_count_the_rest(aether: Aether, ran: Callable[..., Any]) -> None:
    body = {"name": "bad", "executor": echo(code=2)}
    asks = {"name": "ask", "executor": echo(suspend=True)}
    items = list(range(13))
    ran(
        {"name": "each", "template": "all"},
        {"name": "others", "template": "wait"},
        templates=[
            {"loop": {"name": "all", "items": items, "body": "bad"}},
            {"loop": {"name": "wait", "items": items, "body": "ask"}},
            {"task": body},
            {"task": asks},
        ],
    )

    open_run, open_loop = aether("why", "r").out, aether("why", "r", "others").out
    aether("cancel", "r")

    assert "others/ask[9] is suspended" in open_run
    assert "3 more tasks are open." in open_run
    assert "others/ask[9] and 3 more." in open_loop
    assert "3 more ended badly." in aether("why", "r", "each").out


def test_no_explanation_tells_a_secret(
    aether: Aether, ran: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Decision 18: neither in values nor in messages."""
    monkeypatch.setenv("AETHER_SECRET_DB_PASSWORD", "hunter2-and-more")
    source = {"secretKeyRef": {"name": "db", "key": "password"}}
    secret = {"parameters": [{"name": "message", "valueFrom": source}]}
    ran(
        {
            "name": "leak",
            "inputs": secret,
            "executor": echo(code=2),
            "continueOn": {"failed": True},
        },
        {
            "name": "skipped",
            "dependencies": ["leak"],
            "when": "tasks.leak.message == 'x'",
        },
    )

    shown = aether("why", "r").out + aether("why", "r", "--output", "json").out

    assert "Its executor answered with code 2: ******." in shown
    assert 'tasks.leak.message is "******"' in shown
    assert "hunter2" not in shown


def test_tasks_that_entrypoints_leave_out_never_run(
    aether: Aether, ran: Callable[..., Any]
) -> None:
    nodes = [{"name": name, "executor": echo()} for name in ("x", "y")]
    sub = {"name": "sub", "entrypoints": "x", "tasks": nodes}
    ran({"name": "a", "template": "sub"}, templates=[{"dag": sub}])

    assert "The entrypoints of dag sub leave it out" in aether("why", "r", "y").out


def test_hooks_that_failed_changed_nothing(aether: Aether, ran: Callable[..., Any]) -> None:
    ran(
        {"name": "a"},
        hooks={"onExit": {"template": "tell"}},
        templates=[{"task": {"name": "tell", "executor": echo(code=2, message="nobody")}}],
    )

    outcome = aether("why", "r", "--output", "json")

    assert reasons(outcome)["hooks"] == (
        "The hook tell ended Failed, which changes nothing: nobody."
    )
    assert "Its executor answered with code 2: nobody." in aether("why", "r", "tell").out


def test_a_run_of_a_document_that_is_understood_no_more(
    aether: Aether, ran: Callable[..., Any], work: Path
) -> None:
    """Less can be told, but nothing fails."""
    ran({"name": "bad", "executor": echo(code=2)}, {"name": "b", "dependencies": ["bad"]})
    with sqlite3.connect(work / "runs.db") as database:
        database.execute(
            "UPDATE submissions SET document = replace(document, 'aether/v1', 'aether/v9')"
        )
    database.close()

    outcome = aether("why", "r", "--output", "json")

    assert reasons(outcome)["cause"] == "bad ended Failed."
    assert reasons(outcome)["note"].startswith("Less can be told: the document of run r can't be")
    assert aether("why", "r", "b").status == 2
    assert aether("get", "r").status == 0


def test_the_guide_names_every_kind_of_reason() -> None:
    """Programs go by the kinds; there are no others in the table either."""
    page = Path(__file__).parents[2] / "docs/guide/looking-at-runs.md"

    rows = re.findall(r"^\| `([a-z-]+)` \| (?:run|task|both) \|", page.read_text("utf-8"), re.M)

    assert sorted(rows) == sorted(get_args(ReasonKind))
