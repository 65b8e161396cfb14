"""The transport: requests over the pooled connections of aiohttp.

aiohttp is several times faster than the transport of httpx, whose names for errors are used here.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import TYPE_CHECKING

import aiohttp
import httpx

from aether_http._credentials import basic
from aether_http._messages import PIECE_BYTES, Received
from aether_http._policy import SETTING
from aether_http._proxies import ProxyUrlError
from aether_http._sending import watched
from aether_http._transport_errors import FOREIGN, translated

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aether_http._messages import Content, Outgoing
    from aether_http._policy import Policy
    from aether_http._proxies import Proxies


class Transport:
    """Sends one request at a time over the pooled connections of a session.

    Args:
        session: The connections; closed with the transport.
        policy: Which hosts may be reached, None for all. It also judges what the session looks up.
        proxies: The proxies of requests that do not name one. With a policy there are none, since
            a proxy looks names up where no policy sees it.
    """

    def __init__(
        self, session: aiohttp.ClientSession, policy: Policy | None, proxies: Proxies
    ) -> None:
        self._session = session
        self._policy = policy
        self._proxies = proxies

    async def send(self, request: Outgoing) -> Received:
        """Return the head of the answer; its body is still to be read.

        Raises:
            httpx.TransportError: no answer came.
            HostNotAllowedError: the policy does not let the request out.
            ProxyUrlError: the proxy cannot be used.
        """
        proxy = self._route(request)
        try:
            answer = await self._send(request, proxy)
        except FOREIGN as error:
            raise translated(error) from error
        return Received(answer, request.url)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._session.close()

    def _route(self, request: Outgoing) -> httpx.URL | None:
        """Return the proxy of a request; none where a policy rules."""
        way = request.way
        if self._policy is not None:
            if way.proxy is not None:
                message = f"no proxy can be used where {SETTING} is set"
                raise ProxyUrlError(message)
            self._policy.check_literal(request.url.host)
            return None
        return way.proxy if way.is_proxy_given else self._proxies.proxy_for(request.url)

    async def _send(self, request: Outgoing, proxy: httpx.URL | None) -> aiohttp.ClientResponse:
        content, seconds = request.content, request.way.read
        if content is None or seconds is None or _is_short(content):
            return await self._ask(request, proxy, _data(content))
        # aiohttp begins to count the server's silence when all of the body is sent.
        silence = asyncio.timeout(None)
        try:
            async with silence:
                return await self._ask(request, proxy, watched(content, silence, seconds))
        except TimeoutError as error:
            if silence.expired():
                raise httpx.WriteTimeout("") from error
            raise

    async def _ask(
        self, request: Outgoing, proxy: httpx.URL | None, data: bytes | AsyncIterator[bytes] | None
    ) -> aiohttp.ClientResponse:
        way = request.way
        headers = request.headers
        proxy_headers = _proxy_headers(proxy)
        if proxy_headers is not None and request.url.scheme == "http":
            # Without a tunnel the proxy reads the request itself.
            headers = [*headers, *proxy_headers.items()]
        return await self._session.request(
            request.method,
            str(request.url),
            headers=headers,
            data=data,
            # The type of a body is what the inputs say, even if that is nothing.
            skip_auto_headers=None if request.content is None else ("Content-Type",),
            allow_redirects=False,
            ssl=way.tls,
            proxy=None if proxy is None else str(proxy.copy_with(userinfo=b"")),
            proxy_headers=proxy_headers,
            timeout=_timeout(way.connect, way.read),
        )


@lru_cache(maxsize=32)
def _timeout(connect: float | None, read: float | None) -> aiohttp.ClientTimeout:
    """Return the limits of single phases; the whole exchange is bounded by who calls."""
    # Without that threshold anything above five seconds is rounded up to whole ones.
    return aiohttp.ClientTimeout(connect=connect, sock_read=read, ceil_threshold=3600)


def _is_short(content: Content) -> bool:
    """Return whether a body leaves at once, however slow the server is."""
    return isinstance(content, bytes) and len(content) <= PIECE_BYTES


def _data(content: Content) -> bytes | AsyncIterator[bytes] | None:
    return content if content is None or isinstance(content, bytes) else aiter(content)


def _proxy_headers(proxy: httpx.URL | None) -> dict[str, str] | None:
    if proxy is None or not proxy.userinfo:
        return None
    return {"Proxy-Authorization": basic(proxy.username, proxy.password)}
