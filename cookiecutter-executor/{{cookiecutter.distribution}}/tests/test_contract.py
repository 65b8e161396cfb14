{% set executor = cookiecutter.__class + 'Executor' %}
{% set typed = cookiecutter.outputs == 'typed' %}
{% set secret = cookiecutter.secrets == 'yes' %}
"""The contract of executors: one test per rule."""

from __future__ import annotations

import pytest
from aether_sdk.testing import ExecutorContract, Sample

from {{ cookiecutter.__package }} import {{ executor }}


class TestContract(ExecutorContract):
    """The executor keeps the rules in these calls."""

    executor = {{ executor }}

    @pytest.fixture
    def samples(self) -> list[Sample]:
        """Calls that are made again and again."""
        return [
            {% if typed and secret %}
            Sample({"text": "Ada", "key": "open sesame"}),
            Sample({"key": "open sesame"}, refused_at="$.text"),
            {% elif typed %}
            Sample({"text": "Ada"}),
            Sample({}, refused_at="$.text"),
            {% elif secret %}
            Sample({"text": "Ada", "key": "open sesame"}, secrets={"key"}),
            {% else %}
            Sample({"text": "Ada"}),
            {% endif %}
        ]
