"""The rules about the package around an executor: its import and its entry point."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from aether_sdk.testing import RULES, Limits, Rule, _readme_rule, check_contract
from aether_sdk.testing._rule import NothingToCheck
from aether_sdk.testing._subject import Subject

#: What a module does at its import in a fresh interpreter, and what the finding says.
ACTS = {
    "print('hello')": "printed 'hello",
    "sys.exit(3)": "SystemExit: 3",
    "raise ImportError('no such thing')": "ImportError: no such thing",
    "threading.Thread(target=threading.Event().wait, name='busy').start()": "the thread 'busy'",
    "signal.signal(signal.SIGTERM, print)": "sets a handler for SIGTERM",
    "subprocess.run(['true'])": "starts a process",
    "socket.socket().bind(('127.0.0.1', 0))": "opens a port",
    "socket.getaddrinfo('127.0.0.1', 80)": "asks for an address",
    "os._exit(5)": "ended with status 5",
}


PROGRAM = """
import os, signal, socket, subprocess, sys, threading
from aether_sdk import Executor, hookimpl
if "pytest" not in sys.modules:
    ACT
class Acme(Executor):
    type = "acme.join"
    description = "Does nothing"
    def execute(self, request):
        return {}
class Other(Acme):
    type = "acme.other"
class Broken:
    @staticmethod
    @hookimpl
    def aether_executors():
        sys.exit(1)
@hookimpl
def aether_executors():
    return [Acme()]
"""
#: Modules get a new name each time, since the interpreter and the kit remember what they saw.
_numbers = itertools.count()


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Write a module with an executor, and metadata for it; return the class."""
    monkeypatch.syspath_prepend(str(tmp_path))
    module = f"acme_module_{next(_numbers)}"

    def write(
        entry: str = "",
        *,
        act: str = "pass",
        metadata: str = "Name: acme\nVersion: 1.0\nRequires-Dist: aether-workflow-sdk>=0.1",
    ) -> Any:
        (tmp_path / f"{module}.py").write_text(PROGRAM.replace("ACT", act), encoding="utf-8")
        info = tmp_path / "acme-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\n{metadata}\n", encoding="utf-8")
        line = entry.replace("acme_module", module)
        (info / "entry_points.txt").write_text(f"[aether.executors]\n{line}\n", encoding="utf-8")
        return import_module(module).Acme

    return write


def rule(code: str) -> list[Rule]:
    """Return one rule; the others take time."""
    return [rule for rule in RULES if rule.code == code]


def test_a_good_package_breaks_nothing(install: Callable[..., Any]) -> None:
    assert check_contract(install("acme = acme_module")) == []


@pytest.mark.parametrize("entry", ["acme = acme_module:Acme", "acme.join = acme_module:Acme"])
def test_an_entry_point_may_name_the_class(install: Callable[..., Any], entry: str) -> None:
    assert check_contract(install(entry), rules=rule("entry-point")) == []


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("", "no entry point called 'acme'"),
        ("other = acme_module", "no entry point called 'acme'"),
        ("acme = acme_module:Other", "does not lead to Acme"),
        ("acme = acme_module:Broken", "does not lead to Acme"),
        ("acme = no_such_module", "does not lead to Acme"),
    ],
)
def test_a_wrong_entry_point_is_found(install: Callable[..., Any], entry: str, said: str) -> None:
    [finding] = check_contract(install(entry), rules=rule("entry-point"))

    assert finding.code == "entry-point"
    assert said in finding.message


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ("Name: acme\nVersion: 1.0", "does not say that it needs aether-workflow-sdk"),
        ("Name: acme\nRequires-Dist: aether_workflow_sdk", "has no name or no version"),
    ],
)
def test_incomplete_metadata_are_found(
    install: Callable[..., Any], metadata: str, said: str
) -> None:
    [finding] = check_contract(
        install("acme = acme_module", metadata=metadata), rules=rule("entry-point")
    )

    assert finding.code == "entry-point"
    assert said in finding.message


