"""Looking into a store without creating one."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aether_core.stores import StoreNotFound, open_store

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from aether_core.ports import Store


@asynccontextmanager
async def reading(url: str) -> AsyncGenerator[Store | None, None]:
    """Open a store that exists; None if there is none yet.

    Raises:
        StoreError: it can't be opened.
    """
    store = await _open(url)
    try:
        yield store
    finally:
        if store is not None:
            await store.close()


async def _open(url: str) -> Store | None:
    try:
        store = open_store(url, must_exist=True)
        await store.open()
    except StoreNotFound:
        return None
    return store
