"""Limits of what the system gives a process."""

from __future__ import annotations

import resource
import sys
from typing import TYPE_CHECKING

import pytest

from aether_sdk import ExecCode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from aether_sdk import ExecOutputs, JsonValue

    Shell = Callable[..., ExecOutputs]

SHOW = "ulimit -S -t; ulimit -H -t; ulimit -v; ulimit -n; ulimit -f"


def test_limits_are_set_before_the_program_runs(shell: Shell) -> None:
    result = shell(
        script=SHOW,
        max_cpu_seconds=7,
        max_memory_bytes=512 * 2**20,
        max_open_files=33,
        max_file_bytes=2048,
        stdout_format="lines",
    )

    assert result.get("result") == ["7", "8", str(512 * 1024), "33", "4"]


def test_without_limits_the_worker_s_own_apply(shell: Shell) -> None:
    own = resource.getrlimit(resource.RLIMIT_NOFILE)[0]

    assert shell(script="ulimit -n").get("stdout") == f"{own}\n"


def test_a_limit_beyond_the_worker_s_own_is_that_one(shell: Shell) -> None:
    own = resource.getrlimit(resource.RLIMIT_NOFILE)[1]

    result = shell(script="ulimit -n", max_open_files=2**40)

    assert result.get("stdout") == f"{own}\n"


def test_too_much_processor_time_ends_the_process_and_is_said(shell: Shell) -> None:
    result = shell(script="while :; do :; done", max_cpu_seconds=1)

    assert result.code == ExecCode.FAILED
    assert result.message == (
        "killed by signal 24 (SIGXCPU, its limit of processor time), expected 0"
    )


def test_too_much_memory_is_refused_to_the_process(shell: Shell) -> None:
    program = "x = bytearray(2**30)"

    result = shell(command=[sys.executable, "-c", program], max_memory_bytes=256 * 2**20)

    assert (result.code, "MemoryError" in result.message) == (ExecCode.FAILED, True)


def test_a_file_that_grows_too_long_ends_the_process(shell: Shell, tmp_path: Path) -> None:
    result = shell(
        command=["dd", "if=/dev/zero", f"of={tmp_path}/big", "bs=4096", "count=4"],
        max_file_bytes=8192,
    )

    assert result.code == ExecCode.FAILED
    assert "SIGXFSZ, its limit of the size of a file" in result.message
    assert (tmp_path / "big").stat().st_size == 8192


def test_arguments_directory_and_input_are_the_same_with_limits(
    shell: Shell, tmp_path: Path
) -> None:
    (tmp_path / "here").write_text('#!/bin/sh\npwd; cat; for i in "$@"; do echo "<$i>"; done\n')
    (tmp_path / "here").chmod(0o755)

    result = shell(
        command=["./here", "a b", "$HOME", ""], cwd=str(tmp_path), stdin="x\n", max_open_files=50
    )

    assert result.get("stdout") == f"{tmp_path}\nx\n<a b>\n<$HOME>\n<>\n"


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("no-such-program", "no such program"),
        ("/no/such/program", "no such program"),
        ("./plain", "Permission denied"),
        ("./folder", "Permission denied"),
    ],
)
def test_a_missing_program_is_an_error_with_limits_too(
    shell: Shell, tmp_path: Path, program: str, reason: str
) -> None:
    (tmp_path / "plain").write_text("text")
    (tmp_path / "folder").mkdir()

    result = shell(command=[program], cwd=str(tmp_path), max_open_files=50)

    assert result.code == ExecCode.ERROR
    assert result.message.startswith(f"cannot start '{program}': {reason}")


def test_a_limit_that_the_system_does_not_have_is_an_error(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")

    result = shell(command=["true"], max_memory_bytes=2**30)

    assert result.code == ExecCode.ERROR
    assert result.message.startswith("max_memory_bytes is not supported on this system")


@pytest.mark.parametrize(
    "given",
    [{"max_cpu_seconds": 0}, {"max_memory_bytes": -1}, {"max_open_files": 1.5}],
)
def test_a_limit_that_makes_no_sense_is_refused(shell: Shell, given: dict[str, JsonValue]) -> None:
    result = shell(command=["true"], **given)

    assert result.code == ExecCode.ERROR
    assert next(iter(given)) in result.message
