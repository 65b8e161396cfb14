"""An engine's way to its store, which can be cut off: for ever, or for a while."""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from aether_core.kernel import RunChanges
    from aether_core.ports import Store


#: For how long a connection is cut, in seconds; None: not at all.
Cut: TypeAlias = float | None

FOR_EVER: Final = math.inf


class Connection:
    """Passes everything on to a store, until it is cut: then no call returns before that is over.

    Cut for ever is what a process looks like that was killed; cut for a while, one that stood
    still. `open` and `close` do nothing, because the store outlives the engine.

    Args:
        store: is open.
        before: called before a commit; a cut comes before anything is written.
        after: called when a commit is durable; a cut comes before the engine knows.
    """

    def __init__(
        self,
        store: Store,
        *,
        before: Callable[[], Cut],
        after: Callable[[Sequence[RunChanges]], Cut],
    ) -> None:
        self._store = store
        self._before = before
        self._after = after
        self._back: asyncio.Future[None] | None = None

    def as_store(self) -> Store:
        """Return this connection as the store port."""
        # Most of the port goes through `__getattr__`, where no type checker sees it.
        return cast("Store", self)

    async def open(self) -> None:
        """Do nothing: the store is open."""

    async def close(self) -> None:
        """Do nothing: others go on with the store."""

    async def commit(self, batch: Sequence[RunChanges]) -> None:
        """Write all changes of all runs in the batch, or none, unless the connection is cut."""
        await self._pass()
        await self._cut(self._before())
        await self._store.commit(batch)
        await self._cut(self._after(batch))

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        method = getattr(self._store, name)

        async def call(*args: Any, **more: Any) -> Any:
            await self._pass()
            answer = await method(*args, **more)
            await self._pass()
            return answer

        return call

    async def _cut(self, seconds: Cut) -> None:
        if seconds is not None:
            loop = asyncio.get_running_loop()
            self._back = loop.create_future()
            if seconds != FOR_EVER:
                loop.call_later(seconds, self._back.set_result, None)
        await self._pass()

    async def _pass(self) -> None:
        if self._back is not None:
            await asyncio.shield(self._back)
