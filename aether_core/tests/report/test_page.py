"""The page: well-formed whatever is in it, bounded whatever its run is."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aether_core.document import decode
from aether_core.engine import TaskExecution, WorkflowExecution
from aether_core.engine.explain import Attempt
from aether_core.graph import Graph, GraphNode, graph_of
from aether_core.report import History, Moment, Report, report_html
from aether_sdk import Phase

Page = Callable[[str], Any]
MakeTask = Callable[..., TaskExecution]
MakeRun = Callable[..., WorkflowExecution]

EVIL = "<script>alert(1)</script>\"' onload=x &amp; \x00\x1b[31m\u202e\ud800 ]]> </pre></style>"


def test_a_run_that_went_well(make_run: MakeRun, make_task: MakeTask, page: Page) -> None:
    one = make_task(1, inputs={"n": 1}, outputs={"text": "first\nsecond", "list": [1, 2]})

    shown = page(report_html(Report(make_run(one, outputs={"total": 4}))))

    for text in ("Succeeded", "flow", "2026-01-31T06:00:00Z", "4s", "total", "first\nsecond"):
        assert text in shown.text
    assert "[1,2]" in shown.text
    assert "Not succeeded" not in shown.text
    assert "Why" not in shown.text
    assert None not in shown.values("class")
    assert shown.values("open") == []


def test_the_page_needs_nothing_and_forbids_everything(
    make_run: MakeRun, make_task: MakeTask, page: Page
) -> None:
    """No script, no picture and no style from elsewhere; links stay inside."""
    shown = page(report_html(Report(make_run(make_task(1)))))

    assert not {"script", "link", "img", "iframe", "object"} & set(shown.tags)
    assert "default-src 'none'; style-src 'unsafe-inline'" in shown.values("content")
    assert "url(" not in shown.html.replace("url(#arrow)", "")
    assert "@import" not in shown.html
    for link in shown.values("href"):
        assert link[0] == "#"
        assert link[1:] in shown.values("id")


def hostile(make_run: MakeRun, make_task: MakeTask, text: str) -> Report:
    """Return a report in which every text is this one."""
    values: Any = {text: text.replace("\ud800", ""), "deep": [{"k": "<script>"}]}
    one = make_task(
        1, Phase.FAILED, name=text, path=text, message=text, run_id=text, template=text,
        inputs=values, outputs=values, artifacts=values,
    )  # fmt: skip
    moments = (Moment("2026-01-31T06:00:01.000000Z", text),)
    attempts = (Attempt(1, None, message=text), Attempt(2, None, message=text))
    history = History(attempts, moments, moments, earlier=3)
    return Report(
        make_run(
            one, phase=Phase.FAILED, run_id=text, workflow=text, namespace=text, message=text,
            outputs=values, artifacts=values,
        ),
        reasons=(text,),
        histories={text: history, "": history},
        graph=Graph((GraphNode(id=text, kind="task", name=text, when=text),), ()),
    )  # fmt: skip


def test_hostile_text_stays_text(make_run: MakeRun, make_task: MakeTask, page: Page) -> None:
    """In names, values, messages, log lines, attempts, notes, and in the picture."""
    html = report_html(hostile(make_run, make_task, EVIL))

    shown = page(html)
    assert "script" not in shown.tags
    assert html.count("</style>") == 2
    assert shown.text.count("<script>alert(1)</script>") > 15
    assert not re.search("[\x00\x1b]", html)
    # The picture keeps whatever XML can hold.
    assert "\u202e" not in html.partition("<svg")[0] + html.partition("</svg>")[2]
    html.encode()


@given(text=st.text(st.characters(exclude_categories=()), min_size=1, max_size=30))
@settings(max_examples=40)
def test_any_text_gives_a_page_that_is_well_formed(
    make_run: MakeRun, make_task: MakeTask, page: Page, text: str
) -> None:
    text = re.sub("[\ud800-\udfff]", "", text)

    shown = page(report_html(hostile(make_run, make_task, text)))

    assert "script" not in shown.tags
    shown.html.encode()


def test_what_did_not_succeed_comes_first_and_is_open(
    make_run: MakeRun, make_task: MakeTask, page: Page
) -> None:
    """A container is not among it where a task inside of it says why."""
    box = make_task(0, Phase.FAILED, depth=0, template_type="dag", name="main")
    tasks = (box, make_task(1), make_task(2, Phase.FAILED, message="no flour"))

    shown = page(report_html(Report(make_run(*tasks, phase=Phase.FAILED))))

    before = shown.text.partition("Details")[0].partition("Tasks\n")[0]
    assert "t2 Failedno flour" in before
    assert "main Failed" not in before
    assert shown.values("open") == [None]
    assert shown.values("href")[0] == "#task-2"


def test_attempts_notes_and_lines(make_run: MakeRun, make_task: MakeTask, page: Page) -> None:
    attempts = (
        Attempt(1, None, "2026-01-31T06:00:00.000000Z", "2026-01-31T06:00:01.500000Z", None, "bad"),
        Attempt(2, None, "2026-01-31T06:00:02.000000Z", "2026-01-31T06:01:33.000000Z"),
    )
    history = History(attempts, (Moment(None, "left out"),), (Moment(None, "ok"),), earlier=1200)

    shown = page(report_html(Report(make_run(make_task(1)), histories={"id-1": history})))

    for text in ("1.5s", "bad", "1m31s", "left out", "… 1,200 earlier lines\nok"):
        assert text in shown.text


def test_many_attempts_and_notes_are_the_last_ones(
    make_run: MakeRun, make_task: MakeTask, page: Page
) -> None:
    attempts = tuple(Attempt(number, None, message=f"try {number}") for number in range(1, 201))
    notes = tuple(Moment(None, f"note {number}") for number in range(1, 101))
    histories = {"id-1": History(attempts, notes)}

    shown = page(report_html(Report(make_run(make_task(1)), histories=histories)))

    assert "150 earlier ones are left out" in shown.text
    assert "50 earlier ones are left out" in shown.text
    assert "try 200" in shown.text
    assert "try 150" not in shown.text
    assert "note 100" in shown.text


def test_what_is_left_out_counts_markup_and_escapes(make_run: MakeRun, make_task: MakeTask) -> None:
    """Many tasks with many short values, and with nothing but characters that become escapes."""
    values: Any = {f"name-{number}": "\x01" for number in range(100)}
    escapes: Any = {"v": "\U000e0001" * 4000}
    tasks = [make_task(number, inputs=values, outputs=escapes) for number in range(250)]

    assert len(report_html(Report(make_run(*tasks)))) < 6_000_000


@pytest.mark.parametrize(
    ("begin", "end", "style"),
    [(1, 2, "margin-left:25.00%;width:25.00%"), (1, None, "margin-left:25.00%;width:75.00%")],
)
def test_bars_share_the_scale_of_the_run(
    make_run: MakeRun,
    make_task: MakeTask,
    page: Page,
    begin: float,
    end: float | None,
    style: str,
) -> None:
    """What has not ended lasts to the end, which is the time of the report for an open run."""
    finished = None if end is None else f"2026-01-31T06:00:{end:02}.000000Z"
    started = f"2026-01-31T06:00:{begin:02}.000000Z"
    one = make_task(1, Phase.RUNNING, started_at=started, finished_at=finished)
    waiting = make_task(2, Phase.CREATED, started_at=None, finished_at=None)
    made_at = "2026-01-31T06:00:04.000000Z"
    open_run = make_run(one, waiting, phase=Phase.RUNNING, finished_at=None)

    shown = page(report_html(Report(open_run, made_at)))

    assert shown.values("style") == [style]
    assert f"As of {made_at[:19]}Z" in shown.text


def test_a_run_that_never_began(make_run: MakeRun, page: Page) -> None:
    nothing = make_run(phase=Phase.ERROR, message="no", created_at=None, started_at=None)

    shown = page(report_html(Report(nothing, reasons=("It never began.",))))

    assert "It never began." in shown.text
    assert "Tasks\n" not in shown.text


def test_a_bad_end_of_containers_alone_is_told_too(
    make_run: MakeRun, make_task: MakeTask, page: Page
) -> None:
    loop = make_task(0, Phase.ERROR, template_type="loop", name="each", created_at=None)

    shown = page(report_html(Report(make_run(loop, phase=Phase.ERROR, created_at=None))))

    assert "each Error" in shown.text.partition("Tasks\n")[0]


def test_ten_thousand_tasks_give_a_page_that_opens(
    make_run: MakeRun, make_task: MakeTask, page: Page
) -> None:
    """Failures at the end are on it, and it says how many tasks are not."""
    big: Any = {f"v{number}": "x" * 5000 for number in range(120)}
    tasks = [make_task(number, outputs=big) for number in range(9_940)]
    tasks += [make_task(number, Phase.FAILED, outputs=big) for number in range(9_940, 10_000)]

    shown = page(report_html(Report(make_run(*tasks))))

    assert len(shown.html) < 6_000_000
    assert "9,000 of 10,000 tasks are left out" in shown.text
    assert "and 10 more" in shown.text
    assert "and 20 more" in shown.text
    assert "(1,002 more characters)" in shown.text
    assert "Left out, for the page would be too large." in shown.text
    assert "#task-9999" in shown.values("href")
    assert "#task-9000" not in shown.values("href")
    assert len(shown.values("open")) == 50


def nested(tasks: int) -> Graph:
    """Return the graph of a loop in a dag beside many tasks."""
    more = [{"name": f"n{number}", "executor": {"type": "echo"}} for number in range(tasks)]
    dag = {"name": "main", "tasks": [{"name": "each", "template": "loop"}, *more]}
    loop = {"name": "loop", "items": [1, 2], "body": "oven"}
    oven = {"name": "oven", "executor": {"type": "echo"}}
    document = {
        "apiVersion": "aether/v1",
        "kind": "Workflow",
        "metadata": {"name": "flow"},
        "spec": {"entrypoint": "main", "templates": [{"dag": dag}, {"loop": loop}, {"task": oven}]},
    }
    resource, problems = decode(document)
    assert resource is not None, problems
    return graph_of([resource])


def test_boxes_have_the_phase_of_their_tasks(
    make_run: MakeRun, make_task: MakeTask, page: Page
) -> None:
    """The worst of iterations; what has not begun has none."""
    tasks = [
        make_task(0, Phase.FAILED, depth=0, name="main"),
        make_task(1, Phase.ERROR, name="each"),
        make_task(2, Phase.SUCCEEDED, depth=2, name="oven", path="each/oven[0]"),
        make_task(3, Phase.TIMEOUT, depth=2, name="oven", path="each/oven[1]"),
        make_task(4, Phase.ERROR, depth=0, name="bye", path="hooks/bye", scope="hooks"),
    ]

    shown = page(report_html(Report(make_run(*tasks), graph=nested(1))))

    classes = [each for each in shown.values("class") if each.startswith(("box", "group"))]
    assert sorted(classes) == ["box", "box is-timeout", "group is-error", "group is-failed"]


def test_a_large_document_is_not_drawn(make_run: MakeRun, page: Page) -> None:
    shown = page(report_html(Report(make_run(), graph=nested(600))))

    assert "svg" not in shown.tags
    assert "they are not drawn" in shown.text
