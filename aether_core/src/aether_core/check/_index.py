"""The document by name: where each template stands, and how to call places in messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from aether_core.document import Path, Template, TemplateKind

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
    """

    def __init__(self, spec: WorkflowSpec, path: Path) -> None:
        self.spec = spec
        self.path = path
        self.entries = tuple(
            Entry(
                number,
                template.name,
                template.kind,
                template,
                (*path, "templates", number, template.kind),
            )
            for number, template in enumerate(spec.templates)
        )
        self.by_name: dict[str, Entry] = {}
        for entry in self.entries:
            self.by_name.setdefault(entry.name, entry)

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


def node_words(node: Task, dag: str) -> str:
    """Return how messages name a task of a dag."""
    return f'task "{node.name}" of dag "{dag}"'
