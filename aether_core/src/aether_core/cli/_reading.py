"""Looking into a store without creating one."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aether_core.cli._console import note
from aether_core.stores import StoreNotFound, open_store

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from aether_core.ports import Store


@asynccontextmanager
async def existing(url: str) -> AsyncGenerator[Store, None]:
    """Open a store that exists.

    Raises:
        StoreNotFound: there is none yet.
        StoreError: it can't be opened.
    """
    store = open_store(url, must_exist=True)
    await store.open()
    try:
        yield store
    finally:
        await store.close()


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


def note_missing(error: StoreNotFound) -> None:
    """Say beside an empty list that there is no store to look into."""
    note(
        f"there is no store at {error.location} yet; `aether run` creates it "
        "(--store or AETHER_STORE name another)"
    )


async def _open(url: str) -> Store | None:
    try:
        store = open_store(url, must_exist=True)
        await store.open()
    except StoreNotFound:
        return None
    return store
