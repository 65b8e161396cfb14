"""Entry points of installed distributions, read from their folders.

Does what `importlib.metadata.entry_points` does for one group. That module would cost every run
about 20 ms of start-up, a tenth of the whole, most of it to prepare for metadata that is not
asked for. It is still used for what is no plain folder, such as a zip file on the path.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

_SUFFIXES: Final = (".dist-info", ".egg-info")


class EntryPoint(msgspec.Struct, frozen=True):
    """One line of a distribution's `entry_points.txt`."""

    name: str
    #: `module` or `module:object.attribute`.
    value: str
    distribution: str
    version: str

    def load(self) -> object:
        """Import the module and return the object that the entry point names.

        Raises:
            Exception: whatever the import raises; AttributeError if there is no such object.
        """
        module, _, attributes = self.value.partition("[")[0].partition(":")
        loaded: object = importlib.import_module(module.strip())
        for name in filter(None, attributes.strip().split(".")):
            loaded = getattr(loaded, name)
        return loaded


def entry_points(group: str) -> list[EntryPoint]:
    """Return the entry points of a group in all distributions that can be imported from.

    Of a distribution that is on the path more than once, the first one counts.
    """
    found: list[EntryPoint] = []
    seen: set[str] = set()
    for folder in sys.path:
        if os.path.isfile(folder):  # noqa: PTH113  # strings all the way: this is on the start-up path
            found += _in_archive(folder, group, seen)
            continue
        for name in _listing(folder or "."):
            stem, suffix = os.path.splitext(name)  # noqa: PTH122  # as above
            key = stem.partition("-")[0].lower().replace(".", "_")
            if suffix not in _SUFFIXES or key in seen:
                continue
            seen.add(key)
            found += _of_distribution(f"{folder or '.'}/{name}", group)
    return found


def _listing(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208  # as above
    except OSError:
        # Folders on the path need not exist.
        return []


def _of_distribution(info: str, group: str) -> Iterator[EntryPoint]:
    text = _text(f"{info}/entry_points.txt")
    if f"[{group}]" not in text:
        return
    header = _text(f"{info}/METADATA") or _text(f"{info}/PKG-INFO")
    name, version = _field(header, "name"), _field(header, "version")
    for entry, value in _section(text, group):
        yield EntryPoint(entry, value, name, version)


def _text(file: str) -> str:
    try:
        with open(file, encoding="utf-8", errors="replace") as stream:  # noqa: PTH123  # as above
            return stream.read()
    except OSError:
        return ""


def _field(header: str, wanted: str) -> str:
    """Return a field of a metadata file; empty where the metadata is damaged."""
    for line in header.splitlines():
        if not line.strip():
            break
        key, _, value = line.partition(":")
        if key.strip().lower() == wanted:
            return value.strip()
    return ""


def _section(text: str, group: str) -> Iterator[tuple[str, str]]:
    """Yield names and values of one section of an ini-like file."""
    current = ""
    for raw in text.splitlines():
        line = raw.strip()
        if line.startswith("[") and line.endswith("]"):
            current = line[1:-1].strip()
        elif current == group and line and line[0] not in "#;":
            name, _, value = line.partition("=")
            yield name.strip(), value.strip()


def _in_archive(file: str, group: str, seen: set[str]) -> Iterator[EntryPoint]:
    # Late, for the reason above.
    from importlib.metadata import distributions

    for distribution in distributions(path=[file]):
        name = str(distribution.metadata["Name"] or "")
        key = name.lower().replace("-", "_").replace(".", "_")
        if key in seen:
            continue
        seen.add(key)
        for entry in distribution.entry_points:
            if entry.group == group:
                yield EntryPoint(entry.name, entry.value, name, distribution.version)
