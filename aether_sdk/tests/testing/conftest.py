"""Executors that keep the contract and executors that break it, importable by name."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from aether_sdk.testing import Limits

FOLDER = Path(__file__).parent / "executors"
if str(FOLDER) not in sys.path:
    # A fresh interpreter has to find them too.
    sys.path.append(str(FOLDER))


@pytest.fixture
def decent() -> Any:
    """The module of the executor that keeps all rules."""
    return import_module("decent_executor")


@pytest.fixture
def hostile() -> Iterator[Any]:
    """The module of those that break one each; what they leave behind is ended."""
    module = import_module("hostile_executors")
    yield module
    while module.LEFT:
        end = module.LEFT.pop()
        try:
            end()
        except RuntimeError:
            # The loop of a task is closed by now.
            continue


@pytest.fixture
def limits() -> Limits:
    """Little patience, for tests that wait for it."""
    return Limits(call=0.4, cancel=0.3, block=0.15, settle=0.1, load=20)
