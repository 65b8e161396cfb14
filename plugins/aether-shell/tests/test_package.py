"""What the package promises as a plugin."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import cast

import pytest

import aether_shell
from aether_sdk import API_LEVEL, ENTRY_POINT_GROUP, JsonValue

TABLE = {
    "inputs": {
        "command",
        "script",
        "args",
        "interpreter",
        "env",
        "clean_env",
        "cwd",
        "stdin",
        "success_codes",
        "failed_codes",
        "max_output_bytes",
        "stdout_format",
        "values_file",
        "log",
        "max_cpu_seconds",
        "max_memory_bytes",
        "max_open_files",
        "max_file_bytes",
    },
    "outputs": {"exit_code", "stdout", "stderr", "truncated", "result", "values"},
}


def test_the_entry_point_leads_to_the_hook() -> None:
    (entry,) = entry_points(group=ENTRY_POINT_GROUP, name="shell")

    assert entry.load() is aether_shell
    assert aether_shell.aether_executors() == (aether_shell.ShellExecutor,)


def test_the_public_names_are_listed_and_exist() -> None:
    assert aether_shell.__all__ == sorted(aether_shell.__all__)
    assert all(hasattr(aether_shell, name) for name in aether_shell.__all__)


@pytest.mark.parametrize("side", ["inputs", "outputs"])
def test_the_schema_has_every_field_with_a_description(side: str) -> None:
    schema = aether_shell.ShellExecutor().schema()

    declared = schema.inputs if side == "inputs" else schema.outputs

    assert declared is not None
    properties = cast("dict[str, dict[str, JsonValue]]", declared["properties"])
    assert set(properties) == TABLE[side]
    assert all(field["description"] for field in properties.values())


def test_the_schema_accepts_what_binding_accepts() -> None:
    """Unknown names excepted: the schema refuses them, binding ignores them."""
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(aether_shell.ShellExecutor().schema().inputs)
    good: list[dict[str, JsonValue]] = [{"command": "a"}, {"script": "a", "command": None}]
    bad: list[dict[str, JsonValue]] = [
        {},
        {"command": "a", "script": "b"},
        {"command": None},
        {"command": "a", "cmd": 1},
    ]

    assert [validator.is_valid(inputs) for inputs in good] == [True] * len(good)
    assert [validator.is_valid(inputs) for inputs in bad] == [False] * len(bad)


@pytest.mark.parametrize("side", ["inputs", "outputs"])
def test_the_readme_names_every_field(side: str) -> None:
    rows = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8").splitlines()
    first_cells = " ".join(row.split("|")[1] for row in rows if row.startswith("|"))

    assert [name for name in sorted(TABLE[side]) if f"`{name}`" not in first_cells] == []


def test_type_version_and_level_are_declared() -> None:
    executor = aether_shell.ShellExecutor

    assert (executor.type, executor.version, executor.api_level) == ("shell", "1.0", API_LEVEL)
    assert executor.kill_grace == 2.0


def test_a_run_does_not_load_the_engine() -> None:
    program = """
import asyncio, sys
import aether_shell
from aether_sdk import ExecuteRequest, Inputs
executor = aether_shell.aether_executors()[0]()
inputs = Inputs.of({"command": ["echo", "a"]})
result = asyncio.run(executor.execute(ExecuteRequest("t", "r", "n", inputs=inputs)))
assert result.get("stdout") == "a\\n", result
print(*(name for name in ("aether_core", "httpx") if name in sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "\n", "")
