"""Servers that are slow, never end, lie about lengths or send bombs."""

from __future__ import annotations

import asyncio
import gc
import gzip
import itertools
import socket
import tracemalloc
import zlib
from typing import TYPE_CHECKING

import pytest

from aether_http._sending import watched
from aether_http._unpacking import unpacked
from aether_sdk import ExecCode

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path
    from typing import Any

    from aether_sdk import ExecOutputs

    Http = Callable[..., ExecOutputs]

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
GZIP = (("Content-Encoding", "gzip"),)


def test_a_dripping_body_arrives_whole(http: Http, site: Any) -> None:
    pieces = [bytes([byte]) for byte in b"0123456789" * 3]
    site.answer = lambda _: site.Stream([HEAD + b"Content-Length: 30\r\n\r\n", *pieces], 0.003)

    assert http(url=site.url, read_timeout="200ms").get("body") == "0123456789" * 3


def test_dripping_does_not_outwit_the_timeout(http: Http, site: Any) -> None:
    site.answer = lambda _: site.Stream([HEAD + b"\r\n", *[b"x"] * 1000], 0.01)

    result = http(url=site.url, timeout="100ms", read_timeout="90ms")

    assert (result.code, result.message) == (
        ExecCode.TIMEOUT,
        f"GET {site.url}: no complete answer within 0.1s",
    )


@pytest.mark.parametrize("begin", [b"", HEAD, HEAD + b"Content-Length: 9\r\n\r\nabc"])
def test_a_server_that_falls_silent_is_a_timeout_that_says_so(
    http: Http, site: Any, begin: bytes
) -> None:
    site.answer = lambda _: site.Stream([begin, b"", b""], 5)

    result = http(url=site.url, read_timeout="60ms")

    assert (result.code, result.message) == (
        ExecCode.TIMEOUT,
        f"GET {site.url}: the server was silent for 60ms (read_timeout)",
    )


