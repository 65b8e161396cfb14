"""Files that go to the server, as a body of their own or as parts of a form."""

from __future__ import annotations

import asyncio
from email import message_from_bytes
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from aether_http._uploads import FileStream
from aether_sdk import ExecCode

if TYPE_CHECKING:
    from typing import Any

    from aether_sdk import JsonValue


def parts_of(got: Any) -> list[tuple[str | None, str | None, str, bytes]]:
    """Name, file name, content type and content of each part that a server received."""
    head = f"Content-Type: {got.headers['content-type']}\r\n\r\n".encode()
    return [
        (
            str(part.get_param("name", header="content-disposition")),
            part.get_filename(),
            part.get_content_type() if part["content-type"] else "",
            bytes(part.get_payload(decode=True)),
        )
        for part in message_from_bytes(head + got.body).get_payload()
    ]


def test_a_file_is_sent_as_the_body_with_its_length(worker: Any, site: Any, tmp_path: Path) -> None:
    file = tmp_path / "data.bin"
    file.write_bytes(bytes(range(256)) * 4000)

    result = worker.run({"url": site.url, "method": "PUT", "body_file": str(file)})

    (got,) = site.received
    assert result.code == ExecCode.SUCCEEDED
    assert got.body == file.read_bytes()
    assert got.headers["content-length"] == str(file.stat().st_size)
    assert "transfer-encoding" not in got.headers
    assert "content-type" not in got.headers


def test_an_input_artifact_is_sent_as_the_body(worker: Any, site: Any, tmp_path: Path) -> None:
    file = tmp_path / "data"
    file.write_text("läuft", encoding="utf-8")
    given: dict[str, JsonValue] = {"url": site.url, "method": "POST"}

    worker.run({**given, "body_file": {"artifact": "table"}}, artifacts={"table": str(file)})

    assert site.received[0].body.decode() == "läuft"


def test_an_empty_file_is_an_empty_body(worker: Any, site: Any, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()

    worker.run({"url": site.url, "method": "PUT", "body_file": str(tmp_path / "empty")})

    assert (site.received[0].body, site.received[0].headers["content-length"]) == (b"", "0")


def test_files_and_fields_become_parts_of_a_form(worker: Any, site: Any, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"1,2\n")
    (tmp_path / "b").write_bytes(b"\0\1")

    result = worker.run(
        {
            "url": site.url,
            "method": "POST",
            "form": {"on": True, "n": [1, "two"]},
            "files": {
                "table": str(tmp_path / "a.csv"),
                "more": [
                    {"artifact": "raw", "filename": "raw.bin"},
                    {"path": str(tmp_path / "b"), "content_type": "image/png"},
                ],
            },
        },
        artifacts={"raw": str(tmp_path / "b")},
    )

    assert result.code == ExecCode.SUCCEEDED
    assert parts_of(site.received[0]) == [
        ("on", None, "", b"true"),
        ("n", None, "", b"1"),
        ("n", None, "", b"two"),
        ("table", "a.csv", "text/csv", b"1,2\n"),
        ("more", "raw.bin", "application/octet-stream", b"\0\1"),
        ("more", "b", "image/png", b"\0\1"),
    ]


@pytest.mark.parametrize("kind", ["body_file", "files"])
def test_a_file_is_sent_again_from_its_beginning(
    worker: Any, site: Any, tmp_path: Path, kind: str
) -> None:
    file = tmp_path / "data"
    file.write_bytes(b"x" * 700_000)
    target: JsonValue = {"f": str(file)} if kind == "files" else str(file)
    answers = iter([(307, (("Location", "/b"),)), (503, ()), (307, (("Location", "/b"),))])

    def answer(_: Any) -> Any:
        status, headers = next(answers, (200, ()))
        return site.Answer(status, headers=headers)

    site.answer = answer

    result = worker.run({"url": site.url, "method": "PUT", kind: target, "retry": 1})

    assert result.code == ExecCode.SUCCEEDED
    assert [got.body.count(b"x" * 700_000) for got in site.received] == [1, 1, 1, 1]


@pytest.mark.parametrize("kind", ["body_file", "files"])
@pytest.mark.parametrize(
    ("place", "complaint"),
    [
        ({"artifact": "none"}, "the task has no input artifact 'none'"),
        ({"path": "/no/such/file"}, "cannot send /no/such/file: No such file or directory"),
        ({"path": "/"}, "cannot send /: it is a folder"),
        # Pythons differ in how they name what is wrong with it.
        ({"path": "a\0b"}, "cannot send a\0b: "),
    ],
)
def test_what_cannot_be_sent_is_an_error_before_the_request(
    worker: Any, site: Any, kind: str, place: JsonValue, complaint: str
) -> None:
    given: JsonValue = {"f": place} if kind == "files" else place

    result = worker.run({"url": site.url, "method": "POST", kind: given})

    assert result.code == ExecCode.ERROR
    assert result.message.startswith(complaint)
    assert not site.received


def test_a_file_that_becomes_shorter_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "data"
    file.write_bytes(b"abc")

    async def run() -> list[bytes]:
        return [piece async for piece in FileStream(str(file), 5)]

    with pytest.raises(OSError, match="became shorter while it was sent"):
        asyncio.run(run())


def test_a_file_that_grows_is_sent_as_long_as_announced(tmp_path: Path) -> None:
    file = tmp_path / "data"
    file.write_bytes(b"abcdef")

    async def run() -> list[bytes]:
        return [piece async for piece in FileStream(str(file), 5)]

    assert asyncio.run(run()) == [b"abcde"]


def test_a_server_that_answers_before_the_upload_ends_is_heard(
    worker: Any, site: Any, tmp_path: Path
) -> None:
    file = tmp_path / "data"
    file.write_bytes(b"x" * 100_000)
    site.answer = lambda _: site.Answer(413, b"too much")

    result = worker.run({"url": site.url, "method": "POST", "body_file": str(file)})

    assert (result.code, result.get("body")) == (ExecCode.FAILED, "too much")


def test_a_file_whose_connection_is_dropped_is_not_sent_in_half(
    worker: Any, site: Any, tmp_path: Path
) -> None:
    file = tmp_path / "data"
    file.write_bytes(b"x" * 300_000)
    left = iter([site.Raw(b"")])
    site.answer = lambda _: next(left, site.Answer())

    once = worker.run({"url": site.url, "method": "PUT", "body_file": str(file)})
    left = iter([site.Raw(b"")])
    again = worker.run({"url": site.url, "method": "PUT", "body_file": str(file), "retry": 1})

    assert (once.code, again.code) == (ExecCode.ERROR, ExecCode.SUCCEEDED)
    assert [len(got.body) for got in site.received] == [300_000] * 3
