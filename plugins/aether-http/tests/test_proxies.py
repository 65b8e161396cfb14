"""Requests that go through a proxy."""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from aether_sdk import ExecCode

if TYPE_CHECKING:
    from typing import Any

    from aether_sdk import JsonValue


def copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


@pytest.fixture
def tunnel() -> Iterator[str]:
    """A proxy for one connection: it answers CONNECT and passes everything on."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def run() -> None:
            client, _ = server.accept()
            with client:
                head = b""
                while not head.endswith(b"\r\n\r\n"):
                    head += client.recv(1)
                port = int(head.split(b" ", 2)[1].rpartition(b":")[2])
                with socket.create_connection(("127.0.0.1", port)) as upstream:
                    client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
                    back = threading.Thread(target=copy, args=(upstream, client))
                    back.start()
                    copy(client, upstream)
                    back.join()

        thread = threading.Thread(target=run)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        thread.join(5)


def test_a_request_goes_through_the_given_proxy(worker: Any, site: Any) -> None:
    proxy = site.url.replace("//", "//me:s3cr3t@")

    result = worker.run({"url": "http://far.invalid/x?a=1", "proxy": proxy})

    (got,) = site.received
    assert result.code == ExecCode.SUCCEEDED
    assert (got.target, got.headers["host"]) == ("http://far.invalid/x?a=1", "far.invalid")
    basic = base64.b64encode(b"me:s3cr3t").decode()
    assert got.headers["proxy-authorization"] == f"Basic {basic}"


def test_https_goes_through_a_tunnel(worker: Any, secure_site: Any, ca: str, tunnel: str) -> None:
    secure_site.answer = lambda _: secure_site.Answer(200, b"here")

    result = worker.run({"url": secure_site.url, "proxy": tunnel, "tls": {"ca": ca}})

    assert (result.code, result.get("body")) == (ExecCode.SUCCEEDED, "here")


@pytest.mark.parametrize("name", ["http_proxy", "ALL_PROXY"])
def test_the_environment_names_a_proxy(
    worker: Any, site: Any, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, site.url.removeprefix("http://"))

    worker.run({"url": "http://far.invalid/"})

    assert site.received[0].target == "http://far.invalid/"


@pytest.mark.parametrize(("given", "no_proxy"), [({"proxy": ""}, ""), ({}, "127.0.0.1"), ({}, "*")])
def test_a_proxy_of_the_environment_can_be_left_out(
    worker: Any,
    site: Any,
    monkeypatch: pytest.MonkeyPatch,
    given: dict[str, JsonValue],
    no_proxy: str,
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", no_proxy)

    assert worker.run({"url": site.url, **given}).code == ExecCode.SUCCEEDED
    assert site.received[0].target == "/"


@pytest.mark.parametrize(
    ("proxy", "complaint"),
    [
        ("http://me:s3cr3t@127.0.0.1:1", "the proxy failed: Connection refused"),
        ("socks5://me:s3cr3t@h:1", "a proxy needs an http or https URL with a host; 'socks5' is"),
        ("http://me:s3cr3t@h:port", "the URL of the proxy is invalid"),
        ("http://", "a proxy needs an http or https URL with a host"),
    ],
)
def test_a_proxy_that_does_not_work_is_an_error_without_its_password(
    worker: Any, proxy: str, complaint: str
) -> None:
    result = worker.run({"url": "http://far.invalid/", "proxy": proxy})

    assert result.code == ExecCode.ERROR
    assert result.message.startswith(f"GET http://far.invalid/: {complaint}")
    assert "s3cr3t" not in result.message


def test_a_proxy_that_refuses_a_tunnel_is_an_error_with_its_status(worker: Any, site: Any) -> None:
    site.answer = lambda _: site.Answer(407)

    result = worker.run({"url": "https://far.invalid/", "proxy": site.url})

    assert result.code == ExecCode.ERROR
    assert result.message == (
        "GET https://far.invalid/: the proxy failed: it answered 407 Proxy Authentication Required"
    )
