"""The hook works with a real plugin manager."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

import pluggy
import pytest

from aether_sdk import PROJECT_NAME, Executor, hookimpl, hookspecs


@hookimpl
def _offer() -> Sequence[type[Executor]]:
    return []


def _manager() -> pluggy.PluginManager:
    manager = pluggy.PluginManager(PROJECT_NAME)
    manager.add_hookspecs(hookspecs)
    return manager


def test_a_plugin_offers_its_executors_through_the_hook() -> None:
    manager = _manager()

    manager.register(SimpleNamespace(aether_executors=_offer))
    manager.check_pending()

    assert manager.hook.aether_executors() == [[]]


def test_an_implementation_that_asks_for_arguments_is_refused() -> None:
    @hookimpl
    def offer(config: object) -> Sequence[type[Executor]]:
        return []

    with pytest.raises(pluggy.PluginValidationError, match="config"):
        _manager().register(SimpleNamespace(aether_executors=offer))


def test_a_hook_of_another_name_is_refused() -> None:
    manager = _manager()

    manager.register(SimpleNamespace(aether_executor=_offer))

    with pytest.raises(pluggy.PluginValidationError, match="aether_executor"):
        manager.check_pending()
