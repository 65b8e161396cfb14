"""The transport of httpx on connections of aiohttp.

Requests and answers are httpx's; what sends them is aiohttp, which is several times faster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import aiohttp
import httpx

from aether_http._credentials import basic
from aether_http._policy import SETTING
from aether_http._proxies import ProxyUrlError
from aether_http._transport_errors import FOREIGN, translated

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator

    from aether_http._policy import Policy
    from aether_http._proxies import Proxies

#: Pieces of a body; a compressed one grows while it is unpacked, so they are not large.
PIECE_BYTES: Final = 64 * 1024

#: Names of extensions of a request beside httpx's own `timeout`.
TLS: Final = "aether.tls"
PROXY: Final = "aether.proxy"


class AiohttpTransport(httpx.AsyncBaseTransport):
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

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
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
        return httpx.Response(
            answer.status, headers=answer.raw_headers, stream=_Body(answer), request=request
        )

    async def aclose(self) -> None:
        """Close all connections."""
        await self._session.close()

    def _route(self, request: httpx.Request) -> httpx.URL | None:
        """Return the proxy of a request; none where a policy rules."""
        asked: httpx.URL | None = request.extensions.get(PROXY)
        if self._policy is not None:
            if asked is not None:
                message = f"no proxy can be used where {SETTING} is set"
                raise ProxyUrlError(message)
            self._policy.check_literal(request.url.host)
            return None
        return asked if PROXY in request.extensions else self._proxies.proxy_for(request.url)

    async def _send(
        self, request: httpx.Request, proxy: httpx.URL | None
    ) -> aiohttp.ClientResponse:
        tls: ssl.SSLContext = request.extensions[TLS]
        timeout: dict[str, float | None] = request.extensions.get("timeout", {})
        headers = [(name.decode(), value.decode()) for name, value in request.headers.raw]
        proxy_headers = _proxy_headers(proxy)
        if proxy_headers and request.url.scheme == "http":
            # Without a tunnel the proxy reads the request itself.
            headers += proxy_headers.items()
        return await self._session.request(
            request.method,
            str(request.url),
            headers=headers,
            data=_content(request),
            allow_redirects=False,
            ssl=tls,
            proxy=None if proxy is None else str(proxy.copy_with(userinfo=b"")),
            proxy_headers=proxy_headers,
            timeout=aiohttp.ClientTimeout(
                connect=timeout.get("connect"),
                sock_read=timeout.get("read"),
                # Else anything above five seconds is rounded up to whole ones.
                ceil_threshold=3600,
            ),
        )


class _Body(httpx.AsyncByteStream):
    """The body of an answer as it comes, neither unpacked nor bounded."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        content = self._answer.content
        try:
            while piece := await content.read(PIECE_BYTES):
                yield piece
        except FOREIGN as error:
            raise translated(error) from error

    async def aclose(self) -> None:
        # Gives the connection back if the body was read to its end, else closes it.
        self._answer.release()


def _content(request: httpx.Request) -> bytes | AsyncIterator[bytes] | None:
    try:
        return request.content or None
    except httpx.RequestNotRead:
        stream = request.stream
        assert isinstance(stream, httpx.AsyncByteStream)  # noqa: S101 - as requests are built here
        return aiter(stream)


def _proxy_headers(proxy: httpx.URL | None) -> dict[str, str]:
    if proxy is None or not proxy.userinfo:
        return {}
    return {"Proxy-Authorization": basic(proxy.username, proxy.password)}
