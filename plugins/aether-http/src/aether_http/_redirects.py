"""What is asked next when an answer points elsewhere (RFC 9110, section 15.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import httpx

from aether_http._messages import Outgoing

if TYPE_CHECKING:
    from aether_http._messages import Received

MAX_REDIRECTS: Final = 20

_ELSEWHERE: Final = frozenset({301, 302, 303, 307, 308})
#: Headers that another host may see. All others were meant for the first one: credentials, keys.
_HARMLESS: Final = frozenset(
    {
        "accept",
        "accept-encoding",
        "accept-language",
        "content-language",
        "content-length",
        "content-type",
        "transfer-encoding",
        "user-agent",
    }
)
_OF_THE_BODY: Final = frozenset(
    {
        "content-encoding",
        "content-language",
        "content-length",
        "content-type",
        "transfer-encoding",
    }
)


class RedirectError(Exception):
    """An answer points to where no request can go."""


def next_request(request: Outgoing, answer: Received) -> Outgoing | None:
    """Return the request that a redirect asks for, None if the answer is no redirect.

    Raises:
        RedirectError: the answer does not point to an http or https URL.
    """
    location = answer.headers.get("location")
    if location is None or answer.status_code not in _ELSEWHERE:
        return None
    url = _target(request.url, location)
    method = _method(request.method, answer.status_code)
    headers = [pair for pair in request.headers if pair[0].lower() != "host"]
    if not same_origin(url, request.url):
        headers = [pair for pair in headers if pair[0].lower() in _HARMLESS]
    if method == request.method:
        return request._replace(url=url, headers=headers)
    headers = [pair for pair in headers if pair[0].lower() not in _OF_THE_BODY]
    return Outgoing(method, url, headers, None, request.way)


def same_origin(one: httpx.URL, other: httpx.URL) -> bool:
    """Return whether two URLs lead to the same server."""
    return (one.scheme, one.raw_host, _port(one)) == (
        other.scheme,
        other.raw_host,
        _port(other),
    )


def _port(url: httpx.URL) -> int | None:
    return url.port or {"http": 80, "https": 443}.get(url.scheme)


def _target(base: httpx.URL, location: str) -> httpx.URL:
    try:
        url = base.join(location)
        host = url.host
    except (httpx.InvalidURL, ValueError):
        raise RedirectError("redirected to an invalid url") from None
    if url.scheme not in ("http", "https") or not host:
        message = f"redirected to an unsupported url (scheme {url.scheme!r})"
        raise RedirectError(message)
    if not url.fragment and base.fragment:
        url = url.copy_with(fragment=base.fragment)
    return url.copy_with(userinfo=b"")


def _method(method: str, status: int) -> str:
    """Return the method to go on with; only 307 and 308 keep that of a POST."""
    if status == 303 and method != "HEAD":
        return "GET"
    if status in (301, 302) and method == "POST":
        return "GET"
    return method
