"""Runs that a report is made of, and a reader that refuses what is not well-formed."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

from aether_core.engine import TaskExecution, WorkflowExecution
from aether_sdk import Phase

_VOID = {"meta", "br"}
_ATTRIBUTES = {
    "class", "charset", "colspan", "content", "d", "height", "href", "http-equiv", "id", "lang",
    "marker-end", "markerheight", "markerwidth", "name", "open", "orient", "refx", "refy", "role",
    "rx", "stroke-dasharray", "style", "title", "viewbox", "width", "x", "xmlns", "y",
}  # fmt: skip


class Page(HTMLParser):
    """A page as a browser reads it: its elements, its text, and what links lead to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        assert {name for name, _ in attrs} <= _ATTRIBUTES
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] != "style":
            self.text += data

    def values(self, name: str) -> list[str | None]:
        """Return what an attribute has been given, in order."""
        return [value for attribute, value in self.attributes if attribute == name]


def moment(second: float) -> str:
    return f"2026-01-31T06:00:{second:09.6f}Z"


def task(number: int, phase: Phase = Phase.SUCCEEDED, **more: Any) -> TaskExecution:
    settings: dict[str, Any] = {
        "run_id": f"id-{number}",
        "parent_run_id": "id-0",
        "depth": 1,
        "scope": "",
        "name": f"t{number}",
        "template": "",
        "template_type": "task",
        "phase": phase,
        "message": "",
        "retry_count": 0,
        "inputs": {},
        "outputs": {},
        "created_at": moment(1),
        "started_at": moment(1),
        "finished_at": moment(2),
    }
    return TaskExecution(**(settings | more))


def run(*tasks: TaskExecution, phase: Phase = Phase.SUCCEEDED, **more: Any) -> WorkflowExecution:
    settings: dict[str, Any] = {
        "run_id": "r",
        "workflow": "flow",
        "namespace": "default",
        "phase": phase,
        "message": "",
        "progress": f"{len(tasks)}/{len(tasks)}",
        "created_at": moment(0),
        "started_at": moment(0),
        "finished_at": moment(4),
        "outputs": {},
        "tasks": tasks,
    }
    return WorkflowExecution(**(settings | more))


@pytest.fixture(scope="session")
def make_task() -> Callable[..., TaskExecution]:
    """Return a maker of tasks: a number, a phase, and other fields by name."""
    return task


@pytest.fixture(scope="session")
def make_run() -> Callable[..., WorkflowExecution]:
    """Return a maker of runs: tasks, a phase, and other fields by name."""
    return run


@pytest.fixture(scope="session")
def page() -> Callable[[str], Page]:
    """Return a reader of pages."""
    return Page
