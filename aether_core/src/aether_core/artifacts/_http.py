"""Artifacts from a web server.

The standard library's client: a file is read once, in a thread, so nothing would be gained by a
faster client, and the engine has no HTTP library. What that client does not do by itself is done
here: no other schemes, no credentials for another host, no file that ends too early.
"""

from __future__ import annotations

from http.client import HTTPException
from typing import TYPE_CHECKING, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)

from aether_core.artifacts._files import copy_bytes
from aether_core.artifacts._limits import too_large
from aether_core.ports import ArtifactError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from http.client import HTTPMessage, HTTPResponse
    from pathlib import Path
    from typing import IO

    from aether_core.artifacts._limits import Limits
    from aether_core.artifacts._threads import Stop

_AGENT: Final = "aether"


def download(
    url: str, headers: Mapping[str, str], target: Path, stop: Stop, limits: Limits
) -> None:
    """Write what a URL answers to a path where nothing is yet.

    Redirects are followed. A proxy is taken from the usual environment variables.

    Raises:
        ArtifactError: the URL is no http or https URL, the server does not answer with the file,
            the file is too large or it is cut off.
    """
    shown = _checked(url)
    request = Request(url, headers={"User-Agent": _AGENT, **headers})  # noqa: S310  # checked above
    try:
        with _opener().open(request, timeout=limits.patience) as response:
            _save(response, target, stop, limits)
    except HTTPError as error:
        with error:
            answer = f"{error.code} {error.reason}".rstrip()
        raise ArtifactError(f"GET {shown}: the server answered {answer}") from None
    except URLError as error:
        raise ArtifactError(f"GET {shown}: {_reason(error.reason)}") from error
    except (HTTPException, TimeoutError, ConnectionError, ValueError) as error:
        raise ArtifactError(f"GET {shown}: {_reason(error)}") from error


def _checked(url: str) -> str:
    """Return a URL as messages may show it: its query may hold a key."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise ArtifactError(f"has a source whose URL can't be read: {error}") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ArtifactError("needs an http or https URL with a host")
    if "@" in parts.netloc:
        hint = "Give it in the header Authorization."
        raise ArtifactError("has a URL with a password in it, which is not supported", hint=hint)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"


def _reason(error: object) -> str:
    if isinstance(error, TimeoutError):
        return "the server does not answer in time"
    text = str(error)
    return text or type(error).__name__


def _opener() -> OpenerDirector:
    """Return an opener that knows http and https; the usual one also reads local files."""
    opener = OpenerDirector()
    for handler in (
        ProxyHandler(),
        UnknownHandler(),
        HTTPHandler(),
        HTTPSHandler(),
        HTTPDefaultErrorHandler(),
        HTTPErrorProcessor(),
        _Redirects(),
    ):
        opener.add_handler(handler)
    return opener


class _Redirects(HTTPRedirectHandler):
    """Follows redirects; what was meant for one host is not told to another one."""

    def redirect_request(  # noqa: PLR0917  # the library calls it so
        self,
        req: Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> Request | None:
        following = super().redirect_request(req, fp, code, msg, headers, newurl)
        if following is not None and _origin(following) != _origin(req):
            following.headers = {"User-agent": _AGENT}
        return following


def _origin(request: Request) -> tuple[str, str]:
    return request.type, request.host


def _save(response: HTTPResponse, target: Path, stop: Stop, limits: Limits) -> None:
    announced = response.headers.get("Content-Length", "")
    expected = int(announced) if announced.isdecimal() else None
    if expected is not None and expected > limits.max_bytes:
        raise too_large(limits)
    with target.open("xb") as writer:
        size = copy_bytes(response, writer, stop, limits)
    # The client takes a closed connection for the end.
    if expected is not None and size != expected:
        raise ConnectionError(f"the answer was cut off after {size:,} of {expected:,} bytes")
