"""What is asked next when an answer points elsewhere (RFC 9110, section 15.4)."""

from __future__ import annotations

from typing import Final

import httpx

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
_OF_THE_BODY: Final = (
    "Content-Encoding",
    "Content-Language",
    "Content-Length",
    "Content-Type",
    "Transfer-Encoding",
)


class RedirectError(Exception):
    """An answer points to where no request can go."""


def next_request(request: httpx.Request, response: httpx.Response) -> httpx.Request | None:
    """Return the request that a redirect asks for, None if the answer is no redirect.

    Raises:
        RedirectError: the answer does not point to an http or https URL.
    """
    location = response.headers.get("location")
    if response.status_code not in _ELSEWHERE or location is None:
        return None
    url = _target(request.url, location)
    method = _method(request.method, response.status_code)
    headers = request.headers.copy()
    if not same_origin(url, request.url):
        headers = httpx.Headers([(k, v) for k, v in headers.multi_items() if k in _HARMLESS])
    headers["Host"] = url.netloc.decode()
    stream: httpx.AsyncByteStream | None = None
    if method == request.method:
        assert isinstance(request.stream, httpx.AsyncByteStream)  # noqa: S101 - as built here
        stream = request.stream
    else:
        for name in _OF_THE_BODY:
            headers.pop(name, None)
    following = httpx.Request(
        method,
        url,
        headers=headers,
        stream=stream or httpx.ByteStream(b""),
        extensions=request.extensions,
    )
    if isinstance(following.stream, httpx.ByteStream):
        following.read()
    return following


def same_origin(one: httpx.URL, other: httpx.URL) -> bool:
    """Return whether two URLs lead to the same server."""
    return (one.scheme, one.host, _port(one)) == (other.scheme, other.host, _port(other))


def _port(url: httpx.URL) -> int | None:
    return url.port or {"http": 80, "https": 443}.get(url.scheme)


def _target(base: httpx.URL, location: str) -> httpx.URL:
    try:
        url = base.join(location)
    except (httpx.InvalidURL, ValueError):
        raise RedirectError("redirected to an invalid url") from None
    if url.scheme not in ("http", "https") or not url.host:
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
