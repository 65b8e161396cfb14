"""Says whether the packages of this project that are installed, or would be, are this checkout's.

Packages with similar names exist in public indexes and belong to other people, so an install that
misses one local path can succeed with a stranger's code. Standard library only: the script runs
with the interpreter of the environment that it looks at.

    python origin_guard.py installed CHECKOUT NAME...    what is installed here
    python origin_guard.py report CHECKOUT FILE NAME...  what `pip install --report FILE` plans
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit


def normalised(name: str) -> str:
    """Return a distribution's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def is_inside(url: str, checkout: Path) -> bool:
    """Tell whether a URL is that of a folder or file of the checkout."""
    parts = urlsplit(url)
    if parts.scheme != "file":
        return False
    return Path(unquote(parts.path)).resolve().is_relative_to(checkout.resolve())


def problems_of_installed(
    found: Iterable[Distribution], expected: Iterable[str], checkout: Path
) -> list[str]:
    """Return what is wrong with installed distributions; one line per problem.

    Args:
        found: the distributions of one environment.
        expected: names that must be there, installed from the checkout.
        checkout: root of the repository.
    """
    urls = {normalised(dist.name): _direct_url(dist) for dist in found}
    return _problems(urls, expected, checkout, "is not installed")


def problems_of_report(
    report: Mapping[str, Any], expected: Iterable[str], checkout: Path
) -> list[str]:
    """Return what is wrong with the plan that pip wrote; one line per problem.

    Args:
        report: the file of `pip install --dry-run --report`.
        expected: names that must be in the plan, taken from the checkout.
        checkout: root of the repository.
    """
    urls = {
        normalised(item["metadata"]["name"]): item["download_info"]["url"]
        if item["is_direct"]
        else ""
        for item in report["install"]
    }
    return _problems(urls, expected, checkout, "is not in the plan")


def _problems(
    urls: Mapping[str, str], expected: Iterable[str], checkout: Path, absent: str
) -> list[str]:
    wanted = {normalised(name) for name in expected}
    lines = [f"{name} {absent}" for name in sorted(wanted - urls.keys())]
    for name, url in sorted(urls.items()):
        if name in wanted and not is_inside(url, checkout):
            source = url or "an index or a wheel file"
            lines.append(f"{name} comes from {source}, not from {checkout}")
        elif name.startswith("aether") and name not in wanted:
            lines.append(f"{name} does not belong here; is it somebody else's package?")
    return lines


def _direct_url(dist: Distribution) -> str:
    """Return where a distribution was installed from; empty for an index or a wheel file."""
    text = dist.read_text("direct_url.json")
    return "" if text is None else str(json.loads(text)["url"])


def main(arguments: list[str] | None = None) -> int:
    """Print the problems to stderr; return 1 if there are any."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    installed = commands.add_parser("installed")
    installed.add_argument("checkout", type=Path)
    installed.add_argument("names", nargs="+")
    installed.add_argument("--path", action="append", help="look here instead of in sys.path")
    report = commands.add_parser("report")
    report.add_argument("checkout", type=Path)
    report.add_argument("file", type=Path)
    report.add_argument("names", nargs="+")
    chosen = parser.parse_args(arguments)

    if chosen.command == "installed":
        found = distributions(path=chosen.path) if chosen.path else distributions()
        problems = problems_of_installed(found, chosen.names, chosen.checkout)
    else:
        plan = json.loads(chosen.file.read_text(encoding="utf-8"))
        problems = problems_of_report(plan, chosen.names, chosen.checkout)
    for problem in problems:
        sys.stderr.write(f"origin guard: {problem}\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
