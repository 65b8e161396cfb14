"""Artifacts that no task has made: files of this machine and of web servers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from aether_core.artifacts._files import copy_file, copy_folder
from aether_core.ports import ArtifactError

if TYPE_CHECKING:
    from aether_core.artifacts._limits import Limits
    from aether_core.artifacts._threads import Stop
    from aether_core.ports import Place
    from aether_sdk import JsonValue


def bring(place: Place, target: Path, stop: Stop, limits: Limits) -> None:
    """Copy what a source has to a path where nothing is yet.

    Raises:
        ArtifactError: the source is not known, is set up wrongly, or does not give the file.
        OSError: a file can't be read or written.
    """
    given = place.get("config")
    config = given if isinstance(given, Mapping) else {}
    match place.get("type"):
        case "local":
            source = Path(_text(config, "path"))
            archive = place.get("archive") or "none"
            if archive != "none" and source.is_dir():
                raise ArtifactError(f"{source} is a folder, not a {archive} archive")
            _copy(source, target, stop, limits)
        case "http":
            # Late: the client is large, and few artifacts come from a server.
            from aether_core.artifacts._http import download

            download(_text(config, "url"), _headers(config), target, stop, limits)
        case other:
            raise ArtifactError(f"has a source of the unknown type {other!r}")


def _text(config: Mapping[str, JsonValue], key: str) -> str:
    value = config.get(key)
    if not isinstance(value, str) or not value or "\0" in value:
        raise ArtifactError(f'has a source whose "{key}" is no text')
    return value


def _headers(config: Mapping[str, JsonValue]) -> dict[str, str]:
    """Return the headers to send; a value that can't be sent is not shown, it may be secret."""
    given = config.get("headers") or {}
    if not isinstance(given, Mapping):
        raise ArtifactError('has a source whose "headers" is no object')
    headers: dict[str, str] = {}
    for name, value in given.items():
        if not name or not isinstance(value, str) or not _is_line(f"{name}:{value}"):
            raise ArtifactError(f'has a source whose header "{name}" can\'t be sent')
        headers[name] = value
    return headers


def _is_line(text: str) -> bool:
    """Return whether HTTP can carry a text as one line."""
    return text.isprintable() and all(ord(character) < 256 for character in text)


def _copy(source: Path, target: Path, stop: Stop, limits: Limits) -> None:
    if source.is_dir():
        copy_folder(source, target, stop, limits)
    elif source.is_file():
        copy_file(source, target, stop, limits)
    elif source.exists():
        raise ArtifactError(f"{source} is neither a file nor a folder")
    else:
        raise ArtifactError(f"there is no file {source.absolute()}")
