"""Options that several commands share, and how their values are read."""

from __future__ import annotations

import os
import re
from argparse import ArgumentTypeError
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from aether_core.cli._report_file import ReportFile
    from aether_core.plugins import InstalledExecutors, InstalledVariables, PluginRecord
    from aether_core.ports import SecretProvider

STORE_VARIABLE = "AETHER_STORE"
SECRETS_VARIABLE = "AETHER_SECRETS"
_LONGEST_RUN_ID = 200
#: For commands that put something into a store for other processes.
KEEPING_HINT = "Give a file: --store sqlite:///runs.db"
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


def add_report(parser: ArgumentParser) -> None:
    """Add `--report`."""
    parser.add_argument(
        "--report",
        metavar="FILE.html",
        help="also write the run, however it ended, as a page to read in a browser",
    )


def report_file(arguments: Namespace) -> ReportFile | None:
    """Return where the report goes; None if none is wanted.

    Raises:
        UsageError: no file can be there.
    """
    if arguments.report is None:
        return None
    # Late: few runs are reported.
    from aether_core.cli._report_file import ReportFile

    return ReportFile(arguments.report)


def add_store(parser: ArgumentParser, about: str = "") -> None:
    """Add `--store`; `about` is its help where it is not about runs."""
    parser.add_argument(
        "--store",
        metavar="URL",
        help=about
        or "where runs are kept: memory:, sqlite:///relative.db or sqlite:////absolute.db "
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


def add_submission(parser: ArgumentParser) -> None:
    """Add what says which workflow is meant, and what it is given."""
    parser.add_argument("file", metavar="FILE", help="a JSON or YAML file; - is stdin")
    parser.add_argument(
        "templates",
        metavar="TEMPLATES",
        nargs="*",
        default=[],
        help="further files, with WorkflowTemplates that it refers to",
    )
    parser.add_argument(
        "-p",
        dest="arguments",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        type=pair,
        help="set an argument of the workflow: JSON, else text; may be repeated",
    )
    add_variables(parser)
    parser.add_argument(
        "--timeout",
        metavar="D",
        type=duration,
        help="longest time of the run, such as 90s or 2h, in place of the document's; 0: no limit",
    )


def run_id(text: str) -> str:
    """Return an id for a run."""
    if not text.strip() or len(text) > _LONGEST_RUN_ID or not text.isprintable():
        message = f"expected 1 to {_LONGEST_RUN_ID} printable characters, got {text[:40]!r}"
        raise ArgumentTypeError(message)
    return text


def duration(text: str) -> str:
    """Return a duration as it was written."""
    # Late: few commands are given one.
    from aether_core.document import parse_duration

    try:
        parse_duration(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None
    return text


def add_secrets(parser: ArgumentParser) -> None:
    """Add `--secrets`."""
    parser.add_argument(
        "--secrets",
        metavar="FILE|URL",
        help="where secretKeyRef gets its values: JSON or YAML, {name: {key: value}}, or an "
        "address that an installed package knows "
        f"(default: {SECRETS_VARIABLE}, else the variables AETHER_SECRET_<NAME>_<KEY>)",
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


def forgets(given: str | None) -> bool:
    """Return whether what is put into the store is gone with this process."""
    return store_url(given).lower().startswith("memory:")


def without_password(url: str) -> str:
    """Return a URL whose password, if it has one, can't be read."""
    return re.sub(r"(://[^/@:]*):[^/@]*@", r"\1:******@", url)


def secrets_of(arguments: Namespace) -> SecretProvider:
    """Return where secrets come from: what is given, else the environment.

    Raises:
        SecretsFileError: the file can't be used.
        ExtensionError: no installed package can use the address.
    """
    # Late: commands that run nothing need no secrets.
    from aether_core.secrets import EnvSecretProvider, is_private, read_secrets

    path = None
    if "secrets" in arguments:
        path = arguments.secrets or os.environ.get(SECRETS_VARIABLE)
    if not path:
        return EnvSecretProvider(os.environ)
    if "://" in path:
        # Late: few secrets come from a provider of another package.
        from aether_core.cli._console import reserved_stdout
        from aether_core.plugins import PluginPolicy, is_secret_address, open_secrets

        if is_secret_address(path):
            with reserved_stdout():
                return open_secrets(path, PluginPolicy.from_environment(os.environ))
    if not is_private(path) and not arguments.quiet:
        # Late: needed for a warning only.
        from aether_core.cli._console import note

        note(f"warning: others may read the secrets file {path}; `chmod 600` keeps it private")
    return read_secrets(path)


def installed_executors() -> InstalledExecutors:
    """Return the executors of the installed plugins, as far as the environment allows them."""
    # Late: commands that touch no plugin don't pay for it.
    from aether_core.plugins import InstalledExecutors, PluginPolicy

    return InstalledExecutors(PluginPolicy.from_environment(os.environ), on_slow=_say_slow)


def _say_slow(record: PluginRecord) -> None:
    """Say which plugin a command waits for: one that never comes back is found so."""
    # Late: nearly no plugin is slow.
    from aether_core.cli._console import note

    note(
        f"still loading plugin {record.name} of {record.distribution}; "
        f"AETHER_PLUGINS_DENY={record.distribution} does without it"
    )


def installed_variables() -> InstalledVariables:
    """Return the variable sources of installed packages, as far as the environment allows them."""
    # Late: as above.
    from aether_core.plugins import InstalledVariables, PluginPolicy

    return InstalledVariables(PluginPolicy.from_environment(os.environ))
