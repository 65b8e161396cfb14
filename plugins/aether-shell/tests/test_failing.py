"""What a call reports when the process fails or cannot start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aether_sdk import ExecCode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from aether_sdk import ExecOutputs, JsonValue

    Shell = Callable[..., ExecOutputs]


def test_an_unexpected_exit_code_fails_with_the_outputs_still_there(shell: Shell) -> None:
    result = shell(script="echo out; echo boom >&2; exit 3")

    assert (result.code, result.message) == (ExecCode.FAILED, "exit code 3, expected 0: boom")
    assert result.as_dict() == {
        "exit_code": 3,
        "stdout": "out\n",
        "stderr": "boom\n",
        "truncated": False,
    }


def test_exit_code_1_is_a_failure_and_no_suspension(shell: Shell) -> None:
    assert shell(command=["false"]).code == ExecCode.FAILED


def test_without_stderr_the_message_is_the_exit_code_alone(shell: Shell) -> None:
    assert shell(script="exit 7", success_codes=[0, 1]).message == "exit code 7, expected 0 or 1"


def test_other_codes_can_be_declared_a_success(shell: Shell) -> None:
    result = shell(script="exit 3", success_codes=[3])

    assert (result.code, result.get("exit_code")) == (ExecCode.SUCCEEDED, 3)
    assert shell(command=["true"], success_codes=[3]).code == ExecCode.FAILED


def test_the_message_has_the_last_lines_of_stderr_only(shell: Shell) -> None:
    result = shell(script="for i in 1 2 3 4 5; do echo line $i >&2; done; echo >&2; exit 1")

    assert result.message == "exit code 1, expected 0: line 3 | line 4 | line 5"


def test_the_message_is_bounded_and_keeps_the_end(shell: Shell) -> None:
    script = "head -c 90000 /dev/zero | tr '\\0' x >&2; echo the end >&2; exit 1"

    result = shell(script=script, max_output_bytes=100)

    assert len(result.message) < 600
    assert result.message.endswith("xxthe end")


@pytest.mark.parametrize(("name", "number"), [("KILL", 9), ("TERM", 15), ("SEGV", 11)])
def test_death_by_signal_is_said_in_words(shell: Shell, name: str, number: int) -> None:
    result = shell(script=f"kill -{name} $$")

    assert result.code == ExecCode.FAILED
    assert result.message == f"killed by signal {number} (SIG{name}), expected 0"
    assert result.get("exit_code") == -number


def test_a_signal_without_a_name_is_given_by_number(shell: Shell) -> None:
    assert shell(script="kill -40 $$").message == "killed by signal 40, expected 0"


def test_death_by_signal_can_be_declared_a_success(shell: Shell) -> None:
    assert shell(script="kill -TERM $$", success_codes=[-15]).code == ExecCode.SUCCEEDED


@pytest.mark.parametrize(
    "program", ["no-such-program-anywhere", "/no/such/program", "./no-such-program"]
)
def test_a_missing_program_is_an_error(shell: Shell, program: str) -> None:
    result = shell(command=[program], stdin="x")

    assert result.code == ExecCode.ERROR
    assert result.message.startswith(f"cannot start '{program}': no such program")
    assert not result.parameters


def test_a_program_that_is_not_executable_is_an_error(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("text")

    result = shell(command=["./plain"], cwd=str(tmp_path))

    assert (result.code, result.message) == (
        ExecCode.ERROR,
        "cannot start './plain': Permission denied",
    )


def test_a_missing_directory_is_an_error_that_names_it(shell: Shell) -> None:
    result = shell(command=["true"], cwd="/no/such/place")

    assert (result.code, result.message) == (
        ExecCode.ERROR,
        "cannot start 'true': cwd '/no/such/place' is not a directory",
    )


def test_a_script_too_long_for_the_system_is_an_error(shell: Shell) -> None:
    result = shell(script=f"# {'x' * 3_000_000}")

    assert (result.code, result.message) == (
        ExecCode.ERROR,
        "cannot start '/bin/sh': Argument list too long",
    )


def test_a_null_character_in_an_argument_is_an_error(shell: Shell) -> None:
    result = shell(command=["echo", "a\0b"])

    assert (result.code, result.message) == (
        ExecCode.ERROR,
        "cannot start 'echo': embedded null byte",
    )


def test_colours_stay_out_of_the_message(shell: Shell) -> None:
    result = shell(script="printf '\\033[1;31mboom\\033[0m\\a\\n' >&2; exit 1")

    assert result.message == "exit code 1, expected 0: boom"
    assert result.get("stderr") == "\x1b[1;31mboom\x1b[0m\a\n"


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({}, "exactly one of command and script"),
        ({"command": None, "script": None}, "exactly one of command and script"),
        ({"command": "true", "script": "true"}, "exactly one of command and script"),
        ({"command": "true", "interpreter": ["sh"]}, "interpreter needs script"),
        ({"command": []}, "names no program"),
        ({"command": "  "}, "names no program"),
        ({"command": [""]}, "names no program"),
        ({"script": "true", "interpreter": []}, "names no program"),
        ({"command": "echo 'a"}, "No closing quotation"),
        ({"command": 5}, "command"),
        ({"command": [["a"]]}, "command[0]"),
        ({"script": ["true"]}, "script"),
        ({"command": "true", "args": "a"}, "args"),
        ({"command": "true", "env": {"A=B": "c"}}, "not a name of an environment variable"),
        ({"command": "true", "env": {"": "c"}}, "not a name of an environment variable"),
        ({"command": "true", "env": {"A": None}}, "env.A"),
        ({"command": "true", "success_codes": []}, "success_codes"),
        ({"command": "true", "success_codes": ["0"]}, "success_codes[0]"),
        ({"command": "true", "max_output_bytes": -1}, "max_output_bytes"),
        ({"command": "true", "clean_env": "yes"}, "clean_env"),
        ({"command": "cat", "stdin": "\ud800"}, "stdin"),
    ],
)
def test_bad_inputs_are_an_error_that_names_them(
    shell: Shell, given: dict[str, JsonValue], complaint: str
) -> None:
    result = shell(**given)

    assert result.code == ExecCode.ERROR
    assert complaint in result.message
