"""The hook through which a plugin package offers its executors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pluggy import HookimplMarker, HookspecMarker

from aether_sdk._protocol import PROJECT_NAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aether_sdk._executor import Executor

#: Marks a function of a plugin as the implementation of a hook.
hookimpl: Final = HookimplMarker(PROJECT_NAME)

#: Marks a function as the specification of a hook.
hookspec: Final = HookspecMarker(PROJECT_NAME)


class ExecutorHooks:
    """The hooks that the engine calls in a plugin."""

    @hookspec
    def aether_executors(self) -> Sequence[Executor | type[Executor]]:  # type: ignore[empty-body] # a specification has no body
        """Return the executors of this plugin: classes without arguments, or instances."""


#: What a pluggy manager of project `aether` takes as its hook specification.
hookspecs: Final = ExecutorHooks
