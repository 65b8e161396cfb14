"""Functions by name: those that a program registered, and behind them those of a source."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar, overload

from aether_sdk import PluginError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FunctionT = TypeVar("FunctionT", bound="Callable[..., Any]")


class FunctionAlreadyRegistered(PluginError, ValueError):
    """A second function was registered under a name, without `replace`."""

    code: ClassVar[str] = "AE841"


class UnknownFunction(PluginError, LookupError):
    """No function of that name is registered, and no installed package provides one."""

    code: ClassVar[str] = "AE842"


class FunctionSource(Protocol):
    """Where functions come from that nobody registered."""

    def names(self) -> Iterable[str]:
        """Return the names of all functions it has; loads none."""
        ...

    def load(self, name: str) -> Callable[..., Any]:
        """Return the function of a name that it has.

        Raises:
            PluginError: the function can't be used; the message says why.
        """
        ...


class Functions:
    """Named functions that workflows can call; safe to use from several threads.

    Args:
        source: asked for names that are not registered here.
    """

    def __init__(self, source: FunctionSource | None = None) -> None:
        self._source = source
        self._registered: dict[str, Callable[..., Any]] = {}
        self._lock = threading.Lock()

    @overload
    def register(self, name: str, function: FunctionT, *, replace: bool = False) -> FunctionT: ...
    @overload
    def register(self, name: str, *, replace: bool = False) -> Callable[[FunctionT], FunctionT]: ...
    def register(
        self, name: str, function: FunctionT | None = None, *, replace: bool = False
    ) -> FunctionT | Callable[[FunctionT], FunctionT]:
        """Add a function under a name, also as a decorator: `@functions.register("greet")`.

        It comes before a function of that name from the source.

        Args:
            name: what documents call it.
            function: a function, a coroutine function, or any other callable.
            replace: whether it may take the place of one that is registered.

        Raises:
            FunctionAlreadyRegistered: the name is taken; nothing is changed.
        """
        if function is None:
            return lambda found: self.register(name, found, replace=replace)
        with self._lock:
            if name in self._registered and not replace:
                message = f"a function {name!r} is registered already"
                raise FunctionAlreadyRegistered(message, hint="Pass replace=True to replace it.")
            self._registered[name] = function
        return function

    def names(self) -> tuple[str, ...]:
        """Return the names of all functions, sorted; loads none."""
        installed = () if self._source is None else self._source.names()
        return tuple(sorted({*self._registered, *installed}))

    def get(self, name: str) -> Callable[..., Any]:
        """Return the function of a name.

        Raises:
            UnknownFunction: there is none; the message has the nearest names.
            PluginError: there is one, but it can't be loaded.
        """
        registered = self._registered.get(name)
        if registered is not None:
            return registered
        if self._source is not None and name in self._source.names():
            return self._source.load(name)
        raise UnknownFunction(
            f'function executor: handler "{name}" not registered; {self._known(name)}'
        )

    def _known(self, name: str) -> str:
        # Needed for a mistake only.
        import difflib

        names = self.names()
        near = difflib.get_close_matches(name, names, n=3)
        if near:
            return f"did you mean {' or '.join(map(repr, near))}?"
        return f"there are: {', '.join(names)}" if names else "there are none"
