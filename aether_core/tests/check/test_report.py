"""The report: one problem once, in the order of paths."""

from __future__ import annotations

from aether_core.check import problem_titles
from aether_core.check._report import Report
from aether_core.document import Severity
from aether_core.document import problem_titles as titles_of_documents


def test_problems_of_several_calls_become_one() -> None:
    report = Report()
    for call in ("a", "b", "c"):
        report.add("AE201", "wrong", ("x",), call=call)
    report.add("AE201", "wrong", ("y",), call="d")

    assert [each.message for each in report.problems()] == [
        "wrong (called by a and 2 more)",
        "wrong (called by d)",
    ]


def test_the_worst_severity_counts() -> None:
    report = Report()
    report.add("AE201", "wrong", ("x",), severity=Severity.WARNING)
    report.add("AE201", "wrong", ("x",))
    report.add("AE201", "wrong", ("x",), severity=Severity.WARNING)

    assert [each.severity for each in report.problems()] == [Severity.ERROR]


def test_problems_are_sorted_by_path_with_numbers_as_numbers() -> None:
    report = Report()
    for path in (("b", 10), ("b", 9), ("b", "x"), ("a",), ("b",)):
        report.add("AE201", "wrong", path)

    paths = [each.path for each in report.problems()]
    assert paths == [("a",), ("b",), ("b", 9), ("b", 10), ("b", "x")]


def test_problems_in_one_text_are_sorted_by_place() -> None:
    report = Report()
    for span in ((7, 8), (1, 2), None):
        report.add("AE201", "wrong", ("a",), span=span)

    assert [each.span for each in report.problems()] == [None, (1, 2), (7, 8)]


def test_few_known_names_are_listed_when_none_is_like_the_unknown_one() -> None:
    report = Report()

    assert report.similar("zzz", ["b", "a"], "tasks") == "Known tasks: a, b."
    assert report.similar("zzz", [f"task-{n}" for n in range(9)], "tasks") is None
    assert report.similar("zzz", [], "tasks") is None
    assert report.similar("tsak", ["task"], "tasks") == 'Did you mean "task"?'


def test_every_code_has_a_title_and_its_family_is_this_rooms_own() -> None:
    titles = problem_titles()

    assert list(titles) == sorted(titles)
    assert all(title.endswith(".") for title in titles.values())
    assert {code[:3] for code in titles} == {"AE2", "AE3", "AE4", "AE9"}
    assert not titles.keys() & titles_of_documents().keys()
