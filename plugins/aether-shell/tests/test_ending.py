"""Nothing of a task outlives it: no process, no zombie, no open pipe."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from aether_sdk import ExecCode
from aether_shell import ShellExecutor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aether_sdk import ExecOutputs, ExecuteRequest, JsonValue

    Shell = Callable[..., ExecOutputs]
    RequestOf = Callable[[Mapping[str, JsonValue]], ExecuteRequest]
    IsGone = Callable[[int], bool]


class QuickDrain(ShellExecutor):
    """The executor with little patience for output, and a lot for processes."""

    kill_grace = 10.0
    drain_grace = 0.1


async def pid_in(file: Path) -> int:
    """Returns the process id that a test's script writes to a file, as soon as it is there."""
    while not (file.exists() and file.read_text().endswith("\n")):
        await asyncio.sleep(0.005)
    return int(file.read_text())


def children() -> set[int]:
    """Returns the process ids of this process's children, zombies included."""
    lists = Path("/proc/self/task").glob("*/children")
    return {int(pid) for file in lists for pid in file.read_text().split()}


def cancel_when_started(
    executor: ShellExecutor, request: ExecuteRequest, pid_file: Path, *, times: int = 1
) -> tuple[int, float]:
    """Cancels a call once its script runs; returns the script's pid and the time it took."""

    async def run() -> tuple[int, float]:
        task = asyncio.ensure_future(executor.execute(request))
        pid = await pid_in(pid_file)
        began = time.monotonic()
        for _ in range(times):
            task.cancel()
            await asyncio.sleep(0.01)
        with pytest.raises(asyncio.CancelledError):
            await task
        return pid, time.monotonic() - began

    return asyncio.run(asyncio.wait_for(run(), timeout=15))


@pytest.fixture
def pid_file(tmp_path: Path) -> Path:
    return tmp_path / "pid"


def test_cancelling_ends_the_process_at_once_and_reaps_it(
    request_of: RequestOf, pid_file: Path, is_gone: IsGone
) -> None:
    patient = ShellExecutor()
    request = request_of({"script": f"echo $$ > {pid_file}; exec sleep 60"})

    pid, took = cancel_when_started(patient, request, pid_file)

    assert is_gone(pid)
    assert pid not in children()
    assert took < patient.kill_grace


def test_cancelling_ends_what_the_process_has_started(
    executor: ShellExecutor, request_of: RequestOf, pid_file: Path, is_gone: IsGone
) -> None:
    request = request_of({"script": f"sleep 60 & echo $! > {pid_file}; wait"})

    grandchild, _ = cancel_when_started(executor, request, pid_file)

    assert is_gone(grandchild)


def test_a_process_may_clean_up_when_cancelled(
    executor: ShellExecutor, request_of: RequestOf, pid_file: Path, tmp_path: Path
) -> None:
    clean = f"trap 'echo clean > {tmp_path}/cleaned; exit 0' TERM"
    request = request_of({"script": f"{clean}; echo $$ > {pid_file}; while :; do sleep 0.01; done"})

    cancel_when_started(executor, request, pid_file)

    assert (tmp_path / "cleaned").read_text() == "clean\n"


def test_a_process_that_ignores_sigterm_is_killed_after_the_grace(
    executor: ShellExecutor, request_of: RequestOf, pid_file: Path, is_gone: IsGone
) -> None:
    script = f"trap '' TERM; echo $$ > {pid_file}; while :; do sleep 0.02; done"

    pid, took = cancel_when_started(executor, request_of({"script": script}), pid_file)

    assert is_gone(pid)
    assert took >= executor.kill_grace


def test_cancelling_twice_kills_without_grace(
    request_of: RequestOf, pid_file: Path, is_gone: IsGone
) -> None:
    patient = ShellExecutor()
    script = f"trap '' TERM; echo $$ > {pid_file}; while :; do sleep 0.02; done"

    pid, took = cancel_when_started(patient, request_of({"script": script}), pid_file, times=2)

    assert is_gone(pid)
    assert took < patient.kill_grace


def test_a_process_that_closed_its_pipes_is_waited_for_and_ended(
    executor: ShellExecutor, request_of: RequestOf, pid_file: Path, is_gone: IsGone
) -> None:
    script = f"exec <&- >&- 2>&-; echo $$ > {pid_file}; exec sleep 60"

    pid, _ = cancel_when_started(executor, request_of({"script": script}), pid_file)

    assert is_gone(pid)


