"""The request that the inputs describe."""

from __future__ import annotations

from pathlib import PurePath
from typing import IO, TYPE_CHECKING, Any, Final

import httpx

from aether_http._credentials import authorization, basic, key_of
from aether_http._models import text_of
from aether_http._options import HttpUpload, in_seconds, place_of
from aether_http._proxies import proxy_url
from aether_http._tls import context_of
from aether_http._transport import PROXY, TLS
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


def build_request(
    inputs: RequestInputs, request: ExecuteRequest, stack: ExitStack
) -> httpx.Request:
    """Return the request, its files open until `stack` closes.

    Raises:
        httpx.InvalidURL: the url is none, or is not an http or https URL with a host.
        CertificateError: the TLS options cannot be used.
        ProxyUrlError: the proxy cannot be used.
        TaskError: a file cannot be sent.
    """
    url = _url(inputs)
    body = _body(inputs, request, stack)
    built = httpx.Request(
        inputs.method,
        url.copy_with(userinfo=b"") if url.userinfo else url,
        headers=_headers(inputs, request, url),
        extensions=_extensions(inputs),
        **body,
    )
    _announce(built, body.get("content"))
    if inputs.files is not None and isinstance(built.stream, httpx.SyncByteStream):
        built.stream = ThreadedStream(built.stream)
    return built


def _announce(built: httpx.Request, content: object) -> None:
    """Tell the length of a file; httpx would send it in chunks, which not every server takes."""
    if isinstance(content, FileStream):
        built.headers["Content-Length"] = str(content.size)
        built.headers.pop("Transfer-Encoding", None)


def _url(inputs: RequestInputs) -> httpx.URL:
    url = httpx.URL(inputs.url)
    if url.scheme not in ("http", "https"):
        message = f"unsupported scheme {url.scheme!r}, expected http or https"
        raise httpx.InvalidURL(message)
    if not url.host:
        raise httpx.InvalidURL("the url names no host")
    return url.copy_merge_params(inputs.query) if inputs.query else url


def _headers(
    inputs: RequestInputs, request: ExecuteRequest, url: httpx.URL
) -> list[tuple[bytes, bytes]]:
    given = {name: text_of(value).strip(" \t") for name, value in inputs.headers.items()}
    names = {name.lower() for name in given}
    added = {name: value for name, value in _DEFAULTS.items() if name.lower() not in names}
    if inputs.auth is not None:
        added["Authorization"] = authorization(inputs.auth)
    elif url.userinfo and "authorization" not in names:
        added["Authorization"] = basic(url.username, url.password)
    if inputs.idempotency_key:
        added["Idempotency-Key"] = key_of(inputs.idempotency_key, request)
    return [(name.encode(), value.encode()) for name, value in {**added, **given}.items()]


def _extensions(inputs: RequestInputs) -> dict[str, Any]:
    extensions: dict[str, Any] = {
        "timeout": {
            "connect": _limit(inputs.connect_timeout),
            "read": _limit(inputs.read_timeout),
        },
        TLS: context_of(inputs.tls),
    }
    if inputs.proxy is not None:
        extensions[PROXY] = proxy_url(inputs.proxy) if inputs.proxy else None
    return extensions


def _limit(duration: Duration | None) -> float | None:
    return None if duration is None else in_seconds(duration)


def _body(inputs: RequestInputs, request: ExecuteRequest, stack: ExitStack) -> dict[str, Any]:
    """Return the arguments of httpx that make the body."""
    if inputs.body is not None:
        return {"content": inputs.body.encode()}
    if inputs.body_file is not None:
        path = path_of(place_of(inputs.body_file), request)
        return {"content": FileStream(path, size_of(path))}
    if inputs.files is not None:
        return {"data": _fields(inputs), "files": list(_parts(inputs, request, stack))}
    if inputs.form is not None:
        return {"data": inputs.form}
    return {} if inputs.json_ is None else {"json": inputs.json_}


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
