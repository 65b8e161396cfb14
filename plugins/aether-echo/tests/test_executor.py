"""What the executor makes of its inputs."""

from __future__ import annotations

# region: the order of imports is that of this repository
from pathlib import Path

import pytest

from aether_echo import EchoExecutor
from aether_sdk.testing import request_for, run_document, run_request

# endregion

EXAMPLE = Path(__file__).parents[1] / "example.yaml"


def test_inputs_come_back() -> None:
    request = request_for({"text": "Ada", "number": 1})

    outputs = run_request(EchoExecutor(), request).outputs

    assert outputs is not None
    assert outputs.as_dict() == {"text": "Ada", "number": 1}


def test_the_example_runs() -> None:
    pytest.importorskip("aether_core", reason="needs the engine")

    run = run_document(EXAMPLE, EchoExecutor())

    assert run.phase == "Succeeded"
