"""From the errors of aiohttp to those of httpx, which say in which phase an exchange broke."""

from __future__ import annotations

import aiohttp
import httpx

#: What aiohttp raises when an exchange breaks; a plain OSError comes from a broken upload, a
#: ValueError from a request that it does not want to send.
FOREIGN = (aiohttp.ClientError, OSError, ValueError)

_KINDS: tuple[tuple[type[BaseException], type[httpx.TransportError]], ...] = (
    (aiohttp.ConnectionTimeoutError, httpx.ConnectTimeout),
    (TimeoutError, httpx.ReadTimeout),
    (aiohttp.ClientProxyConnectionError, httpx.ProxyError),
    (aiohttp.ClientHttpProxyError, httpx.ProxyError),
    (aiohttp.ClientConnectorError, httpx.ConnectError),
    (aiohttp.InvalidURL, httpx.UnsupportedProtocol),
    (aiohttp.ServerDisconnectedError, httpx.RemoteProtocolError),
    (aiohttp.ClientPayloadError, httpx.RemoteProtocolError),
    (aiohttp.ClientResponseError, httpx.RemoteProtocolError),
    (ValueError, httpx.LocalProtocolError),
)


def translated(error: BaseException) -> httpx.TransportError:
    """Return httpx's error for one of aiohttp's."""
    for foreign, ours in _KINDS:
        if isinstance(error, foreign):
            return ours(_text(error))
    # Resets and broken pipes: it is not known how far the exchange had come.
    return httpx.ReadError(_text(error))


def _text(error: BaseException) -> str:
    """Return what an error says, without addresses of objects and pieces of the answer."""
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return "it closed the connection without a complete answer"
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return f"it answered {error.status} {error.message}".rstrip()
    if isinstance(error, aiohttp.ClientResponseError):
        return _first_line(error.message)
    if isinstance(error, aiohttp.ClientPayloadError):
        cause = error.__cause__
        return _first_line(str(getattr(cause, "message", "") or "the body is not complete"))
    if isinstance(error, OSError):
        return error.strerror or ""
    return _first_line(str(error))


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0].rstrip(" .:")
