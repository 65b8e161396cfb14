"""What `run_request` reports of a call, and what `request_for` makes."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest

from aether_sdk import ExecCode, ExecuteRequest, Executor, Resources, TaskFailed
from aether_sdk.testing import (
    Ending,
    Limits,
    Sample,
    check_contract,
    request_for,
    run_request,
)
from aether_sdk.testing._spellings import spellings_of


class Doing(Executor):
    """Does what it is told."""

    type = "doing"

    def __init__(self, act: Callable[[ExecuteRequest], Awaitable[object]]) -> None:
        self.act = act

    async def execute(self, request: ExecuteRequest) -> Any:
        return await self.act(request)


def test_a_request_has_what_it_is_given_and_ids_of_its_own() -> None:
    first = request_for(
        {"a": 1},
        task_name="build",
        artifacts={"data": "in/data"},
        output_artifacts={"report": "out/report"},
        resources=Resources(cpu=1),
        timeout="30s",
        retry_count=2,
    )
    second = request_for()

    assert first.inputs is not None
    assert first.inputs.as_dict() == {"a": 1}
    assert first.inputs.artifact("data") == "in/data"
    assert first.output_artifacts == {"report": "out/report"}
    assert (first.retry_count, first.attempt, first.timeout) == (2, 3, "30s")
    assert first.resources == Resources(cpu=1)
    assert second.inputs is None
    assert second.attempt == 1
    assert first.task_run_id != second.task_run_id


def test_an_answer_comes_back_as_the_engine_would_get_it(decent: Any) -> None:
    for executor in (decent.Decent(), decent.Plain()):
        attempt = run_request(executor, request_for({"text": "a", "words": ["b"]}))

        assert attempt.ending is Ending.ANSWERED
        assert attempt.outputs.as_dict() == {"text": "ab", "length": 2}
        assert (attempt.left, attempt.printed, attempt.error) == ((), "", None)
        assert attempt.is_request_kept
        assert not attempt.was_cancelled


def test_an_error_comes_back_with_its_outcome() -> None:
    async def act(_: ExecuteRequest) -> object:
        raise TaskFailed("no", outputs={"a": 1})

    attempt = run_request(Doing(act), request_for())

    assert isinstance(attempt.error, TaskFailed)
    assert attempt.outputs is not None
    assert (attempt.outputs.code, attempt.outputs.message) == (ExecCode.FAILED, "no")
    assert attempt.outputs.as_dict() == {"a": 1}


def test_a_call_can_be_cancelled_where_it_waits() -> None:
    cleaned: list[bool] = []

    async def act(_: ExecuteRequest) -> object:
        try:
            await asyncio.sleep(3600)
        finally:
            cleaned.append(True)

    attempt = run_request(Doing(act), request_for(), cancel_after=0)

    assert (attempt.ending, attempt.was_cancelled, cleaned) == (Ending.CANCELLED, True, [True])
    assert attempt.outputs is None


def test_output_of_python_and_of_children_is_seen_apart_from_the_log() -> None:
    async def act(_: ExecuteRequest) -> object:
        print("from python")
        sys.stderr.write("from stderr\n")
        os.write(1, b"from the system\n")
        subprocess.run([sys.executable, "-c", "print('from a child')"], check=True)
        asyncio.get_running_loop()
        __import__("logging").getLogger("acme").debug("from a logger")

    attempt = run_request(Doing(act), request_for())

    for words in ("from python", "from stderr", "from the system", "from a child"):
        assert words in attempt.printed
    assert "from a logger" in attempt.logged
    assert "from a logger" not in attempt.printed


def test_a_process_that_left_its_parent_is_found(tmp_path: Any) -> None:
    """A grandchild in a session of its own, whose parent has ended."""
    pid = tmp_path / "pid"
    program = (
        "import subprocess, sys;"
        "child = subprocess.Popen(['sleep', '3600'], start_new_session=True);"
        f"open({str(pid)!r}, 'w').write(str(child.pid))"
    )

    async def act(_: ExecuteRequest) -> object:
        subprocess.run([sys.executable, "-c", program], check=True)

    attempt = run_request(Doing(act), request_for(), limits=Limits(settle=0))
    os.kill(int(pid.read_text()), 9)

    assert any("sleep" in thing for thing in attempt.left)


def test_a_child_that_nobody_waited_for_is_found() -> None:
    kept: list[subprocess.Popen[bytes]] = []

    async def act(_: ExecuteRequest) -> object:
        kept.append(subprocess.Popen(["true"]))
        await asyncio.sleep(0.2)

    attempt = run_request(Doing(act), request_for(), limits=Limits(settle=0))
    kept[0].wait()

    assert any("nobody waited for" in thing for thing in attempt.left)


def test_a_stubborn_task_does_not_keep_the_test_waiting() -> None:
    """It ignores its cancellation, and raises when it is thrown away."""

    async def act(_: ExecuteRequest) -> object:
        while True:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                continue
            except GeneratorExit:
                raise ValueError("on the way out") from None

    limits = Limits(call=0.05, settle=0)

    assert run_request(Doing(act), request_for(), limits=limits).ending is Ending.HUNG


def test_environment_and_folder_for_temporary_files_are_put_back() -> None:
    before = (dict(os.environ), tempfile.gettempdir(), sys.stdout, sys.stderr)
    seen: list[str] = []

    async def act(_: ExecuteRequest) -> object:
        seen.append(tempfile.gettempdir())

    run_request(Doing(act), request_for())

    assert seen[0] != before[1]
    assert (dict(os.environ), tempfile.gettempdir(), sys.stdout, sys.stderr) == before


def test_ctrl_c_passes() -> None:
    async def act(_: ExecuteRequest) -> object:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_request(Doing(act), request_for())


def test_a_plain_function_may_exit_and_fail() -> None:
    """Errors come over from its thread."""

    class Plain(Executor):
        type = "plain"

        def execute(self, request: ExecuteRequest) -> None:
            if request.retry_count:
                raise ValueError("no")
            sys.exit(1)

    assert run_request(Plain(), request_for()).ending is Ending.EXITED
    failed = run_request(Plain(), request_for(retry_count=1))
    assert failed.outputs is not None
    assert failed.outputs.message == "ValueError: no"


def test_what_the_executor_says_comes_line_by_line() -> None:
    """Also to whoever listens on behalf of the request."""
    heard: list[str] = []

    async def act(request: ExecuteRequest) -> None:
        assert request.log("one")
        assert not request.log("two\nthree")

    def listen(text: str) -> bool:
        heard.append(text)
        return len(heard) < 2

    attempt = run_request(Doing(act), request_for(on_log=listen))

    assert attempt.lines == ("one", "two", "three")
    assert heard == ["one", "two\nthree"]


class Babbling(Executor):
    """Says what it was given."""

    type = "babbling"

    async def execute(self, request: ExecuteRequest) -> None:
        assert request.inputs is not None
        request.log(f"got {request.inputs.get('password')}")


def test_a_secret_that_is_said_is_found() -> None:
    sample = Sample({"password": "wind-and-water"}, secrets={"password"})

    findings = check_contract(Babbling, [sample], is_installed=False)

    found = [finding.message for finding in findings if finding.code == "secrets"]
    assert any("a secret is in the lines it said" in message for message in found)


def test_another_working_directory_and_environment_are_seen_and_put_back(tmp_path: Path) -> None:
    """Whatever has become of them: set, changed, removed, deleted; no value is shown."""
    before = (dict(os.environ), Path.cwd())

    async def act(_: ExecuteRequest) -> object:
        folder = tmp_path / "gone"
        folder.mkdir()
        os.chdir(folder)
        folder.rmdir()
        os.environ["NEW"] = "wind-and-water"
        os.environ["PATH"] += ":/more"
        del os.environ["HOME"]

    attempt = run_request(Doing(act), request_for(), limits=Limits(settle=0))

    assert attempt.left == (
        "another working directory",
        *(f"the environment variable {n} with another value" for n in ("HOME", "NEW", "PATH")),
    )
    assert (dict(os.environ), Path.cwd()) == before


@pytest.mark.parametrize(
    ("write", "how"),
    [
        (str, ""),
        (repr, "escaped"),
        (json.dumps, "escaped"),
        (quote_plus, "as in a URL"),
        (lambda text: text.encode().hex(), "in hexadecimal"),
        (lambda text: base64.b64encode(text.encode()).decode(), "in base64"),
        (lambda text: base64.urlsafe_b64encode(f"a:{text}".encode()).decode(), "in base64"),
        (lambda text: base64.b64encode(f"ab:{text}:cd".encode()).decode(), "in base64"),
        (lambda text: base64.b64encode(f"abc:{text}:".encode()).decode(), "in base64"),
    ],
)
@pytest.mark.parametrize("secret", ["wind-and-water", 'wün\n"d &?>~', "123456"])
def test_a_secret_is_known_by_its_spellings(
    write: Callable[[str], str], how: str, secret: str
) -> None:
    shown = f"<{write(secret)}>"

    found = {spelling: name for spelling, name in spellings_of(secret).items() if spelling in shown}

    assert found
    assert how in found.values() or secret in found
