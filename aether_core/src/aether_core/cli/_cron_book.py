"""What the commands for schedules share: options, and the store's book of schedules."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aether_core.cli._artifacts import Artifacts
from aether_core.cli._options import add_output, add_store, installed_executors, store_url

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from aether_core.engine import CronBook, CronSummary


def add_name(parser: ArgumentParser) -> None:
    """Add the name of a schedule."""
    parser.add_argument("name", metavar="NAME", help="the schedule's name")
    parser.add_argument(
        "--namespace", metavar="NS", default="default", help="its namespace (default: default)"
    )


def add_storing(parser: ArgumentParser) -> None:
    """Add where schedules are, and how the answer looks."""
    add_store(parser)
    add_output(parser)


@asynccontextmanager
async def open_book(
    arguments: Namespace, *, must_exist: bool = True
) -> AsyncGenerator[CronBook, None]:
    """Open the store and offer its schedules.

    Args:
        arguments: the parsed command line.
        must_exist: whether a store that does not exist is an error.

    Raises:
        StoreError: it can't be opened.
    """
    # Late: a wrong option needs no store.
    from aether_core.engine import CronBook
    from aether_core.ports import SystemClock, uuid7
    from aether_core.stores import open_store

    url = store_url(arguments.store)
    store = open_store(url, must_exist=must_exist)
    await store.open()
    try:
        yield CronBook(
            store,
            registry=installed_executors(),
            clock=SystemClock(),
            new_id=uuid7,
            artifacts=Artifacts(getattr(arguments, "artifacts", None), url, store),
        )
    finally:
        await store.close()


def change(arguments: Namespace, act: Callable[[CronBook], Awaitable[CronSummary]]) -> CronSummary:
    """Do something with one of the schedules of a store that exists."""
    # Late: a wrong option needs no event loop.
    import asyncio

    async def work() -> CronSummary:
        async with open_book(arguments) as book:
            return await act(book)

    return asyncio.run(work())
