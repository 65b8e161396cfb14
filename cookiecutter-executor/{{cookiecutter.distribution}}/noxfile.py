"""Every check of this package: `nox` runs all of them, `nox -s NAME` runs one."""

from __future__ import annotations

import nox


@nox.session(python=["3.11", "3.12", "3.13", "3.14"])
def tests(session: nox.Session) -> None:
    """The tests, on each Python that is there."""
    session.install("-e", ".[test]")
    session.run("pytest", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Style and types."""
    session.install("-e", ".[test]")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("mypy", "src", "tests")


@nox.session
def build(session: nox.Session) -> None:
    """Wheel and sdist, in dist/."""
    session.install("hatchling")
    session.run("hatchling", "build")
