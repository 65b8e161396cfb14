"""What a call reports when no answer comes, or none that can be used."""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING

import httpx
import pytest

from aether_http._wording import cause
from aether_sdk import ExecCode

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from aether_sdk import ExecOutputs

    Http = Callable[..., ExecOutputs]


@pytest.fixture
def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_refused_connection_names_method_url_and_cause(http: Http, closed_port: int) -> None:
    result = http(url=f"http://127.0.0.1:{closed_port}/x", method="POST")

    assert result.code == ExecCode.ERROR
    assert result.message == (
        f"POST http://127.0.0.1:{closed_port}/x: cannot connect: Connection refused"
    )
    assert not result.parameters


def test_the_cause_is_found_behind_several_failed_addresses() -> None:
    error = httpx.ConnectError("All connection attempts failed")
    refused = ConnectionRefusedError(errno.ECONNREFUSED, "Connect call failed")
    error.__cause__ = OSError("All connection attempts failed")
    error.__cause__.__cause__ = ExceptionGroup("several", [refused, refused])

    assert cause(error, "http://host/") == "cannot connect: Connection refused"


def test_a_server_that_speaks_no_tls_is_an_error(http: Http, site: Any) -> None:
    site.answer = lambda _: site.Answer()

    result = http(url=site.url.replace("http:", "https:"))

    assert result.code == ExecCode.ERROR
    assert "cannot connect: [SSL" in result.message
    assert result.message.endswith("; the server may speak http and not https")


def test_a_host_that_does_not_exist_is_an_error(http: Http) -> None:
    result = http(url="http://no-such-host.invalid/")

    assert result.code == ExecCode.ERROR
    assert result.message.startswith("GET http://no-such-host.invalid/: cannot connect: ")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://host/x", "invalid url: unsupported scheme 'ftp', expected http or https"),
        ("file:///etc/passwd", "invalid url: unsupported scheme 'file', expected http or https"),
        ("host/x", "invalid url: it does not begin with http:// or https://"),
        ("localhost:80/x", "invalid url: it does not begin with http:// or https://"),
        ("", "invalid url: it does not begin with http:// or https://"),
        ("http:///x", "invalid url: the url names no host"),
        ("http://host:port/", "invalid url: Invalid port: 'port'"),
        ("http://ho st/", "cannot connect: "),
        ("http://xn--a%40/", "invalid url: the name of the host is not valid"),
    ],
)
def test_an_unusable_url_is_an_error_that_says_why(http: Http, url: str, reason: str) -> None:
    result = http(url=url)

    assert result.code == ExecCode.ERROR
    assert reason in result.message
    assert result.message.startswith(f"GET {url}: ")


def test_a_long_url_is_shortened_in_the_message(http: Http) -> None:
    assert len(http(url=f"ftp://{'x' * 5000}").message) < 500


@pytest.mark.parametrize(
    "url",
    [
        "http://me:secret@127.0.0.1:{port}/x",
        "ftp://me:secret@host/",
        "http://me:se/cret@host/secret@x",
        "http://me:se cret#secret@host:port/",
        "me:secret@host/x",
        "http://me:secret@host:port/",
    ],
)
def test_credentials_of_the_url_are_in_no_message(http: Http, closed_port: int, url: str) -> None:
    result = http(url=url.format(port=closed_port))

    assert result.code == ExecCode.ERROR
    assert "cret" not in result.message
    assert "***@" in result.message


def test_an_exchange_that_takes_too_long_times_out(http: Http, site: Any) -> None:
    def answer(_: Any) -> Any:
        site.over.wait(10)
        return site.Answer()

    site.answer = answer

    result = http(url=site.url, timeout="80ms")

    assert result.code == ExecCode.TIMEOUT
    assert result.message == f"GET {site.url}: no complete answer within 0.08s"


def test_the_timeout_covers_a_body_that_never_ends(http: Http, site: Any) -> None:
    def answer(got: Any) -> Any:
        if got.target == "/":
            return site.Answer(302, headers=(("Location", "/slow"),))
        site.over.wait(10)
        return site.Raw(b"")

    site.answer = answer

    assert http(url=site.url, timeout=0.1).code == ExecCode.TIMEOUT


@pytest.mark.parametrize("length", ["11", None])
def test_a_body_beyond_the_limit_is_an_error(http: Http, site: Any, length: str | None) -> None:
    header = f"Content-Length: {length}\r\n" if length else ""
    site.answer = lambda _: site.Raw(f"HTTP/1.1 200 OK\r\n{header}\r\n{'x' * 11}".encode())

    result = http(url=site.url, max_response_bytes=10)

    assert (result.code, result.message) == (
        ExecCode.ERROR,
        f"GET {site.url}: the body is longer than max_response_bytes (10)",
    )


def test_a_redirect_loop_is_an_error(http: Http, site: Any) -> None:
    site.answer = lambda _: site.Answer(302, headers=(("Location", "/again"),))

    result = http(url=site.url)

    assert (result.code, result.message) == (
        ExecCode.ERROR,
        f"GET {site.url}: redirect loop: more than 20 redirects",
    )
    assert len(site.received) == 21


TARGETS = ["ftp://host/", "http://host:port/", "file:///etc/passwd", "http://xn--a%40/"]


@pytest.mark.parametrize("target", TARGETS)
def test_a_redirect_to_where_http_cannot_go_is_an_error(http: Http, site: Any, target: str) -> None:
    site.answer = lambda _: site.Answer(302, headers=(("Location", target),))

    result = http(url=site.url)

    assert result.code == ExecCode.ERROR
    assert result.message.startswith(f"GET {site.url}: redirected to an ")


BROKEN: dict[str, tuple[bytes, bool]] = {
    "no answer at all": (b"", False),
    "a reset without an answer": (b"", True),
    "a body shorter than announced": (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", False),
    "a chunked body without its end": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        False,
    ),
    "headers without an end": (b"HTTP/1.1 200 OK\r\nX: y\r\n", False),
    "no http": (b"hello\r\n\r\n", False),
    "a length that is none": (b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", False),
    "two lengths": (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na", False),
    "a body that is not gzip": (
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
        False,
    ),
}


@pytest.mark.parametrize(("data", "reset"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_answer_is_an_error_that_says_how(
    http: Http, site: Any, data: bytes, reset: bool
) -> None:
    site.answer = lambda _: site.Raw(data, reset=reset)

    result = http(url=site.url)

    assert result.code == ExecCode.ERROR
    assert result.message.startswith(f"GET {site.url}: the ")
    assert not result.parameters


def test_more_bytes_than_announced_are_an_error(http: Http, site: Any) -> None:
    """Nobody can tell which of the two is wrong, and the rest would be the next answer."""
    site.answer = lambda _: site.Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabcdef")

    result = http(url=site.url)

    assert result.code == ExecCode.ERROR
    assert result.message.startswith(f"GET {site.url}: the server broke off or broke the protocol")


def test_a_control_character_in_the_url_is_an_error_and_stays_out_of_the_message(
    http: Http,
) -> None:
    result = http(url="http://ho\0st/\n")

    assert result.code == ExecCode.ERROR
    assert result.message.startswith("GET http://ho�st/�: invalid url: ")
