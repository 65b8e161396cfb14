"""A plugin can be broken in many ways; each is reported, and none of them hurts the others."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from aether_core.plugins import InstalledExecutors, PluginPolicy, PluginRecord
from aether_sdk import PluginError

PutPlugin = Callable[..., Path]

GOOD = """
    from aether_sdk import Executor, hookimpl

    class Fine(Executor):
        type = "{type}"

        def execute(self, request):
            return {{"answer": 42}}

    @hookimpl
    def aether_executors():
        return [Fine]
"""


def good(executor_type: str) -> str:
    """Return the source of a plugin without a fault."""
    return dedent(GOOD.format(type=executor_type))


# Name of the fault: source, state, stage of the failure, words of the reason.
BROKEN = {
    "import-error": ("import no_such_library", "failed", "import", "no_such_library"),
    "syntax-error": ("def", "failed", "import", "SyntaxError"),
    "exits-on-import": ("import sys; sys.exit(3)", "failed", "import", "SystemExit"),
    "raises-on-import": ("raise RuntimeError('no licence')", "failed", "import", "no licence"),
    "no-hook": ("answer = 42", "failed", "register", "hook"),
    "unmarked-hook": ("def aether_executors(): return []", "failed", "register", "hookimpl"),
    "misspelt-hook": (
        """
        from aether_sdk import hookimpl

        @hookimpl
        def aether_executor():
            return []
        """,
        "failed",
        "register",
        "aether_executor",
    ),
    "wrong-signature": (
        """
        from aether_sdk import hookimpl

        @hookimpl
        def aether_executors(registry):
            return []
        """,
        "failed",
        "register",
        "registry",
    ),
    "hook-raises": (
        """
        from aether_sdk import hookimpl

        @hookimpl
        def aether_executors():
            raise KeyError("settings")
        """,
        "failed",
        "register",
        "settings",
    ),
    "hook-exits": (
        """
        from aether_sdk import hookimpl

        @hookimpl
        def aether_executors():
            raise SystemExit("bye")
        """,
        "failed",
        "register",
        "bye",
    ),
    "not-a-list": (
        """
        from aether_sdk import hookimpl

        @hookimpl
        def aether_executors():
            return "executors"
        """,
        "failed",
        "register",
        "list",
    ),
    "nothing-in-it": (
        """
        from aether_sdk import hookimpl

        @hookimpl
        def aether_executors():
            return []
        """,
        "failed",
        "register",
        "no executor",
    ),
    "not-an-executor": (
        """
        from aether_sdk import hookimpl

        @hookimpl
        def aether_executors():
            return [42]
        """,
        "failed",
        "register",
        "42",
    ),
    "constructor-raises": (
        """
        from aether_sdk import Executor, hookimpl

        class Sad(Executor):
            type = "constructor-raises"

            def __init__(self):
                raise OSError("no socket")

            def execute(self, request):
                return None

        @hookimpl
        def aether_executors():
            return [Sad]
        """,
        "failed",
        "register",
        "no socket",
    ),
    "someone-elses-type": (good("echo"), "failed", "register", "echo"),
    "schema-raises": (
        """
        from aether_sdk import Executor, hookimpl

        class Sad(Executor):
            type = "schema-raises"

            def schema(self):
                raise ValueError("unknown unit")

            def execute(self, request):
                return None

        @hookimpl
        def aether_executors():
            return [Sad]
        """,
        "failed",
        "schema",
        "unknown unit",
    ),
    "twice-the-same": (
        """
        from aether_sdk import Executor, hookimpl

        class One(Executor):
            type = "twice-the-same"

            def execute(self, request):
                return None

        class Other(One):
            pass

        @hookimpl
        def aether_executors():
            return [One, Other]
        """,
        "conflict",
        "register",
        "twice-the-same",
    ),
    "from-the-future": (
        """
        from aether_sdk import Executor, hookimpl

        class Late(Executor):
            type = "from-the-future"
            api_level = 99

            def execute(self, request):
                return None

        @hookimpl
        def aether_executors():
            return [Late]
        """,
        "incompatible",
        "api",
        "99",
    ),
}
# The first-party executors, which must go on working.
OTHERS = ("echo", "http", "shell")
DOCUMENT = {
    "apiVersion": "aether/v1",
    "kind": "Workflow",
    "metadata": {"name": "still-here"},
    "spec": {
        "entrypoint": "main",
        "templates": [{"task": {"name": "main", "executor": {"type": "echo"}}}],
    },
}


def record_of(executors: InstalledExecutors, name: str) -> PluginRecord:
    """Load everything that is installed and return the record of one plugin."""
    return next(record for record in executors.load_all() if record.distribution == name)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_plugin_is_reported_and_the_others_work(name: str, put_plugin: PutPlugin) -> None:
    """The record says at which stage and why; every other executor has its schema."""
    source, state, stage, reason = BROKEN[name]
    put_plugin(name, source)
    executors = InstalledExecutors(PluginPolicy())

    record = record_of(executors, name)

    assert (record.state, record.stage) == (state, stage)
    assert reason in record.reason
    assert executors.get(name) is None
    assert all(executors.get_schema(other) for other in OTHERS)
    message, hint = executors.explain(name)
    assert name in message
    assert hint


def test_an_entry_that_leads_nowhere_is_reported(put_plugin: PutPlugin) -> None:
    """An entry point whose module or attribute is missing fails at import."""
    put_plugin("gone", "", target="no_such_module:thing")
    executors = InstalledExecutors(PluginPolicy())

    record = record_of(executors, "gone")

    assert (record.state, record.stage) == ("failed", "import")
    assert "no_such_module" in record.reason


def test_two_distributions_with_one_type_are_both_refused(put_plugin: PutPlugin) -> None:
    """Neither is taken by chance, and saying no to one of them settles the matter."""
    for name in ("one", "two"):
        put_plugin(name, good("same"), entry="same")
    executors = InstalledExecutors(PluginPolicy())

    states = {record.distribution: record for record in executors.load_all()}

    assert states["one"].state == states["two"].state == "conflict"
    assert "two" in states["one"].reason
    assert "one" in states["two"].reason
    assert all(executors.get_schema(other) for other in OTHERS)
    assert InstalledExecutors(PluginPolicy(deny=frozenset({"two"}))).get("same") is not None


def test_a_known_type_is_not_given_to_a_stranger(put_plugin: PutPlugin) -> None:
    """A look-alike of http is refused, and http goes on; a user can decide otherwise."""
    put_plugin("rival", good("http"), entry="http")
    executors = InstalledExecutors(PluginPolicy())

    states = {record.distribution: record for record in executors.load_all()}
    denied = InstalledExecutors(PluginPolicy(deny=frozenset({"aether-http"})))
    allowed = InstalledExecutors(PluginPolicy(allow=frozenset({"rival"})))

    assert (states["rival"].state, states["aether-http"].state) == ("conflict", "loaded")
    assert "aether-http" in states["rival"].reason
    assert executors.origin("http")[0] == "aether-http"
    assert denied.get("http") is not None
    assert denied.origin("http") == ("rival", "1.0")
    assert allowed.get("http") is not None


def test_a_slow_import_is_reported_and_the_plugin_works(put_plugin: PutPlugin) -> None:
    """Who waits for it shall know why."""
    put_plugin("slow", f"import time\ntime.sleep(0.05)\n{good('slow')}")
    executors = InstalledExecutors(PluginPolicy(), slow_import=0.05)

    record = record_of(executors, "slow")

    assert record.state == "loaded"
    assert re.match(r"its import took 0\.\d s", record.reason)
    assert executors.get("slow") is not None
    assert all(executors.get_schema(other) for other in OTHERS)


def test_a_plugin_that_prints_is_reported_and_works(put_plugin: PutPlugin) -> None:
    """What it printed is in the reason; it does not reach stdout."""
    put_plugin("chatty", f"print('loading 90 models ...')\n{good('chatty')}")
    executors = InstalledExecutors(PluginPolicy())

    record = record_of(executors, "chatty")

    assert (record.state, executors.get("chatty") is not None) == ("loaded", True)
    assert record.reason == "it printed 'loading 90 models ...' while it was loaded"
    assert all(executors.get_schema(other) for other in OTHERS)


@pytest.mark.parametrize("name", ["import-error", "twice-the-same", "from-the-future"])
def test_a_strict_policy_turns_a_broken_plugin_into_an_error(
    name: str, put_plugin: PutPlugin
) -> None:
    """Also for who asks for another executor; looking at plugins goes on."""
    put_plugin(name, BROKEN[name][0])
    executors = InstalledExecutors(PluginPolicy.from_environment({"AETHER_PLUGINS_STRICT": "1"}))

    with pytest.raises(PluginError, match=name) as refused:
        executors.get_schema("echo")

    assert BROKEN[name][3] in refused.value.message
    assert {record.state for record in executors.records()} >= {"loaded", BROKEN[name][1]}
    assert InstalledExecutors(PluginPolicy(strict=True, deny=frozenset({name}))).get("echo")


def test_the_strict_switch_is_an_exit_status(put_plugin: PutPlugin) -> None:
    """For CI: a run that does not need the broken plugin is refused as well."""
    folder = put_plugin("import-error", BROKEN["import-error"][0])
    (folder / "document.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")
    aether(folder, "run", "document.json", "--store", "memory:", status=2, strict="1")
    aether(folder, "plugins", "list", strict="1")


def test_an_unknown_type_names_the_package_that_has_it(put_plugin: PutPlugin) -> None:
    """Whether it is not installed, switched off, broken, or misspelt."""
    put_plugin("import-error", BROKEN["import-error"][0])
    with_http = InstalledExecutors(PluginPolicy())
    without = InstalledExecutors(PluginPolicy(deny=frozenset({"aether-http"})))

    assert with_http.explain("htp")[1] == 'Did you mean "http"?'
    assert "plugin import-error (failed)" in explained(with_http, "import-error")
    assert "plugin aether-http (disabled)" in explained(without, "http")


def test_a_type_of_ours_that_is_not_installed_names_its_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without asking an index, where short names belong to strangers."""
    monkeypatch.setattr(sys, "path", [str(tmp_path)])

    message, hint = InstalledExecutors(PluginPolicy()).explain("http")

    assert message == "unknown executor type 'http'"
    assert hint == "It comes with the package aether-http, which is not installed."


