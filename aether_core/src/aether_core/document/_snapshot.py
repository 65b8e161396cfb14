"""From a resource back to plain data, as it is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from aether_core.document._models import Resource


def encode(resource: Resource) -> str:
    """Return a resource as compact JSON text: camelCase keys, without those that are absent.

    `decode` of the parsed text gives an equal resource.
    """
    return msgspec.json.encode(resource).decode()


def snapshot(resource: Resource) -> dict[str, Any]:
    """Return a resource as JSON data of its own: camelCase keys, without those that are absent."""
    # Through text, so that tuples become lists and nothing is shared with the resource.
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(resource))
    return plain
