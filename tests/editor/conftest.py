"""A YAML language server with the schema of the executors that are installed.

The server is the program that the environment variable AETHER_YAML_LANGUAGE_SERVER names, else
`yaml-language-server` on the PATH; `nox -s editor` installs the version in `package.json`.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import IO, Any, Final, NamedTuple

import pytest

VARIABLE: Final = "AETHER_YAML_LANGUAGE_SERVER"
SERVER: Final = os.environ.get(VARIABLE) or shutil.which("yaml-language-server")
#: A server that has not answered for so long will not answer any more, in seconds.
PATIENCE: Final = 15.0
_TRIES: Final = 50
#: Where the cursor is in a text.
CURSOR: Final = "‸"

#: An executor of another package.
PLUGIN: Final = '''
from typing import Literal

from pydantic import BaseModel, Field

from aether_sdk import ExecOutputs, Executor


class Inputs(BaseModel, extra="forbid"):
    """What a tea needs."""

    leaves: Literal["assam", "sencha"] = Field(description="The *leaves* to use.")
    grams: float = Field(default=3.5, gt=0, description="How much of them.")


class Tea(Executor):
    type = "acme.tea"
    description = "Makes a pot of tea"
    Inputs = Inputs

    def execute(self, request):
        return ExecOutputs()
'''


class Finding(NamedTuple):
    """What the server says about a place; lines count from 1."""

    line: int
    message: str


class LanguageServer:
    """A process that talks the language server protocol; every call waits for the answer.

    Args:
        command: the program with its arguments.
        folder: where the documents are.
        settings: what the editor's user has set, by section.
    """

    def __init__(self, command: list[str], folder: Path, settings: dict[str, Any]) -> None:
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._messages: queue.Queue[dict[str, Any]] = queue.Queue()
        self._reader = threading.Thread(target=self._receive, daemon=True)
        self._reader.start()
        self._settings = settings
        self._requests = 0
        self._folder = folder
        formats = ["markdown", "plaintext"]
        completion = {"completionItem": {"documentationFormat": formats}}
        document = {"completion": completion, "hover": {"contentFormat": formats}}
        workspace = {"configuration": True}
        capabilities = {"textDocument": document, "workspace": workspace}
        root = {"processId": os.getpid(), "rootUri": folder.as_uri()}
        self.request("initialize", {**root, "capabilities": capabilities})
        # It asks for the settings by itself now.
        self.notify("initialized", {})

    def diagnose(self, text: str, name: str = "workflow.yaml") -> list[Finding]:
        """Open a document and return what is wrong with it, in the order of the text."""
        uri = self._open(text, name)
        while True:
            message = self._read()
            about = message.get("params", {})
            if message.get("method") == "textDocument/publishDiagnostics" and about["uri"] == uri:
                self._close(uri)
                found = [(each["range"]["start"], each["message"]) for each in about["diagnostics"]]
                return sorted(Finding(start["line"] + 1, text) for start, text in found)

    def complete(self, text: str) -> dict[str, str]:
        """Return what is proposed at the cursor, with what is said of each proposal."""
        found = self._ask("textDocument/completion", text)
        return {each["label"]: _text_of(each.get("documentation")) for each in found["items"]}

    def hover(self, text: str) -> str:
        """Return what is shown for the place of the cursor."""
        return _text_of(self._ask("textDocument/hover", text)["contents"])

    def request(self, method: str, params: dict[str, Any]) -> Any:
        """Send a request and return the answer's result."""
        self._requests += 1
        self._send({"id": self._requests, "method": method, "params": params})
        while True:
            message = self._read()
            if message.get("id") == self._requests and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def notify(self, method: str, params: dict[str, Any]) -> None:
        """Send what needs no answer."""
        self._send({"method": method, "params": params})

    def end(self) -> None:
        """End the process."""
        self._process.kill()
        self._reader.join()
        self._process.communicate()

    def _ask(self, method: str, text: str) -> Any:
        before, _, after = text.partition(CURSOR)
        uri = self._open(before + after, "workflow.yaml")
        line = before.count("\n")
        position = {"line": line, "character": len(before.rpartition("\n")[2])}
        answer = self.request(method, {"textDocument": {"uri": uri}, "position": position})
        self._close(uri)
        return answer

    def _open(self, text: str, name: str) -> str:
        uri = (self._folder / f"{self._requests}-{name}").as_uri()
        self._requests += 1
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})
        return uri

    def _close(self, uri: str) -> None:
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        stream = _opened(self._process.stdin)
        stream.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        stream.flush()

    def _read(self) -> dict[str, Any]:
        """Return the next message; requests of the server are answered on the way.

        Raises:
            queue.Empty: none came.
        """
        message = self._messages.get(timeout=PATIENCE)
        if "method" in message and "id" in message:
            asked = message["params"].get("items", ())
            result = [self._settings.get(each["section"]) for each in asked]
            self._send({"id": message["id"], "result": result or None})
        return message

    def _receive(self) -> None:
        """Take messages until the server ends."""
        stream = _opened(self._process.stdout)
        while head := stream.readline():
            length = 0
            while head.strip():
                name, _, value = head.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
                head = stream.readline()
            self._messages.put(json.loads(stream.read(length)))


def _opened(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream


def _text_of(documentation: Any) -> str:
    """Return a text that may come with its format."""
    if isinstance(documentation, str | None):
        return documentation or ""
    return str(documentation["value"])


@pytest.fixture(scope="session")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the output of `aether schema`, with a plugin of another package installed."""
    folder = tmp_path_factory.mktemp("editor")
    info = folder / "acme_tea-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-tea\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[aether.executors]\nacme = acme_tea:Tea\n")
    (folder / "acme_tea.py").write_text(dedent(PLUGIN), encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AETHER_")}
    path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-m", "aether_core", "schema"],
        env={**kept, "PYTHONPATH": path},
        capture_output=True,
        check=True,
    )
    file = folder / "aether.schema.json"
    file.write_bytes(done.stdout)
    return file


@pytest.fixture(scope="session")
def server(schema: Path) -> Iterator[LanguageServer]:
    """Return a language server that uses the schema for files that end in `workflow.yaml`."""
    if SERVER is None:
        pytest.skip(f"no YAML language server; {VARIABLE} names one, `nox -s editor` installs one")
    yaml = {
        "schemas": {schema.as_uri(): "*workflow.yaml"},
        "schemaStore": {"enable": False},
        "validate": True,
        "hover": True,
        "completion": True,
    }
    settings = {"yaml": yaml, "editor": {"tabSize": 2}, "http": {}, "[yaml]": {}}
    started = LanguageServer([SERVER, "--stdio"], schema.parent, settings)
    # It reads the schema when it likes.
    for _ in range(_TRIES):
        if started.diagnose("kind: Unknown\n"):
            break
    else:
        pytest.fail(f"the server makes no use of the schema for files in {schema.parent}")
    yield started
    started.end()
