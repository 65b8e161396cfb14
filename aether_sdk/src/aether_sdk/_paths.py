"""JSON paths as they appear in messages: `$.headers.x[0]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def child_path(path: str, key: str | int) -> str:
    """Return the path of the member `key` (object key or array index) of the value at `path`."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    # Names of parameters carry hyphens, so a hyphen needs no quotes here.
    if key.isascii() and key.replace("_", "").replace("-", "").isalnum():
        return f"{path}.{key}"
    quoted = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'{path}["{quoted}"]'


def json_path(keys: Iterable[str | int]) -> str:
    """Return the path that leads from the root `$` along `keys`."""
    path = "$"
    for key in keys:
        path = child_path(path, key)
    return path