def test_a_connection_that_takes_too_long_is_a_timeout_that_says_so(http: Http) -> None:
    """The system accepts for the server, which never says a word of TLS."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"https://127.0.0.1:{server.getsockname()[1]}/"

        result = http(url=url, connect_timeout="60ms")

    assert (result.code, result.message) == (
        ExecCode.TIMEOUT,
        f"GET {url}: no connection within 60ms (connect_timeout)",
    )


@pytest.mark.parametrize("kind", ["body", "body_file", "files"])
def test_a_server_that_takes_no_body_is_a_timeout_that_says_so(
    http: Http, tmp_path: Path, kind: str
) -> None:
    """The system accepts for the server, and takes what fits into its buffers.

    The connection is gone then: one that is left open would be a warning, and so an error.
    """
    file = tmp_path / "large"
    with file.open("wb") as large:
        large.truncate(30_000_000)
    given: dict[str, Any] = {
        "body": "x" * 30_000_000, "body_file": str(file), "files": {"f": str(file)},
    }  # fmt: skip
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"

        result = http(url=url, method="PUT", read_timeout="100ms", timeout=9, **{kind: given[kind]})
        gc.collect()

    assert (result.code, result.message) == (
        ExecCode.TIMEOUT,
        f"PUT {url}: the server took nothing of the body for 100ms (read_timeout)",
    )


def test_a_server_that_takes_a_large_body_and_says_nothing_is_silent(http: Http, site: Any) -> None:
    site.answer = lambda _: site.Stream([b"", b"", b""], 5)

    result = http(url=site.url, method="POST", read_timeout="250ms", body="x" * 300_000)

    assert result.message == f"POST {site.url}: the server was silent for 250ms (read_timeout)"


def test_each_piece_that_is_taken_begins_the_limit_anew() -> None:
    """However long all of them take; while nothing waits for the server there is no limit."""

    async def run() -> None:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(None) as silence:
            limits = []
            async for piece in watched(b"x" * 150_000, silence, 60):
                limits.append((len(piece), silence.when()))
                at_least = loop.time()
            assert silence.when() is None
        assert [size for size, _ in limits] == [65536, 65536, 18928]
        times = [when for _, when in limits if when is not None]
        assert times == sorted(times)
        assert at_least + 59 < times[-1] <= at_least + 60

    asyncio.run(run())


def test_a_large_body_with_a_limit_of_silence_arrives_whole(
    http: Http, site: Any, tmp_path: Path
) -> None:
    (tmp_path / "f").write_bytes(b"y" * 300_000)

    for given in ({"body": "x" * 300_000}, {"json": "x" * 300_000}):
        assert http(url=site.url, method="POST", read_timeout=5, **given).code == ExecCode.SUCCEEDED
    http(url=site.url, method="POST", read_timeout=5, body_file=str(tmp_path / "f"))

    assert [len(got.body) for got in site.received] == [300_000, 300_002, 300_000]
    assert not any("transfer-encoding" in got.headers for got in site.received)


@pytest.mark.parametrize("head", [HEAD + b"\r\n", CHUNKED])
def test_an_endless_body_ends_at_the_limit(http: Http, site: Any, head: bytes) -> None:
    piece = b"10000\r\n" + b"x" * 0x10000 + b"\r\n" if head is CHUNKED else b"x" * 0x10000
    site.answer = lambda _: site.Stream(itertools.chain([head], itertools.repeat(piece)))

    result = http(url=site.url, max_response_bytes=1_000_000)

    assert (result.code, result.message) == (
        ExecCode.ERROR,
        f"GET {site.url}: the body is longer than max_response_bytes (1000000)",
    )


def test_endless_headers_are_an_error(http: Http, site: Any) -> None:
    lines = (f"X-{n}: {'y' * 5000}\r\n".encode() for n in itertools.count())
    site.answer = lambda _: site.Stream(itertools.chain([HEAD], lines))

    result = http(url=site.url, timeout=5)

    assert result.code == ExecCode.ERROR
    assert result.message.startswith(f"GET {site.url}: the server broke off or broke the protocol")


def test_a_huge_announced_body_is_refused_without_being_kept(http: Http, site: Any) -> None:
    head = HEAD + b"Content-Length: 99999999999\r\n\r\n"
    site.answer = lambda _: site.Stream(itertools.chain([head], itertools.repeat(b"x" * 65536)))

    assert http(url=site.url, max_response_bytes=100).code == ExecCode.ERROR


def test_a_reset_in_the_middle_of_a_body_is_an_error(http: Http, site: Any) -> None:
    data = HEAD + b"Content-Length: 900000\r\n\r\n" + b"x" * 100_000
    site.answer = lambda _: site.Raw(data, reset=True)

    result = http(url=site.url)

    assert result.code == ExecCode.ERROR
    assert result.message.startswith(f"GET {site.url}: the ")


def test_chunks_of_any_size_make_one_body(http: Http, site: Any) -> None:
    chunks = [b"%x;ext=1\r\n%s\r\n" % (size, b"x" * size) for size in (1, 500, 70_000)]
    site.answer = lambda _: site.Stream([CHUNKED, *chunks, b"0\r\nTrailer: a\r\n\r\n"])

    assert http(url=site.url).get("body") == "x" * 70_501


def test_a_bomb_ends_at_the_limit_and_takes_no_memory(http: Http, site: Any) -> None:
    bomb = gzip.compress(gzip.compress(b"\0" * 60_000_000))
    site.answer = lambda _: site.Answer(200, bomb, (("Content-Encoding", "gzip, gzip"),))
    http(url=site.url, max_response_bytes=1)

    tracemalloc.start()
    result = http(url=site.url, max_response_bytes=1_000_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert "longer than max_response_bytes" in result.message
    assert peak < 8_000_000


PACKED = {
    "gzip": (gzip.compress(b"abc" * 1000), "gzip"),
    "x-gzip": (gzip.compress(b"abc" * 1000), "x-gzip"),
    "members": (gzip.compress(b"abc" * 400) + gzip.compress(b"abc" * 600), "gzip"),
    "padded": (gzip.compress(b"abc" * 1000) + b"\0\0\0", "gzip"),
    "zlib": (zlib.compress(b"abc" * 1000), "deflate"),
    "raw deflate": (zlib.compress(b"abc" * 1000, wbits=-15), "deflate"),
    "two": (gzip.compress(zlib.compress(b"abc" * 1000)), "deflate, GZIP"),
    "none": (b"abc" * 1000, "identity"),
}


@pytest.mark.parametrize(("data", "coding"), PACKED.values(), ids=PACKED.keys())
def test_each_coding_is_undone(http: Http, site: Any, data: bytes, coding: str) -> None:
    site.answer = lambda _: site.Answer(200, data, (("Content-Encoding", coding),))

    assert http(url=site.url).get("body") == "abc" * 1000


@pytest.mark.parametrize("step", [1, 7, 100_000])
def test_a_compressed_body_may_come_in_any_pieces(step: int) -> None:
    plain = b"0123456789abcdef" * 40_000 + b"end"
    packed = gzip.compress(plain)

    async def pieces(data: bytes) -> AsyncIterator[bytes]:
        for start in range(0, len(data), step):
            yield data[start : start + step]

    async def run() -> bytes:
        return b"".join([part async for part in unpacked(pieces(packed), "gzip")])

    assert asyncio.run(run()) == plain


def test_a_compressed_body_that_ends_too_early_is_an_error(http: Http, site: Any) -> None:
    """Its chunks are complete, so that only the coding tells."""
    body = gzip.compress(b"abc" * 1000)[:-6]
    head = HEAD + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    site.answer = lambda _: site.Raw(head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))

    result = http(url=site.url)

    assert (result.code, result.message) == (
        ExecCode.ERROR,
        f"GET {site.url}: the body cannot be decompressed: it ends too early",
    )


def test_a_broken_coding_is_an_error_that_says_so(http: Http, site: Any) -> None:
    site.answer = lambda _: site.Answer(200, gzip.compress(b"abc")[:10] + b"\xff" * 20, GZIP)

    result = http(url=site.url)

    assert result.code == ExecCode.ERROR
    assert result.message.startswith(f"GET {site.url}: the body cannot be decompressed: Error -3")


def test_an_answer_without_a_body_may_name_a_coding(http: Http, site: Any) -> None:
    site.answer = lambda _: site.Answer(200, b"", GZIP)

    assert http(url=site.url, method="HEAD").code == ExecCode.SUCCEEDED
    assert http(url=site.url).code == ExecCode.SUCCEEDED


def test_a_long_header_is_taken(http: Http, site: Any) -> None:
    site.answer = lambda _: site.Answer(200, b"", (("X-Long", "y" * 30_000),))

    assert http(url=site.url).code == ExecCode.SUCCEEDED
