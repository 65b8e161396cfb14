"""Entry points read from folders are those that the standard library finds."""

from __future__ import annotations

import importlib.metadata
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from aether_core.plugins._metadata import EntryPoint, entry_points


@pytest.mark.parametrize("group", ["aether.executors", "console_scripts", "pytest11", "none"])
def test_they_are_those_of_the_standard_library(group: str) -> None:
    """For everything that is installed here."""
    theirs = {
        (entry.name, entry.value, entry.dist.name, entry.dist.version)
        for entry in importlib.metadata.entry_points(group=group)
        if entry.dist is not None
    }

    ours = {(e.name, e.value, e.distribution, e.version) for e in entry_points(group)}

    assert ours == theirs


def test_the_first_of_two_distributions_on_the_path_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, install: Any
) -> None:
    """As for imports; the other one's entry points are not seen."""
    install("fake-twice", {"twice": "first"})
    second = tmp_path / "second" / "fake_twice-2.0.dist-info"
    second.mkdir(parents=True)
    (second / "METADATA").write_text("Name: fake-twice\nVersion: 2.0\n")
    (second / "entry_points.txt").write_text("[aether.executors]\ntwice = second\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(second.parent)])

    found = [entry for entry in entry_points("aether.executors") if entry.name == "twice"]

    assert found == [EntryPoint("twice", "first", "fake-twice", "1.0")]


def test_a_zip_file_on_the_path_is_read_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no folder, but a place to import from."""
    archive = tmp_path / "packages.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("fake_zip-3.dist-info/METADATA", "Name: fake-zip\nVersion: 3\n\n")
        packed.writestr("fake_zip-3.dist-info/entry_points.txt", "[g]\nz = fake_zip:X\n")
    monkeypatch.syspath_prepend(str(archive))

    assert EntryPoint("z", "fake_zip:X", "fake-zip", "3") in entry_points("g")


def test_comments_extras_and_damage_are_passed_over(install: Any, tmp_path: Path) -> None:
    """What can't be understood is left out or empty, never an error."""
    install("fake-odd", {"# note": "x", "odd": "json:JSONDecoder.decode [extra]"})
    (tmp_path / "fake_odd-1.0.dist-info" / "METADATA").write_text("")

    (found,) = [e for e in entry_points("aether.executors") if e.value.startswith("json")]

    assert (found.distribution, found.version) == ("", "")
    assert getattr(found.load(), "__name__", "") == "decode"
