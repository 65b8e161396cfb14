"""Files from a web server: a real one, with all that goes wrong between two machines."""

from __future__ import annotations

import asyncio
import socket
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from aether_core.artifacts import ArtifactTransfer, Limits, LocalRepository
from aether_core.ports import ArtifactError


def fetch(transfer: ArtifactTransfer, path: Path, url: str, **more: Any) -> None:
    config = {"url": url, **({"headers": more.pop("headers")} if "headers" in more else {})}
    place = {"type": "http", "config": config, "archive": "none", **more}
    asyncio.run(transfer.fetch(place, str(path)))


@pytest.fixture
def got(tmp_path: Path) -> Path:
    return tmp_path / "got"


def test_a_file_arrives(transfer: ArtifactTransfer, server: Any, got: Path) -> None:
    fetch(transfer, got, server.gives("/data.csv", b"a,b\n1,2\n"))

    assert got.read_bytes() == b"a,b\n1,2\n"


def test_a_file_of_unknown_length_arrives(
    transfer: ArtifactTransfer, server: Any, got: Path
) -> None:
    fetch(transfer, got, server.gives("/stream", b"x" * 70_000, length=-1))

    assert got.stat().st_size == 70_000


def test_headers_are_sent(transfer: ArtifactTransfer, server: Any, got: Path) -> None:
    fetch(transfer, got, server.gives("/a", b""), headers={"Authorization": "Bearer t", "X-A": "1"})

    [(_, headers)] = server.seen
    assert (headers["Authorization"], headers["X-A"]) == ("Bearer t", "1")
    assert headers["User-Agent"] == "aether"


def test_a_redirect_is_followed(transfer: ArtifactTransfer, server: Any, got: Path) -> None:
    server.gives("/new", b"moved")

    fetch(transfer, got, server.says("/old", 302, Location="/new"), headers={"X-Key": "k"})

    assert got.read_bytes() == b"moved"
    assert [headers.get("X-Key") for _, headers in server.seen] == ["k", "k"]


def test_a_redirect_to_another_host_is_not_told_the_headers(
    transfer: ArtifactTransfer, server: Any, got: Path
) -> None:
    elsewhere = server.gives("/new", b"moved").replace("127.0.0.1", "localhost")

    fetch(transfer, got, server.says("/old", 302, Location=elsewhere), headers={"X-Key": "k"})

    assert got.read_bytes() == b"moved"
    assert [headers.get("X-Key") for _, headers in server.seen] == ["k", None]


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://x/"])
def test_a_redirect_leads_to_no_other_kind_of_place(
    target: str, transfer: ArtifactTransfer, server: Any, got: Path
) -> None:
    with pytest.raises(ArtifactError, match="GET "):
        fetch(transfer, got, server.says("/old", 302, Location=target))

    assert not got.exists()


def test_redirects_end(transfer: ArtifactTransfer, server: Any, got: Path) -> None:
    with pytest.raises(ArtifactError, match="the server answered 302"):
        fetch(transfer, got, server.says("/round", 302, Location="/round"))

    assert len(server.seen) < 15


@pytest.mark.parametrize("status", [401, 404, 410, 500, 503])
def test_an_answer_that_is_not_the_file_is_an_error(
    status: int, transfer: ArtifactTransfer, server: Any, got: Path
) -> None:
    url = server.says("/gone", status)

    with pytest.raises(ArtifactError, match=rf"GET {url}: the server answered {status} ") as raised:
        fetch(transfer, got, f"{url}?token=secret")

    assert "secret" not in str(raised.value)


def test_a_file_that_announces_to_be_too_large_is_not_read(
    transfer: ArtifactTransfer, server: Any, got: Path
) -> None:
    with pytest.raises(ArtifactError, match="is larger than 100,000 bytes"):
        fetch(transfer, got, server.gives("/large", b"", length=100_001))

    assert not got.exists()


def test_a_file_that_turns_out_too_large_is_given_up(
    transfer: ArtifactTransfer, server: Any, got: Path
) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(bytes(10_000))
        except OSError:
            pass

    server.answers["/endless"] = endless

    with pytest.raises(ArtifactError, match="is larger than 100,000 bytes"):
        fetch(transfer, got, server.url("/endless"))


