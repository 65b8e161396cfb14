"""`aether why` on runs, containers and conditions that ended in unusual ways."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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


def test_a_limit_that_stopped_a_loop(aether: Aether, ran: Callable[..., Any]) -> None:
    """Decision 11: `why` says so."""
    again = {"name": "again", "body": "no", "repeatCondition": "true", "maxIterations": 2}
    ran(
        {"name": "loop", "template": "again"},
        templates=[{"loop": again}, {"task": {"name": "no", "executor": echo()}}],
    )

    assert "Its maxIterations 2 stopped the loop; its condition still holds." in (
        aether("why", "r", "loop").out
    )


def test_timeouts_are_followed_to_what_was_stopped(aether: Aether, ran: Callable[..., Any]) -> None:
    slow = {"name": "slow", "executor": echo(sleep="20s")}
    after = {"name": "after", "executor": echo(), "dependencies": ["slow"]}
    ran(
        {"name": "box", "template": "sub", "timeout": "50ms"},
        templates=[{"dag": {"name": "sub", "tasks": [slow, after]}}],
    )

    outcome = aether("why", "r", "--output", "json")

    assert outcome.json["phase"] == "Error"
    assert reasons(outcome)["cause"] == "box ended Timeout: timed out after 50ms."
    assert task(outcome, "box/after")["reasons"][0]["text"] == (
        "It had not begun when dag box ended Timeout."
    )
    assert "It was stopped: dag box timed out after 50ms." in aether("why", "r", "slow").out


def test_a_run_that_took_too_long(aether: Aether, ran: Callable[..., Any]) -> None:
    ran({"name": "slow", "executor": echo(sleep="20s")}, timeout="50ms")

    outcome = aether("why", "r", "--output", "json")

    assert reasons(outcome) == {
        "timeout": "It took too long: the workflow did not end within 50ms."
    }
    text = aether("why", "r", "slow").out
    assert "It was stopped with the run: the workflow did not end within 50ms." in text


def test_a_cancelled_run(aether: Aether, ran: Callable[..., Any]) -> None:
    ran({"name": "ask", "executor": echo(suspend=True)}, {"name": "b", "dependencies": ["ask"]})
    assert aether("cancel", "r").status == 0

    outcome = aether("why", "r", "--output", "json")

    assert reasons(outcome)["cancelled"].startswith("It was cancelled")
    assert task(outcome, "b")["reasons"][0]["text"] == (
        "It had not begun when dag main was cancelled."
    )
    assert "The run was cancelled" in aether("why", "r", "ask").out


def test_a_run_that_nobody_has_begun(aether: Aether, ran: Callable[..., Any]) -> None:
    """It was submitted; the command that executes it is named."""
    ran({"name": "a"})
    aether("submit", "flow.json", "--run-id", "kept", "-q")

    outcome = aether("why", "kept", "--output", "json")

    assert reasons(outcome)["owner"] == (
        "Nobody has begun it yet; this goes on with it: `aether recover`"
    )


def test_a_retried_run_says_what_was_kept(aether: Aether, ran: Callable[..., Any]) -> None:
    ran(
        {"name": "good"},
        {"name": "bad", "executor": echo(code=2), "dependencies": ["good"]},
        {"name": "c", "dependencies": ["bad"]},
    )
    assert aether("retry", "r", "-q").status == 1

    outcome = aether("why", "r", "--output", "json")

    assert outcome.json["reasons"][0]["text"] == "The run was retried once."
    assert "ended so before the run was retried, and was kept" in aether("why", "r", "good").out
    assert len(task(outcome, "bad")["attempts"]) == 2
    assert reasons(outcome)["not-reached"] == "1 task was not reached: c."


def test_conditions_inputs_and_phases_that_went_wrong(
    aether: Aether, ran: Callable[..., Any]
) -> None:
    source = {"parameter": "tasks.a.outputs.parameters.n"}
    needy = {"parameters": [{"name": "q", "type": "int", "valueFrom": source}]}
    ran(
        {"name": "a", "executor": echo(n="x")},
        {"name": "odd", "when": "tasks.a.outputs.parameters.n < 3", "dependencies": ["a"]},
        {"name": "judged", "template": "judged"},
        {"name": "needy", "inputs": needy, "dependencies": ["a"]},
        {"name": "unsure", "template": "unsure"},
        templates=[
            {
                "task": {
                    "name": "judged",
                    "executor": echo(n=5),
                    "phaseConditions": {"failed": "outputs.parameters.n > 3"},
                }
            },
            {
                "task": {
                    "name": "unsure",
                    "executor": echo(n=5),
                    "phaseConditions": {"failed": "outputs.parameters.n > 'a'"},
                }
            },
        ],
    )

    outcome = aether("why", "r", "--output", "json")

    odd, judged = task(outcome, "odd"), task(outcome, "judged")
    assert "can't be evaluated" in odd["reasons"][0]["text"]
    assert odd["condition"]["values"][0]["value"] == "x"
    assert judged["reasons"][1]["text"] == (
        'Its phaseConditions "outputs.parameters.n > 3" made Failed of Succeeded.'
    )
    assert task(outcome, "needy")["reasons"][0]["kind"] == "inputs"
    assert any(r["kind"] == "note" for r in task(outcome, "unsure")["reasons"])


def test_containers_that_went_wrong_themselves(aether: Aether, ran: Callable[..., Any]) -> None:
    """Not for what is inside them."""
    leaf = {"name": "x", "executor": echo()}
    bad = {"name": "x", "executor": echo(code=2)}
    declared = {"parameters": [{"name": "n", "type": "int"}]}
    given = {
        "parameters": [{"name": "n", "valueFrom": {"parameter": "tasks.a.outputs.parameters.n"}}]
    }
    after_a = {"dependencies": ["a"]}
    ran(
        {"name": "a", "executor": echo(n="x")},
        {"name": "unbound", "template": "typed", "arguments": given, **after_a},
        {"name": "items", "template": "listed", "arguments": given, **after_a},
        {"name": "again", "template": "asking", "continueOn": {"error": True}},
        {"name": "judged", "template": "judged"},
        {"name": "forgiven", "template": "forgiven"},
        {"name": "empty", "template": "empty"},
        templates=[
            {"dag": {"name": "typed", "tasks": [leaf], "inputs": declared}},
            {"loop": {"name": "listed", "itemsFrom": "inputs.parameters.n", "body": "one"}},
            {
                "loop": {
                    "name": "asking",
                    "repeatCondition": "tasks.one.outputs.parameters.q",
                    "body": "one",
                }
            },
            {"dag": {"name": "judged", "tasks": [leaf], "phaseConditions": {"failed": "true"}}},
            {
                "dag": {
                    "name": "forgiven",
                    "tasks": [bad, {"name": "y", "dependencies": ["x"], "executor": echo()}],
                    "phaseConditions": {"succeeded": "true"},
                }
            },
            {"loop": {"name": "empty", "itemsFrom": "[]", "body": "one"}},
            {"task": {"name": "one", "executor": echo()}},
        ],
    )

    def told(name: str) -> str:
        return str(aether("why", "r", name).out)

    assert "Its inputs could not be bound: $.inputs.parameters.n: expected" in told("unbound")
    assert "It could not go on: expand loop listed: itemsFrom" in told("items")
    assert "It could not go on: repeatCondition" in told("again")
    assert 'Its phaseConditions "true" made Failed of Succeeded.' in told("judged")
    assert 'Its phaseConditions "true" made Succeeded of Failed.' in told("forgiven")
    assert "Loop had no iterations." in told("empty")
    causes = [
        r for r in aether("why", "r", "--output", "json").json["reasons"] if r["kind"] == "cause"
    ]
    assert [cause["task"] for cause in causes] == ["judged", "unbound", "items"]


def test_conditions_below_a_loop_show_its_items(aether: Aether, ran: Callable[..., Any]) -> None:
    tasks = [{"name": "big", "executor": echo(), "when": "loop_iter.item.size > 3"}]
    items = [{"size": 5}, {"size": 2}]
    ran(
        {"name": "each", "template": "all"},
        templates=[
            {"loop": {"name": "all", "items": items, "body": "sub"}},
            {"dag": {"name": "sub", "tasks": tasks}},
        ],
    )

    told = task(aether("why", "r", "--output", "json"), "each/sub[1]/big")

    assert told["condition"]["values"] == [
        {"reference": "loop_iter.item.size", "found": True, "value": 2}
    ]


def test_a_secret_that_could_not_be_had_is_no_answer_of_the_executor(
    aether: Aether, ran: Callable[..., Any]
) -> None:
    """It never got the task; what providers say ends with one full stop."""
    source = {"secretKeyRef": {"name": "db", "key": "password"}}
    ran({"name": "a", "inputs": {"parameters": [{"name": "pw", "valueFrom": source}]}})

    outcome = aether("why", "r", "a", "--output", "json")

    (reason,) = task(outcome, "a")["reasons"]
    assert reason["kind"] == "inputs"
    assert reason["text"].startswith('No worker got it: no value for secret "db", key "password":')
    assert reason["text"].endswith(".")
    assert not reason["text"].endswith("..")
    assert ".." not in aether("why", "r").out
