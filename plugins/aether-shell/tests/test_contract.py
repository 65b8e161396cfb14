"""The executors keep the contract."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from aether_sdk import ExecCode
from aether_sdk.testing import ExecutorContract, Sample
from aether_shell import ScriptExecutor, ShellExecutor

DOCUMENT = """
apiVersion: aether/v1
kind: Workflow
metadata: {name: count}
spec:
  entrypoint: count
  templates:
  - task:
      name: count
      executor:
        type: shell
        config: {script: 'printf %s "${#WORD}"', env: {WORD: aether}}
      outputs: {parameters: [{name: stdout}]}
"""


class TestShell(ExecutorContract):
    """One test per rule, for `shell`."""

    executor = ShellExecutor

    @pytest.fixture
    def samples(self) -> Sequence[Sample]:
        return [
            Sample({"command": ["printf", "a"]}),
            Sample({"script": "sleep 0.02; printf %s $#", "args": [1, True]}),
            Sample(
                {"script": 'test -n "$TOKEN"', "env": {"TOKEN": "wind-and-water"}},
                secrets={"env"},
            ),
            Sample({"script": "exit 3"}, code=ExecCode.FAILED),
            Sample({"script": "sleep 3600 & sleep 3600"}, is_endless=True),
            Sample({"script": "true", "success_codes": []}, refused_at="$.success_codes"),
        ]

    def test_a_document_runs(self, run_document: Callable[..., Any]) -> None:
        pytest.importorskip("aether_core", reason="needs the engine")

        assert run_document(DOCUMENT).outputs == {"stdout": "6"}


class TestScript(ExecutorContract):
    """One test per rule, for `script`."""

    executor = ScriptExecutor

    @pytest.fixture
    def samples(self, monkeypatch: pytest.MonkeyPatch) -> Sequence[Sample]:
        monkeypatch.setenv("AETHER_SCRIPT_RUNTIMES", "sh")
        return [
            Sample({"runtime": "sh", "source": "printf %s $AETHER_INPUT_WORD", "word": "a"}),
            Sample({"runtime": "sh", "source": "sleep 0.02; echo later"}),
            Sample(
                {"runtime": "sh", "source": "exit 3", "env": {"TOKEN": "wind-and-water"}},
                code=ExecCode.FAILED,
                secrets={"env"},
            ),
            Sample({"runtime": "sh", "source": "sleep 3600"}, is_endless=True),
            Sample({"runtime": "", "source": "true"}, refused_at="$.runtime"),
        ]