def explained(executors: InstalledExecutors, executor_type: str) -> str:
    """Ask for a type and return why there is none."""
    assert executors.get(executor_type) is None
    return executors.explain(executor_type)[0]


def test_a_talkative_plugin_does_not_spoil_the_output(put_plugin: PutPlugin) -> None:
    """What a plugin prints while it loads stays out of the command's JSON."""
    folder = put_plugin("chatty", "print('loading...')\n" + good("chatty"))

    out = aether(folder, "plugins", "check", "--output", "json")

    states = {record["name"]: record["state"] for record in json.loads(out)["plugins"]}
    assert states["chatty"] == "loaded"


def test_all_faults_together_leave_the_command_usable(put_plugin: PutPlugin) -> None:
    """With every kind of broken plugin installed, listing imports none and runs still work."""
    for name, (source, *_) in BROKEN.items():
        folder = put_plugin(name, f"open({name!r}, 'w').close()\n{dedent(source)}")
    (folder / "document.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")

    listed = json.loads(aether(folder, "plugins", "list", "--output", "json"))
    run = aether(folder, "run", "document.json", "--output", "json", "--store", "memory:")
    imported = [name for name in BROKEN if (folder / name).exists()]
    aether(folder, "plugins", "show", "import-error")
    aether(folder, "plugins", "check", status=1)
    aether(folder, "doctor", "--store", "memory:", status=1)

    assert {record["name"] for record in listed} >= {*BROKEN, *OTHERS}
    assert json.loads(run)["phase"] == "Succeeded"
    assert imported == []


def aether(folder: Path, *arguments: str, status: int = 0, strict: str = "") -> str:
    """Run the command in a process of its own, with the folder's plugins; return its stdout."""
    answer = subprocess.run(
        [sys.executable, "-m", "aether_core", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "AETHER_PLUGINS_STRICT": strict},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert answer.returncode == status, answer.stderr
    return answer.stdout
