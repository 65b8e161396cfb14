"""The sources of artifacts: their types, and the settings of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.check import _codes
from aether_core.check._sources import has_placeholder
from aether_core.document import is_unnamed, show

if TYPE_CHECKING:
    from aether_core.check._report import Report
    from aether_core.document import ArtifactSource, Path
    from aether_sdk import JsonValue

#: The settings of each type; the first is required.
_SETTINGS: Final[dict[str, tuple[str, ...]]] = {"local": ("path",), "http": ("url", "headers")}
_UNSUPPORTED: Final = "oss"


def check_artifact_source(source: ArtifactSource, path: Path, report: Report) -> None:
    """Report an unknown type, and settings that are missing, unknown or of the wrong kind."""
    if is_unnamed(source.type) or any(map(is_unnamed, source.config or {})):
        return
    settings = _SETTINGS.get(source.type)
    if settings is None:
        _unknown_type(source.type, (*path, "type"), report)
        return
    config = source.config or {}
    where = (*path, "config")
    if settings[0] not in config:
        message = f'the source of type {source.type} needs "{settings[0]}"'
        place = path if source.config is None else where
        add = f'Add "{settings[0]}" to its "config".'
        report.add(_codes.SOURCE_SETTING, message, place, hint=add)
    for name, value in config.items():
        if name not in settings and not name.startswith("x-"):
            message = f'the source of type {source.type} has no setting "{name}"'
            hint = report.similar(name, settings, "settings")
            report.add(_codes.SOURCE_SETTING, message, (*where, name), hint=hint, at="key")
        elif name == "headers":
            _check_headers(value, (*where, name), report)
        elif name in settings:
            _check_text(name, value, (*where, name), report)


def _unknown_type(name: str, path: Path, report: Report) -> None:
    if name == _UNSUPPORTED:
        message = "the source of type oss is not supported yet"
        instead = "Use http with a signed URL of the object."
        report.add(_codes.OSS_UNSUPPORTED, message, path, hint=instead)
        return
    message = f'there is no source of type "{name}"'
    hint = report.similar(name, _SETTINGS, "types")
    report.add(_codes.UNKNOWN_SOURCE, message, path, hint=hint)


def _check_headers(value: JsonValue, path: Path, report: Report) -> None:
    if isinstance(value, dict):
        for name, text in value.items():
            _check_text(name, text, (*path, name), report)
    elif not isinstance(value, str) or not has_placeholder(value):
        message = f'"headers" expects an object, got {show(value)}'
        hint = 'Write {"Name": "value"}.'
        report.add(_codes.SOURCE_SETTING, message, path, hint=hint)


def _check_text(name: str, value: JsonValue, path: Path, report: Report) -> None:
    if not isinstance(value, str) or not value:
        message = f'"{name}" expects text, got {show(value)}'
        report.add(_codes.SOURCE_SETTING, message, path, hint="Put it in quotes.")
    elif name == "url" and not has_placeholder(value) and not _is_web(value):
        message = '"url" expects an http or https URL'
        hint = "A file of this machine has a source of type local."
        report.add(_codes.SOURCE_SETTING, message, path, hint=hint)


def _is_web(url: str) -> bool:
    scheme, _, rest = url.partition("://")
    return scheme.lower() in {"http", "https"} and bool(rest)
