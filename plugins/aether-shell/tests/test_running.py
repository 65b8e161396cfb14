"""What runs, with which arguments, environment, directory and input."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from aether_sdk import ExecCode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from aether_sdk import ExecOutputs, JsonValue

    Shell = Callable[..., ExecOutputs]

SHOW_ARGUMENTS = "import sys; print(sys.argv[1:])"


def test_a_command_reports_exit_code_streams_and_truncation(shell: Shell) -> None:
    result = shell(command=["sh", "-c", "echo out; echo err >&2"])

    assert (result.code, result.message) == (ExecCode.SUCCEEDED, "")
    assert result.as_dict() == {
        "exit_code": 0,
        "stdout": "out\n",
        "stderr": "err\n",
        "truncated": False,
    }


def test_inputs_of_other_names_are_ignored(shell: Shell) -> None:
    """A loop hands its own variables to every iteration."""
    result = shell(**{"command": ["echo", "a"], "loop_iter.index": 3, "__resumed": True})

    assert result.get("stdout") == "a\n"


def test_a_command_text_is_split_by_quoting_rules(shell: Shell) -> None:
    result = shell(command=f"{sys.executable} -c '{SHOW_ARGUMENTS}' \"a b\" c\\ d ''")

    assert result.get("stdout") == "['a b', 'c d', '']\n"


def test_no_shell_reads_a_command(shell: Shell) -> None:
    assert shell(command="echo $HOME * | cat > /nowhere").get("stdout") == (
        "$HOME * | cat > /nowhere\n"
    )


def test_arguments_follow_the_command(shell: Shell) -> None:
    result = shell(command=[sys.executable, "-c", SHOW_ARGUMENTS, "a"], args=["b c", "$HOME"])

    assert result.get("stdout") == "['a', 'b c', '$HOME']\n"


def test_numbers_and_booleans_are_written_as_text(shell: Shell) -> None:
    result = shell(command=["echo", 1, 2.5, True], args=[False], env={"N": 3})

    assert result.get("stdout") == "1 2.5 true false\n"


def test_a_script_runs_in_sh(shell: Shell) -> None:
    assert shell(script="x=1; for i in a b; do echo $x$i; done").get("stdout") == "1a\n1b\n"


def test_arguments_of_a_shell_script_are_its_positional_parameters(shell: Shell) -> None:
    result = shell(script='echo "$0|$1|$2|$#"', args=["a b", "c"])

    assert result.get("stdout") == "script|a b|c|2\n"


@pytest.mark.parametrize("interpreter", [["env", "sh", "-e"], "sh -e"])
def test_an_interpreter_may_have_options_as_list_or_text(
    shell: Shell, interpreter: JsonValue
) -> None:
    result = shell(script="echo $1; false; echo never", args=["x"], interpreter=interpreter)

    assert (result.get("exit_code"), result.get("stdout")) == (1, "x\n")


def test_an_interpreter_that_is_no_shell_gets_the_arguments_directly(shell: Shell) -> None:
    result = shell(script=SHOW_ARGUMENTS, args=["a"], interpreter=[sys.executable])

    assert result.get("stdout") == "['a']\n"


def test_variables_are_added_to_the_inherited_environment(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEPT", "kept")
    monkeypatch.setenv("REPLACED", "old")

    result = shell(
        script='echo "$KEPT $REPLACED $PORT $ON"',
        env={
            "REPLACED": "new",
            "PORT": 8080,
            "ON": True,
        },
    )

    assert result.get("stdout") == "kept new 8080 true\n"


def test_variables_with_secrets_are_not_inherited(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A task gets the secrets that its document gives it, not all that the worker knows."""
    monkeypatch.setenv("AETHER_SECRET_DB_PASSWORD", "x")

    result = shell(script="env", env={"PASSWORD": "given"})

    assert "AETHER_SECRET" not in str(result.get("stdout"))
    assert "PASSWORD=given" in str(result.get("stdout"))


def test_a_clean_environment_has_only_the_given_variables(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "x")
    show = "import os; print({k: v for k, v in os.environ.items() if k != 'LC_CTYPE'})"

    result = shell(command=[sys.executable, "-c", show], clean_env=True, env={"A": "1"})

    assert result.get("stdout") == "{'A': '1'}\n"


def test_cwd_is_where_the_process_runs(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "here.sh").write_text("#!/bin/sh\npwd\n")
    (tmp_path / "here.sh").chmod(0o755)

    assert shell(command=["./here.sh"], cwd=str(tmp_path)).get("stdout") == f"{tmp_path}\n"


def test_stdin_is_empty_unless_given(shell: Shell) -> None:
    assert shell(command=["cat"]).get("stdout") == ""


@pytest.mark.parametrize("text", ["", "läuft\n", "x" * 300_000], ids=["none", "some", "much"])
def test_stdin_reaches_the_process_whole(shell: Shell, text: str) -> None:
    assert shell(command=["cat"], stdin=text).get("stdout") == text


def test_a_process_may_ignore_a_large_stdin(shell: Shell) -> None:
    result = shell(command=["true"], stdin="x" * 5_000_000)

    assert result.code == ExecCode.SUCCEEDED


def test_a_process_may_close_stdin_and_go_on(shell: Shell) -> None:
    result = shell(script="exec <&-; sleep 0.05; echo done", stdin="x" * 5_000_000)

    assert (result.code, result.get("stdout")) == (ExecCode.SUCCEEDED, "done\n")


def test_large_stdin_and_large_outputs_at_once_do_not_deadlock(shell: Shell) -> None:
    text = "0123456789abcdef" * 60_000

    result = shell(command=["tee", "/dev/stderr"], stdin=text)

    assert (result.get("stdout"), result.get("stderr")) == (text, text)


def test_outputs_beyond_the_limit_are_read_and_dropped(shell: Shell) -> None:
    result = shell(script="head -c 3000000 /dev/zero | tr '\\0' x; echo e >&2", max_output_bytes=10)

    assert result.as_dict() == {
        "exit_code": 0,
        "stdout": "x" * 10,
        "stderr": "e\n",
        "truncated": True,
    }


def test_an_output_of_exactly_the_limit_is_not_truncated(shell: Shell) -> None:
    result = shell(command=["printf", "12345"], max_output_bytes=5)

    assert (result.get("stdout"), result.get("truncated")) == ("12345", False)


def test_a_limit_of_zero_keeps_nothing(shell: Shell) -> None:
    result = shell(command=["echo", "a"], max_output_bytes=0)

    assert (result.get("stdout"), result.get("truncated")) == ("", True)


def test_the_limit_never_cuts_a_character(shell: Shell) -> None:
    result = shell(command=["printf", "aé€"], max_output_bytes=5)

    assert result.get("stdout") == "aé"


def test_bytes_that_are_no_text_are_replaced(shell: Shell) -> None:
    assert shell(script="printf 'a\\377b\\303'").get("stdout") == "a�b�"


def test_a_character_in_two_writes_stays_whole(shell: Shell) -> None:
    result = shell(script="printf '\\303'; sleep 0.02; printf '\\251'")

    assert result.get("stdout") == "é"
