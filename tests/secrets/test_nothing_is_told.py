"""Secrets through the command and the real plugins: used where they are needed, told nowhere.

Each test looks for the value in everything that the command wrote, and in every byte of the store.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar, NamedTuple
from urllib.parse import quote

import pytest

from aether_core.cli import main

VALUE = 'x7Qp"2!/long&secret value'
SPELLINGS = (
    VALUE,
    # However the rest of it is quoted.
    "x7Qp",
    json.dumps(VALUE)[1:-1],
    base64.b64encode(VALUE.encode()).decode().rstrip("="),
    "x7Qp%222%21%2Flong%26secret%20value",
)
REPORT = "report.html"
REF = {"secretKeyRef": {"name": "vault", "key": "pass-word"}}


class Outcome(NamedTuple):
    """What a command did."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON value on stdout."""
        return json.loads(self.out)


Aether = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a folder, a store and an environment of its own."""
    for name in [name for name in os.environ if name.startswith("AETHER_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AETHER_STORE", "sqlite:///runs.db")
    monkeypatch.setenv("AETHER_PLUGINS_ALLOW", "aether-echo,aether-http,aether-shell")
    monkeypatch.setenv("AETHER_SECRET_VAULT_PASS_WORD", VALUE)
    return tmp_path


@pytest.fixture
def aether(capsys: pytest.CaptureFixture[str], work: Path) -> Aether:
    """Run the command in this process; nothing that it leaves behind may hold the value."""

    def run(*arguments: str) -> Outcome:
        capsys.readouterr()
        reports = arguments[0] in {"run", "get"}
        status = main((*arguments, "--report", REPORT) if reports else arguments)
        outcome = Outcome(status, *capsys.readouterr())
        assert_not_told(outcome.out, outcome.err)
        assert_not_stored(work)
        if reports:
            # Nothing is refused here, so there is a page of each run.
            page = (work / REPORT).read_text()
            assert not [seal for seal in seals(work) if seal in page]
        return outcome

    return run


def assert_not_told(*texts: str) -> None:
    for text in texts:
        assert not [spelling for spelling in SPELLINGS if spelling in text]


def assert_not_stored(folder: Path) -> None:
    """No byte of the database, the files beside it and the last report is the value."""
    for file in (*folder.glob("runs.db*"), *folder.glob(REPORT)):
        data = file.read_bytes()
        assert not [spelling for spelling in SPELLINGS if spelling.encode() in data]


def write(work: Path, *tasks: dict[str, Any], templates: Any = (), **spec: Any) -> str:
    """Write a workflow with one dag into a file and return its name."""
    dag = {"dag": {"name": "main", "tasks": list(tasks)}}
    document = {
        "apiVersion": "aether/v1",
        "kind": "Workflow",
        "metadata": {"name": "flow"},
        "spec": {"entrypoint": "main", "templates": [dag, *templates], **spec},
    }
    (work / "flow.json").write_text(json.dumps(document))
    return "flow.json"


def step(name: str, executor: str, after: str = "", **inputs: Any) -> dict[str, Any]:
    """Return a task; an input that is `REF` is the secret."""
    parameters = [
        {"name": key, "valueFrom": REF} if value is REF else {"name": key, "value": value}
        for key, value in inputs.items()
    ]
    return {
        "name": name,
        "executor": {"type": executor},
        "inputs": {"parameters": parameters},
        "dependencies": [after] if after else [],
    }


def outputs(execution: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(t["outputs"] for t in execution["tasks"] if t["name"] == name)
    return found


SHELL = """
printf '%s' "$TOKEN" > was-here
env; printf '%s' "$TOKEN" | base64; echo "said: $TOKEN" >&2
"""


def test_echo_and_shell_use_a_secret_that_nobody_sees(work: Path, aether: Aether) -> None:
    """Given as input, inside text, by way of another task's output, and printed by a program."""
    token = "{{ tasks.say.outputs.parameters.token }}"  # noqa: S105  # a reference
    program = step("program", "shell", after="say", script=SHELL, env={"TOKEN": token})
    say = step("say", "echo", token=REF, list=[1, "{{ workflow.parameters.header }}"])
    header = {"name": "header", "valueFrom": REF}
    flow = write(work, say, program, arguments={"parameters": [header]})

    for output in ("json", "text"):
        ran = aether("run", flow, "--run-id", output, "--output", output, "--progress")
        assert ran.status == 0, ran.err

        for command in (
            ("get", output),
            ("why", output),
            ("why", output, "say"),
            ("logs", output),
            ("logs", output, "program", "--follow"),
            ("list",),
        ):
            aether(*command)
            aether(*command, "--output", "json")
    execution = aether("get", "json", "--output", "json").json
    assert outputs(execution, "say") == {"token": "******", "list": [1, "******"]}
    assert "TOKEN=******\n" in outputs(execution, "program")["stdout"]
    assert "AETHER_SECRET" not in outputs(execution, "program")["stdout"]
    assert outputs(execution, "program")["stderr"] == "said: ******\n"
    lines = [line["message"] for line in aether("logs", "json", "--output", "json").json]
    assert {"TOKEN=******", "said: ******"} <= {*lines}
    assert (work / "was-here").read_text() == VALUE
    # Inputs, outputs and lines are on the page, so that it had something to hide.
    assert (work / REPORT).read_text().count("******") > 8


