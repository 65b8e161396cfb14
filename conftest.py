"""Guards the suite against testing anything but the installed packages.

The folders `aether_core` and `aether_sdk` share their names with the packages inside them, so an
uninstalled checkout would import them as empty namespaces. Importing the packages here, before
any test module, also keeps pytest from making such namespaces itself.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING
from zlib import crc32

import pytest

import aether_core
import aether_sdk

if TYPE_CHECKING:
    from collections.abc import Generator

for _package in (aether_core, aether_sdk):
    if _package.__file__ is None:
        message = f"{_package.__name__} is not installed; run the tests through nox (see README.md)"
        raise ImportError(message)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--part`, for interpreters on which not every test need run each time."""
    parser.addoption("--part", metavar="N/M", help="run the N-th of M equal parts of the tests")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Spare the collector of garbage the thousands of tests, which live to the end.

    Looking through them again and again takes a third of the time of collecting them.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests of the wanted part; which part a test belongs to depends on its name only."""
    part: str | None = config.getoption("--part")
    if part is None:
        return
    number, parts = map(int, part.split("/"))
    chosen = [item for item in items if crc32(item.nodeid.encode()) % parts == number - 1]
    kept = set(chosen)
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = chosen
