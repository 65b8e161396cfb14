"""Functions and variable sources of installed packages, each loaded for itself."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from aether_core.executors import Functions, UnknownFunction
from aether_core.plugins import (
    FUNCTION_GROUP,
    VARIABLE_GROUP,
    ExtensionError,
    InstalledExecutors,
    InstalledVariables,
    PluginPolicy,
    installed_functions,
)
from aether_sdk import AetherError, ExecuteRequest, Inputs

Install = Callable[..., None]

SOURCE = """
class {name}:
    def namespace(self):
        return "{namespace}"
    def variables(self):
        return {variables}
"""


def test_a_function_is_imported_at_its_first_call(install: Install) -> None:
    """A broken one breaks only itself, and says what is wrong with which package."""
    entries = {"greet": "fake_tools:greet", "gone": "fake_tools:gone", "bad": "fake_bad:f"}
    source = "def greet(): return 'hi'\nnumber = 5\n"
    install("fake-tools", {**entries, "five": "fake_tools:number"}, "fake_tools", source,
            group=FUNCTION_GROUP)  # fmt: skip
    functions = installed_functions()

    assert set(functions.names()) >= {"bad", "five", "gone", "greet"}
    assert "fake_tools" not in sys.modules
    assert functions.load("greet")() == "hi"
    with pytest.raises(ExtensionError, match=r"function 'gone' of fake-tools 1\.0 can't be used"):
        functions.load("gone")
    with pytest.raises(ExtensionError, match="No module named 'fake_bad'"):
        functions.load("bad")
    with pytest.raises(ExtensionError, match="leads to 5, which can't be called"):
        functions.load("five")
    assert functions.load("greet") is functions.load("greet")
    with pytest.raises(ExtensionError, match="no installed package provides the function 'nope'"):
        functions.load("nope")


def test_the_installed_executor_calls_installed_functions(install: Install) -> None:
    """Found by the entry points of this distribution, like the executors of any other."""
    install("fake-tools", {"greet": "fake_tools:greet"}, "fake_tools",
            "def greet(name): return f'hi {name}'", group=FUNCTION_GROUP)  # fmt: skip
    executor: Any = InstalledExecutors().get("function")

    result = executor.execute(
        ExecuteRequest("t", "r", "n", inputs=Inputs.of({"function": "greet", "name": "Ada"}))
    )

    assert result == {"result": "hi Ada"}
    with pytest.raises(UnknownFunction, match="did you mean 'greet'"):
        executor.execute(ExecuteRequest("t", "r", "n", inputs=Inputs.of({"function": "grete"})))


def test_a_registered_function_comes_before_an_installed_one(install: Install) -> None:
    install("fake-tools", {"greet": "fake_tools:greet"}, "fake_tools", "raise OSError",
            group=FUNCTION_GROUP)  # fmt: skip
    functions = Functions(installed_functions())
    functions.register("greet", lambda: "mine")

    assert functions.get("greet")() == "mine"


def test_two_packages_with_one_name_are_a_conflict(install: Install) -> None:
    """Neither is used, until one of them is denied."""
    for number in ("one", "two"):
        install(f"fake-{number}", {"same": f"fake_{number}:f"}, f"fake_{number}",
                f"def f(): return {number!r}", group=FUNCTION_GROUP)  # fmt: skip

    with pytest.raises(ExtensionError, match="function 'same' is also provided by fake-two"):
        installed_functions().load("same")
    settled = installed_functions(PluginPolicy(deny=frozenset({"fake-one"})))
    assert settled.load("same")() == "two"


def test_what_is_switched_off_says_so(install: Install) -> None:
    install("fake-tools", {"f": "fake_tools:f"}, "fake_tools", "", group=FUNCTION_GROUP)

    with pytest.raises(ExtensionError, match="it is disabled: plugins are switched off"):
        installed_functions(PluginPolicy(none=True)).load("f")


@pytest.mark.parametrize("target", ["Deploy", "deploy", "make"])
def test_an_entry_point_leads_to_a_source_a_class_or_a_factory(
    install: Install, target: str
) -> None:
    source = SOURCE.format(name="Deploy", namespace="deploy", variables='{"deploy.region": "eu"}')
    source += "deploy = Deploy()\ndef make(): return Deploy()\n"
    install("fake-vars", {"deploy": f"fake_vars:{target}"}, "fake_vars", source,
            group=VARIABLE_GROUP)  # fmt: skip

    (found,) = (s for s in InstalledVariables() if s.namespace() == "deploy")

    assert "fake_vars" not in sys.modules
    assert found.variables() == {"deploy.region": "eu"}


BROKEN_SOURCES = {
    "import": ("raise ImportError('no such lib')", "no such lib"),
    "number": ("Deploy = 5", "leads to 5, which is no source"),
    "methods": ("class Deploy: pass", "needs the methods namespace() and variables()"),
    "constructor": ("def Deploy(): raise OSError('no disk')", "OSError: no disk"),
    "namespace": (
        SOURCE.format(name="Deploy", namespace="other", variables="{}"),
        "its namespace is 'other', its entry point is named 'deploy'",
    ),
    "raises": (
        SOURCE.format(name="Deploy", namespace="deploy", variables="{}[1]"),
        "the variable source 'deploy' of fake-vars 1.0 failed: KeyError: 1",
    ),
    "list": (
        SOURCE.format(name="Deploy", namespace="deploy", variables="[1]"),
        "of fake-vars 1.0 returned [1], not names with values",
    ),
    "foreign": (
        SOURCE.format(name="Deploy", namespace="deploy", variables="{'x.y': 1}"),
        "returned the name 'x.y'; its names look like deploy.region",
    ),
    "value": (
        SOURCE.format(name="Deploy", namespace="deploy", variables="{'deploy.x': {1}}"),
        "returned a bad value for deploy.x: a value of type set is not JSON",
    ),
}


@pytest.mark.parametrize("name", BROKEN_SOURCES)
def test_a_broken_source_says_what_is_wrong_with_which_package(install: Install, name: str) -> None:
    source, words = BROKEN_SOURCES[name]
    install("fake-vars", {"deploy": "fake_vars:Deploy"}, "fake_vars", source, group=VARIABLE_GROUP)
    (found,) = (s for s in InstalledVariables() if s.namespace() == "deploy")

    with pytest.raises(AetherError) as caught:
        found.variables()

    assert words in caught.value.message
    assert "deploy" in caught.value.message


def test_loading_all_sources_asks_none_of_them(install: Install) -> None:
    """What `aether doctor` shows."""
    source = SOURCE.format(name="Deploy", namespace="deploy", variables="1 / 0")
    entries = {"deploy": "fake_vars:Deploy", "worse": "fake_vars:Gone"}
    install("fake-vars", entries, "fake_vars", source, group=VARIABLE_GROUP)

    records = {r.name: r for r in InstalledVariables().load_all() if r.distribution == "fake-vars"}

    assert (records["deploy"].state, records["worse"].state) == ("loaded", "failed")
    assert records["deploy"].executors == ()
