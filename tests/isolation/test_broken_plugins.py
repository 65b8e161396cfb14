"""A plugin can be broken in many ways; each is reported, and none of them hurts the others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from aether_core.plugins import InstalledExecutors, PluginPolicy, PluginRecord

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
    """A rival can't take over a known type silently, and saying no to it settles the matter."""
    put_plugin("rival", good("http"), entry="http")
    executors = InstalledExecutors(PluginPolicy())

    states = {record.distribution: record for record in executors.load_all()}

    assert states["rival"].state == states["aether-http"].state == "conflict"
    assert "aether-http" in states["rival"].reason
    assert "rival" in states["aether-http"].reason
    assert executors.get("shell") is not None
    assert InstalledExecutors(PluginPolicy(deny=frozenset({"rival"}))).get("http") is not None


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
    document = {
        "apiVersion": "aether/v1",
        "kind": "Workflow",
        "metadata": {"name": "still-here"},
        "spec": {
            "entrypoint": "main",
            "templates": [{"task": {"name": "main", "executor": {"type": "echo"}}}],
        },
    }
    (folder / "document.json").write_text(json.dumps(document), encoding="utf-8")

    listed = json.loads(aether(folder, "plugins", "list", "--output", "json"))
    run = aether(folder, "run", "document.json", "--output", "json", "--store", "memory:")
    imported = [name for name in BROKEN if (folder / name).exists()]
    aether(folder, "plugins", "check", status=1)

    assert {record["name"] for record in listed} >= {*BROKEN, *OTHERS}
    assert json.loads(run)["phase"] == "Succeeded"
    assert imported == []


def aether(folder: Path, *arguments: str, status: int = 0) -> str:
    """Run the command in a process of its own, with the folder's plugins; return its stdout."""
    answer = subprocess.run(
        [sys.executable, "-m", "aether_core", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert answer.returncode == status, answer.stderr
    return answer.stdout
