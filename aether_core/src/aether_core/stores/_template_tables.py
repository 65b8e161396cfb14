"""WorkflowTemplates in the SQLite store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.ports import TemplateRecord
from aether_core.stores._tables import Tables

if TYPE_CHECKING:
    from aether_core.stores._rows import Row

_PUT: Final = """
    INSERT INTO templates(name, namespace, document, updated_at) VALUES (?, ?, ?, ?)
    ON CONFLICT(namespace, name)
    DO UPDATE SET document = excluded.document, updated_at = excluded.updated_at"""
_SELECT: Final = """
    SELECT name, namespace, document, updated_at FROM templates WHERE namespace = ? AND name = ?"""
_SELECT_ALL: Final = """
    SELECT name, namespace, document, updated_at FROM templates ORDER BY namespace, name"""
_DELETE: Final = "DELETE FROM templates WHERE namespace = ? AND name = ?"


class TemplateTables(Tables):
    """The `TemplateStore` part of the SQLite store.

    Each method raises a `StoreError` if the file can't be read or written.
    """

    async def put_template(self, record: TemplateRecord) -> None:
        """Keep a template, in place of an older one of that name."""
        row = (record.name, record.namespace, record.document, record.updated_at)
        self._database.write(_PUT, row)

    async def get_template(self, name: str, namespace: str) -> TemplateRecord | None:
        """Return the template, or None."""
        return self._database.read_one(_template_of, _SELECT, (namespace, name))

    async def list_templates(self) -> list[TemplateRecord]:
        """Return all templates by namespace and name."""
        return self._database.read(_template_of, _SELECT_ALL)

    async def delete_template(self, name: str, namespace: str) -> bool:
        """Remove a template; False if there is none."""
        return self._database.write(_DELETE, (namespace, name)).rowcount == 1


def _template_of(row: Row) -> TemplateRecord:
    return TemplateRecord(*row)
