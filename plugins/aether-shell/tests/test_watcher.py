"""Nothing of a task outlives the worker, however that ends."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from aether_sdk import ExecuteRequest, TaskError
from aether_shell import ShellExecutor
from aether_shell._watcher import Watcher
from aether_shell._watcher_program import end, groups_writing_to, left_in, signalled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from aether_sdk import ExecOutputs, JsonValue

    Shell = Callable[..., ExecOutputs]
    RequestOf = Callable[[Mapping[str, JsonValue]], ExecuteRequest]

#: A worker with tasks that never end by themselves.
WORKER = """
import asyncio, sys
from aether_sdk import ExecuteRequest, Inputs
from aether_shell import ShellExecutor

async def call(script):
    request = ExecuteRequest("t", "r", "n", inputs=Inputs.of({"script": script}))
    await ShellExecutor().execute(request)

async def main():
    await asyncio.gather(*(call(sys.argv[1]) for _ in range(int(sys.argv[2]))))

asyncio.run(main())
"""
#: A worker that starts tasks as fast as it can.
BUSY_WORKER = """
import asyncio, sys
from aether_sdk import ExecuteRequest, Inputs
from aether_shell import ShellExecutor

async def call():
    while True:
        request = ExecuteRequest("t", "r", "n", inputs=Inputs.of({"command": ["sleep", "60"]}))
        task = asyncio.ensure_future(ShellExecutor().execute(request))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        print(flush=True)

async def main():
    await asyncio.gather(*(call() for _ in range(4)))

asyncio.run(main())
"""


@pytest.fixture
def mark() -> str:
    """A text in the environment of a worker and of all that it starts."""
    return f"AETHER_TEST={uuid4()}"


def marked(mark: str) -> set[int]:
    """Return the processes with a mark that have not ended; the watcher among them."""
    found: set[int] = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            # What has ended has no environment any more.
            if mark.encode() in (process / "environ").read_bytes():
                found.add(int(process.name))
    return found


def wait_until(is_true: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, "that took too long"
        time.sleep(0.05)


def start_worker(mark: str, program: str, *args: str) -> subprocess.Popen[bytes]:
    """Start a worker without standard input, as services are: the number 0 is free in it."""
    name, _, value = mark.partition("=")
    return subprocess.Popen(
        ["/bin/sh", "-c", 'exec "$@" <&-', "sh", sys.executable, "-c", program, *args],
        env={**os.environ, name: value},
        stdout=subprocess.PIPE,
        start_new_session=True,
    )


@pytest.fixture
def worker(mark: str) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    workers: list[subprocess.Popen[bytes]] = []

    def start(program: str, *args: str) -> subprocess.Popen[bytes]:
        workers.append(start_worker(mark, program, *args))
        return workers[-1]

    yield start
    for process in workers:
        process.kill()
        with process:
            pass
    for pid in marked(mark):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_worker_leaves_no_process(
    worker: Callable[..., subprocess.Popen[bytes]], mark: str, number: signal.Signals
) -> None:
    """The processes of each task, and theirs, are ended; so is the watcher itself."""
    process = worker(WORKER, "sleep 60 & wait", "6")
    # Worker, watcher, and for each task the shell and its child.
    wait_until(lambda: len(marked(mark)) == 2 + 2 * 6)

    process.send_signal(number)

    wait_until(lambda: not marked(mark))


def test_a_process_that_ignores_sigterm_does_not_outlive_the_worker(
    worker: Callable[..., subprocess.Popen[bytes]], mark: str
) -> None:
    process = worker(WORKER, "trap '' TERM; sleep 60 & wait; wait; sleep 60", "1")
    wait_until(lambda: len(marked(mark)) == 4)

    process.kill()

    wait_until(lambda: not marked(mark))


def test_signals_to_the_group_of_the_worker_leave_the_watcher_alone(
    worker: Callable[..., subprocess.Popen[bytes]], mark: str
) -> None:
    """Service managers send SIGTERM to every process that they see."""
    process = worker(WORKER, "sleep 60 & wait", "2")
    wait_until(lambda: len(marked(mark)) == 2 + 2 * 2)
    (watcher,) = (
        pid
        for pid in marked(mark)
        if b"_watcher_program" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )

    os.kill(watcher, signal.SIGTERM)
    os.kill(watcher, signal.SIGINT)
    os.kill(process.pid, signal.SIGKILL)

    wait_until(lambda: not marked(mark))


def test_whenever_a_worker_is_killed_no_process_is_missed(
    worker: Callable[..., subprocess.Popen[bytes]], mark: str
) -> None:
    """Killed while it starts processes, also between the start of one and what comes next."""
    for _ in range(4):
        process = worker(BUSY_WORKER)
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()

    wait_until(lambda: not marked(mark))


def test_two_hundred_cancellations_leave_no_process_and_no_zombie(
    mark: str, request_of: RequestOf, tmp_path: Path
) -> None:
    name, _, value = mark.partition("=")
    script = f"sleep 60 & echo >> {tmp_path}/started; wait"
    request = request_of({"script": script, "env": {name: value}})
    before = children()

    async def run(count: int, expected: int) -> None:
        tasks = [asyncio.ensure_future(ShellExecutor().execute(request)) for _ in range(count)]
        file = tmp_path / "started"
        while not file.exists() or file.stat().st_size < expected:
            await asyncio.sleep(0.005)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        assert all(task.cancelled() for task in tasks)

    async def rounds() -> None:
        for number in range(1, 5):
            await run(50, 50 * number)

    asyncio.run(asyncio.wait_for(rounds(), timeout=30))

    assert children() <= before
    wait_until(lambda: not marked(mark))


def children() -> set[int]:
    """Return the process ids of this process's children, zombies included."""
    lists = Path("/proc/self/task").glob("*/children")
    return {int(pid) for file in lists for pid in file.read_text().split()}


