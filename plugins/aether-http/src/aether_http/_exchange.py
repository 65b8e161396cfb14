"""One exchange: request, redirects, and a body of bounded length."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final, NamedTuple

import httpx

from aether_http._answers import (
    BodyTooLargeError,
    json_of_body,
    pieces_of,
    read_body,
    text_of_body,
)
from aether_http._downloads import save, target_of
from aether_http._models import DEFAULT_MAX_FILE_BYTES, HttpInputs
from aether_http._options import place_of
from aether_http._policy import HostNotAllowedError, PolicyError
from aether_http._proxies import ProxyUrlError
from aether_http._redirects import MAX_REDIRECTS, RedirectError, next_request, same_origin
from aether_http._requests import build_request
from aether_http._statuses import is_expected
from aether_http._tls import CertificateError, context_of

if TYPE_CHECKING:
    from aether_http._messages import Outgoing, Received
    from aether_http._models import RequestInputs
    from aether_http._transport import Transport
    from aether_sdk import ExecuteRequest, JsonValue

#: Every way in which an exchange breaks, apart from its limit of time.
FAILURES: Final = (
    httpx.InvalidURL,
    httpx.HTTPError,
    BodyTooLargeError,
    CertificateError,
    HostNotAllowedError,
    PolicyError,
    ProxyUrlError,
    RedirectError,
)


class Answer(NamedTuple):
    """The final answer, its body read.

    Attributes:
        status_code: Its status.
        headers: By lower-case name; repeated ones are joined.
        body: The body as text; empty when it was saved to a file.
        json: The body as a JSON value, None if it is none.
        url: Where it came from.
        elapsed_ms: Milliseconds from the request to the end of the body.
    """

    status_code: int
    headers: dict[str, str]
    body: str
    json: JsonValue
    url: str
    elapsed_ms: int

    def as_dict(self) -> dict[str, JsonValue]:
        """Return the outputs by name, as `HttpOutputs` declares them."""
        return {**self._asdict(), "headers": {**self.headers}}


async def exchange(transport: Transport, inputs: RequestInputs, request: ExecuteRequest) -> Answer:
    """Send the request and return the answer, whatever its status is.

    Raises:
        TaskError: a file cannot be sent or written.
        Exception: one of `FAILURES`.
    """
    started = time.perf_counter()
    target = _target(inputs, request)
    with ExitStack() as stack:
        response = await _send(transport, build_request(inputs, request, stack), inputs)
        try:
            text = await _receive(response, inputs, target)
        finally:
            response.release()
    return Answer(
        response.status_code,
        response.headers,
        text,
        json_of_body(text),
        str(response.url),
        round((time.perf_counter() - started) * 1000),
    )


def _target(inputs: RequestInputs, request: ExecuteRequest) -> str | None:
    """Return the path to save to, known to be usable as far as that can be known before."""
    if not isinstance(inputs, HttpInputs) or inputs.save_to is None:
        return None
    return target_of(place_of(inputs.save_to), request)


async def _send(transport: Transport, request: Outgoing, inputs: RequestInputs) -> Received:
    """Return the head of the final answer. The bodies of redirects are not read."""
    for _ in range(MAX_REDIRECTS + 1):
        response = await transport.send(request)
        try:
            following = next_request(request, response) if inputs.follow_redirects else None
        except RedirectError:
            response.release()
            raise
        if following is None:
            return response
        response.release()
        if inputs.tls is not None and not same_origin(following.url, request.url):
            way = following.way._replace(tls=context_of(inputs.tls.without_identity()))
            following = following._replace(way=way)
        request = following
    message = f"more than {MAX_REDIRECTS} redirects"
    raise httpx.TooManyRedirects(message)


async def _receive(response: Received, inputs: RequestInputs, target: str | None) -> str:
    """Return the body as text; an expected one that goes to a file gives none."""
    if target is None or not is_expected(response.status_code, inputs.statuses):
        return text_of_body(response, await read_body(response, inputs.longest_body))
    given = inputs.max_response_bytes
    limit = DEFAULT_MAX_FILE_BYTES if given is None else given
    await save(pieces_of(response, limit), target)
    return ""
