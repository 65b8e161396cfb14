"""The request that the inputs describe."""

from __future__ import annotations

from functools import lru_cache
from pathlib import PurePath
from typing import IO, TYPE_CHECKING, Any, Final

import httpx

from aether_http._credentials import authorization, basic, key_of
from aether_http._messages import Outgoing, Way
from aether_http._models import text_of
from aether_http._options import HttpUpload, in_seconds, place_of
from aether_http._proxies import proxy_url
from aether_http._tls import context_of
from aether_http._uploads import (
    FileStream,
    ThreadedStream,
    media_type,
    opened,
    path_of,
    size_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import ExitStack

    from aether_http._messages import Content
    from aether_http._models import RequestInputs
    from aether_http._options import Duration
    from aether_sdk import ExecuteRequest

_Part = tuple[str, tuple[str, IO[bytes], str]]

_DEFAULTS: Final = {
    "Accept": "*/*",
    # What is unpacked here.
    "Accept-Encoding": "gzip, deflate",
    "User-Agent": "aether-http",
}


def build_request(inputs: RequestInputs, request: ExecuteRequest, stack: ExitStack) -> Outgoing:
    """Return the request, its files open until `stack` closes.

    Raises:
        httpx.InvalidURL: the url is none, or is not an http or https URL with a host.
        CertificateError: the TLS options cannot be used.
        ProxyUrlError: the proxy cannot be used.
        TaskError: a file cannot be sent.
    """
    url = _parsed(inputs.url)
    added = dict(_DEFAULTS)
    if inputs.auth is not None:
        added["Authorization"] = authorization(inputs.auth)
    elif url.userinfo:
        added["Authorization"] = basic(url.username, url.password)
    if inputs.idempotency_key:
        added["Idempotency-Key"] = key_of(inputs.idempotency_key, request)
    of_body, content = _body(inputs, request, stack)
    headers = _merged(inputs, {**added, **of_body})
    if url.userinfo:
        url = url.copy_with(userinfo=b"")
    if inputs.query:
        url = url.copy_merge_params(inputs.query)
    return Outgoing(inputs.method, url, headers, content, _way(inputs))


# Whoever asks a server a thousand things often asks it the same.
@lru_cache(maxsize=256)
def _parsed(text: str) -> httpx.URL:
    url = httpx.URL(text)
    if "://" not in text:
        raise httpx.InvalidURL("it does not begin with http:// or https://")
    if url.scheme not in ("http", "https"):
        message = f"unsupported scheme {url.scheme!r}, expected http or https"
        raise httpx.InvalidURL(message)
    try:
        host = url.host
    except UnicodeError:
        # An internationalised name that stands for none is found only when it is read.
        raise httpx.InvalidURL("the name of the host is not valid") from None
    if not host:
        raise httpx.InvalidURL("the url names no host")
    return url


def _merged(inputs: RequestInputs, added: dict[str, str]) -> list[tuple[str, str]]:
    """Return the headers to send; given ones count more than others."""
    if not inputs.headers:
        return list(added.items())
    given = [(name, text_of(value).strip(" \t")) for name, value in inputs.headers.items()]
    names = {name.lower() for name, _ in given}
    return [pair for pair in added.items() if pair[0].lower() not in names] + given


def _way(inputs: RequestInputs) -> Way:
    return Way(
        context_of(inputs.tls),
        _limit(inputs.connect_timeout),
        _limit(inputs.read_timeout),
        proxy_url(inputs.proxy) if inputs.proxy else None,
        inputs.proxy is not None,
    )


def _limit(duration: Duration | None) -> float | None:
    return None if duration is None else in_seconds(duration)


def _body(
    inputs: RequestInputs, request: ExecuteRequest, stack: ExitStack
) -> tuple[dict[str, str], Content]:
    """Return the headers that a body asks for, and the body."""
    if inputs.body is not None:
        content = inputs.body.encode()
        return {"Content-Length": str(len(content))}, content
    if inputs.body_file is not None:
        path = path_of(place_of(inputs.body_file), request)
        size = size_of(path)
        # Without it the file would be sent in chunks, which not every server takes.
        return {"Content-Length": str(size)}, FileStream(path, size)
    if inputs.files is not None:
        return _encoded(data=_fields(inputs), files=list(_parts(inputs, request, stack)))
    if inputs.form is not None:
        return _encoded(data=inputs.form)
    return ({}, None) if inputs.json_ is None else _encoded(json=inputs.json_)


def _encoded(**given: Any) -> tuple[dict[str, str], Content]:
    """Return a body as httpx writes it, with its headers."""
    written = httpx.Request("POST", "http://host", **given)
    del written.headers["Host"]
    headers = {name.decode().title(): value.decode() for name, value in written.headers.raw}
    stream = written.stream
    is_multipart = not isinstance(stream, httpx.ByteStream)
    if is_multipart and isinstance(stream, httpx.SyncByteStream):
        return headers, ThreadedStream(stream)
    return headers, written.content


def _fields(inputs: RequestInputs) -> dict[str, str | list[str]]:
    """Return the form fields that stand beside files."""
    return {
        name: [text_of(item) for item in value] if isinstance(value, list) else text_of(value)
        for name, value in (inputs.form or {}).items()
    }


def _parts(inputs: RequestInputs, request: ExecuteRequest, stack: ExitStack) -> Iterator[_Part]:
    """Yield the files of a multipart body as httpx takes them."""
    for field, value in (inputs.files or {}).items():
        for item in value if isinstance(value, list) else [value]:
            place = place_of(item)
            path = path_of(place, request)
            named = place if isinstance(place, HttpUpload) else HttpUpload(path=path)
            name = named.filename or PurePath(path).name
            file = stack.enter_context(opened(path))
            yield field, (name, file, named.content_type or media_type(name))