def test_a_task_that_fails_with_the_secret_in_its_error(work: Path, aether: Aether) -> None:
    """Also when the error is long and cut, and in the outputs that a failure leaves."""
    env = {"TOKEN": "{{ workflow.parameters.token }}"}
    twice = {"retry": {"limit": 1, "expression": "true"}}
    filler = "x" * (1000 - len("denied: ") - len(VALUE) // 2)
    flow = write(
        work,
        {**step("short", "shell", script='echo "denied: $TOKEN" >&2; exit 3', env=env), **twice},
        step(
            "cut",
            "shell",
            script=f'printf "%s" "{filler}denied: $TOKEN" >&2; exit 3',
            max_output_bytes=1000,
            env=env,
        ),
        arguments={"parameters": [{"name": "token", "valueFrom": REF}]},
    )

    ran = aether("run", flow, "--run-id", "r")

    assert ran.status == 1
    assert "exit code 3, expected 0: denied: ******" in ran.err
    assert outputs(aether("get", "r", "--output", "json").json, "cut")["stderr"].endswith(
        "denied: ******"
    )
    again = aether("retry", "r", "--output", "json")
    assert again.status == 1
    aether("why", "r")


class _Mirror(BaseHTTPRequestHandler):
    """Answers with what it was sent, as the first part of the path says."""

    seen: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        sent = f"{self.path} {self.headers.as_string()} {self.rfile.read(length).decode()}"
        self.seen.append(sent)
        ending = self.path.partition("?")[0].split("/")[1]
        self.send_response({"welcome": 200, "cut": 200, "moved": 307}.get(ending, 403))
        self.send_header("X-Was", self.headers.get("Authorization", ""))
        if ending == "moved":
            self.send_header("Location", f"/again?was={quote(sent)}")
        body = sent.encode()
        self.send_header("Content-Length", str(len(body) + (9 if ending == "cut" else 0)))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    """Return the address of a server that answers with what it was sent."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Mirror) as mirror:
        thread = threading.Thread(target=mirror.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{mirror.server_port}"
        mirror.shutdown()
        thread.join()


def test_a_server_that_is_down_and_a_poll_tell_nothing_in_their_lines(
    work: Path, aether: Aether, server: str
) -> None:
    """Each retry and each answer of a poll says a line, of urls and answers that have the value."""
    token = "{{ workflow.parameters.token }}"  # noqa: S105  # a reference
    call: dict[str, Any] = {"auth": {"bearer": token}, "query": {"key": token}}
    asked: dict[str, Any] = {"url": f"{server}/{token}", "expected_status": [403], **call}
    soon: dict[str, Any] = {"limit": 1, "wait": "1ms"}
    flow = write(
        work,
        step("down", "http", url=f"http://127.0.0.1:9/{token}", retry=soon, **call),
        step("refused", "http", retry={"statuses": [403], **soon}, **asked),
        step("poll", "http.poll", until="`false`", interval="1ms", give_up_after="300ms", **asked),
        arguments={"parameters": [{"name": "token", "valueFrom": REF}]},
    )

    aether("run", flow, "--run-id", "r")

    lines = aether("logs", "r", "--output", "json").json
    assert {line["task"] for line in lines} == {"down", "refused", "poll"}
    events = aether("why", "r", "--output", "json")
    assert events.status == 0


def test_a_value_of_several_lines_is_hidden_line_by_line(
    work: Path, aether: Aether, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As keys have them, printed whole, line by line, in colour, or cut by the program."""
    key = "-----BEGIN KEY-----\nq8fTvB2nX4kLw0\nZ7\n-----END KEY-----"
    monkeypatch.setenv("AETHER_SECRET_VAULT_PASS_WORD", key)
    script = (
        'echo "$KEY"; echo "$KEY" | while read -r line; do echo "> $line"; done; '
        'echo "$KEY" | cut -c 1-12; printf "\\033[31m%s\\033[0m\\n" "$KEY"'
    )
    env = {"KEY": "{{ workflow.parameters.key }}"}
    flow = write(
        work,
        step("say", "shell", script=script, env=env),
        arguments={"parameters": [{"name": "key", "valueFrom": REF}]},
    )

    ran = aether("run", flow, "--run-id", "r")

    assert ran.status == 0, ran.err
    logged = aether("logs", "r").out
    assert logged.startswith("say | ******\nsay | > ******\n")
    for line in ("q8fTvB2nX4kLw0", "BEGIN KEY-----"):
        assert line not in ran.err + ran.out + logged
        assert line.encode() not in (work / "runs.db").read_bytes()
        assert line.encode() not in (work / REPORT).read_bytes()


def test_http_sends_a_secret_and_a_server_that_repeats_it_gives_nothing_away(
    work: Path, aether: Aether, server: str
) -> None:
    token = "{{ workflow.parameters.token }}"  # noqa: S105  # a reference
    call = step(
        "call",
        "http",
        url=f"{server}/x",
        query={"key": token},
        headers={"Authorization": f"Bearer {token}"},
    )
    flow = write(work, call, arguments={"parameters": [{"name": "token", "valueFrom": REF}]})

    ran = aether("run", flow, "--run-id", "r", "--output", "json")

    assert ran.status == 1
    assert outputs(ran.json, "call")["headers"]["x-was"] == "Bearer ******"
    assert "Authorization: Bearer ******" in outputs(ran.json, "call")["body"]
    aether("get", "r")


TOKEN = "{{ workflow.parameters.token }}"  # noqa: S105  # a reference

#: Inputs that carry the secret, and what the server gets of it.
CARRIED: dict[str, tuple[dict[str, Any], str]] = {
    "bearer": ({"auth": {"bearer": TOKEN}}, f"Bearer {VALUE}"),
    "basic": (
        {"auth": {"username": "ann", "password": TOKEN}},
        "Basic " + base64.b64encode(f"ann:{VALUE}".encode()).decode(),
    ),
    "key": ({"idempotency_key": TOKEN}, VALUE),
    "cookie": ({"headers": {"Cookie": f"a={TOKEN}"}}, VALUE),
    "query": ({"query": {"key": TOKEN}}, "x7Qp%222!/long%26secret+value"),
    "body": ({"method": "POST", "json": {"deep": [TOKEN]}}, json.dumps(VALUE)),
    "form": ({"method": "POST", "form": {"a": TOKEN}}, "x7Qp%222%21%2Flong%26secret+value"),
}


@pytest.mark.parametrize("ending", ["refused", "welcome", "moved", "cut"])
def test_http_tells_nothing_whichever_way_a_secret_goes_and_however_it_ends(
    work: Path, aether: Aether, server: str, ending: str
) -> None:
    """The server repeats all it gets: in body, headers, target of a redirect, broken answer."""
    tasks = [
        step(way, "http", url=f"{server}/{ending}/{way}", **given)
        for way, (given, _) in CARRIED.items()
    ]
    flow = write(work, *tasks, arguments={"parameters": [{"name": "token", "valueFrom": REF}]})
    _Mirror.seen.clear()

    ran = aether("run", flow, "--run-id", "r", "--progress")

    assert ran.status == (0 if ending == "welcome" else 1), ran.err
    for way, (_, got) in CARRIED.items():
        assert any(f"/{ending}/{way}" in seen and got in seen for seen in _Mirror.seen), way
        aether("why", "r", way)
    for command in ("get", "why", "watch"):
        aether(command, "r")
    aether("get", "r", "--output", "json")


def test_a_secret_in_a_url_is_in_no_message(work: Path, aether: Aether, server: str) -> None:
    """As a part of its query, its path and its user info; of a host that nobody has, too."""
    urls = {
        "query": f"{server}/refused?key={TOKEN}",
        "path": f"{server}/refused/{TOKEN}/x",
        "password": f"{server}/refused".replace("//", f"//ann:{TOKEN}@"),
        "nowhere": f"http://nowhere.invalid/{TOKEN}",
        "none": f"gopher://{TOKEN}",
        "secret": TOKEN,
    }
    tasks = [step(name, "http", url=url) for name, url in urls.items()]
    flow = write(work, *tasks, arguments={"parameters": [{"name": "token", "valueFrom": REF}]})

    ran = aether("run", flow, "--run-id", "r")

    assert ran.status == 1
    found = aether("get", "r", "--output", "json").json["tasks"]
    messages = {task["name"]: task["message"] for task in found}
    assert "refused?key=" in messages["query"]
    assert "cannot connect" in messages["nowhere"]
    for name in urls:
        aether("why", "r", name)


def test_a_secret_is_hidden_whatever_becomes_of_its_letters(
    work: Path, aether: Aether, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Methods become capitals; schemes and names of hosts become small letters."""
    value = "ZQ9-Hidden-Token"
    monkeypatch.setenv("AETHER_SECRET_VAULT_PASS_WORD", value)
    flow = write(
        work,
        step("method", "http", url=f"{server}/x", method=TOKEN),
        step("scheme", "http", url=f"{TOKEN}://nowhere.invalid/x"),
        step("host", "http", url=f"http://{TOKEN}.invalid/x"),
        step("mixed", "shell", script="printf %s $TOKEN | tr Q q", env={"TOKEN": TOKEN}),
        arguments={"parameters": [{"name": "token", "valueFrom": REF}]},
    )

    ran = aether("run", flow, "--run-id", "r", "--progress")
    shown = aether("get", "r", "--output", "json")

    messages = {task["name"]: task["message"] for task in shown.json["tasks"]}
    assert messages["method"].startswith(f"****** {server}/x answered 501")
    assert "unsupported scheme '******'" in messages["scheme"]
    assert outputs(shown.json, "mixed")["stdout"] == "******"
    stored = b"".join(file.read_bytes() for file in work.glob("runs.db*")).decode("latin-1")
    for text in (ran.out, ran.err, shown.out, aether("logs", "r").out, stored):
        assert value.lower() not in text.lower()


def test_a_loop_and_a_retry_ask_again_and_tell_nothing(work: Path, aether: Aether) -> None:
    body = {"task": {
        "name": "body", "executor": {"type": "echo"}, "retry": {"limit": 1, "expression": "true"},
        "inputs": {"parameters": [
            {"name": "token", "valueFrom": REF}, {"name": "number"},
            {"name": "fail-count", "value": 1},
        ]},
    }}  # fmt: skip
    loop = {"loop": {
        "name": "each", "items": [{"number": 1}, {"number": 2}], "body": "body",
        "aggregate": {"strategy": "list"},
    }}  # fmt: skip
    flow = write(work, {"name": "all", "template": "each"}, templates=[loop, body])

    ran = aether("run", flow, "--run-id", "r", "--output", "json")

    assert ran.status == 0, ran.err
    assert outputs(ran.json, "all")["token"] == ["******", "******"]
    assert {t["retryCount"] for t in ran.json["tasks"] if t["name"] not in {"main", "all"}} == {1}


def test_a_suspended_run_is_resumed_with_its_secrets(work: Path, aether: Aether) -> None:
    wait = step("wait", "echo", token=REF, suspend=True)
    flow = write(
        work,
        wait,
        step("end", "echo", after="wait", was="{{ tasks.wait.outputs.parameters.token }}"),
    )

    assert aether("run", flow, "--run-id", "r").status == 3
    resumed = aether("resume", "r", "-p", "answer=yes", "--output", "json")

    assert resumed.status == 0, resumed.err
    assert outputs(resumed.json, "end") == {"was": "******"}
    assert outputs(resumed.json, "wait")["answer"] == "yes"
    aether("get", "r")


def test_a_killed_run_goes_on_with_its_secrets(work: Path, aether: Aether) -> None:
    """The provider is asked again; what a task wrote down before the kill is recognised."""
    script = 'printf "%s" "$TOKEN" > note; touch begun; while [ ! -e go ]; do sleep 0.02; done'
    use = step("use", "shell", script=script, env={"TOKEN": "{{ workflow.parameters.token }}"})
    read = step("read", "shell", after="use", command=["cat", "note"])
    flow = write(work, use, read, arguments={"parameters": [{"name": "token", "valueFrom": REF}]})
    process = subprocess.Popen(
        [sys.executable, "-m", "aether_core", "run", flow, "--run-id", "r"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (work / "begun").exists():
        assert process.poll() is None
        time.sleep(0.01)

    process.send_signal(signal.SIGKILL)

    assert_not_told(*process.communicate())
    assert_not_stored(work)
    (work / "go").touch()
    forget_signs_of_life(work)
    recovered = aether("recover", "--output", "json")
    assert recovered.status == 0, recovered.err
    assert outputs(recovered.json[0], "read")["stdout"] == "******"
    aether("get", "r")


def seals(work: Path) -> list[str]:
    """Return what marks the places of secrets in the store, by run."""
    with sqlite3.connect(work / "runs.db") as connection:
        found = [seal for (seal,) in connection.execute("SELECT seal FROM submissions")]
    connection.close()
    assert all(found)
    return found


def forget_signs_of_life(work: Path) -> None:
    """Let the killed process have been silent for long."""
    with sqlite3.connect(work / "runs.db") as connection:
        connection.execute("UPDATE engines SET heartbeat_at = 0")
    connection.close()
