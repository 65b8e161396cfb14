"""The environment of processes: what they inherit from the worker, and what they are given."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Variables that hold the secrets of all workflows; a process gets those that it is given.
_SECRETS_PREFIX: Final = "AETHER_SECRET_"


def inherited_environment() -> dict[str, str]:
    """Return the worker's environment variables, those with secrets left out."""
    return {name: os.environ[name] for name in os.environ if not name.startswith(_SECRETS_PREFIX)}


def environment_with(given: Mapping[str, str]) -> Mapping[str, str] | None:
    """Return the inherited variables and the given ones; None if that is just the worker's own.

    Copying them all is a good part of what starting a process takes.
    """
    if not given and not any(name.startswith(_SECRETS_PREFIX) for name in os.environ):
        return None
    return {**inherited_environment(), **given}
