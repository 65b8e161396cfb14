"""Documents against executors in memory, and what is said when a package is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from aether_sdk import testing
from aether_sdk.testing import MissingPackage, check_contract, run_document

DOCUMENT = """
apiVersion: aether/v1
kind: Workflow
metadata: {name: join}
spec:
  entrypoint: main
  arguments: {parameters: [{name: word, value: a}]}
  templates:
  - task:
      name: main
      executor: {type: decent}
      inputs:
        parameters:
        - {name: text, value: "{{ workflow.parameters.word }}"}
        - {name: token, valueFrom: {secretKeyRef: {name: login, key: token}}}
      outputs: {parameters: [{name: text}]}
"""


def test_a_file_runs_with_arguments_and_secrets(decent: Any, tmp_path: Path) -> None:
    file = tmp_path / "join.yaml"
    file.write_text(DOCUMENT, encoding="utf-8")

    run = run_document(
        file, decent.Decent(), arguments={"word": "b"}, secrets={"login": {"token": "hidden"}}
    )

    assert (run.phase, run.outputs) == ("Succeeded", {"text": "b"})
    assert sorted(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("text", ["", "a: [", DOCUMENT.replace("decent", "unknown")])
def test_a_document_with_errors_is_refused(decent: Any, text: str) -> None:
    from aether_core.engine import DocumentRejected

    with pytest.raises(DocumentRejected):
        run_document(text, decent.Decent())


def test_without_the_engine_the_error_says_how_to_get_it(
    decent: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "aether_core.brokers", None)

    with pytest.raises(MissingPackage, match="needs the engine") as caught:
        run_document(DOCUMENT, decent.Decent())

    assert "pip install aether-workflow" in str(caught.value.hint)


def test_without_the_extra_the_error_says_how_to_get_it(
    decent: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jsonschema", None)

    with pytest.raises(MissingPackage, match="jsonschema") as caught:
        check_contract(decent.Decent, is_installed=False)

    assert "aether-workflow-sdk[testing]" in str(caught.value.hint)


def test_the_kit_imports_neither_pytest_nor_the_engine_until_they_are_used() -> None:
    program = (
        "import sys, aether_sdk.testing;"
        "print(*{'pytest', 'aether_core', 'jsonschema'} & set(sys.modules));"
        "print(aether_sdk.testing.ExecutorContract.__name__, 'pytest' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines() == ["", "ExecutorContract True"]


def test_public_names_are_listed_once_and_exist() -> None:
    assert len(set(testing.__all__)) == len(testing.__all__)
    assert all(hasattr(testing, name) for name in testing.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = testing.Nothing  # type: ignore[attr-defined]  # what this test is about
