"""One exchange: request, redirects, and a body of bounded length."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Final

import httpx

from aether_http._models import HttpInputs, HttpOutputs, text_of
from aether_sdk import OutputError, json_value

if TYPE_CHECKING:
    from aether_sdk import JsonValue

MAX_REDIRECTS: Final = 20

#: Every way in which an exchange breaks, apart from its limits of time and length.
FAILURES: Final = (httpx.InvalidURL, httpx.HTTPError)


class BodyTooLargeError(Exception):
    """The body of an answer is longer than the limit."""


async def exchange(client: httpx.AsyncClient, inputs: HttpInputs) -> HttpOutputs:
    """Send the request and return the answer, whatever its status is.

    Raises:
        httpx.InvalidURL: the url is none, or is not an http or https URL with a host.
        httpx.HTTPError: the exchange broke.
        BodyTooLargeError: the body is longer than `max_response_bytes`.
    """
    started = time.perf_counter()
    response = await _send(client, build_request(client, inputs), inputs.follow_redirects)
    try:
        data = await _read(response, inputs.max_response_bytes)
    finally:
        await response.aclose()
    text = _decode(response, data)
    return HttpOutputs(
        status_code=response.status_code,
        headers=dict(response.headers.items()),
        body=text,
        json=_parse(text),
        url=str(response.url.copy_with(userinfo=b"")),
        elapsed_ms=round((time.perf_counter() - started) * 1000),
    )


def build_request(client: httpx.AsyncClient, inputs: HttpInputs) -> httpx.Request:
    """Return the request that the inputs describe."""
    url = httpx.URL(inputs.url)
    if url.scheme not in ("http", "https"):
        message = f"unsupported scheme {url.scheme!r}, expected http or https"
        raise httpx.InvalidURL(message)
    if not url.host:
        raise httpx.InvalidURL("the url names no host")
    if inputs.query:
        url = url.copy_merge_params(inputs.query)
    return client.build_request(
        inputs.method,
        url,
        headers=[(name.encode(), _header(value)) for name, value in inputs.headers.items()],
        content=None if inputs.body is None else inputs.body.encode(),
        data=inputs.form,
        json=inputs.json_,
    )


def _header(value: str | float) -> bytes:
    return text_of(value).strip(" \t").encode()


async def _send(client: httpx.AsyncClient, request: httpx.Request, follow: bool) -> httpx.Response:
    # httpx would read the whole body of each redirect; this reads none of them.
    for _ in range(MAX_REDIRECTS + 1):
        response = await client.send(request, stream=True, follow_redirects=False)
        if not follow or response.next_request is None:
            return response
        await response.aclose()
        request = response.next_request
    message = f"more than {MAX_REDIRECTS} redirects"
    raise httpx.TooManyRedirects(message, request=request)


async def _read(response: httpx.Response, limit: int) -> bytes:
    data = bytearray()
    async for chunk in response.aiter_bytes():
        data += chunk
        if len(data) > limit:
            raise BodyTooLargeError
    return bytes(data)


def _decode(response: httpx.Response, data: bytes) -> str:
    try:
        text = data.decode(response.encoding or "utf-8", errors="replace")
    except (LookupError, ValueError):
        # A charset can name a codec that is none for text (base64) or that knows no replacement.
        text = data.decode(errors="replace")
    # And a few codecs (utf-7) make half surrogate pairs, which no output can carry.
    return text if text.isascii() else text.encode(errors="replace").decode()


def _parse(text: str) -> JsonValue:
    try:
        # In a list, so that one level of nesting is left for the outputs around the value.
        checked = json_value([json.loads(text.removeprefix("\ufeff"))])
    except (ValueError, RecursionError, OutputError):
        # Not JSON, or JSON that an output cannot carry: NaN, 1e999, a nesting without end.
        return None
    return checked[0] if isinstance(checked, list) else None
