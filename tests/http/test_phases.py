"""Whatever a server does, the task ends in the right phase and says which url and why."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import ssl
import struct
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from itertools import chain, repeat, starmap
from typing import Any

import pytest
import trustme

from aether_http import HttpExecutor, HttpPollExecutor
from aether_sdk import Phase
from aether_sdk.testing import run_document

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
GZIP = OK + b"Content-Encoding: gzip\r\nConnection: close\r\n"

Writer = asyncio.StreamWriter
Behaviour = Callable[[Writer], Awaitable[None]]


def sends(data: bytes, *, reset: bool = False) -> Behaviour:
    """Return a server that sends some bytes and closes the connection, or resets it."""

    async def behave(writer: Writer) -> None:
        writer.write(data)
        await writer.drain()
        if reset:
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()

    return behave


def drips(head: bytes, piece: bytes, pause: float) -> Behaviour:
    """Return a server that never comes to an end."""

    async def behave(writer: Writer) -> None:
        for data in chain([head], repeat(piece)):
            writer.write(data)
            await writer.drain()
            await asyncio.sleep(pause)

    return behave


def answer(status: str, *headers: str, body: bytes = b"") -> Behaviour:
    """Return a server that answers as it should."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return sends("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


def packed(data: bytes) -> Behaviour:
    return sends(GZIP + b"Content-Length: %d\r\n\r\n%s" % (len(data), data))


class Busy:
    """Asks to come back at once, and then answers."""

    asked = 0

    async def __call__(self, writer: Writer) -> None:
        self.asked += 1
        first = answer("429 Too Many Requests", "Retry-After: 0")
        await (first if self.asked == 1 else answer("200 OK"))(writer)


SUCCEEDED, FAILED, ERROR, TIMEOUT = (
    Phase.SUCCEEDED,
    Phase.FAILED,
    Phase.ERROR,
    Phase.TIMEOUT,
)
BROKE = "the server broke off or broke the protocol: "
SILENT = "the server was silent for 80ms (read_timeout)"
LONG = "the body is longer than max_response_bytes (1000)"
RETRIES = {"limit": 2, "wait": "1ms"}

