"""Text for people: width, colour, tables, durations, runs of every shape."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aether_core.cli._durations import duration_text, seconds_between
from aether_core.cli._execution_text import ExecutionText
from aether_core.cli._progress import Progress
from aether_core.cli._run import status_of
from aether_core.cli._running import Ended
from aether_core.cli._safe_text import one_line, padded, safe_text, shortened, width_of
from aether_core.cli._style import Style
from aether_core.cli._table import table
from aether_core.engine import TaskExecution, WorkflowExecution
from aether_core.kernel import EventRecord
from aether_sdk import Phase


class Terminal(io.StringIO):
    """A stream that a person reads."""

    def isatty(self) -> bool:
        return True


@settings(max_examples=50)
@given(st.text(max_size=60), st.integers(1, 40))
def test_cut_text_fits_and_text_that_fits_is_whole(text: str, width: int) -> None:
    line = one_line(text)

    cut = shortened(line, width)

    assert width_of(cut) <= width
    assert (cut == line) == (width_of(line) <= width)


@settings(max_examples=50)
@given(st.text(max_size=60))
def test_safe_text_has_no_control_characters(text: str) -> None:
    assert one_line(text).isprintable()
    assert all(line.isprintable() for line in safe_text(text).split("\n"))


def test_wide_and_combining_characters_count_as_the_terminal_counts_them() -> None:
    assert width_of("日本") == 4
    assert width_of("e\u0301") == 1
    assert padded("日", 4) == "日  "
    assert shortened("日本語", 4) == "日…"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, ""),
        (0, "0 ms"),
        (0.0124, "12 ms"),
        (0.9996, "1.00 s"),
        (59.99, "59.99 s"),
        (59.996, "1 min 00 s"),
        (125, "2 min 05 s"),
        (3599.7, "1 h 00 min"),
        (3720, "1 h 02 min"),
    ],
)
def test_durations_read_well(seconds: float | None, text: str) -> None:
    assert duration_text(seconds) == text


def test_a_span_without_an_end_has_no_duration() -> None:
    assert seconds_between("2026-01-01T00:00:00.000000Z", None) is None
    assert seconds_between("2026-01-01T00:00:00.000000Z", "2026-01-01T00:01:00.500000Z") == 60.5


def test_a_table_fits_its_terminal() -> None:
    rows = [["one", "a very long cell that has to be cut somewhere"], ["two", "short"]]

    text = table(["A", "B"], rows, Style(width=30))

    assert text == "A    B\none  a very long cell that ha…\ntwo  short\n"
    assert max(map(len, text.splitlines())) <= 30


def test_a_table_that_can_t_fit_stays_readable() -> None:
    text = table(["A", "B"], [["x" * 20, "y" * 20]], Style(width=5))

    assert text.splitlines()[1] == "xxxxxxx…  yyyyyyy…"


def test_colour_is_for_terminals_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")

    assert Style.of(io.StringIO()).word("Failed") == "Failed"
    assert Style.of(None).word("Failed") == "Failed"
    assert Style.of(Terminal()).word("Failed") == "\x1b[31mFailed\x1b[0m"
    assert Style.of(Terminal()).word("unheard of") == "unheard of"
    monkeypatch.setenv("NO_COLOR", "1")
    assert Style.of(Terminal()).word("Failed") == "Failed"
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert Style.of(Terminal()).word("Failed") == "Failed"


def _task(run_id: str, parent: str, phase: Phase, **more: object) -> TaskExecution:
    fields: dict[str, object] = {
        "depth": 0,
        "scope": "",
        "name": run_id,
        "template": run_id,
        "template_type": "task",
        "message": "",
        "retry_count": 0,
        "inputs": {},
        "outputs": {},
        "created_at": None,
        "started_at": None,
        "finished_at": None,
    }
    fields.update(more)
    return TaskExecution(run_id=run_id, parent_run_id=parent, phase=phase, **fields)  # type: ignore[arg-type]  # all of them are there


def _run(phase: Phase, *tasks: TaskExecution, message: str = "") -> WorkflowExecution:
    moment = "2026-01-01T00:00:00.000000Z"
    return WorkflowExecution(
        "r", "demo", "default", phase, message, "", moment, moment, None, {}, tasks
    )


def test_a_tree_nests_to_any_depth_and_keeps_orphans() -> None:
    tasks = [_task("t0", "", Phase.SUCCEEDED)]
    tasks += [_task(f"t{n}", f"t{n - 1}", Phase.SUCCEEDED) for n in range(1, 2000)]
    orphan = _task("orphan", "gone", Phase.SKIPPED)

    lines = ExecutionText(_run(Phase.SUCCEEDED, *tasks, orphan), Style()).render().splitlines()

    assert lines[2].startswith("  t0 ")
    assert lines[2001].lstrip().startswith("t1999")
    assert lines[2002].startswith("  orphan")


def test_containers_are_no_causes_unless_nothing_below_them_failed() -> None:
    leaf = _task("leaf", "box", Phase.FAILED, message="because", path="box/leaf")
    box = _task("box", "", Phase.FAILED, template_type="dag")
    lone = _task("lone", "", Phase.ERROR, template_type="dag", message="condition")

    both = ExecutionText(_run(Phase.FAILED, box, leaf), Style()).render()
    alone = ExecutionText(_run(Phase.ERROR, lone), Style()).render()

    assert both.count(": Failed\n") == 1
    assert "  box/leaf: Failed\n    because\n" in both
    assert "  lone: Error\n    condition\n" in alone


@pytest.mark.parametrize(
    ("phase", "advice"),
    [
        (Phase.ERROR, "The work could not be done"),
        (Phase.TIMEOUT, "longer than its timeout"),
        (Phase.CANCELLED, "was cancelled"),
    ],
)
def test_every_end_that_is_not_good_says_what_to_do(phase: Phase, advice: str) -> None:
    text = ExecutionText(_run(phase, message="a reason"), Style()).render()

    assert "\n  a reason\n" in text
    assert advice in text


def test_a_run_that_waits_says_how_to_resume_it() -> None:
    ask = _task("ask", "", Phase.SUSPENDED)

    waits = ExecutionText(_run(Phase.RUNNING, ask), Style(), resume="aether resume r --task")
    lost = ExecutionText(_run(Phase.RUNNING, ask), Style())

    assert "Waits to be resumed: `aether resume r --task ask`." in waits.render()
    assert "The store is gone with this command" in lost.render()


def test_outputs_are_cut_to_the_terminal() -> None:
    task = _task("t", "", Phase.SUCCEEDED, outputs={"text": "x" * 500})

    wide = ExecutionText(_run(Phase.SUCCEEDED, task), Style()).render()
    narrow = ExecutionText(_run(Phase.SUCCEEDED, task), Style(width=40)).render()

    assert max(map(len, wide.splitlines())) == 100
    assert max(map(len, narrow.splitlines())) == 40


@pytest.mark.parametrize(
    ("phase", "interrupted", "status"),
    [
        (Phase.SUCCEEDED, False, 0),
        (Phase.SUCCEEDED, True, 0),
        (Phase.FAILED, False, 1),
        (Phase.ERROR, False, 1),
        (Phase.TIMEOUT, False, 1),
        (Phase.CANCELLED, False, 1),
        (Phase.CANCELLED, True, 130),
        (Phase.RUNNING, True, 130),
        (Phase.RUNNING, False, 3),
    ],
)
def test_the_status_tells_how_the_run_ended(phase: Phase, interrupted: bool, status: int) -> None:
    assert status_of(Ended(_run(phase), interrupted)) == status


def _event(seq: int, phase: Phase, name: str = "build", message: str = "") -> EventRecord:
    return EventRecord(seq, seq * 1_000_000, "task", phase, 0, name, message)


def test_a_terminal_shows_a_counter_that_goes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("NO_COLOR", "1")
    progress = Progress(quiet=False, tasks=True)

    progress.begin("r", "demo", known=False)
    progress.show(_event(1, Phase.RUNNING))
    progress.show(_event(3, Phase.FAILED, message="no\nluck"))
    progress.close()

    assert terminal.getvalue().split("\r\x1b[K") == [
        "",
        "run r of workflow demo\n",
        "0/1 tasks, running: build",
        "Failed     build  2.00 s  no\n",
        "1/1 tasks",
        "",
    ]


def test_notes_of_the_engine_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress(quiet=False, tasks=True)

    progress.show(EventRecord(1, 0, "note", None, -1, "demo", "ignored a result"))
    progress.close()

    assert capsys.readouterr().err == "note: demo: ignored a result\n"


def test_a_line_that_a_task_says_is_shown_above_the_counter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As text that no terminal obeys; the counter is drawn anew below it."""
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("NO_COLOR", "1")
    progress = Progress(quiet=False, tasks=True)

    progress.show(_event(1, Phase.RUNNING))
    progress.show(EventRecord(2, 0, "log", None, 0, "build", "\x1b[2Jone\ttab"))

    assert terminal.getvalue().split("\r\x1b[K") == [
        "",
        "0/1 tasks, running: build",
        "build | \\x1b[2Jone tab\n",
        "0/1 tasks, running: build",
    ]


def test_quiet_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress(quiet=True, tasks=True)

    progress.begin("r", "demo", known=True)
    progress.show(_event(1, Phase.SUCCEEDED))
    progress.close()

    assert capsys.readouterr().err == ""
