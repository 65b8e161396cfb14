"""Plugins as they are found, loaded and kept apart from each other."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from aether_core.plugins import InstalledExecutors, PluginPolicy, PluginRecord, PluginState

Install = Callable[..., None]

GOOD = """
from aether_sdk import Executor, hookimpl
class Good(Executor):
    type = "{type}"
    description = "does little"
    async def execute(self, request):
        return {{"v": 1}}
@hookimpl
def aether_executors():
    return [Good]
"""


def record(installed: InstalledExecutors, name: str, distribution: str = "") -> PluginRecord:
    return next(
        r
        for r in installed.records()
        if r.name == name and (not distribution or r.distribution == distribution)
    )


def test_listing_imports_nothing(install: Install) -> None:
    """A record comes from metadata; the module is imported only when its type is asked for."""
    install("fake-good", {"fgood": "fake_good"}, "fake_good", GOOD.format(type="fgood"))
    installed = InstalledExecutors()

    found = record(installed, "fgood")

    assert (found.state, found.distribution, found.version) == ("available", "fake-good", "1.0")
    assert "fake_good" not in sys.modules
    assert installed.get("fgood") is not None
    assert record(installed, "fgood").state is PluginState.LOADED
    assert installed.get_schema("fgood").type == "fgood"  # type: ignore[union-attr]


def test_an_entry_point_may_name_a_class_and_serve_dotted_types(install: Install) -> None:
    """`fdot` serves `fdot.poll`; a class of Executor needs no hook."""
    source = GOOD.format(type="fdot.poll")
    install("fake-dot", {"fdot": "fake_dot:Good"}, "fake_dot", source)
    installed = InstalledExecutors()

    assert installed.get("fdot.poll") is not None
    assert installed.get("fdot") is None
    message, hint = installed.explain("fdot.pol")
    assert "fdot.pol" in message
    assert hint is not None
    assert "fdot.poll" in hint


BROKEN = {
    "import": ("raise ImportError('no such lib')", "failed", "import", "no such lib"),
    "exit": ("import sys; sys.exit(7)", "failed", "import", "SystemExit: 7"),
    "nohook": ("x = 1", "failed", "register", "hook aether_executors()"),
    "wronghook": (
        "from aether_sdk import hookimpl\n@hookimpl\ndef aether_executorz(): return []",
        "failed",
        "register",
        "aether_executorz",
    ),
    "arguments": (
        "from aether_sdk import hookimpl\n@hookimpl\ndef aether_executors(registry): return []",
        "failed",
        "register",
        "registry",
    ),
    "garbage": (
        "from aether_sdk import hookimpl\n@hookimpl\ndef aether_executors(): return 5",
        "failed",
        "register",
        "must return a list",
    ),
    "notexecutor": (
        "from aether_sdk import hookimpl\n@hookimpl\ndef aether_executors(): return [object()]",
        "failed",
        "register",
        "is not an Executor",
    ),
    "empty": (
        "from aether_sdk import hookimpl\n@hookimpl\ndef aether_executors(): return []",
        "failed",
        "register",
        "returned no executor",
    ),
    "raises": (
        "from aether_sdk import hookimpl\n@hookimpl\ndef aether_executors(): raise KeyError('k')",
        "failed",
        "register",
        "KeyError",
    ),
    "schema": (
        GOOD.format(type="fbad") + "\ndef schema(self): raise RuntimeError('no schema')\n"
        "Good.schema = schema",
        "failed",
        "schema",
        "no schema",
    ),
    "level": (
        GOOD.format(type="fbad") + "\nGood.api_level = 99",
        "incompatible",
        "api",
        "needs API level 99, this engine speaks 1",
    ),
    "foreign": (GOOD.format(type="http"), "failed", "register", "provides executor type 'http'"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_plugin_is_reported_and_hurts_nobody(install: Install, name: str) -> None:
    """Its record says state, stage and reason; another plugin loads as if it were not there."""
    source, state, stage, reason = BROKEN[name]
    install("fake-bad", {"fbad": "fake_bad"}, "fake_bad", source)
    install("fake-good", {"fgood": "fake_good"}, "fake_good", GOOD.format(type="fgood"))
    installed = InstalledExecutors()

    installed.load_all()

    broken = record(installed, "fbad")
    assert (broken.state, broken.stage) == (state, stage)
    assert reason in broken.reason
    assert installed.get("fbad") is None
    assert installed.get("fgood") is not None
    assert "fake-bad" in installed.explain("fbad")[0]


def test_what_a_plugin_prints_on_import_stays_off_stdout(
    install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    """Stdout belongs to the command's own output."""
    source = "print('hello from import')\n" + GOOD.format(type="floud")
    install("fake-loud", {"floud": "fake_loud"}, "fake_loud", source)

    assert InstalledExecutors().get("floud") is not None
    assert capsys.readouterr().out == ""


def test_two_plugins_for_one_type_are_a_conflict_that_names_both(install: Install) -> None:
    """Neither is used; denying one of them settles it."""
    install("fake-one", {"fsame": "fake_one"}, "fake_one", GOOD.format(type="fsame"))
    install("fake-two", {"fsame": "fake_two"}, "fake_two", GOOD.format(type="fsame"))
    installed = InstalledExecutors()

    assert installed.get("fsame") is None
    one, two = record(installed, "fsame", "fake-one"), record(installed, "fsame", "fake-two")
    assert one.state is two.state is PluginState.CONFLICT
    assert "fake-two" in one.reason
    assert "fake-one" in two.reason
    settled = InstalledExecutors(PluginPolicy(deny=frozenset({"Fake_Two"})))
    assert settled.get("fsame") is not None
    assert record(settled, "fsame", "fake-two").state is PluginState.DISABLED


@pytest.mark.parametrize(
    ("environment", "allowed"),
    [
        ({}, True),
        ({"AETHER_NO_PLUGINS": "1"}, False),
        ({"AETHER_NO_PLUGINS": "0"}, True),
        ({"AETHER_PLUGINS_DENY": "other, fgood"}, False),
        ({"AETHER_PLUGINS_DENY": "fake_good"}, False),
        ({"AETHER_PLUGINS_ALLOW": "fake.good"}, True),
        ({"AETHER_PLUGINS_ALLOW": "other"}, False),
        ({"AETHER_PLUGINS_ALLOW": ""}, False),
    ],
)
def test_the_environment_decides_what_may_load(
    install: Install, environment: dict[str, str], allowed: bool
) -> None:
    """Lists match entry points and normalised distribution names."""
    install("fake-good", {"fgood": "fake_good"}, "fake_good", GOOD.format(type="fgood"))

    installed = InstalledExecutors(PluginPolicy.from_environment(environment))

    assert (installed.get("fgood") is not None) is allowed
    assert (record(installed, "fgood").state is PluginState.DISABLED) is not allowed


def test_an_unknown_type_gets_a_near_miss(install: Install) -> None:
    """The hint names the type that was probably meant."""
    install("fake-good", {"fgood": "fake_good"}, "fake_good", GOOD.format(type="fgood"))

    message, hint = InstalledExecutors().explain("fgod")

    assert message == "unknown executor type 'fgod'"
    assert hint == 'Did you mean "fgood"?'