@pytest.mark.parametrize("act", ACTS)
def test_what_an_import_does_is_found(install: Callable[..., Any], act: str) -> None:
    """Each act is a finding of its own."""
    findings = check_contract(
        install("acme = acme_module", act=act), limits=Limits(load=20), rules=rule("import")
    )

    assert {finding.code for finding in findings} == {"import"}
    assert ACTS[act] in " ".join(finding.message for finding in findings)


def test_an_import_that_takes_too_long_is_found(install: Callable[..., Any]) -> None:
    [finding] = check_contract(
        install("acme = acme_module"), limits=Limits(load=0), rules=rule("import")
    )

    assert finding.code == "import"
    assert "s of processor time, at most 0 s" in finding.message


def test_a_class_that_no_import_finds_is_said_so(decent: Any) -> None:
    """A class of a module that only this process knows."""

    class Local(decent.Decent):  # type: ignore[misc]  # the module is known at run time only
        pass

    Local.__module__ = "made.up"

    [finding] = check_contract(Local, is_installed=False)

    assert finding.code == "import"
    assert "ModuleNotFoundError" in finding.message


README = """
# acme

<!-- aether executors describe acme.join --markdown -->
BLOCK<!-- end -->
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project without a README."""
    folder = tmp_path / "project"
    folder.mkdir()
    folder.joinpath("pyproject.toml").touch()
    return folder


def test_a_readme_is_held_against_what_the_command_prints(
    install: Callable[..., Any], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executor = install("acme = acme_module")
    check = partial(check_contract, executor, rules=rule("readme"), project=project)
    readme = project / "README.md"
    readme.write_text(README, encoding="utf-8")
    monkeypatch.chdir(project)

    [empty] = check()
    assert "without the line '# `acme.join`' in the block of" in empty.message
    told = subprocess.run(
        [sys.executable, "-m", "aether_core", "executors", "describe", "acme.join", "--markdown"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    readme.write_text(README.replace("BLOCK", told), encoding="utf-8")
    assert check() == []
    readme.write_text(README.replace("BLOCK", f"{told}And more.\n"), encoding="utf-8")
    [more] = check()
    assert "more than that" in more.message


def test_a_type_that_the_command_does_not_know_is_no_current_readme(
    install: Callable[..., Any], project: Path
) -> None:
    executor = install("other = acme_module")
    project.joinpath("README.md").write_text(README, encoding="utf-8")

    [finding] = check_contract(executor, rules=rule("readme"), project=project)

    assert "ended with status" in finding.message
    assert "acme.join" in finding.message


def test_a_readme_without_a_block_or_an_engine_has_nothing_to_be_held_against(
    install: Callable[..., Any], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executor = install("acme = acme_module")
    [readme] = rule("readme")

    def reason(folder: Path | None, *, is_installed: bool = True) -> str:
        subject = Subject(executor, (), Limits(), is_installed=is_installed, project=folder)
        with pytest.raises(NothingToCheck) as caught:
            readme.findings(subject)
        return str(caught.value)

    assert "needs a README.md" in reason(None)
    assert "needs a README.md" in reason(project)
    project.joinpath("README.md").write_text("# acme\n", encoding="utf-8")
    assert "no block between <!-- aether executors describe acme.join" in reason(project)
    project.joinpath("README.md").write_text(README, encoding="utf-8")
    assert "no installed distribution" in reason(project, is_installed=False)
    monkeypatch.setattr(_readme_rule, "_ENGINE", "no-such-engine")
    assert "needs the engine" in reason(project)


def test_a_test_s_project_is_the_nearest_folder_with_a_pyproject(
    project: Path,
) -> None:
    assert _readme_rule.project_of(project / "tests/test_it.py") == project
    assert _readme_rule.project_of(Path("/nowhere/test_it.py")) is None
