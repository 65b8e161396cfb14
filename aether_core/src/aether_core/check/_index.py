"""The document by name: where each template stands, and how to call places in messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from aether_core.document import Path, Template, TemplateKind, is_unnamed

if TYPE_CHECKING:
    from aether_core.document import Task, WorkflowSpec

_ARTICLES: Final[dict[TemplateKind, str]] = {"dag": "a dag", "task": "a task", "loop": "a loop"}


class Entry(msgspec.Struct, frozen=True):
    """A template and its place.

    Attributes:
        path: Where the dag, task or loop stands; the name is below it.
    """

    number: int
    name: str
    kind: TemplateKind
    template: Template
    path: Path

    @property
    def words(self) -> str:
        """The template as messages name it."""
        return f'{self.kind} "{self.name}"'

    @property
    def kind_words(self) -> str:
        """Its kind with an article."""
        return _ARTICLES[self.kind]


class Index:
    """The templates of one document.

    Attributes:
        path: Path of the spec.
        entries: All templates in the order of the document.
        by_name: The first template of each name.
        is_open: Whether there is a template whose name can't be read.
        has_lost_calls: Whether a call names a template that is not there, so that it may have
            meant any of them.
    """

    def __init__(self, spec: WorkflowSpec, path: Path) -> None:
        self.spec = spec
        self.path = path
        members = [
            (place, member)
            for place, template in enumerate(spec.templates)
            for member in _members(template)
        ]
        self.entries = tuple(
            Entry(number, each.name, each.kind, each, (*path, "templates", place, each.kind))
            for number, (place, each) in enumerate(members)
        )
        self.by_name: dict[str, Entry] = {}
        for entry in self.entries:
            self.by_name.setdefault(entry.name, entry)
        self.is_open = any(map(is_unnamed, self.by_name))
        self.has_lost_calls = any(
            name not in self.by_name for entry in self.entries for name, _ in self.callees(entry)
        )

    def callees(self, entry: Entry) -> list[tuple[str, Path]]:
        """Return the templates that a template calls, and where it does so; hooks left out."""
        template = entry.template
        if template.dag is not None:
            return [
                (node.template, (*entry.path, "tasks", number, "template"))
                for number, node in enumerate(template.dag.tasks)
                if node.template is not None
            ]
        if template.loop is not None:
            return [(template.loop.body, (*entry.path, "body"))]
        return []


def _members(template: Template) -> list[Template]:
    """Return a template for each member that it has, which is one unless the draft is wrong."""
    given = [key for key in _ARTICLES if getattr(template, key) is not None]
    if len(given) == 1:
        return [template]
    return [replace(template, **{other: None for other in given if other != key}) for key in given]


def node_words(node: Task, dag: str) -> str:
    """Return how messages name a task of a dag."""
    return f'task "{node.name}" of dag "{dag}"'
