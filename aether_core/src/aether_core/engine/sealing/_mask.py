"""Views of runs that used secrets: whatever stands for a secret reads `******` (decision 18)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from aether_core.plan import map_texts, token_pattern
from aether_sdk import MASK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aether_core.kernel import EventRecord, RunRecord
    from aether_sdk import JsonValue


class Mask:
    """Hides the tokens of one run, and what is left of tokens that an expression took apart.

    Args:
        seal: that of the run; empty for a run without secrets, of which nothing is hidden.
    """

    def __init__(self, seal: str) -> None:
        self._hidden = None
        if seal:
            self._hidden = re.compile(f"{token_pattern(seal).pattern}|{seal}", re.IGNORECASE)

    def text(self, text: str) -> str:
        """Return a text as it may be shown."""
        return text if self._hidden is None else self._hidden.sub(MASK, text)

    def event(self, event: EventRecord) -> EventRecord:
        """Return an event as it may be shown."""
        if self._hidden is None or not event.message:
            return event
        return msgspec.structs.replace(event, message=self.text(event.message))

    def values(self, values: dict[str, JsonValue] | None) -> dict[str, JsonValue]:
        """Return named values as they may be shown."""
        if self._hidden is None or not values:
            return values or {}
        return {self.text(name): map_texts(value, self._scalar) for name, value in values.items()}

    def _scalar(self, value: JsonValue) -> JsonValue:
        return self.text(value) if isinstance(value, str) else value


def shown_events(run: RunRecord, events: Sequence[EventRecord]) -> Sequence[EventRecord]:
    """Return events of a run as they may be shown."""
    return list(map(Mask(run.seal).event, events)) if run.seal else events
