"""Documents with their expected results, run through the `aether` command.

The cases in `cases/` belong to this repository. Further ones, in the same format, are read from
the folder that the environment variable AETHER_CONFORMANCE names: `<folder>/aether-v1/examples`
and `<folder>/aether-v1/assertions`, a document and its expected result by the same file name.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from aether_core.cli import main

OWN = Path(__file__).parent / "cases"
PUBLIC = (
    Path(os.environ.get("AETHER_CONFORMANCE", Path(__file__).parents[2] / "../shared/conformance"))
    / "aether-v1"
)

# Public cases that need nothing the engine can't do yet.
SUPPORTED = (
    *("01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "12", "13", "14", "15", "16"),
    *("17", "18", "19", "21", "22", "23", "24", "27"),
)
# Public cases in which a suspended task is resumed.
RESUMED = ("11", "25")
# Public cases in which the run is cancelled while a task is suspended.
CANCELLED = ("20", "26")
# Public cases whose document is a schedule, which is triggered by hand.
SCHEDULED = ("28", "29", "30")
# Public cases that read variables from outside the document.
VARIABLES = {
    number: ["--set", "deploy.cluster=prod-cluster", "--set", "deploy.region=ap-east-1"]
    for number in ("14", "15")
}

MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}
RUNTIME = {
    "{{runtime.os}}": platform.system().lower(),
    "{{runtime.arch}}": MACHINES.get(platform.machine().lower(), platform.machine().lower()),
}

#: How a task check's keys are named in the execution that the command prints.
FIELDS = {
    "expectPhase": "phase",
    "expectTemplateType": "templateType",
    "expectDepth": "depth",
    "expectScope": "scope",
    "expectRetryCount": "retryCount",
}
SUBSETS = {"expectInputs": "inputs", "expectOutputs": "outputs"}


def own_cases() -> list[Any]:
    """Return the repository's cases: document and expected result."""
    return [
        pytest.param(next(OWN.glob(f"{name}.[jy]*")), expected, id=name)
        for expected in sorted(OWN.glob("*.expect.json"))
        for name in [expected.name.removesuffix(".expect.json")]
    ]


def public_cases(numbers: tuple[str, ...]) -> list[Any]:
    """Return the public cases, or one that skips when the folder is not there."""
    if not PUBLIC.is_dir():
        reason = "no public conformance cases; AETHER_CONFORMANCE names their folder"
        return [pytest.param(None, None, marks=pytest.mark.skip(reason=reason))]
    documents = [next(PUBLIC.glob(f"examples/{number}-*.json")) for number in numbers]
    return [
        pytest.param(document, PUBLIC / "assertions" / document.name, id=document.stem)
        for document in documents
    ]


def mismatches(expected: dict[str, Any], execution: dict[str, Any]) -> list[str]:
    """Return what differs between an expected result and an execution, one line each."""
    lines = []
    if "expectPhase" in expected and expected["expectPhase"] != execution["phase"]:
        lines.append(f"run: {execution['phase']} ({execution['message']})")
    # Hooks run as tasks too, but are no part of the workflow's own count.
    counted = [task["name"] for task in execution["tasks"] if task.get("scope") != "hooks"]
    if "expectTaskCount" in expected and expected["expectTaskCount"] != len(counted):
        lines.append(f"{len(counted)} tasks: {counted}")
    lines += differing("run outputs", expected.get("expectOutputs", {}), execution["outputs"])
    # Tasks come in the order of creation, so the last one of a name stays.
    tasks = {task["name"]: task for task in execution["tasks"]}
    for check in expected.get("expectTasks", []):
        name = check["taskName"]
        if name not in tasks:
            lines.append(f"{name}: has no run")
            continue
        lines += task_mismatches(check, tasks[name])
    return lines


def task_mismatches(check: dict[str, Any], task: dict[str, Any]) -> list[str]:
    """Return what differs between one task check and a task."""
    lines = [
        f"{task['name']}: {field} is {task[field]!r}, expected {check[key]!r} ({task['message']})"
        for key, field in FIELDS.items()
        if key in check and check[key] != task[field]
    ]
    for key, field in SUBSETS.items():
        lines += differing(f"{task['name']} {field}", check.get(key, {}), task[field])
    return lines


def differing(where: str, expected: dict[str, Any], actual: dict[str, Any]) -> list[str]:
    """Return the expected values that the actual ones lack; further actual values are fine."""
    return [
        f"{where}: {name} is {actual.get(name, 'absent')!r}, expected {resolved(value)!r}"
        for name, value in expected.items()
        if name not in actual or not same(resolved(value), actual[name])
    ]


def resolved(value: Any) -> Any:
    """Put the machine's names in the place of the strings that stand for them."""
    if isinstance(value, dict):
        return {key: resolved(item) for key, item in value.items()}
    if isinstance(value, list):
        return [resolved(item) for item in value]
    return RUNTIME.get(value, value) if isinstance(value, str) else value


def same(one: Any, other: Any) -> bool:
    """Compare as JSON does: numbers by value, and `true` is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def arguments_of(document: Path, store: str, more: list[str]) -> list[str]:
    """Return the arguments that run a document."""
    return ["run", str(document), "--output", "json", "--store", store, *more]


def verify(expected: dict[str, Any], status: int, out: str, err: str) -> None:
    """Compare what the command printed, and its exit status, with an expected result."""
    if "expectSubmitError" in expected:
        assert status == 2, err
        assert expected["expectSubmitError"] in err
        assert json.loads(err)["ok"] is False
        return
    assert out, err
    execution = json.loads(out)
    assert mismatches(expected, execution) == []
    assert status == (0 if execution["phase"] == "Succeeded" else 1)
    # A case of ours may say what some task's message must contain.
    wanted = expected.get("x-message", "")
    assert any(wanted in task["message"] for task in execution["tasks"])


@pytest.mark.parametrize(("document", "expectation"), own_cases())
def test_own_case(
    document: Path, expectation: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A document of this repository has the phases and values that are written beside it."""
    expected = json.loads(expectation.read_text(encoding="utf-8"))
    store = f"sqlite:///{tmp_path}/runs.db"

    status = main(arguments_of(document, store, expected.get("x-arguments", [])))

    verify(expected, status, *capsys.readouterr())


