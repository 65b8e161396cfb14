{% set executor = cookiecutter.__class + 'Executor' %}
{% set typed = cookiecutter.outputs == 'typed' %}
{% set secret = cookiecutter.secrets == 'yes' %}
{% set key = ', "key": "open sesame"' if secret %}
"""What the executor makes of its inputs."""

from __future__ import annotations

from pathlib import Path

import pytest
{% if typed or secret %}
from aether_sdk import ExecCode
{% endif %}
from aether_sdk.testing import request_for, run_document, run_request

from {{ cookiecutter.__package }} import {{ executor }}

EXAMPLE = Path(__file__).parents[1] / "example.yaml"


{% if typed and secret %}
def test_the_text_is_signed() -> None:
    request = request_for({"text": "Ada"{{ key }}})

    outputs = run_request({{ executor }}(), request).outputs

    assert outputs is not None
    assert len(str(outputs.get("signature"))) == 64
{% elif typed %}
def test_the_text_comes_back_in_upper_case() -> None:
    request = request_for({"text": "Ada"})

    outputs = run_request({{ executor }}(), request).outputs

    assert outputs is not None
    assert outputs.as_dict() == {"result": "ADA"}
{% else %}
def test_inputs_come_back() -> None:
    request = request_for({"text": "Ada", "number": 1{{ key }}})

    outputs = run_request({{ executor }}(), request).outputs

    assert outputs is not None
    {% if secret %}
    assert set(outputs.as_dict()) == {"text", "number", "signature"}
    {% else %}
    assert outputs.as_dict() == {"text": "Ada", "number": 1}
    {% endif %}
{% endif %}
{% if typed %}


def test_an_empty_text_fails() -> None:
    request = request_for({"text": ""{{ key }}})

    outputs = run_request({{ executor }}(), request).outputs

    assert outputs is not None
    assert outputs.code == ExecCode.FAILED
{% elif secret %}


def test_without_a_key_there_is_an_error() -> None:
    request = request_for({"text": "Ada"})

    outputs = run_request({{ executor }}(), request).outputs

    assert outputs is not None
    assert outputs.code == ExecCode.ERROR
{% endif %}


def test_the_example_runs() -> None:
    pytest.importorskip("aether_core", reason="needs the engine")

    {% if secret %}
    secrets = {"example": {"key": "open sesame"}}
    run = run_document(EXAMPLE, {{ executor }}(), secrets=secrets)
    {% else %}
    run = run_document(EXAMPLE, {{ executor }}())
    {% endif %}

    assert run.phase == "Succeeded"
