"""What the package promises as a plugin."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, cast

import pytest

import aether_http
from aether_sdk import API_LEVEL, ENTRY_POINT_GROUP, JsonValue

TABLE = {
    "inputs": {
        "url",
        "method",
        "headers",
        "query",
        "json",
        "body",
        "form",
        "timeout",
        "expected_status",
        "follow_redirects",
        "max_response_bytes",
    },
    "outputs": {"status_code", "headers", "body", "json", "url", "elapsed_ms"},
}


def test_the_entry_point_leads_to_the_hook() -> None:
    (entry,) = entry_points(group=ENTRY_POINT_GROUP, name="http")

    assert entry.load() is aether_http
    assert aether_http.aether_executors() == (aether_http.HttpExecutor,)


def test_the_public_names_are_listed_and_exist() -> None:
    assert aether_http.__all__ == sorted(aether_http.__all__)
    assert all(hasattr(aether_http, name) for name in aether_http.__all__)


@pytest.mark.parametrize("side", ["inputs", "outputs"])
def test_the_schema_has_every_field_with_a_description(side: str) -> None:
    schema = aether_http.HttpExecutor().schema()

    declared = schema.inputs if side == "inputs" else schema.outputs

    assert declared is not None
    properties = cast("dict[str, dict[str, JsonValue]]", declared["properties"])
    assert set(properties) == TABLE[side]
    assert all(field["description"] for field in properties.values())


def test_the_schema_accepts_what_binding_accepts() -> None:
    """Unknown names excepted: the schema refuses them, binding ignores them."""
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(aether_http.HttpExecutor().schema().inputs)
    good: list[dict[str, JsonValue]] = [{"url": "a"}, {"url": "a", "json": None, "body": "b"}]
    bad: list[dict[str, JsonValue]] = [
        {},
        {"url": "a", "json": 1, "body": "b"},
        {"url": "a", "verb": "GET"},
    ]

    assert [validator.is_valid(inputs) for inputs in good] == [True] * len(good)
    assert [validator.is_valid(inputs) for inputs in bad] == [False] * len(bad)


@pytest.mark.parametrize("side", ["inputs", "outputs"])
def test_the_readme_names_every_field(side: str) -> None:
    rows = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8").splitlines()
    first_cells = " ".join(row.split("|")[1] for row in rows if row.startswith("|"))

    assert [name for name in sorted(TABLE[side]) if f"`{name}`" not in first_cells] == []


def test_type_version_and_level_are_declared() -> None:
    executor = aether_http.HttpExecutor

    assert (executor.type, executor.version, executor.api_level) == ("http", "1.0", API_LEVEL)


def test_listing_the_executor_loads_neither_httpx_nor_the_engine() -> None:
    program = """
import sys
import aether_http
aether_http.aether_executors()[0]().schema()
print(*(name for name in ("aether_core", "httpx") if name in sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "\n", "")


def test_a_run_ends_without_a_warning_and_without_the_engine(site: Any) -> None:
    program = f"""
import asyncio, sys
import aether_http
from aether_sdk import ExecuteRequest, Inputs
executor = aether_http.aether_executors()[0]()
inputs = Inputs.of({{"url": {site.url!r}}})
result = asyncio.run(executor.execute(ExecuteRequest("t", "r", "n", inputs=inputs)))
assert result.get("status_code") == 200, result
print("aether_core" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "False\n", "")