@pytest.mark.parametrize(("document", "expectation"), public_cases(SUPPORTED))
def test_public_case(
    document: Path, expectation: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A public document has the result that its assertion file describes."""
    expected = json.loads(expectation.read_text(encoding="utf-8"))
    store = f"sqlite:///{tmp_path}/runs.db"

    status = main(arguments_of(document, store, VARIABLES.get(document.name[:2], [])))

    verify(expected, status, *capsys.readouterr())


@pytest.mark.parametrize(("document", "expectation"), public_cases(RESUMED))
def test_public_case_with_a_resume(
    document: Path, expectation: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The run waits for its resume in the store, and then has the result of its file."""
    expected = json.loads(expectation.read_text(encoding="utf-8"))
    store = f"sqlite:///{tmp_path}/runs.db"

    waiting = main([*arguments_of(document, store, []), "--run-id", "r"])
    capsys.readouterr()
    status = main(["resume", "r", "--store", store, "--output", "json"])

    assert waiting == 3
    verify(expected, status, *capsys.readouterr())


@pytest.mark.parametrize(("document", "expectation"), public_cases(CANCELLED))
def test_public_case_with_a_cancel(
    document: Path, expectation: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The suspended run, which no process drives any more, is cancelled in the store."""
    expected = json.loads(expectation.read_text(encoding="utf-8"))
    store = f"sqlite:///{tmp_path}/runs.db"

    waiting = main([*arguments_of(document, store, []), "--run-id", "r"])
    capsys.readouterr()
    status = main(["cancel", "r", "--store", store, "--output", "json"])
    out, err = capsys.readouterr()

    assert (waiting, status) == (3, 0), err
    assert mismatches(expected, json.loads(out)) == []


@pytest.mark.parametrize(("document", "expectation"), public_cases(SCHEDULED))
def test_public_case_of_a_schedule(
    document: Path, expectation: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Created and triggered as often as its file says, the schedule has the runs it describes."""
    expected = json.loads(expectation.read_text(encoding="utf-8"))
    name = json.loads(document.read_text(encoding="utf-8"))["metadata"]["name"]
    more = ["--store", f"sqlite:///{tmp_path}/runs.db", "--output", "json"]

    assert main(["cron", "create", str(document), *more]) == 0
    statuses = [
        main(["cron", "trigger", name, *more]) for _ in range(expected.get("cronTriggerCount") or 1)
    ]
    capsys.readouterr()
    main(["cron", "get", name, *more])
    runs = json.loads(capsys.readouterr().out)["runs"]
    executions = []
    for run in runs:
        main(["get", run["runId"], *more])
        executions.append(json.loads(capsys.readouterr().out))

    # A run that succeeded, one that is suspended, or a trigger that was skipped.
    assert set(statuses) <= {0, 3}
    phases = [execution["phase"] for execution in executions]
    assert len(runs) == expected["expectRunCount"]
    assert phases.count("Cancelled") == expected.get("expectCancelledCount", 0)
    last = {"expectPhase": expected.get("expectRunPhase", phases[-1])}
    checks = {"expectTasks": expected.get("expectTasks", [])}
    assert mismatches(last | checks, executions[-1]) == []


@pytest.mark.parametrize(("document", "expectation"), public_cases(("08", "14")))
def test_public_case_in_a_process_of_its_own(
    document: Path, expectation: Path, tmp_path: Path
) -> None:
    """The command as users start it gives the same result as the function behind it."""
    expected = json.loads(expectation.read_text(encoding="utf-8"))
    more = VARIABLES.get(document.name[:2], [])
    arguments = arguments_of(document, f"sqlite:///{tmp_path}/runs.db", more)

    answer = subprocess.run(
        [sys.executable, "-m", "aether_core", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    verify(expected, answer.returncode, answer.stdout, answer.stderr)


def test_an_expectation_that_does_not_hold_is_found() -> None:
    """The comparison itself notices each kind of difference."""
    task = {
        "name": "a",
        "phase": "Failed",
        "message": "",
        "templateType": "task",
        "depth": 1,
        "scope": "main/",
        "retryCount": 0,
        "inputs": {},
        "outputs": {"n": 1, "flag": True},
    }
    execution = {"phase": "Failed", "message": "", "outputs": {"x": [1]}, "tasks": [task]}
    expected = {
        "expectPhase": "Succeeded",
        "expectTaskCount": 2,
        "expectOutputs": {"x": [True]},
        "expectTasks": [
            {"taskName": "missing"},
            {"taskName": "a", "expectPhase": "Succeeded", "expectDepth": 0},
            {"taskName": "a", "expectOutputs": {"n": "1", "flag": 1, "absent": None}},
        ],
    }

    found = mismatches(expected, execution)

    assert len(found) == 9


def test_a_later_run_of_a_name_replaces_an_earlier_one() -> None:
    """Task checks look at the run of a name that was created last."""
    common = {"message": "", "inputs": {}, "outputs": {}}
    tasks = [{"name": "a", "phase": "Failed", **common}, {"name": "a", "phase": "Error", **common}]
    execution = {"phase": "Error", "message": "", "outputs": {}, "tasks": tasks}

    found = mismatches({"expectTasks": [{"taskName": "a", "expectPhase": "Error"}]}, execution)

    assert found == []