def test_a_file_that_is_cut_off_is_an_error(
    transfer: ArtifactTransfer, server: Any, got: Path
) -> None:
    with pytest.raises(ArtifactError, match=r"was cut off after 4 of 10 bytes"):
        fetch(transfer, got, server.gives("/half", b"half", length=10))


def test_an_answer_in_pieces_that_is_cut_off_is_an_error(
    transfer: ArtifactTransfer, server: Any, got: Path
) -> None:
    def pieces(handler: BaseHTTPRequestHandler) -> None:
        handler.protocol_version = "HTTP/1.1"
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"5\r\nhello\r\n5\r\nwo")
        handler.close_connection = True

    server.answers["/pieces"] = pieces

    with pytest.raises(ArtifactError, match="GET "):
        fetch(transfer, got, server.url("/pieces"))


def test_a_server_that_is_not_there_is_an_error(transfer: ArtifactTransfer, got: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    with pytest.raises(ArtifactError, match="Connection refused"):
        fetch(transfer, got, f"http://127.0.0.1:{port}/a")


def test_a_silent_server_is_given_up(tmp_path: Path, got: Path) -> None:
    transfer = ArtifactTransfer(LocalRepository(tmp_path), limits=Limits(patience=0.1))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/a"

        with pytest.raises(ArtifactError, match="the server does not answer in time"):
            fetch(transfer, got, url)


def test_an_answer_that_is_no_http_is_an_error(transfer: ArtifactTransfer, got: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as strange:

        def answer() -> None:
            connection, _ = strange.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"220 mail.example ready\r\n")

        thread = threading.Thread(target=answer)
        thread.start()

        with pytest.raises(ArtifactError, match="GET http://127"):
            fetch(transfer, got, f"http://127.0.0.1:{strange.getsockname()[1]}/a")
        thread.join()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://example.org/a", "needs an http or https URL"),
        ("file:///etc/passwd", "needs an http or https URL"),
        ("/etc/passwd", "needs an http or https URL"),
        ("http:///a", "needs an http or https URL"),
        ("http://[::1", "URL can't be read"),
        ("http://me:secret@127.0.0.1/", "password in it"),
        ("http://127.0.0.1/a b", "GET http://127.0.0.1/a b: "),
        ("http://127.0.0.1:99999/", "GET "),
    ],
)
def test_an_unusable_url_is_told(
    url: str, said: str, transfer: ArtifactTransfer, got: Path
) -> None:
    with pytest.raises(ArtifactError) as raised:
        fetch(transfer, got, url)

    assert said in str(raised.value)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    "headers", [{"A": "x\r\nB: y"}, {"A": 5}, {"": "x"}, {"A\n": "x"}, {"A": "€"}]
)
def test_a_header_that_cannot_be_sent_is_told_without_its_value(
    headers: dict[str, Any], transfer: ArtifactTransfer, server: Any, got: Path
) -> None:
    with pytest.raises(ArtifactError, match="can't be sent") as raised:
        fetch(transfer, got, server.gives("/a", b""), headers=headers)

    assert "x" not in str(raised.value).replace("has a source whose header", "")
    assert server.seen == []


def test_headers_that_are_no_object_are_told(
    transfer: ArtifactTransfer, server: Any, got: Path
) -> None:
    with pytest.raises(ArtifactError, match='"headers" is no object'):
        fetch(transfer, got, server.gives("/a", b""), headers=["A: x"])


def test_nobody_waits_for_a_download_that_was_cancelled(
    transfer: ArtifactTransfer, server: Any, got: Path
) -> None:
    entered, leave = threading.Event(), threading.Event()

    def slow(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"begin")
        handler.wfile.flush()
        entered.set()
        leave.wait(20)
        handler.wfile.write(b"end")

    server.answers["/slow"] = slow

    async def cancelled() -> None:
        place: dict[str, Any] = {"type": "http", "config": {"url": server.url("/slow")}}
        task = asyncio.create_task(transfer.fetch(place, str(got)))
        await asyncio.to_thread(entered.wait)
        task.cancel()
        leave.set()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
