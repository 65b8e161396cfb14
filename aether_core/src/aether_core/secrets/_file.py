"""A file of secrets (cli.md): JSON or YAML, `{name: {key: value}}`."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from aether_core.document import load_text, problem_titles
from aether_core.secrets._static import StaticSecretProvider
from aether_sdk import AetherError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aether_core.document import Loaded

_LARGEST: Final = 1 << 20
_FOR_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_SHAPE: Final = (
    "It holds one object, {name: {key: value}}, with text for each value: numbers and words such "
    "as true stand in quotes."
)
_KINDS: Final[dict[type, str]] = {
    type(None): "null",
    bool: "true or false",
    int: "an integer",
    float: "a number",
    list: "a list",
    dict: "an object",
    str: "text",
}


class SecretsFileError(AetherError):
    """A file of secrets can't be used; the text says where in it, and holds nothing of it."""

    code = "AE831"


def is_private(path: str) -> bool:
    """Return whether nobody but its owner may read or write a file; true for what is no file."""
    try:
        mode = Path(path).stat().st_mode
    except (OSError, ValueError):
        return True
    return not stat.S_ISREG(mode) or not mode & _FOR_OTHERS


def read_secrets(path: str) -> StaticSecretProvider:
    """Read a file of secrets; pipes such as `/dev/stdin` are fine too.

    Raises:
        SecretsFileError: it can't be read, or is not of that shape; all problems at once.
    """
    loaded = load_text(_content(path), name=path)
    # Other findings concern workflows, which this is none of.
    faults = [d for d in loaded.diagnostics if d.code.startswith("AE0")]
    if faults:
        # Their messages may quote the file, so only the kind of mistake is told.
        titles = problem_titles()
        places = [f"line {d.line}, column {d.column}: {titles[d.code]}" for d in faults]
        message = f"the secrets file {path} can't be read: {' '.join(places)}"
        raise SecretsFileError(message, hint=_SHAPE)
    values = _value(path, loaded)
    problems = list(_problems(values))
    if problems:
        message = f"the secrets file {path} has values of a wrong type: {'; '.join(problems)}"
        raise SecretsFileError(message, hint=_SHAPE)
    return StaticSecretProvider(values, path)


def _content(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            data = file.read(_LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        message = f"the secrets file {path} can't be read: {reason}"
        raise SecretsFileError(message) from None
    if len(data) > _LARGEST:
        message = f"the secrets file {path} has more than {_LARGEST >> 20} MiB"
        raise SecretsFileError(message)
    return data


def _value(path: str, loaded: Loaded) -> Any:
    if len(loaded.documents) != 1:
        message = f"the secrets file {path} holds {len(loaded.documents)} documents, not one"
        raise SecretsFileError(message, hint=_SHAPE)
    return loaded.documents[0].value


def _problems(values: object) -> Iterator[str]:
    """Yield what is not of the shape, by the path to it and the kind of what is there."""
    if not isinstance(values, dict):
        yield f"expected an object, got {_kind(values)}"
        return
    for name, secret in cast("dict[str, object]", values).items():
        if not isinstance(secret, dict):
            yield f"/{name}: expected an object, got {_kind(secret)}"
            continue
        for key, value in cast("dict[str, object]", secret).items():
            if not isinstance(value, str):
                yield f"/{name}/{key}: expected text, got {_kind(value)}"


def _kind(value: object) -> str:
    return _KINDS.get(type(value), "something else")
