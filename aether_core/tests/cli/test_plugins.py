"""`aether plugins`, `aether executors` and `aether schema`, with good and broken plugins."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from aether_core.document import document_schema

Aether = Callable[..., Any]

_FAULTS = {
    "import-error": "import no_such_module_anywhere",
    "exit-at-import": "raise SystemExit(7)",
    "syntax-error": "def (",
    "no-executor": "Broken = 5",
    "prints-then-fails": "print('noise')\nraise ValueError('a reason')",
    "bad-hook": """
        from aether_sdk import hookimpl

        class Broken:
            @staticmethod
            @hookimpl
            def aether_executors():
                return 5
    """,
    "other-level": """
        from aether_sdk import Executor

        class Broken(Executor):
            type = "broken"
            api_level = 99
            async def execute(self, request):
                return {}
    """,
}
_RICH = """
    from pydantic import BaseModel, Field
    from aether_sdk import Executor
    from typing import Literal

    class In(BaseModel):
        url: str = Field(description="Where to go | or not.")
        method: Literal["GET", "PUT"] = Field(default="GET", description="How.")

    class Out(BaseModel):
        pass

    class Rich(Executor):
        type = "rich"
        version = "3.0"
        description = "Goes somewhere"
        Inputs = In
        Outputs = Out
        async def execute(self, request):
            return {}
"""


@pytest.fixture(params=_FAULTS)
def broken(request: pytest.FixtureRequest, site: Any) -> str:
    """Install a broken plugin."""
    site.install("broken-plugin", _FAULTS[request.param], executors=["broken"])
    return str(request.param)


def _ours(listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out what the machine has installed beside the plugins of the test."""
    return [each for each in listed if each["state"] != "disabled"]


@pytest.mark.usefixtures("broken", "probe")
def test_list_imports_nothing_and_never_fails(aether: Aether) -> None:
    outcome = aether("plugins", "list", "--output", "json")

    assert (outcome.status, outcome.err) == (0, "")
    assert _ours(outcome.json) == [
        {
            "name": name,
            "distribution": f"{name}-plugin",
            "version": "1.5",
            "state": "available",
            "reason": "",
            "executors": [name],
        }
        for name in ("broken", "probe")
    ]
    assert "broken_plugin" not in sys.modules
    assert aether("plugins", "list").status == 0


@pytest.mark.usefixtures("probe")
def test_show_says_why_a_plugin_is_broken_and_succeeds(aether: Aether, broken: str) -> None:
    outcome = aether("plugins", "show", "broken", "--output", "json")

    (shown,) = outcome.json
    assert (outcome.status, outcome.err) == (0, "")
    assert shown["state"] == ("incompatible" if broken == "other-level" else "failed")
    assert shown["stage"] in {"import", "register", "api"}
    assert shown["reason"]
    assert "traceback" not in shown
    assert shown["reason"].splitlines()[0] in aether("plugins", "show", "broken").out


def test_show_gives_the_traceback_on_request(aether: Aether, site: Any) -> None:
    site.install("broken-plugin", _FAULTS["import-error"], executors=["broken"])

    text = aether("plugins", "show", "broken", "--traceback").out
    (shown,) = aether("plugins", "show", "broken", "--traceback", "--output", "json").json

    assert "import no_such_module_anywhere" in text
    assert "import no_such_module_anywhere" in shown["traceback"]


@pytest.mark.usefixtures("probe")
def test_show_lists_executors_with_versions(aether: Aether) -> None:
    (shown,) = aether("plugins", "show", "probe-plugin", "--output", "json").json

    assert shown["executors"] == [
        {"type": "probe", "version": "2.1", "description": "Does as its inputs say"}
    ]
    assert aether("plugins", "show", "probe").out == (
        "probe  loaded\n"
        "  distribution  probe-plugin 1.5\n"
        "  entry point   probe = probe_plugin:Probe\n"
        "  executor      probe 2.1  Does as its inputs say\n"
    )


@pytest.mark.usefixtures("probe")
def test_show_refuses_an_unknown_name_with_a_hint(aether: Aether) -> None:
    outcome = aether("plugins", "show", "prob")

    assert (outcome.status, outcome.out) == (2, "")
    assert "no plugin is called 'prob'" in outcome.err
    assert 'Did you mean "probe"?' in outcome.err


@pytest.mark.usefixtures("broken", "probe")
def test_check_fails_with_a_broken_plugin_and_reports_all(aether: Aether) -> None:
    outcome = aether("plugins", "check", "--output", "json")

    states = {each["name"]: each["state"] for each in _ours(outcome.json["plugins"])}
    assert (outcome.status, outcome.json["ok"]) == (1, False)
    assert states["probe"] == "loaded"
    assert states["broken"] in {"failed", "incompatible"}
    assert aether("plugins", "check").status == 1


@pytest.mark.usefixtures("probe")
def test_check_succeeds_with_good_plugins(aether: Aether) -> None:
    assert aether("plugins", "check", "--output", "json").json["ok"] is True
    assert aether("plugins", "check").status == 0


