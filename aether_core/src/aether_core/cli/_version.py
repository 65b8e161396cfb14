"""The version of this installation."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

#: Name of the distribution that brings the command.
DISTRIBUTION = "aether-workflow"


def own_version() -> str:
    """Return the installed version; `unknown` when run from sources that are not installed."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "unknown"
