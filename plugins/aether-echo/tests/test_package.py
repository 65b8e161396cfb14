"""What the package promises as a plugin."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import aether_echo
from aether_echo._controls import NAMES
from aether_sdk import API_LEVEL, ENTRY_POINT_GROUP, DynamicOutputs


def test_the_entry_point_leads_to_the_hook() -> None:
    (entry,) = entry_points(group=ENTRY_POINT_GROUP, name="echo")

    assert entry.load() is aether_echo
    assert aether_echo.aether_executors() == (aether_echo.EchoExecutor,)


def test_the_executor_declares_nothing_statically() -> None:
    executor = aether_echo.EchoExecutor

    assert (executor.type, executor.version, executor.api_level) == ("echo", "1.0", API_LEVEL)
    assert executor.description == "Echoes inputs and produces declared outputs"
    assert executor.Inputs is executor.Outputs is DynamicOutputs


def test_the_schema_accepts_anything_and_promises_nothing() -> None:
    schema = aether_echo.EchoExecutor().schema()

    assert (schema.type, schema.inputs, schema.outputs) == ("echo", None, None)


def test_the_readme_names_every_control() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")

    assert [name for name in sorted(NAMES) if f"\n| `{name}` |" not in readme] == []


def test_the_public_names_are_listed_and_exist() -> None:
    assert aether_echo.__all__ == sorted(aether_echo.__all__)
    assert all(hasattr(aether_echo, name) for name in aether_echo.__all__)


def test_a_run_loads_neither_pydantic_nor_the_engine() -> None:
    """The engine's start-up time is measured with this executor."""
    program = """
import asyncio, sys
import aether_echo
from aether_echo._controls import NAMES
from aether_sdk import ExecuteRequest, Inputs
executor = aether_echo.aether_executors()[0]()
executor.schema()
inputs = Inputs.of({"a": 1, "code": 0, "sleep": "1ms", "outputs": [{"name": "b", "type": "int"}]})
result = asyncio.run(executor.execute(ExecuteRequest("t", "r", "n", inputs=inputs)))
assert result.as_dict() == {"a": 1, "b": 0}, result
print(*(name for name in ("aether_core", "pydantic", "httpx", "jsonschema") if name in sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "\n", "")
