"""Places that call a template or run an executor of their own."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from aether_core.check._artifacts import ArtifactAt
from aether_core.check._items import Items
from aether_core.check._scope import Scope
from aether_core.check._sources import Declared, Source
from aether_core.document import Path


class Site(msgspec.Struct, frozen=True):
    """One such place.

    Attributes:
        words: The place as messages name it.
        name: What the task is called that it starts.
        path: Where it stands.
        scope: What it sees.
        arguments: What it hands over.
        items: For the body of a loop, what items hand over besides.
        has_retry: Whether it has a `retry` of its own; that of a template does not count then.
        retry: The expression of its own `retry`.
        is_inline: Whether the executor is its own, so that what is declared stands here too.
        is_entry: Whether nobody can hand over anything, since a run starts here.
        artifacts: The artifacts that it hands over.
    """

    words: str
    name: str
    path: Path
    scope: Scope
    arguments: Mapping[str, Declared] = {}
    items: Items | None = None
    has_retry: bool = False
    retry: Source | None = None
    is_inline: bool = False
    is_entry: bool = False
    artifacts: Mapping[str, ArtifactAt] = {}

    def gives(self, name: str) -> bool | None:
        """Return whether items give a value of that name; None when only some may."""
        return False if self.items is None else self.items.gives(name)

    def within(self, scope: Scope) -> Scope:
        """Return a scope for what stands in the template that is called here."""
        return scope if self.is_inline else replace(scope, call=self.words)