def test_cancelling_while_the_process_starts_leaves_nothing(
    executor: ShellExecutor, request_of: RequestOf
) -> None:
    async def run(steps: int) -> None:
        task = asyncio.ensure_future(executor.execute(request_of({"command": ["sleep", 60]})))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    before = children()

    for steps in range(8):
        asyncio.run(asyncio.wait_for(run(steps), timeout=15))
        assert children() <= before


def test_a_deadline_ends_the_process_too(
    executor: ShellExecutor, request_of: RequestOf, pid_file: Path, is_gone: IsGone
) -> None:
    request = request_of({"script": f"echo $$ > {pid_file}; exec sleep 60"})

    async def run() -> None:
        started = asyncio.ensure_future(pid_in(pid_file))
        now = asyncio.get_running_loop().time
        async with asyncio.timeout(15) as limit:
            started.add_done_callback(lambda _: limit.reschedule(now() + 0.01))
            await executor.execute(request)

    with pytest.raises(TimeoutError):
        asyncio.run(run())

    assert is_gone(int(pid_file.read_text()))


def test_a_loop_that_shuts_down_ends_the_process(
    executor: ShellExecutor, request_of: RequestOf, pid_file: Path, is_gone: IsGone
) -> None:
    async def run() -> int:
        request = request_of({"script": f"echo $$ > {pid_file}; exec sleep 60"})
        background.append(asyncio.ensure_future(executor.execute(request)))
        return await pid_in(pid_file)

    background: list[asyncio.Future[ExecOutputs]] = []

    assert is_gone(asyncio.run(asyncio.wait_for(run(), timeout=15)))
    assert background[0].cancelled()


def test_a_background_process_ends_with_the_task(
    shell: Shell, pid_file: Path, is_gone: IsGone
) -> None:
    result = shell(script=f"sleep 60 >/dev/null 2>&1 & echo $! > {pid_file}; echo done")

    assert (result.code, result.get("stdout")) == (ExecCode.SUCCEEDED, "done\n")
    assert is_gone(int(pid_file.read_text()))


def test_a_background_process_that_holds_the_pipes_does_not_hold_the_task(
    shell: Shell, pid_file: Path, is_gone: IsGone
) -> None:
    began = time.monotonic()

    result = shell(script=f"sleep 60 & echo $! > {pid_file}; echo done")

    assert (result.code, result.get("stdout")) == (ExecCode.SUCCEEDED, "done\n")
    assert is_gone(int(pid_file.read_text()))
    assert time.monotonic() - began < 10


def test_output_that_follows_shortly_after_the_end_is_kept(request_of: RequestOf) -> None:
    request = request_of({"script": "(sleep 0.02; echo late) & echo early"})
    began = time.monotonic()

    result = asyncio.run(ShellExecutor().execute(request))

    assert result.get("stdout") == "early\nlate\n"
    assert time.monotonic() - began < ShellExecutor.kill_grace


def test_a_zombie_that_nobody_reaps_does_not_hold_the_task(
    request_of: RequestOf, pid_file: Path
) -> None:
    """The zombie's parent has left the group, so the zombie stays in it."""
    parent = (
        "import os, time\n"
        "child = os.fork()\n"
        "if child == 0: os._exit(0)\n"
        "os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)\n"
        "os.setsid()\n"
        f"print(os.getpid(), file=open({str(pid_file)!r}, 'w'), flush=True)\n"
        "time.sleep(60)\n"
    )
    script = f"'{sys.executable}' -c \"$1\" & until [ -s {pid_file} ]; do sleep 0.01; done"
    began = time.monotonic()

    asyncio.run(QuickDrain().execute(request_of({"script": script, "args": [parent]})))

    os.kill(int(pid_file.read_text()), 9)
    assert time.monotonic() - began < QuickDrain.kill_grace


def test_a_process_that_left_the_group_does_not_hold_the_task(shell: Shell, pid_file: Path) -> None:
    began = time.monotonic()

    away = f"setsid sh -c 'echo $$ > {pid_file}; exec sleep 60' &"

    result = shell(script=f"{away} while [ ! -s {pid_file} ]; do sleep 0.01; done; echo a")

    try:
        assert (result.code, result.get("stdout")) == (ExecCode.SUCCEEDED, "a\n")
        assert time.monotonic() - began < 10
    finally:
        os.kill(int(pid_file.read_text()), 9)


def test_twenty_calls_at_once_do_not_mix(executor: ShellExecutor, request_of: RequestOf) -> None:
    async def run() -> list[ExecOutputs]:
        calls = (executor.execute(request_of({"command": ["echo", n]})) for n in range(20))
        return await asyncio.gather(*calls)

    results = asyncio.run(run())

    assert [result.get("stdout") for result in results] == [f"{n}\n" for n in range(20)]
