"""The contract of executors: one test per rule."""

from __future__ import annotations

# region: the order of imports is that of this repository
import pytest

from aether_echo import EchoExecutor
from aether_sdk import ExecCode
from aether_sdk.testing import ExecutorContract, Sample

# endregion


class TestContract(ExecutorContract):
    """The executor keeps the rules in these calls."""

    executor = EchoExecutor

    @pytest.fixture
    def samples(self) -> list[Sample]:
        """Calls that are made again and again."""
        return [
            Sample({"text": "Ada"}),
            # region: the controls
            Sample({"number": 1, "items": ["a", {"b": None}]}),
            Sample({"text": "later", "sleep": "20ms"}),
            Sample({"made": True, "outputs": [{"name": "list", "type": "array"}]}),
            Sample({"suspend": True}, code=ExecCode.SUSPENDED),
            Sample({"fail-count": 1}, code=ExecCode.FAILED),
            Sample({"sleep": "1h"}, is_endless=True),
            Sample({"sleep": 1}, refused_at="$.sleep"),
            Sample({"code": "0"}, refused_at="$.code"),
            # endregion
        ]
