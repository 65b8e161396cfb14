"""One pooled client for each event loop, owned by that loop and shared by its executors.

A connection belongs to the event loop that opened it, and an executor may serve several loops
one after another (or side by side in threads). Each client lives inside an async generator that
waits at its `yield`: an event loop closes the generators that it has started when it shuts down
(`loop.shutdown_asyncgens`, which `asyncio.run` calls), and closing this one closes the client
with its connections. Nobody has to remember it; earlier it is closed by the last of its users to
leave, so that none takes connections from another.
"""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Final, NamedTuple
from weakref import WeakKeyDictionary, WeakSet

import aiohttp

from aether_http._calls import Call
from aether_http._messages import PIECE_BYTES
from aether_http._policy import PolicyError, policy_of_environment
from aether_http._proxies import Proxies
from aether_http._resolver import JudgingResolver
from aether_http._sending import Request
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
    #: Who has called and has not left since.
    users: WeakSet[object]


class ClientPool:
    """Has a client for each loop, and makes the calls that go over it."""

    def __init__(self) -> None:
        self._by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, _Owned] = WeakKeyDictionary()
        self._lock = threading.Lock()

    async def call(
        self, user: object, inputs: RequestInputs, request: ExecuteRequest, sleep: Sleep
    ) -> Call:
        """Return a call that goes over the connections of the running loop.

        Raises:
            TaskError: the setting that says which hosts may be reached cannot be read.
        """
        try:
            return Call(await self._client(user), inputs, request, sleep)
        except PolicyError as error:
            raise TaskError(str(error)) from error

    async def _client(self, user: object) -> Transport:
        """Return the client of the running loop, made at the first call."""
        loop = asyncio.get_running_loop()
        owned = self._by_loop.get(loop)
        if owned is None or owned.is_closed.is_set():
            is_closed = threading.Event()
            owner = _own_client(is_closed)
            owned = _Owned(await anext(owner), owner, is_closed, WeakSet())
            self._keep(loop, owned)
        owned.users.add(user)
        return owned.client

    async def leave(self, user: object) -> None:
        """Close the client of the running loop, if nobody else uses it. A later call makes one."""
        loop = asyncio.get_running_loop()
        owned = self._by_loop.get(loop)
        if owned is None:
            return
        owned.users.discard(user)
        if not owned.users:
            with self._lock:
                self._by_loop.pop(loop, None)
            await owned.owner.aclose()

    def _keep(self, loop: asyncio.AbstractEventLoop, owned: _Owned) -> None:
        with self._lock:
            # A connection refers to its loop, so weak keys alone would not let a dead loop go.
            for other in [known for known in self._by_loop if known.is_closed()]:
                del self._by_loop[other]
            self._by_loop[loop] = owned


#: That of all executors in the process.
POOL: Final = ClientPool()


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
        request_class=Request,
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
