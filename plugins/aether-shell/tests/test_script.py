"""The executor `script`: program text in a runtime that is allowed, with inputs as variables."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, cast

import pytest

import aether_shell
from aether_sdk import (
    ENTRY_POINT_GROUP,
    ExecCode,
    ExecuteRequest,
    Inputs,
    JsonValue,
    outcome_of,
    outcome_of_error,
)
from aether_shell import ScriptExecutor

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from aether_sdk import ExecOutputs

    IsGone = Callable[[int], bool]

SHOW = "env | grep ^AETHER_INPUT_ | sort"


class QuickScript(ScriptExecutor):
    """The executor with patience that suits a test."""

    kill_grace = 0.3
    drain_grace = 0.2


def script(
    source: str, given: dict[str, JsonValue] | None = None, runtimes: str | None = "sh"
) -> ExecOutputs:
    """Execute one call with the shell; return what a worker would report."""
    executor = QuickScript(None if runtimes is None else runtimes.split(","))
    inputs = Inputs.of({"runtime": "sh", "source": source, **(given or {})})
    try:
        request = ExecuteRequest("task-1", "run-1", "build", inputs=inputs)
        return outcome_of(asyncio.run(executor.execute(request)))
    except Exception as error:  # noqa: BLE001 - a worker reports whatever an executor raises
        return outcome_of_error(error)


def test_the_entry_point_leads_to_the_class() -> None:
    (entry,) = entry_points(group=ENTRY_POINT_GROUP, name="script")

    assert entry.load() is ScriptExecutor
    assert (ScriptExecutor.type, ScriptExecutor.kill_grace) == ("script", 2.0)


def test_output_and_exit_code_are_outputs() -> None:
    done = script("echo out; echo err >&2")

    assert (done.code, done.message) == (ExecCode.SUCCEEDED, "")
    assert done.as_dict() == {
        "exit_code": 0,
        "stdout": "out\n",
        "stderr": "err\n",
        "truncated": False,
    }


@pytest.mark.parametrize("code", [1, 2, 77])
def test_an_exit_code_is_never_the_code_of_the_task(code: int) -> None:
    """Reference gap: an exit status of 1 would be read as suspended. Outputs are kept."""
    done = script(f"echo out; echo a; echo why >&2; exit {code}")

    assert (done.code, done.get("exit_code")) == (ExecCode.FAILED, code)
    assert done.message == f"exit code {code}, expected 0: why"
    assert done.get("stdout") == "out\na\n"


def test_further_inputs_are_environment_variables() -> None:
    """Text as it is, everything else as JSON; other characters of a name become `_`."""
    given: dict[str, JsonValue] = {
        "page-size": 3,
        "Who": "it's $HOME",
        "list": ["ä", {"a": None}],
        "none": None,
        "yes": True,
        "__resumed": True,
    }

    done = script(SHOW, given)

    assert (done.get("stdout") or "").splitlines() == [  # type: ignore[union-attr]  # it is text
        'AETHER_INPUT_LIST=["ä",{"a":null}]',
        "AETHER_INPUT_NONE=null",
        "AETHER_INPUT_PAGE_SIZE=3",
        "AETHER_INPUT_WHO=it's $HOME",
        "AETHER_INPUT_YES=true",
    ]


def test_the_environment_of_the_worker_is_there_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reference gap: with an input, the script got nothing else, not even a PATH."""
    monkeypatch.setenv("OF_THE_WORKER", "1")

    done = script(
        "echo $OF_THE_WORKER $AETHER_INPUT_A $B; command -v env",
        {"a": 2, "env": {"B": 3, "AETHER_INPUT_A": "mine"}},
    )

    lines = cast("str", done.get("stdout")).splitlines()
    assert lines[0] == "1 mine 3"
    assert lines[1].endswith("/env")


def test_two_inputs_that_would_be_one_variable_are_refused() -> None:
    done = script(SHOW, {"a-b": 1, "a_b": 2})

    assert done.code == ExecCode.ERROR
    assert "$.a_b: becomes AETHER_INPUT_A_B, as a-b does" in done.message


def test_stdin_folder_and_output_limit(tmp_path: Path) -> None:
    done = script("cat; pwd", {"stdin": "in\n", "cwd": str(tmp_path), "max_output_bytes": 5})

    assert (done.get("stdout"), done.get("truncated")) == (f"in\n{str(tmp_path)[:2]}", True)


