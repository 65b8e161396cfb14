"""Local servers whose answers a test decides, and the executors as a worker runs them."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
import trustme

from aether_http import HttpExecutor, HttpPollExecutor
from aether_sdk import Artifact, ExecuteRequest, Inputs, outcome_of, outcome_of_error

if TYPE_CHECKING:
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


@dataclass(frozen=True)
class Stream:
    """Bytes to send piece by piece, with pauses between them; then the connection is closed."""

    pieces: Iterable[bytes]
    pause: float = 0


class Site:
    """The server as a test sees it."""

    Answer = Answer
    Raw = Raw
    Stream = Stream

    def __init__(self) -> None:
        self.url = ""
        self.received: list[Received] = []
        self.connections = 0
        self.answer: Callable[[Received], Answer | Raw | Stream] = lambda _: Answer()
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

        def _stream(self, answer: Stream) -> None:
            self.close_connection = True
            for piece in answer.pieces:
                self.wfile.write(piece)
                if site.over.wait(answer.pause):
                    return

        def _send(self, answer: Answer | Raw | Stream) -> None:
            if isinstance(answer, Stream):
                self._stream(answer)
                return
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
            # Without the date, which would make every answer another one.
            self.send_response_only(answer.status)
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


@contextmanager
def serve(context: ssl.SSLContext | None = None) -> Iterator[Site]:
    """Run a server, with TLS if it is given a context."""
    site = Site()
    with QuietServer(("127.0.0.1", 0), _handler(site)) as server:
        if context is not None:
            server.socket = context.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        scheme = "http" if context is None else "https"
        site.url = f"{scheme}://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield site
        finally:
            site.over.set()
            server.shutdown()
            thread.join()


@pytest.fixture
def serving() -> Callable[[ssl.SSLContext], AbstractContextManager[Site]]:
    """Runs a server with TLS of a test's own."""
    return serve


@pytest.fixture
def site() -> Iterator[Site]:
    """A running server; set its `answer`, read what it `received`."""
    with serve() as site:
        yield site


@pytest.fixture
def other_site() -> Iterator[Site]:
    """A second server, which is another origin."""
    with serve() as site:
        yield site


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Signs certificates that nobody trusts by himself."""
    return trustme.CA()


@pytest.fixture
def ca(authority: trustme.CA) -> str:
    """The authority's certificate as PEM text."""
    return authority.cert_pem.bytes().decode()


@pytest.fixture
def secure_site(authority: trustme.CA) -> Iterator[Site]:
    """A server with TLS, whose certificate the authority signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with serve(context) as site:
        yield site


class Worker:
    """Executes calls as a worker does.

    Attributes:
        waits: The waits between requests, which pass at once.
        lines: What the executors said.
    """

    def __init__(self) -> None:
        self.waits: list[float] = []
        self.lines: list[str] = []
        self.http = HttpExecutor(sleep=self._sleep)
        self.poll = HttpPollExecutor(sleep=self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        await asyncio.sleep(0)

    def _listen(self, line: str) -> bool:
        self.lines.append(line)
        return True

    def run(
        self,
        given: dict[str, JsonValue],
        *,
        artifacts: dict[str, str] | None = None,
        outputs: dict[str, str] | None = None,
        poll: bool = False,
        task: str = "task-1",
    ) -> ExecOutputs:
        """Execute one call; return what a worker would report."""
        there = tuple(Artifact(name, path) for name, path in (artifacts or {}).items())
        inputs = Inputs(Inputs.of(given).parameters, there)
        request = ExecuteRequest(
            task,
            "run-1",
            "fetch",
            inputs=inputs,
            output_artifacts=outputs or {},
            on_log=self._listen,
        )
        executor = self.poll if poll else self.http
        try:
            return outcome_of(asyncio.run(executor.execute(request)))
        except Exception as error:  # noqa: BLE001 - a worker reports whatever an executor raises
            return outcome_of_error(error)


@pytest.fixture
def worker() -> Worker:
    """Executes calls with artifacts, of both executors."""
    return Worker()


@pytest.fixture
def http(worker: Worker) -> Callable[..., ExecOutputs]:
    """Executes one call with the inputs given by keyword; returns what a worker would report."""

    def call(**given: JsonValue) -> ExecOutputs:
        return worker.run(given)

    return call


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps proxies and settings of the machine away from the local server."""
    monkeypatch.delenv("AETHER_HTTP_ALLOW", raising=False)
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
