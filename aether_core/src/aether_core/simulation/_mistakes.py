"""Mistakes that are planted in valid documents, each with the place where it must be reported.

A mistake is data: what to put where, and the code and the path of the report. So several of them
can be planted in one document as long as their places do not touch.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple, TypeAlias

Path: TypeAlias = tuple[str | int, ...]
Document: TypeAlias = dict[str, Any]

#: Put at a place to remove what is there.
REMOVED: Any = object()

ECHO: Final = {"type": "echo"}


class Mistake(NamedTuple):
    """One mistake: `edits` are made, and `code` must be reported at `path`."""

    kind: str
    code: str
    path: Path
    edits: tuple[tuple[Path, Any], ...]

    def touches(self, other: Mistake) -> bool:
        """Whether the two change or mean the same place, or one a part of the other's."""
        mine, theirs = ([*(at for at, _ in each.edits), each.path] for each in (self, other))
        return any(
            one[: len(two)] == two or two[: len(one)] == one for one in mine for two in theirs
        )


class Site(NamedTuple):
    """A document, and what the catalogue looks for in it."""

    document: Document
    #: The dag, task or loop of each template, its kind and its path.
    members: list[tuple[str, Path, Document]]
    #: The tasks of dags, with the dag that they are in.
    nodes: list[tuple[Path, Document, Document]]

    def kind_of(self, template: str) -> str:
        """Return the kind of a template, "" when there is none."""
        return next((kind for kind, _, each in self.members if each["name"] == template), "")

    def named(self, template: str) -> Document:
        """Return the dag, task or loop of a name."""
        return next(each for _, _, each in self.members if each["name"] == template)


def site_of(document: Document) -> Site:
    """Look through a valid document."""
    members: list[tuple[str, Path, Document]] = []
    nodes: list[tuple[Path, Document, Document]] = []
    for number, template in enumerate(document["spec"]["templates"]):
        for kind, member in template.items():
            path: Path = ("spec", "templates", number, kind)
            members.append((kind, path, member))
            for place, node in enumerate(member.get("tasks", ())):
                nodes.append(((*path, "tasks", place), node, member))
    return Site(document, members, nodes)


def planted(document: Document, mistakes: list[Mistake]) -> Document:
    """Return a copy of a document with these mistakes in it."""
    document = copy.deepcopy(document)
    for mistake in mistakes:
        for path, value in mistake.edits:
            _put(document, path, value)
    return document


def _put(document: Any, path: Path, value: Any) -> None:
    around = document
    for step in path[:-1]:
        around = around[step]
    if value is REMOVED:
        del around[path[-1]]
    elif path[-1] == len(around) and path[-1] not in around:
        around.append(copy.deepcopy(value))
    else:
        around[path[-1]] = copy.deepcopy(value)


Found: TypeAlias = Iterator[tuple[Path, tuple[tuple[Path, Any], ...]]]
Planter: TypeAlias = Callable[[Site], Found]

#: Code and planter of each kind; the modules of mistakes fill it when they are imported.
CATALOGUE: dict[str, tuple[str, Planter]] = {}


def mistakes_of(site: Site, kind: str) -> list[Mistake]:
    """Return every mistake of a kind that the document has a place for."""
    code, planter = CATALOGUE[kind]
    return [Mistake(kind, code, path, edits) for path, edits in planter(site)]


def mistake(code: str, name: str) -> Callable[[Planter], Planter]:
    """Return what adds a planter to the catalogue; its mistakes are reported with the code."""

    def add(planter: Planter) -> Planter:
        CATALOGUE[name] = (code, planter)
        return planter

    return add


def put(path: Path, value: Any, at: Path | None = None) -> tuple[Path, tuple[tuple[Path, Any]]]:
    """Return the edit of one place, reported there or at another one."""
    return (path if at is None else at), ((path, value),)


def at_members(key: str, value: Any, *kinds: str) -> Planter:
    """Return a planter that gives a key to templates that do not have it."""

    def planter(site: Site) -> Found:
        for kind, path, member in site.members:
            if key not in member and (not kinds or kind in kinds):
                yield put((*path, key), value)

    return planter


def at_nodes(key: str, value: Any, *below: str | int, add: bool = True) -> Planter:
    """Return a planter that gives tasks of dags a key, or another value for it."""

    def planter(site: Site) -> Found:
        for path, node, _ in site.nodes:
            if (key not in node) == add:
                yield put((*path, key), value, (*path, key, *below))

    return planter


def new_node(value: Document, *below: str | int) -> Planter:
    """Return a planter that adds a task to a dag."""

    def planter(site: Site) -> Found:
        for kind, path, member in site.members:
            if kind == "dag" and "entrypoints" not in member:
                where = (*path, "tasks", len(member["tasks"]))
                yield put(where, value, (*where, *below))

    return planter


def new_template(value: Document, *below: str | int) -> Planter:
    """Return a planter that adds a template."""

    def planter(site: Site) -> Found:
        where = ("spec", "templates", len(site.document["spec"]["templates"]))
        yield put(where, value, (*where, *below))

    return planter
