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
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Final, NamedTuple
from weakref import WeakKeyDictionary

import httpx

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncGenerator

_KEPT_OPEN: Final = 20


class _Owned(NamedTuple):
    client: httpx.AsyncClient
    owner: AsyncGenerator[httpx.AsyncClient, None]


class ClientPool:
    """Hands out the client of the running loop."""

    def __init__(self) -> None:
        self._by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, _Owned] = WeakKeyDictionary()
        self._lock = threading.Lock()

    async def client(self) -> httpx.AsyncClient:
        """Return the client of the running loop, made at the first call."""
        loop = asyncio.get_running_loop()
        owned = self._by_loop.get(loop)
        if owned is None or owned.client.is_closed:
            owner = _own_client()
            owned = _Owned(await anext(owner), owner)
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


@cache
def _tls_context() -> ssl.SSLContext:
    """Return the certificates to trust; reading them takes longer than a local exchange."""
    return httpx.create_ssl_context()


async def _own_client() -> AsyncGenerator[httpx.AsyncClient, None]:
    client = httpx.AsyncClient(
        # One task must not see the cookies of another, so the client keeps none at all.
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        headers={"User-Agent": "aether-http"},
        # The engine bounds how many tasks run at once; a second bound here would only turn
        # waiting for a connection into a timeout of the exchange.
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=_KEPT_OPEN),
        # The executor bounds the whole exchange itself.
        timeout=None,  # noqa: S113 - see above
        trust_env=True,
        verify=_tls_context(),
    )
    try:
        yield client
    finally:
        await client.aclose()
