"""A program finds its artifacts by environment variables."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from aether_sdk import Artifact, ExecuteRequest, Inputs, JsonValue, Parameter, TaskError
from aether_shell import ScriptExecutor, ShellExecutor


def request(
    inputs: dict[str, JsonValue], outputs: dict[str, str], *artifacts: Artifact
) -> ExecuteRequest:
    parameters = tuple(Parameter(name, value) for name, value in inputs.items())
    return ExecuteRequest(
        "task", "run", "t", inputs=Inputs(parameters, artifacts), output_artifacts=outputs
    )


def test_paths_are_in_variables_in_upper_case(tmp_path: Path) -> None:
    (tmp_path / "in").write_text("hello", encoding="utf-8")
    script = 'tr a-z A-Z < "$AETHER_INPUT_ARTIFACT_RAW_DATA" > "$AETHER_OUTPUT_ARTIFACT_OUT_2"'
    asked = request(
        {"script": script},
        {"out-2": str(tmp_path / "out")},
        Artifact("raw-data", str(tmp_path / "in")),
    )

    outputs = asyncio.run(ShellExecutor().execute(asked))

    assert outputs.code == 0
    assert (tmp_path / "out").read_text() == "HELLO"


def test_a_clean_environment_has_them_too() -> None:
    asked = request({"command": "/usr/bin/env", "clean_env": True}, {"x": "/o/x"})

    outputs = asyncio.run(ShellExecutor().execute(asked))

    assert outputs.get("stdout") == "AETHER_OUTPUT_ARTIFACT_X=/o/x\n"


def test_a_variable_of_the_task_wins() -> None:
    env: JsonValue = {"AETHER_OUTPUT_ARTIFACT_X": "mine"}
    asked = request({"command": "/usr/bin/env", "clean_env": True, "env": env}, {"x": "/o/x"})

    outputs = asyncio.run(ShellExecutor().execute(asked))

    assert outputs.get("stdout") == "AETHER_OUTPUT_ARTIFACT_X=mine\n"


def test_a_script_has_them_beside_its_inputs() -> None:
    source = "echo $AETHER_INPUT_WORD $AETHER_INPUT_ARTIFACT_A $AETHER_OUTPUT_ARTIFACT_B"
    asked = request(
        {"runtime": "sh", "source": source, "word": "hi"}, {"b": "/b"}, Artifact("a", "/a")
    )

    outputs = asyncio.run(ScriptExecutor(["sh"]).execute(asked))

    assert outputs.get("stdout") == "hi /a /b\n"


def test_two_artifacts_of_one_variable_are_an_error() -> None:
    asked = request({"command": "true"}, {"a-b": "/1", "a_b": "/2"})

    with pytest.raises(TaskError, match="a-b and a_b both become AETHER_OUTPUT_ARTIFACT_A_B"):
        asyncio.run(ShellExecutor().execute(asked))