def sleeper(pipe: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["sleep", "60"], stdout=pipe, start_new_session=True)


@pytest.fixture
def pipe() -> Iterator[int]:
    ours, theirs = os.pipe()
    yield theirs
    os.close(ours)
    os.close(theirs)


def watcher_of(pids: set[int]) -> int:
    (watcher,) = children() - pids
    return watcher


def test_a_watcher_that_was_ended_is_replaced(pipe: int) -> None:
    """The new one finds the groups of before."""
    before = children()
    watcher = Watcher()
    first = watcher.start(lambda: sleeper(pipe), pipe)
    old = watcher_of({*before, first.pid})
    os.kill(old, signal.SIGKILL)
    os.waitid(os.P_PID, old, os.WEXITED | os.WNOWAIT)

    second = watcher.start(lambda: sleeper(pipe), pipe)
    new = watcher_of({*before, first.pid, second.pid})
    watcher.leave()

    assert (first.wait(timeout=10), second.wait(timeout=10)) == (-15, -15)
    os.waitpid(new, 0)


def test_groups_that_were_forgotten_are_left_alone(pipe: int) -> None:
    """Their numbers may be those of strangers by now, and their places those of other groups."""
    before = children()
    watcher = Watcher()
    processes = [watcher.start(lambda: sleeper(pipe), pipe) for _ in range(3)]
    for process in processes[:2]:
        watcher.forget(process.pid)
    watcher.forget(processes[0].pid)
    processes.append(watcher.start(lambda: sleeper(pipe), pipe))

    observer = watcher_of({*before, *(process.pid for process in processes)})
    watcher.leave()

    os.waitpid(observer, 0)
    assert [process.wait(timeout=10) for process in processes[2:]] == [-15, -15]
    assert [process.poll() for process in processes[:2]] == [None, None]
    for process in processes[:2]:
        process.kill()
        process.wait()


def test_a_process_that_does_not_start_is_not_looked_for(pipe: int) -> None:
    before = children()
    watcher = Watcher()

    def fail() -> subprocess.Popen[bytes]:
        raise FileNotFoundError

    with pytest.raises(FileNotFoundError):
        watcher.start(fail, pipe)
    bystander = sleeper(pipe)
    watcher.leave()

    os.waitpid(watcher_of({*before, bystander.pid}), 0)
    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()


def test_a_fork_of_the_worker_does_not_keep_it_alive_for_the_watcher() -> None:
    """Else a fork that lives on would let tasks live on too. Its own tasks get a new watcher."""
    program = """
import asyncio, os, sys
from aether_sdk import ExecuteRequest, Inputs
from aether_shell import ShellExecutor

def run():
    inputs = Inputs.of({"command": ["echo", "a"]})
    result = asyncio.run(ShellExecutor().execute(ExecuteRequest("t", "r", "n", inputs=inputs)))
    print(result.get("stdout"), end="", flush=True)

run()
if os.fork():
    os.wait()
run()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, b"a\na\na\n", b"")


def test_the_table_has_groups_and_marks() -> None:
    assert left_in(b" 10    0\n  0   0\n  0  6\n 11  0\n") == ({10, 11}, {6})


def test_a_process_is_found_by_its_standard_output(pipe: int) -> None:
    process = sleeper(pipe)

    found = groups_writing_to({os.fstat(pipe).st_ino})

    assert found == {process.pid}
    end(found, 5)
    assert process.wait(timeout=10) == -15


def test_a_group_that_ignores_sigterm_is_killed(pipe: int) -> None:
    script = "trap '' TERM; kill -STOP $$; while :; do sleep 0.01; done"
    process = subprocess.Popen(["sh", "-c", script], start_new_session=True)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
    os.kill(process.pid, signal.SIGCONT)

    end({process.pid}, 0.1)

    assert process.wait(timeout=10) == -9


def test_groups_that_are_gone_are_no_trouble() -> None:
    process = subprocess.Popen(["true"], start_new_session=True)
    process.wait()

    assert signalled({process.pid}, signal.SIGTERM) == set()


def test_without_pidfd_a_thread_waits(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some systems do not have it, and some sandboxes forbid it."""

    def forbidden(_pid: int) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "pidfd_open", forbidden)

    assert shell(script="echo a; exit 3").as_dict()["exit_code"] == 3


def test_an_exit_code_that_is_lost_is_no_success(request_of: RequestOf) -> None:
    """Where SIGCHLD is ignored, the system forgets how children ended."""
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)

    try:
        with pytest.raises(TaskError, match="the exit code is lost"):
            asyncio.run(ShellExecutor().execute(request_of({"command": ["true"]})))
    finally:
        signal.signal(signal.SIGCHLD, before)
