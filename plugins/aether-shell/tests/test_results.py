"""Exit codes that are told apart, and outputs read from what a process says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aether_sdk import ExecCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from aether_sdk import ExecOutputs, JsonValue

    Shell = Callable[..., ExecOutputs]


def test_with_failed_codes_all_further_codes_are_errors(shell: Shell) -> None:
    """A retry can tell a no from a breakdown. Outputs are kept in both cases."""
    refused = shell(script="echo out; exit 1", failed_codes=[1, 3])
    broken = shell(script="echo out; echo why >&2; exit 2", failed_codes=[1, 3])

    assert (refused.code, refused.message) == (ExecCode.FAILED, "exit code 1, expected 0")
    assert broken.code == ExecCode.ERROR
    assert broken.message == "exit code 2, expected 0, or 1 or 3 for Failed: why"
    assert (broken.get("exit_code"), broken.get("stdout")) == (2, "out\n")


def test_no_failed_codes_at_all_make_every_other_code_an_error(shell: Shell) -> None:
    assert shell(command=["false"], failed_codes=[]).code == ExecCode.ERROR


def test_a_code_cannot_be_both_success_and_failure(shell: Shell) -> None:
    result = shell(command=["false"], success_codes=[0, 1, 2], failed_codes=[2, 1])

    assert result.code == ExecCode.ERROR
    assert "both success_codes and failed_codes have 1, 2" in result.message


@pytest.mark.parametrize(
    ("form", "printed", "expected"),
    [
        ("text", "a b\\n\\n", "a b"),
        ("text", "", ""),
        ("lines", "a\\r\\n\\n b\\n", ["a", "", " b"]),
        ("lines", "a\\nb", ["a", "b"]),
        ("lines", "", []),
        ("json", '{"a": [1, 2.5, null]}\\n', {"a": [1, 2.5, None]}),
        ("json", " 5 ", 5),
    ],
)
def test_standard_output_is_read_in_the_form_asked_for(
    shell: Shell, form: str, printed: str, expected: JsonValue
) -> None:
    result = shell(command=["printf", printed.replace("%", "%%")], stdout_format=form)

    assert (result.code, result.get("result")) == (ExecCode.SUCCEEDED, expected)


@pytest.mark.parametrize(
    ("printed", "reason"),
    [
        ("{", "Expecting property name"),
        ("", "Expecting value"),
        ("[NaN]", "NaN is no number of JSON"),
        ("1e999", "only finite ones"),
        ('"\\\\ud800"', "half a surrogate pair"),
        ("1 2", "Extra data"),
    ],
)
def test_output_that_is_no_json_fails_with_the_outputs_still_there(
    shell: Shell, printed: str, reason: str
) -> None:
    result = shell(command=["printf", printed], stdout_format="json")

    assert result.code == ExecCode.FAILED
    assert result.message.startswith("stdout is no JSON: ")
    assert reason in result.message
    assert "result" not in result.as_dict()
    assert result.get("stdout") == printed.replace("\\\\", "\\")


def test_json_nested_too_deep_is_refused(shell: Shell) -> None:
    result = shell(script="head -c 200000 /dev/zero | tr '\\0' '['", stdout_format="json")

    assert (result.code, result.message[:18]) == (ExecCode.FAILED, "stdout is no JSON:")


def test_json_that_was_cut_is_not_read(shell: Shell) -> None:
    """The first digits of a number are a number too."""
    result = shell(command=["echo", "12345"], stdout_format="json", max_output_bytes=3)

    assert result.code == ExecCode.FAILED
    assert "longer than max_output_bytes" in result.message


def test_an_unexpected_code_is_reported_before_unreadable_output(shell: Shell) -> None:
    result = shell(script="echo no json; exit 4", stdout_format="json")

    assert (result.code, result.message) == (ExecCode.FAILED, "exit code 4, expected 0")


def test_a_success_says_which_stream_was_cut(shell: Shell) -> None:
    result = shell(script="echo 123456789; echo e >&2", max_output_bytes=4)

    assert result.code == ExecCode.SUCCEEDED
    assert result.message == "stdout is cut: 4 of 10 bytes are kept"


def test_lines_of_the_values_file_become_values(shell: Shell) -> None:
    lines = 'echo "version = 1.2 = x"; printf "\\n\\nempty=\\r\\nversion=2"'

    result = shell(script=f'{{ {lines}; }} > "$AETHER_VALUES"', values_file=True)

    assert result.code == ExecCode.SUCCEEDED
    assert result.get("values") == {"version": "2", "empty": ""}


def test_there_is_no_values_file_unless_asked_for(shell: Shell) -> None:
    result = shell(script='echo "${AETHER_VALUES-none}"')

    assert result.get("stdout") == "none\n"
    assert "values" not in result.as_dict()


def test_the_values_file_is_private_and_removed(shell: Shell) -> None:
    show = 'ls -l "$AETHER_VALUES" | cut -c 1-10; echo "$AETHER_VALUES"'

    result = shell(script=show, values_file=True, stdout_format="lines")
    gone = shell(command=["ls", str(result.get("result")).split("'")[3]])

    assert str(result.get("result")).startswith("['-rw-------', ")
    assert gone.code == ExecCode.FAILED


def test_values_of_a_failed_process_are_kept(shell: Shell) -> None:
    result = shell(script="echo step=3 > $AETHER_VALUES; exit 1", values_file=True)

    assert (result.code, result.get("values")) == (ExecCode.FAILED, {"step": "3"})


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("printf 'a=1\\nword\\n' > $AETHER_VALUES", "line 2 of $AETHER_VALUES is not NAME=VALUE"),
        ("echo =1 > $AETHER_VALUES", "line 1 of $AETHER_VALUES is not NAME=VALUE"),
        ("echo a=123456789012345 > $AETHER_VALUES", "is longer than max_output_bytes"),
        ("rm $AETHER_VALUES; mkfifo $AETHER_VALUES", "is no plain file"),
        ("rm $AETHER_VALUES; ln -s /etc/passwd $AETHER_VALUES", "can't be read"),
    ],
)
def test_values_that_cannot_be_read_fail_the_task(shell: Shell, script: str, reason: str) -> None:
    result = shell(script=script, values_file=True, max_output_bytes=16)

    assert result.code == ExecCode.FAILED
    assert reason in result.message


def test_a_values_file_that_is_gone_has_no_values(shell: Shell) -> None:
    result = shell(script="rm $AETHER_VALUES", values_file=True)

    assert (result.code, result.get("values")) == (ExecCode.SUCCEEDED, {})
