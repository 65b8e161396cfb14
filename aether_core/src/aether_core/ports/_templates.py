"""WorkflowTemplates in the store, for `workflowTemplateRef` (documents.md 15.3, decision 16)."""

from __future__ import annotations

from typing import Protocol

import msgspec


class TemplateRecord(msgspec.Struct, frozen=True):
    """A stored WorkflowTemplate; times in microseconds since 1970-01-01 UTC."""

    name: str
    namespace: str
    #: The WorkflowTemplate document as JSON text.
    document: str
    updated_at: int


class TemplateStore(Protocol):
    """Keeps WorkflowTemplates by namespace and name."""

    async def put_template(self, record: TemplateRecord) -> None:
        """Keep a template, in place of an older one of that name."""
        ...

    async def get_template(self, name: str, namespace: str) -> TemplateRecord | None:
        """Return the template, or None."""
        ...

    async def list_templates(self) -> list[TemplateRecord]:
        """Return all templates by namespace and name."""
        ...

    async def delete_template(self, name: str, namespace: str) -> bool:
        """Remove a template; False if there is none."""
        ...
