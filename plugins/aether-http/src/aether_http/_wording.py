"""Puts a failed exchange into words, without the credentials of the url."""

from __future__ import annotations

import os
import re
import ssl
from typing import TYPE_CHECKING, Final, cast

import httpx

from aether_http._answers import BodyTooLargeError

if TYPE_CHECKING:
    from aether_http._models import RequestInputs

_MAX_URL: Final = 300
_MAX_CHAIN: Final = 10

_WHAT: Final[tuple[tuple[type[Exception], str], ...]] = (
    (httpx.InvalidURL, "invalid url"),
    (httpx.UnsupportedProtocol, "unsupported url"),
    (httpx.TooManyRedirects, "redirect loop"),
    (httpx.DecodingError, "the body cannot be decompressed"),
    (httpx.ProxyError, "the proxy failed"),
    (httpx.ConnectError, "cannot connect"),
    (httpx.ReadError, "the connection broke"),
    (httpx.RemoteProtocolError, "the server broke off or broke the protocol"),
    (httpx.LocalProtocolError, "the request is not valid HTTP"),
)


def label(method: str, url: str) -> str:
    """Return what a message begins with: the method and the masked url."""
    return f"{method} {masked(url)}"


def masked(url: str) -> str:
    """Return a url for messages: user name and password as `***`, long ones cut."""
    # In something that is no URL a password can be anywhere before the last @.
    user_info = r"^(\w+://)[^/?#]*@" if _is_http(url) else r"(?s)^(\w+://)?.*@"
    shown = re.sub(r"[\x00-\x1f\x7f]", "\ufffd", re.sub(user_info, r"\1***@", url))
    return shown if len(shown) <= _MAX_URL else f"{shown[:_MAX_URL]}…"


def late(error: TimeoutError | httpx.TimeoutException, inputs: RequestInputs) -> str:
    """Return which limit of time has passed."""
    if isinstance(error, httpx.ConnectTimeout):
        return f"no connection within {inputs.connect_timeout} (connect_timeout)"
    if isinstance(error, httpx.WriteTimeout):
        return f"the server took nothing of the body for {inputs.read_timeout} (read_timeout)"
    if isinstance(error, httpx.TimeoutException):
        return f"the server was silent for {inputs.read_timeout} (read_timeout)"
    return f"no complete answer within {inputs.seconds:g}s"


def cause(error: Exception, url: str) -> str:
    """Return what went wrong, e.g. `cannot connect: Connection refused`."""
    if isinstance(error, BodyTooLargeError):
        return f"the body is longer than max_response_bytes ({error.limit})"
    if not isinstance(error, (httpx.InvalidURL, httpx.HTTPError)):
        return str(error)
    what = next((text for kind, text in _WHAT if isinstance(error, kind)), type(error).__name__)
    if "@" in url and isinstance(error, httpx.InvalidURL):
        # The parser quotes the part that it does not like, and that may be of a password.
        return what
    detail = _system_text(error) or str(error)
    return f"{what}: {detail}" if detail else what


def _is_http(url: str) -> bool:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    return parsed.scheme in ("http", "https") and bool(parsed.raw_host)


def _system_text(error: BaseException | None) -> str:
    """Return the text of the first system error that led to `error`, "" if there is none."""
    found = ""
    for _ in range(_MAX_CHAIN):
        if isinstance(error, ssl.SSLError):
            # Its errno counts in a system of its own, and its text ends with a line of C.
            found = (error.strerror or "").partition(" (_ssl.c")[0]
            if "WRONG_VERSION_NUMBER" in found:
                found += "; the server may speak http and not https"
        elif isinstance(error, OSError) and error.errno is not None:
            # asyncio puts words of its own into strerror; name look-ups have negative numbers.
            found = os.strerror(error.errno) if error.errno > 0 else error.strerror or ""
        if isinstance(error, BaseExceptionGroup):
            error = cast("BaseExceptionGroup[BaseException]", error).exceptions[0]
        elif error is not None:
            error = error.__cause__ or error.__context__
    return found
