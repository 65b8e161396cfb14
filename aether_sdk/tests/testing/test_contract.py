"""The rules as tests for pytest."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from aether_sdk.testing import RULES, ExecutorContract, Sample

_DECENT = import_module("decent_executor")

DOCUMENT = """
apiVersion: aether/v1
kind: Workflow
metadata: {name: join}
spec:
  entrypoint: main
  templates:
  - task:
      name: main
      executor: {type: decent}
      inputs: {parameters: [{name: text, value: aether}]}
      outputs: {parameters: [{name: length}]}
"""


class TestDecent(ExecutorContract):
    """The executor that keeps all rules, as an author would test it."""

    executor = _DECENT.Decent
    is_installed = False

    @pytest.fixture
    def samples(self) -> Sequence[Sample]:
        return [*_DECENT.SAMPLES, _DECENT.ENDLESS]

    def test_a_document_runs(self, run_document: Callable[..., Any]) -> None:
        run = run_document(DOCUMENT)

        assert run.phase == "Succeeded"
        assert run.outputs == {"length": 6}


#: Apart from the tests, so that a fresh interpreter need not import pytest.
EXECUTORS = """
from decent_executor import Decent

class Prints(Decent):
    def answer(self, inputs):
        print("working")
        return super().answer(inputs)

class SaysNothingOfItself(Decent):
    description = ""
"""
TESTS = """
import pytest
from decent_executor import SAMPLES
from executors import Prints, SaysNothingOfItself
from aether_sdk.testing import ExecutorContract

class TestPrints(ExecutorContract):
    executor = Prints
    is_installed = False

    @pytest.fixture
    def samples(self):
        return SAMPLES[:1]

class TestNothing(ExecutorContract):
    is_installed = False
    known_failures = {"texts": "to be written", "described": "is fine", "no-rule": "none"}

    def make(self):
        return SaysNothingOfItself()
"""


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What pytest says about classes that break rules."""
    folder = tmp_path_factory.mktemp("broken")
    (folder / "executors.py").write_text(EXECUTORS, encoding="utf-8")
    (folder / "test_broken.py").write_text(TESTS, encoding="utf-8")
    paths = [str(Path(_DECENT.__file__).parent), *sys.path]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "-rsxX", "-p", "no:cacheprovider", "test_broken.py"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


def results(printed: str, name: str) -> dict[str, str]:
    """Return the results of a class by test."""
    found = re.findall(rf"::{name}::(\S+) (PASSED|FAILED|SKIPPED|XFAIL)", printed)
    return dict(found)


def test_a_broken_rule_is_one_failed_test_that_says_what_to_do(printed: str) -> None:
    seen = results(printed, "TestPrints")

    assert [test for test, result in seen.items() if result == "FAILED"] == [
        "test_contract[silent]"
    ]
    assert len(seen) == len(RULES) + 1
    assert "printed 'working" in printed
    assert "hint: Say it with request.log" in printed
    assert "Traceback" not in printed


def test_what_has_nothing_to_look_at_is_skipped_with_a_reason(printed: str) -> None:
    """An executor without samples."""
    assert results(printed, "TestNothing")["test_contract[strict]"] == "SKIPPED"
    assert "needs a sample that is accepted and comes to an end" in printed


def test_a_known_failure_is_expected_and_must_fail(printed: str) -> None:
    seen = results(printed, "TestNothing")

    assert seen["test_contract[texts]"] == "XFAIL"
    assert {test for test, result in seen.items() if result == "FAILED"} == {
        "test_contract[described]",
        "test_known_failures_are_rules",
    }
    assert "to be written" in printed
    assert "described holds now; take it out of known_failures" in printed
    assert "no rule, or no reason: no-rule" in printed


@pytest.mark.parametrize("name", ["test_contract", "test_known_failures_are_rules"])
@pytest.mark.parametrize("instead", [None, lambda _: None])
def test_no_class_can_put_something_in_the_place_of_the_checks(name: str, instead: object) -> None:
    """Neither in its own body nor through a base; the message says what to do instead."""
    mixin = type("Mixin", (), {name: instead})

    for bases, body in (((ExecutorContract,), {name: instead}), ((mixin, ExecutorContract), {})):
        with pytest.raises(TypeError, match=f"TestMine overrides {name}.*known_failures = "):
            type("TestMine", bases, body)