#: What the server does, the inputs of the task, how it ends, and the cause that it names.
CASES: dict[str, tuple[Behaviour, dict[str, Any], Phase, str]] = {
    "fine": (answer("200 OK"), {}, SUCCEEDED, ""),
    "dripping": (sends(OK + b"Content-Length: 3\r\n\r\nabc"), {}, SUCCEEDED, ""),
    "chunked": (sends(CHUNKED + b"3\r\nabc\r\n0\r\n\r\n"), {}, SUCCEEDED, ""),
    "gzip": (packed(gzip.compress(b"x" * 900)), {"max_response_bytes": 1000}, SUCCEEDED, ""),
    "busy": (Busy(), {"retry": RETRIES}, SUCCEEDED, ""),
    "unfound": (answer("404 Not Found"), {}, FAILED, "answered 404, expected 200-299"),
    "busy-for-long": (
        answer("429 Too Many Requests", "Retry-After: 3600"),
        {"retry": RETRIES},
        FAILED,
        "answered 429, expected 200-299",
    ),
    "always-busy": (
        answer("503 Service Unavailable", "Retry-After: 0"),
        {"retry": RETRIES},
        FAILED,
        "answered 503, expected 200-299 (after 2 retries)",
    ),
    "reset": (sends(OK + b"Content-Length: 9\r\n\r\nabc", reset=True), {}, ERROR, "the "),
    "reset-at-once": (sends(b"", reset=True), {"method": "POST"}, ERROR, "the "),
    "hangs-up": (
        sends(b""),
        {"method": "POST"},
        ERROR,
        BROKE + "it closed the connection without a complete answer",
    ),
    "too-short": (sends(OK + b"Content-Length: 9\r\n\r\nabc"), {}, ERROR, BROKE),
    "too-long": (sends(OK + b"Content-Length: 1\r\n\r\nabc"), {}, ERROR, BROKE),
    "no-length": (sends(OK + b"Content-Length: x\r\n\r\nabc"), {}, ERROR, BROKE),
    "no-http": (sends(b"220 smtp ready\r\n\r\n"), {}, ERROR, BROKE),
    "bad-chunk": (sends(CHUNKED + b"zz\r\nabc\r\n"), {}, ERROR, BROKE),
    "no-last-chunk": (sends(CHUNKED + b"3\r\nabc\r\n"), {}, ERROR, BROKE),
    "not-gzip": (packed(b"plain"), {}, ERROR, "the body cannot be decompressed: "),
    "bomb": (packed(gzip.compress(b"\0" * 9_000_000)), {"max_response_bytes": 1000}, ERROR, LONG),
    "huge": (answer("200 OK", body=b"x" * 99_999), {"max_response_bytes": 1000}, ERROR, LONG),
    "endless": (drips(OK + b"\r\n", b"x" * 999, 0), {"max_response_bytes": 1000}, ERROR, LONG),
    "endless-chunks": (
        drips(CHUNKED, b"3e7\r\n" + b"x" * 999 + b"\r\n", 0),
        {"max_response_bytes": 1000},
        ERROR,
        LONG,
    ),
    "endless-drops": (
        drips(OK + b"\r\n", b"x", 0.02),
        {"timeout": "150ms"},
        TIMEOUT,
        "no complete answer within 0.15s",
    ),
    "endless-head": (
        drips(OK, b"X-A: b\r\n", 0.02),
        {"timeout": "150ms"},
        TIMEOUT,
        "no complete answer within 0.15s",
    ),
    "silent": (drips(b"", b"", 9), {"read_timeout": "80ms"}, TIMEOUT, SILENT),
    "silent-body": (
        drips(OK + b"Content-Length: 9\r\n\r\nab", b"", 9),
        {"read_timeout": "80ms"},
        TIMEOUT,
        SILENT,
    ),
    "loop": (
        answer("302 Found", "Location: /loop"),
        {},
        ERROR,
        "redirect loop: more than 20 redirects",
    ),
    "elsewhere": (
        answer("302 Found", "Location: file:///etc/passwd"),
        {},
        ERROR,
        "redirected to an unsupported url (scheme 'file')",
    ),
    "never": (
        answer("200 OK", body=b"{}"),
        {"until": "json.done", "interval": "10ms", "give_up_after": "100ms"},
        TIMEOUT,
        "the condition 'json.done' did not hold within 100ms",
    ),
    "hopeless": (
        answer("200 OK", body=b'{"bad": true}'),
        {"until": "json.done", "fail_when": "json.bad"},
        FAILED,
        "the condition 'json.bad' (fail_when) holds",
    ),
}


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[str]:
    """Run the server in a thread; yield its address. The path says how it behaves."""
    started = threading.Event()
    address: list[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]] = []

    async def serve(reader: asyncio.StreamReader, writer: Writer) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            name = head.split(b" ")[1].decode().strip("/")
            await CASES[name][0](writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            # The other side has had enough, or the tests have.
            writer.transport.abort()
        finally:
            writer.close()

    async def run() -> None:
        over = asyncio.Event()
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
        address.append((asyncio.get_running_loop(), over, server.sockets[0].getsockname()[1]))
        started.set()
        await over.wait()
        server.close()

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    started.wait()
    loop, over, port = address[0]
    yield f"{'http' if context is None else 'https'}://127.0.0.1:{port}"
    loop.call_soon_threadsafe(over.set)
    thread.join()


def phases(tasks: dict[str, dict[str, Any]]) -> dict[str, tuple[Phase, str]]:
    """Run tasks with such inputs side by side; return how each ended."""
    document = {
        "apiVersion": "aether/v1",
        "kind": "Workflow",
        "metadata": {"name": "hostile"},
        "spec": {
            "entrypoint": "main",
            "templates": [{"dag": {"name": "main", "tasks": list(starmap(_task, tasks.items()))}}],
        },
    }
    execution = run_document(json.dumps(document), HttpExecutor(), HttpPollExecutor())
    return {task.name: (task.phase, task.message) for task in execution.tasks if task.name in tasks}


def _task(name: str, inputs: dict[str, Any]) -> dict[str, Any]:
    kind = "http.poll" if "until" in inputs else "http"
    return {"name": name, "executor": {"type": kind, "config": inputs}}


@pytest.fixture(scope="module")
def ended() -> Iterator[tuple[str, dict[str, tuple[Phase, str]]]]:
    """The address of the server, and how all tasks ended, each against a server of its kind."""
    with serving() as address:
        tasks = {name: {"url": f"{address}/{name}", **case[1]} for name, case in CASES.items()}
        yield address, phases(tasks)


@pytest.mark.parametrize("name", CASES)
def test_each_behaviour_ends_in_its_phase_with_url_and_cause(
    ended: tuple[str, dict[str, tuple[Phase, str]]], name: str
) -> None:
    address, found = ended
    _, inputs, phase, cause = CASES[name]

    assert found[name][0] == phase, found[name]
    if cause:
        begin = f"{inputs.get('method', 'GET')} {address}/{name}"
        assert found[name][1].startswith(begin)
        assert cause in found[name][1]
    else:
        assert found[name][1] == ""


def test_failures_of_connecting_are_errors_with_url_and_cause() -> None:
    """Nobody listens, a certificate that nobody signed, and no such host."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        closed = f"http://127.0.0.1:{probe.getsockname()[1]}/fine"
    with serving(context) as secure:
        urls = {
            "closed": (closed, "Connection refused"),
            "unsigned": (f"{secure}/fine", "certificate verify failed"),
            "nowhere": ("http://nowhere.invalid/", ""),
        }

        found = phases({name: {"url": url} for name, (url, _) in urls.items()})

    for name, (url, cause) in urls.items():
        phase, message = found[name]
        assert phase == ERROR
        assert message.startswith(f"GET {url}: cannot connect: ")
        assert cause in message


def test_the_own_limit_of_the_task_wins_over_those_of_the_request() -> None:
    with serving() as address:
        task = _task("silent", {"url": f"{address}/silent", "timeout": 60}) | {"timeout": "100ms"}
        document = {
            "apiVersion": "aether/v1",
            "kind": "Workflow",
            "metadata": {"name": "late"},
            "spec": {"entrypoint": "silent", "templates": [{"task": task}]},
        }

        execution = run_document(json.dumps(document), HttpExecutor())

    assert execution.tasks[0].phase == TIMEOUT