@pytest.mark.usefixtures("probe")
def test_check_strict_fails_for_a_plugin_that_is_switched_off(
    aether: Aether, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AETHER_PLUGINS_DENY", "probe")

    assert aether("plugins", "check").status == 0
    assert aether("plugins", "check", "--strict").status == 1


@pytest.mark.usefixtures("broken", "probe")
def test_executors_of_working_plugins_are_listed_beside_a_broken_one(aether: Aether) -> None:
    outcome = aether("executors", "list", "--output", "json")

    assert outcome.status == 0
    assert outcome.json == [
        {
            "type": "probe",
            "version": "2.1",
            "description": "Does as its inputs say",
            "plugin": "probe",
            "distribution": "probe-plugin",
        }
    ]
    assert "note: plugin broken (broken-plugin) is " in outcome.err
    assert aether("executors", "list").out == (
        "TYPE   VERSION  DISTRIBUTION  DESCRIPTION\n"
        "probe  2.1      probe-plugin  Does as its inputs say\n"
    )


def test_two_plugins_of_one_name_are_a_conflict_that_all_commands_survive(
    aether: Aether, probe: Any
) -> None:
    probe.install("rival-plugin", "Probe = None", executors=["probe"])

    listed = _ours(aether("plugins", "list", "--output", "json").json)

    assert [each["state"] for each in listed] == ["conflict", "conflict"]
    assert len(aether("plugins", "show", "probe", "--output", "json").json) == 2
    assert aether("plugins", "check").status == 1
    assert aether("executors", "list", "--output", "json").json == []
    assert aether("executors", "describe", "probe").status == 2


def test_a_plugin_that_shows_damaged_metadata_does_not_stop_the_list(
    aether: Aether, site: Any
) -> None:
    site.install("good-plugin", "", executors=["good"])
    site.install("damaged-plugin", "", executors=["damaged"], files={"METADATA": ""})

    outcome = aether("plugins", "list", "--output", "json")

    assert outcome.status == 0
    assert "good" in [each["name"] for each in outcome.json]


def test_nothing_installed_is_said(aether: Aether, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aether_core.plugins._installed.find_plugins", lambda _: ())

    assert aether("plugins", "list") == (0, "no plugins are installed\n", "")
    assert aether("executors", "list") == (0, "no executors are installed\n", "")
    assert aether("plugins", "list", "--output", "json").json == []


def test_describe_shows_inputs_and_outputs(
    aether: Aether, site: Any, snapshot: Callable[[str, str], None]
) -> None:
    site.install("rich-plugin", _RICH, executors=["rich"])

    described = aether("executors", "describe", "rich", "--output", "json").json
    snapshot("describe-rich.txt", aether("executors", "describe", "rich").out)
    snapshot("describe-rich.md", aether("executors", "describe", "rich", "--markdown").out)

    assert list(described) == [
        "type",
        "version",
        "description",
        "inputs",
        "outputs",
        "plugin",
        "distribution",
        "digest",
    ]
    assert described["inputs"]["required"] == ["url"]
    assert (described["plugin"], described["distribution"]) == ("rich", "rich-plugin")
    assert aether("executors", "describe", "rich", "--schema").json == {
        "inputs": described["inputs"],
        "outputs": described["outputs"],
    }


@pytest.mark.usefixtures("probe")
def test_describe_says_that_an_executor_takes_anything(aether: Aether) -> None:
    text = aether("executors", "describe", "probe").out

    assert "Takes any inputs." in text
    assert "Its outputs are decided by each run." in text


@pytest.mark.usefixtures("probe")
@pytest.mark.parametrize("command", [["executors", "describe"], ["schema", "--executor"]])
def test_an_unknown_type_is_wrong_usage_with_a_hint(aether: Aether, command: list[str]) -> None:
    outcome = aether(*command, "prob")

    assert (outcome.status, outcome.out) == (2, "")
    assert "unknown executor type 'prob'" in outcome.err
    assert 'Did you mean "probe"?' in outcome.err


@pytest.mark.usefixtures("broken")
def test_a_type_of_a_broken_plugin_is_explained(aether: Aether) -> None:
    outcome = aether("schema", "--executor", "broken")

    assert outcome.status == 2
    assert "plugin broken-plugin (" in outcome.err
    assert "aether plugins show broken" in outcome.err


@pytest.mark.usefixtures("probe")
def test_schema_is_that_of_documents_with_the_installed_executors(aether: Aether) -> None:
    outcome = aether("schema")

    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.json["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "probe" in outcome.json["$defs"]["ExecutorType"]["enum"]
    assert outcome.out == aether("schema", "--output", "json").out


@pytest.mark.usefixtures("probe", "broken")
def test_schema_leaves_out_a_broken_plugin_and_names_it(aether: Aether) -> None:
    outcome = aether("schema")

    types = outcome.json["$defs"]["ExecutorType"]["enum"]
    assert "probe" in types
    assert "broken" not in types
    assert "note: plugin broken (broken-plugin) is " in outcome.err


@pytest.mark.usefixtures("broken")
def test_schema_of_documents_alone_loads_no_plugin(aether: Aether) -> None:
    outcome = aether("schema", "--documents-only")

    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.json == document_schema()


@pytest.mark.usefixtures("probe")
def test_schema_of_an_executor_has_both_schemas(aether: Aether) -> None:
    assert aether("schema", "--executor", "probe").json == {
        "type": "probe",
        "version": "2.1",
        "description": "Does as its inputs say",
        "inputs": None,
        "outputs": None,
    }


@pytest.mark.parametrize(
    "command",
    [["plugins", "check"], ["executors", "list"]],
)
def test_nothing_but_json_is_on_stdout_whatever_plugins_print(
    process: Aether, site: Any, command: list[str]
) -> None:
    source = "import os\nprint('noise')\nos.write(1, b'noise below Python')\nraise ValueError"
    site.install("loud-plugin", source, executors=["loud"])

    outcome = process(*command, "--output", "json")

    json.loads(outcome.out)
    assert outcome.status in {0, 1}
