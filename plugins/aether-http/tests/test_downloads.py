"""Bodies that become files."""

from __future__ import annotations

import gzip
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from aether_sdk import ExecCode

if TYPE_CHECKING:
    from typing import Any

BODY = bytes(range(256)) * 5000


def test_a_body_is_written_to_a_path_and_not_to_the_outputs(
    worker: Any, site: Any, tmp_path: Path
) -> None:
    site.answer = lambda _: site.Answer(200, BODY)
    target = tmp_path / "out.bin"

    result = worker.run({"url": site.url, "save_to": str(target), "max_response_bytes": None})

    assert (result.code, result.get("body"), result.get("json")) == (ExecCode.SUCCEEDED, "", None)
    assert target.read_bytes() == BODY
    assert list(tmp_path.iterdir()) == [target]


def test_a_body_becomes_an_output_artifact(worker: Any, site: Any, tmp_path: Path) -> None:
    site.answer = lambda _: site.Answer(200, gzip.compress(BODY), (("Content-Encoding", "gzip"),))
    target = tmp_path / "artifact"

    result = worker.run(
        {"url": site.url, "save_to": {"artifact": "page"}}, outputs={"page": str(target)}
    )

    assert result.code == ExecCode.SUCCEEDED
    assert target.read_bytes() == BODY


def test_a_file_may_be_longer_than_a_body_in_memory(worker: Any, site: Any, tmp_path: Path) -> None:
    pieces = [b"x" * 1024 * 1024] * 12
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {12 * 1024 * 1024}\r\n\r\n".encode()
    site.answer = lambda _: site.Stream([head, *pieces])
    target = tmp_path / "large"

    in_memory = worker.run({"url": site.url})
    in_file = worker.run({"url": site.url, "save_to": str(target)})

    assert in_memory.message == (
        f"GET {site.url}: the body is longer than max_response_bytes (10485760)"
    )
    assert (in_file.code, target.stat().st_size) == (ExecCode.SUCCEEDED, 12 * 1024 * 1024)


def test_a_large_download_takes_little_memory(worker: Any, site: Any, tmp_path: Path) -> None:
    """64 MB go through a few pieces at a time, packed or not."""
    piece = b"x" * 1024 * 1024
    plain = f"HTTP/1.1 200 OK\r\nContent-Length: {64 * len(piece)}\r\n\r\n".encode()
    packed = gzip.compress(piece)
    head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n"
    target = tmp_path / "large"

    for pieces in (
        [plain, *[piece] * 64],
        [head.format(64 * len(packed)).encode(), *[packed] * 64],
    ):
        site.answer = lambda _, pieces=pieces: site.Stream(pieces)
        tracemalloc.start()
        result = worker.run({"url": site.url, "save_to": str(target)})
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert (result.code, target.stat().st_size) == (ExecCode.SUCCEEDED, 64 * len(piece))
        assert peak < 16_000_000


def test_an_unexpected_answer_writes_no_file_and_is_told(
    worker: Any, site: Any, tmp_path: Path
) -> None:
    site.answer = lambda _: site.Answer(404, b"no such page")
    target = tmp_path / "out"

    result = worker.run({"url": site.url, "save_to": str(target)})

    assert (result.code, result.get("body")) == (ExecCode.FAILED, "no such page")
    assert not target.exists()


BROKEN = {
    "too long": b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 101,
    "too short": b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc",
    "not gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nabc",
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_download_leaves_what_was_there(
    worker: Any, site: Any, tmp_path: Path, data: bytes
) -> None:
    site.answer = lambda _: site.Raw(data)
    target = tmp_path / "out"
    target.write_text("before", encoding="utf-8")

    result = worker.run({"url": site.url, "save_to": str(target), "max_response_bytes": 100})

    assert result.code == ExecCode.ERROR
    assert result.message.startswith(f"GET {site.url}: the ")
    assert target.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [target]


def test_a_download_that_takes_too_long_leaves_no_file(
    worker: Any, site: Any, tmp_path: Path
) -> None:
    site.answer = lambda _: site.Stream([b"HTTP/1.1 200 OK\r\n\r\n", *[b"x"] * 1000], pause=0.01)

    result = worker.run({"url": site.url, "save_to": str(tmp_path / "out"), "timeout": "80ms"})

    assert result.code == ExecCode.TIMEOUT
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_an_error(worker: Any, site: Any, tmp_path: Path) -> None:
    missing = tmp_path / "no" / "such" / "folder"

    result = worker.run({"url": site.url, "save_to": str(missing)})

    assert result.code == ExecCode.ERROR
    assert result.message == f"cannot write {missing}: No such file or directory"


def test_a_folder_and_an_unknown_artifact_are_refused_before_the_request(
    worker: Any, site: Any, tmp_path: Path
) -> None:
    folder = worker.run({"url": site.url, "save_to": str(tmp_path)})
    unknown = worker.run({"url": site.url, "save_to": {"artifact": "page"}})
    nothing = worker.run({"url": site.url, "save_to": {}})

    assert folder.message == f"cannot write {tmp_path}: it is a folder"
    assert (
        unknown.message == "the task has no output artifact 'page'; declare it in outputs.artifacts"
    )
    assert "give either artifact or path" in nothing.message
    assert not site.received
