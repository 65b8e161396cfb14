"""How a check opens a store and says what is wrong with it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from typing import Any, TypeAlias, TypeVar

from aether_core.ports import Store, StoreError

#: Returns a store that is not opened yet.
StoreFactory: TypeAlias = Callable[[], Store]
Check: TypeAlias = Callable[[StoreFactory], Coroutine[Any, Any, None]]

_Error = TypeVar("_Error", bound=StoreError)


def name_of(check: Check) -> str:
    """Return the guarantee that a check is named after, for a test's id."""
    return getattr(check, "__name__", repr(check))


@contextlib.asynccontextmanager
async def opened(factory: StoreFactory) -> AsyncGenerator[Store, None]:
    """Open the factory's store, and close it at the end."""
    store = factory()
    await store.open()
    try:
        yield store
    finally:
        await store.close()


def expect(what: str, actual: object, expected: object) -> None:
    """Raise an AssertionError unless both are equal and, at the top, of one type."""
    if actual != expected or type(actual) is not type(expected):
        raise AssertionError(f"{what}: expected {_short(expected)}, got {_short(actual)}")


async def expect_refusal(what: str, attempt: Awaitable[object], error_type: type[_Error]) -> _Error:
    """Return the error of an attempt, or raise an AssertionError if it succeeds."""
    try:
        await attempt
    except error_type as error:
        return error
    raise AssertionError(f"{what}: expected {error_type.__name__}, but nothing was raised")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 500 else f"{text[:500]}… ({len(text)} characters)"
