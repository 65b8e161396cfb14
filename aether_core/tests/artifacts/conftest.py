"""A repository in a folder, a web server of our own, and archives with anything in them."""

from __future__ import annotations

import io
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from aether_core.artifacts import ArtifactTransfer, Limits, LocalRepository
from aether_core.ports import ArtifactKey


@pytest.fixture
def repository(tmp_path: Path) -> LocalRepository:
    return LocalRepository(tmp_path / "kept")


@pytest.fixture
def transfer(repository: LocalRepository) -> ArtifactTransfer:
    """A transfer with small limits."""
    return ArtifactTransfer(repository, limits=Limits(max_bytes=100_000, max_members=50))


@pytest.fixture
def key() -> ArtifactKey:
    return ArtifactKey("run-1", "task-1", 1, "package")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with all that a folder may hold."""
    root = tmp_path / "made"
    (root / "empty").mkdir(parents=True)
    (root / "deep" / "er").mkdir(parents=True)
    (root / "deep" / "er" / "note.txt").write_text("deep", encoding="utf-8")
    (root / "plain.bin").write_bytes(bytes(range(256)))
    (root / "ünï codé").write_text("ü", encoding="utf-8")
    script = root / "run.sh"
    script.write_text("#!/bin/sh\n", encoding="utf-8")
    script.chmod(0o755)
    return root


def tree(folder: Path) -> dict[str, object]:
    """Return what is in a folder: text of links, bytes and executability of files."""
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_dir():
            found[name] = "folder"
        else:
            found[name] = (path.read_bytes(), bool(path.stat().st_mode & 0o100))
    return found


@pytest.fixture(name="tree")
def tree_function() -> Callable[[Path], dict[str, object]]:
    return tree


@pytest.fixture
def tar(tmp_path: Path) -> Callable[..., Path]:
    """Write a tar archive of members that nobody has checked."""

    def write(*members: tarfile.TarInfo | tuple[str, bytes], mode: str = "w") -> Path:
        path = tmp_path / "hostile.tar"
        with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]  # a test's own mode
            for member in members:
                if isinstance(member, tuple):
                    info = tarfile.TarInfo(member[0])
                    info.size = len(member[1])
                    archive.addfile(info, io.BytesIO(member[1]))
                else:
                    archive.addfile(member, io.BytesIO(bytes(min(member.size, 1_000_000))))
        return path

    return write


@pytest.fixture
def zipped(tmp_path: Path) -> Callable[[Mapping[str, bytes]], Path]:
    """Write a zip archive of members that nobody has checked."""

    def write(members: Mapping[str, bytes]) -> Path:
        path = tmp_path / "hostile.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
        return path

    return write


class Server:
    """Answers each path with what the test says; notes what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.seen.append((self.path, dict(self.headers)))
                outer.answers[self.path.partition("?")[0]](self)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        )
        self._thread.start()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    def gives(self, path: str, content: bytes, *, length: int | None = None) -> str:
        """Answer a path with content, and perhaps with a length that is not true."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(200)
            if length != -1:
                announced = len(content) if length is None else length
                handler.send_header("Content-Length", str(announced))
            handler.end_headers()
            handler.wfile.write(content)

        self.answers[path] = answer
        return self.url(path)

    def says(self, path: str, status: int, **headers: str) -> str:
        """Answer a path with a status and headers."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in headers.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        self.answers[path] = answer
        return self.url(path)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()
