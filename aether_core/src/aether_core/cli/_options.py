"""Options that several commands share, and how their values are read."""

from __future__ import annotations

import os
import re
from argparse import ArgumentTypeError
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from aether_core.plugins import InstalledExecutors

STORE_VARIABLE = "AETHER_STORE"
# More would not fit a database's integer.
_MOST_DIGITS = 18


def add_output(parser: ArgumentParser, *more: str) -> None:
    """Add `--output`, with `text` and `json` and further formats."""
    parser.add_argument(
        "--output",
        choices=("text", "json", *more),
        default="text",
        help="text for people (default), json for programs"
        + (f", {' and '.join(more)} for code hosts" if more else ""),
    )


def add_store(parser: ArgumentParser) -> None:
    """Add `--store`."""
    parser.add_argument(
        "--store",
        metavar="URL",
        help="where runs are kept: memory:, sqlite:///relative.db or sqlite:////absolute.db "
        f"(default: {STORE_VARIABLE}, else a file in your state folder)",
    )


def add_variables(parser: ArgumentParser) -> None:
    """Add `--set`."""
    parser.add_argument(
        "--set",
        dest="variables",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        type=pair,
        help="set a custom variable such as deploy.region=eu, always text; may be repeated",
    )


def pair(text: str) -> tuple[str, str]:
    """Return the two sides of NAME=VALUE."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        message = f"expected NAME=VALUE, got {text!r}"
        raise ArgumentTypeError(message)
    return name.strip(), value


def positive(text: str) -> int:
    """Return a whole number of at least 1."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else 0
    if number < 1:
        message = f"expected a whole number of at least 1, got {text!r}"
        raise ArgumentTypeError(message)
    return number


def store_url(given: str | None) -> str:
    """Return the store to use: what was given, else the environment's, else the default."""
    url = given or os.environ.get(STORE_VARIABLE)
    if url:
        return url
    # Late: the default needs more modules than a given store.
    from aether_core.stores import default_store_url

    return default_store_url()


def without_password(url: str) -> str:
    """Return a URL whose password, if it has one, can't be read."""
    return re.sub(r"(://[^/@:]*):[^/@]*@", r"\1:******@", url)


def installed_executors() -> InstalledExecutors:
    """Return the executors of the installed plugins, as far as the environment allows them."""
    # Late: commands that touch no plugin don't pay for it.
    from aether_core.plugins import InstalledExecutors, PluginPolicy

    return InstalledExecutors(PluginPolicy.from_environment(os.environ))