@pytest.mark.parametrize(
    ("allowed", "listed"), [("", "none"), (" , ", "none"), ("bash,/bin/sh", "/bin/sh, bash")]
)
def test_a_runtime_that_is_not_allowed_is_refused(
    monkeypatch: pytest.MonkeyPatch, allowed: str, listed: str
) -> None:
    """Nothing is allowed by default, and the message says how to allow one."""
    monkeypatch.setenv("AETHER_SCRIPT_RUNTIMES", allowed)

    done = script("echo out", runtimes=None)

    assert done.code == ExecCode.ERROR
    assert f'runtime "sh" is not allowed; allowed: {listed}' in done.message
    assert "set AETHER_SCRIPT_RUNTIMES=" in done.message
    assert done.parameters == ()


def test_the_environment_allows_runtimes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AETHER_SCRIPT_RUNTIMES", "python3, sh")
    assert script("echo out", runtimes=None).get("stdout") == "out\n"
    monkeypatch.delenv("AETHER_SCRIPT_RUNTIMES")
    assert script("echo out", runtimes=None).code == ExecCode.ERROR


def test_other_runtimes_take_their_text_after_c_too() -> None:
    source = "import os; print(os.environ['AETHER_INPUT_N'])"

    done = script(source, {"runtime": sys.executable, "n": 1.5}, runtimes=sys.executable)

    assert done.get("stdout") == "1.5\n"


def test_a_runtime_that_is_not_there_is_an_error() -> None:
    done = script("x", {"runtime": "no-such-runtime"}, runtimes="no-such-runtime")

    assert (done.code, done.parameters) == (ExecCode.ERROR, ())
    assert done.message.startswith("cannot start 'no-such-runtime': no such program")


@pytest.mark.parametrize("given", [{"runtime": None}, {"source": ""}, {"env": {"A=B": 1}}])
def test_inputs_that_do_not_fit_are_an_error(given: dict[str, JsonValue]) -> None:
    done = script("echo", given)

    assert done.code == ExecCode.ERROR
    assert f"$.{next(iter(given))}" in done.message


def test_cancelling_ends_the_whole_group(tmp_path: Path, is_gone: IsGone) -> None:
    """The machinery is the one of `shell`."""
    pid_file = tmp_path / "pid"
    inputs = Inputs.of({"runtime": "sh", "source": f"sleep 60 & echo $! > {pid_file}; wait"})

    async def cancelled() -> None:
        task = asyncio.ensure_future(
            QuickScript(["sh"]).execute(ExecuteRequest("t", "r", "n", inputs=inputs))
        )
        while not (pid_file.exists() and pid_file.read_text().endswith("\n")):
            await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(asyncio.wait_for(cancelled(), timeout=15))

    assert is_gone(int(pid_file.read_text()))


def test_the_schema_takes_any_further_input() -> None:
    schema = ScriptExecutor().schema()

    assert schema.inputs is not None
    assert schema.outputs is not None
    assert schema.inputs["additionalProperties"] is True
    assert schema.inputs["required"] == ["runtime", "source"]
    properties = cast("dict[str, dict[str, JsonValue]]", schema.inputs["properties"])
    assert set(properties) == {
        "runtime",
        "source",
        "env",
        "cwd",
        "stdin",
        "max_output_bytes",
        "log",
        "stdout_format",
        "values_file",
    }
    assert all(field["description"] for field in properties.values())
    assert set(cast("dict[str, JsonValue]", schema.outputs["properties"])) == {
        "exit_code",
        "stdout",
        "stderr",
        "truncated",
        "result",
        "values",
    }


def test_values_and_a_result_come_from_scripts_too() -> None:
    done = script(
        "echo '[1]'; echo a=b > $AETHER_VALUES", {"stdout_format": "json", "values_file": True}
    )

    assert (done.get("result"), done.get("values")) == ([1], {"a": "b"})


def test_shell_alone_does_not_wait_for_script() -> None:
    """Start-up time: the second executor's models are loaded when it is named."""
    program = """
import json, sys, aether_shell
print(json.dumps([name for name in sys.modules if name.startswith("aether_shell._script")]))
assert aether_shell.ScriptInputs.__name__ == "ScriptInputs"
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert json.loads(done.stdout) == []
    with pytest.raises(AttributeError, match="nothing_here"):
        aether_shell.nothing_here  # type: ignore[attr-defined]  # noqa: B018  # the point
