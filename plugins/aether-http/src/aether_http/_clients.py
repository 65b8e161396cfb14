"""One pooled client for each event loop, owned by that loop.

A connection belongs to the event loop that opened it, and an executor may serve several loops
one after another (or side by side in threads). Each client lives inside an async generator that
waits at its `yield`: an event loop closes the generators that it has started when it shuts down
(`loop.shutdown_asyncgens`, which `asyncio.run` calls), and closing this one closes the client
with its connections. Nobody has to remember it; who wants it earlier calls `aclose`.
"""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Final, NamedTuple
from weakref import WeakKeyDictionary

import aiohttp

from aether_http._calls import Call
from aether_http._messages import PIECE_BYTES
from aether_http._policy import PolicyError, policy_of_environment
from aether_http._proxies import Proxies
from aether_http._resolver import JudgingResolver
from aether_http._tls import default_context
from aether_http._transport import Transport
from aether_sdk import TaskError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from aether_http._calls import Sleep
    from aether_http._models import RequestInputs
    from aether_sdk import ExecuteRequest

#: The longest line of an answer's head; cookies and policies of some servers are long.
_LONGEST_LINE: Final = 64 * 1024


class _Owned(NamedTuple):
    client: Transport
    owner: AsyncGenerator[Transport, None]
    #: Set once the client is closed.
    is_closed: threading.Event


class ClientPool:
    """Has a client for each loop, and makes the calls that go over it."""

    def __init__(self) -> None:
        self._by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, _Owned] = WeakKeyDictionary()
        self._lock = threading.Lock()

    async def call(self, inputs: RequestInputs, request: ExecuteRequest, sleep: Sleep) -> Call:
        """Return a call that goes over the connections of the running loop.

        Raises:
            TaskError: the setting that says which hosts may be reached cannot be read.
        """
        try:
            return Call(await self._client(), inputs, request, sleep)
        except PolicyError as error:
            raise TaskError(str(error)) from error

    async def _client(self) -> Transport:
        """Return the client of the running loop, made at the first call."""
        loop = asyncio.get_running_loop()
        owned = self._by_loop.get(loop)
        if owned is None or owned.is_closed.is_set():
            is_closed = threading.Event()
            owner = _own_client(is_closed)
            owned = _Owned(await anext(owner), owner, is_closed)
            self._keep(loop, owned)
        return owned.client

    async def aclose(self) -> None:
        """Close the client of the running loop, if there is one. A later call makes a new one."""
        with self._lock:
            owned = self._by_loop.pop(asyncio.get_running_loop(), None)
        if owned is not None:
            await owned.owner.aclose()

    def _keep(self, loop: asyncio.AbstractEventLoop, owned: _Owned) -> None:
        with self._lock:
            # A connection refers to its loop, so weak keys alone would not let a dead loop go.
            for other in [known for known in self._by_loop if known.is_closed()]:
                del self._by_loop[other]
            self._by_loop[loop] = owned


async def _own_client(is_closed: threading.Event) -> AsyncGenerator[Transport, None]:
    policy = policy_of_environment()
    connector = aiohttp.TCPConnector(
        # The engine bounds how many tasks run at once; a second bound here would only turn
        # waiting for a connection into a timeout of the exchange.
        limit=0,
        resolver=None if policy is None else JudgingResolver(policy),
        ssl=default_context(),
    )
    session = aiohttp.ClientSession(
        connector=connector,
        # One task must not see the cookies of another, so the client keeps none at all.
        cookie_jar=aiohttp.DummyCookieJar(),
        # The executor bounds the whole exchange itself.
        timeout=aiohttp.ClientTimeout(total=None),
        # Bodies are unpacked where their length is watched.
        auto_decompress=False,
        max_line_size=_LONGEST_LINE,
        max_field_size=_LONGEST_LINE,
        read_bufsize=PIECE_BYTES,
    )
    transport = Transport(session, policy, Proxies())
    try:
        yield transport
    finally:
        is_closed.set()
        await transport.aclose()
