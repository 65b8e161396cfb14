"""WorkflowTemplates in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aether_core.ports import TemplateRecord


class MemoryTemplates:
    """The `TemplateStore` part of the store in memory."""

    def __init__(self) -> None:
        super().__init__()
        #: By namespace and name.
        self._templates: dict[tuple[str, str], TemplateRecord] = {}

    async def put_template(self, record: TemplateRecord) -> None:
        """Keep a template, in place of an older one of that name."""
        self._templates[record.namespace, record.name] = record

    async def get_template(self, name: str, namespace: str) -> TemplateRecord | None:
        """Return the template, or None."""
        return self._templates.get((namespace, name))

    async def list_templates(self) -> list[TemplateRecord]:
        """Return all templates by namespace and name."""
        return [self._templates[key] for key in sorted(self._templates)]

    async def delete_template(self, name: str, namespace: str) -> bool:
        """Remove a template; False if there is none."""
        return self._templates.pop((namespace, name), None) is not None
