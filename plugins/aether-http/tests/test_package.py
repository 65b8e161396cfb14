"""What the package promises as a plugin."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, cast

import pytest

import aether_http
from aether_sdk import API_LEVEL, ENTRY_POINT_GROUP, Executor, JsonValue

EXECUTORS = (aether_http.HttpExecutor, aether_http.HttpPollExecutor)

CONTRACT = {
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
}
BEYOND = {
    "auth",
    "body_file",
    "connect_timeout",
    "extract",
    "files",
    "idempotency_key",
    "max_response_bytes",
    "proxy",
    "read_timeout",
    "retry",
    "tls",
}
OUTPUTS = {"status_code", "headers", "body", "json", "url", "elapsed_ms"}
TABLE = {
    "http": {"inputs": CONTRACT | BEYOND | {"save_to"}, "outputs": OUTPUTS},
    "http.poll": {
        "inputs": CONTRACT | BEYOND | {"until", "fail_when", "interval", "give_up_after"},
        "outputs": OUTPUTS | {"polls"},
    },
}
SIDES = [(name, side) for name in TABLE for side in ("inputs", "outputs")]


def executor_of(name: str) -> Executor:
    return {made.type: made for made in (one() for one in EXECUTORS)}[name]


def test_the_entry_point_leads_to_the_hook() -> None:
    (entry,) = entry_points(group=ENTRY_POINT_GROUP, name="http")

    assert entry.load() is aether_http
    assert aether_http.aether_executors() == EXECUTORS


def test_the_public_names_are_listed_and_exist() -> None:
    assert aether_http.__all__ == sorted(aether_http.__all__)
    assert all(hasattr(aether_http, name) for name in aether_http.__all__)


@pytest.mark.parametrize(("name", "side"), SIDES)
def test_the_schema_has_every_field_with_a_description(name: str, side: str) -> None:
    schema = executor_of(name).schema()

    declared = schema.inputs if side == "inputs" else schema.outputs

    assert declared is not None
    properties = cast("dict[str, dict[str, JsonValue]]", declared["properties"])
    assert set(properties) == TABLE[name][side]
    assert all(field["description"] for field in properties.values())


def test_the_schema_accepts_what_binding_accepts() -> None:
    """Unknown names excepted: the schema refuses them, binding ignores them."""
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(aether_http.HttpExecutor().schema().inputs)
    good: list[dict[str, JsonValue]] = [
        {"url": "http://a"},
        {"url": "http://a", "json": None, "body": "b"},
        {"url": "http://a", "form": {"a": 1}, "files": {"b": "c"}},
        {"url": "http://a", "auth": {"username": "b"}, "save_to": {"artifact": "c"}, "retry": 3},
    ]
    bad: list[dict[str, JsonValue]] = [
        {},
        {"url": "http://a", "json": 1, "body": "b"},
        {"url": "http://a", "body_file": "x", "files": {"b": "c"}},
        {"url": "http://a", "auth": {}},
        {"url": "http://a", "auth": {"username": "b", "bearer": "c"}},
        {"url": "http://a", "save_to": {"artifact": "c", "path": "d"}},
        {"url": "http://a", "retry": {"limits": 3}},
        {"url": "http://a", "verb": "GET"},
    ]

    assert [validator.is_valid(inputs) for inputs in good] == [True] * len(good)
    assert [validator.is_valid(inputs) for inputs in bad] == [False] * len(bad)


@pytest.mark.parametrize(("name", "side"), SIDES)
def test_the_readme_names_every_field(name: str, side: str) -> None:
    rows = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8").splitlines()
    first_cells = " ".join(row.split("|")[1] for row in rows if row.startswith("|"))

    assert [field for field in sorted(TABLE[name][side]) if f"`{field}`" not in first_cells] == []


def test_type_version_and_level_are_declared() -> None:
    declared = [(one.type, one.version, one.api_level) for one in EXECUTORS]

    assert declared == [("http", "1.1", API_LEVEL), ("http.poll", "1.0", API_LEVEL)]


def test_listing_the_executors_loads_no_http_library_and_no_engine() -> None:
    program = """
import sys
import aether_http
[executor().schema() for executor in aether_http.aether_executors()]
heavy = ("aether_core", "aiohttp", "httpx", "jmespath")
print(*(name for name in heavy if name in sys.modules))
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
