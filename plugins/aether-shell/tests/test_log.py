"""Lines of both streams are said as soon as they come, bounded and fit to be read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aether_sdk.testing import request_for, run_request
from aether_shell import ScriptExecutor
from aether_shell._lines import LineLog

if TYPE_CHECKING:
    from aether_sdk import ExecuteRequest, JsonValue
    from aether_shell import ShellExecutor

Requests = Callable[[Mapping[str, "JsonValue"]], "ExecuteRequest"]


@pytest.fixture
def said(executor: ShellExecutor) -> Callable[..., tuple[str, ...]]:
    """Executes one call with the inputs given by keyword; returns the lines that it said."""

    def call(**given: JsonValue) -> tuple[str, ...]:
        return run_request(executor, request_for(given)).lines

    return call


def lines_of(*pieces: bytes, most: int = 10**6) -> list[str]:
    """Return what is said of a stream that comes in pieces."""
    lines: list[str] = []

    def say(line: str) -> bool:
        lines.append(line)
        return len(lines) < most

    log = LineLog(say)
    if all(log.feed(piece) for piece in pieces):
        log.finish()
    return lines


def test_a_line_is_said_before_the_process_goes_on(
    executor: ShellExecutor, request_of: Requests, tmp_path: Path
) -> None:
    """The script waits for a file that is made when its line has come."""
    lines: list[str] = []
    gate = tmp_path / "gate"

    def say(line: str) -> bool:
        lines.append(line)
        gate.touch()
        return True

    script = f"echo begun; until [ -e {gate} ]; do sleep 0.01; done; echo done >&2"
    request = replace(request_of({"script": script}), on_log=say)

    asyncio.run(asyncio.wait_for(executor.execute(request), 20))

    assert lines == ["begun", "done"]


def test_both_streams_and_an_end_without_a_line_end(said: Callable[..., tuple[str, ...]]) -> None:
    lines = said(script="echo out; echo err >&2; printf last")

    assert sorted(lines) == ["err", "last", "out"]


def test_the_outputs_are_what_they_are_without_a_log(executor: ShellExecutor) -> None:
    script = r"printf 'a\r\033[1mb\033[0m\nrest'; exit 3"
    logged, silent = (
        run_request(executor, request_for({"script": script, "log": log})) for log in (True, False)
    )

    assert logged.outputs == silent.outputs
    assert (logged.lines, silent.lines) == (("b", "rest"), ())


def test_a_script_says_its_lines_too() -> None:
    executor = ScriptExecutor(["sh"])
    given: dict[str, JsonValue] = {"runtime": "sh", "source": "echo one; echo two"}

    assert run_request(executor, request_for(given)).lines == ("one", "two")
    assert run_request(executor, request_for({**given, "log": False})).lines == ()


def test_what_a_background_process_leaves_without_an_end_is_said(
    said: Callable[..., tuple[str, ...]],
) -> None:
    assert said(script="printf begun; setsid sleep 2 &") == ("begun",)


@pytest.mark.parametrize(
    ("stream", "lines"),
    [
        (b"", []),
        (b"\n\n", ["", ""]),
        (b"a\r\nb\r\n", ["a", "b"]),
        (b"10%\r50%\r100%\ndone", ["100%", "done"]),
        (b"10%\r   \r", ["10%"]),
        (b"\x1b[1;31mred\x1b[0m \x1b]0;title\x07\x1b[Kplain", ["red plain"]),
        (b"be\x07ll\x00\x7f", ["bell"]),
        (b"tab\there", ["tab\there"]),
        (b"caf\xc3\xa9 \xff", ["café �"]),
        (b"half \xc3", ["half �"]),
    ],
)
def test_lines_are_fit_to_be_read(stream: bytes, lines: list[str]) -> None:
    assert lines_of(stream) == lines
    assert lines_of(*(bytes([byte]) for byte in stream)) == lines


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=9), max_size=9),
    st.lists(st.integers(0, 200), max_size=9),
)
def test_it_does_not_matter_where_a_stream_is_split(texts: list[str], cuts: list[int]) -> None:
    stream = "".join(f"{text}\n" for text in texts).encode()
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})

    assert lines_of(*(stream[a:b] for a, b in pairwise(places))) == texts


def test_a_line_without_an_end_is_said_once_and_takes_no_memory() -> None:
    """Its beginning is said when it has become too long, the rest is left out."""
    chunk = b"x" * 65_536

    lines = lines_of(b"a\n", chunk, chunk, b"rest\nnext\n")

    assert [line[:4] for line in lines] == ["a", "xxxx", "next"]
    assert len(lines[1]) == len(chunk)


def test_a_progress_bar_without_an_end_takes_no_memory() -> None:
    states = b"".join(b"%d%%\r" % number for number in range(10_000))

    assert lines_of(states, states, b"\nend") == ["9999%", "end"]


def test_nothing_is_said_once_no_lines_are_taken() -> None:
    assert lines_of(b"1\n2\n", b"3\n4\n5\n", b"6\n", b"rest", most=4) == ["1", "2", "3", "4"]
