"""A local server whose answers a test decides, and the executor as a worker runs it."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from aether_http import HttpExecutor
from aether_sdk import ExecuteRequest, Inputs, outcome_of, outcome_of_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aether_sdk import ExecOutputs, JsonValue


@dataclass(frozen=True)
class Received:
    """A request as the server got it; header names are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """A proper answer. Its Content-Length is added unless `headers` has one."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Raw:
    """Bytes to send as they are; then the connection is closed, or reset."""

    data: bytes
    reset: bool = False


class Site:
    """The server as a test sees it."""

    Answer = Answer
    Raw = Raw

    def __init__(self) -> None:
        self.url = ""
        self.received: list[Received] = []
        self.connections = 0
        self.answer: Callable[[Received], Answer | Raw] = lambda _: Answer()
        self.over = threading.Event()


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            site.connections += 1

        def handle_one_request(self) -> None:
            try:
                self.raw_requestline = self.rfile.readline()
                if not self.raw_requestline or not self.parse_request():
                    self.close_connection = True
                    return
                length = int(self.headers.get("content-length", "0"))
                headers = {name.lower(): value for name, value in self.headers.items()}
                got = Received(self.command, self.path, headers, self.rfile.read(length))
                site.received.append(got)
                self._send(site.answer(got))
            except ConnectionError:
                self.close_connection = True

        def _send(self, answer: Answer | Raw) -> None:
            if isinstance(answer, Raw):
                self.wfile.write(answer.data)
                self.close_connection = True
                if answer.reset:
                    # Closing with a linger time of zero sends a reset.
                    linger = struct.pack("ii", 1, 0)
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                    self.rfile.close()
                    self.wfile.close()
                    self.connection.close()
                return
            self.send_response(answer.status)
            headers = dict(answer.headers)
            for name, value in answer.headers:
                self.send_header(name, value)
            if "Content-Length" not in headers and answer.status not in (204, 304):
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:
            """Stay silent."""

    return Handler


class QuietServer(ThreadingHTTPServer):
    """A server that does not print the traceback of a connection that a test broke."""

    # Connections that arrive together must not wait for one another.
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent."""


@pytest.fixture
def site() -> Iterator[Site]:
    """A running server; set its `answer`, read what it `received`."""
    site = Site()
    with QuietServer(("127.0.0.1", 0), _handler(site)) as server:
        site.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield site
        finally:
            site.over.set()
            server.shutdown()
            thread.join()


@pytest.fixture
def http() -> Callable[..., ExecOutputs]:
    """Executes one call with the inputs given by keyword; returns what a worker would report."""
    executor = HttpExecutor()

    def call(**given: JsonValue) -> ExecOutputs:
        request = ExecuteRequest("task-1", "run-1", "fetch", inputs=Inputs.of(given))
        try:
            return outcome_of(asyncio.run(executor.execute(request)))
        except Exception as error:  # noqa: BLE001 - a worker reports whatever an executor raises
            return outcome_of_error(error)

    return call


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps a proxy of the machine away from the local server."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
