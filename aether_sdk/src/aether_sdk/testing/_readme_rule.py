"""The rule about the README of a plugin: what it says of the executor is still true."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from typing import TYPE_CHECKING, Final

from aether_sdk.testing._rule import NothingToCheck, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from aether_sdk.testing._subject import Subject

_ENGINE: Final = "aether-workflow"
_PATIENCE: Final = 60.0


def project_of(file: Path) -> Path | None:
    """Return the nearest folder above a file that holds a `pyproject.toml`."""
    return next((each for each in file.parents if each.joinpath("pyproject.toml").is_file()), None)


def _is_current(subject: Subject) -> Iterator[str]:
    executor_type = subject.executor.type
    command = f"aether executors describe {executor_type} --markdown"
    block = _block(subject.project, command)
    if not subject.is_installed:
        message = "the executor belongs to no installed distribution (is_installed = False)"
        raise NothingToCheck(message)
    told = _told(executor_type)
    if told.returncode:
        yield f"`{command}` ended with status {told.returncode}: {told.stderr.strip()}"
    elif told.stdout != block:
        lines = block.splitlines()
        new = next((line for line in told.stdout.splitlines() if line not in lines), None)
        seen = "more than that or another order" if new is None else f"without the line {new!r}"
        yield f"README.md has {seen} in the block of `{command}`"


def _block(project: Path | None, command: str) -> str:
    """Return what the README has in the block of a command."""
    readme = None if project is None else project / "README.md"
    if readme is None or not readme.is_file():
        message = "needs a README.md beside the pyproject.toml above the test's file"
        raise NothingToCheck(message)
    begin = f"<!-- {command} -->"
    text = readme.read_text(encoding="utf-8")
    found = re.search(rf"{re.escape(begin)}\n(.*?)<!-- end -->", text, re.DOTALL)
    if found is None:
        message = f"README.md has no block between {begin} and <!-- end -->"
        raise NothingToCheck(message)
    return found[1]


def _told(executor_type: str) -> subprocess.CompletedProcess[str]:
    """Return what the command says of an executor."""
    try:
        distribution(_ENGINE)
    except PackageNotFoundError:
        message = f"needs the engine, the distribution {_ENGINE}"
        raise NothingToCheck(message) from None
    words = ["executors", "describe", executor_type, "--markdown"]
    return subprocess.run(  # noqa: S603 - this interpreter with the engine's own command
        [sys.executable, "-P", "-m", "aether_core", *words],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=_PATIENCE,
        check=False,
    )


README_RULES: Final = (
    Rule(
        "readme",
        "The block about the executor in the project's README is what the command prints.",
        "Paste what `aether executors describe TYPE --markdown` prints between the two comments.",
        _is_current,
    ),
)
