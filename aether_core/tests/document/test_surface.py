"""The room's surface: names, codes, and what an import costs."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys

import pytest

import aether_core.document as room
from aether_core.document import _codes, closest, document_schema, problem_titles


def test_every_public_name_exists_and_the_list_is_sorted() -> None:
    names = room.__all__

    assert all(hasattr(room, name) for name in names)
    assert len(set(names)) == len(names)
    assert names == sorted(
        names, key=lambda each: (not each.isupper(), not each[0].isupper(), each)
    )


def test_every_code_has_a_title_and_is_given_once() -> None:
    codes = [value for name, value in vars(_codes).items() if name.isupper() and name[0] != "_"]

    assert sorted(codes) == sorted(problem_titles())
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"AE[01][0-9]{2}", code) for code in codes)
    assert all(title.endswith(".") for title in problem_titles().values())


def test_titles_are_a_copy() -> None:
    problem_titles().clear()

    assert problem_titles()


@pytest.mark.parametrize(
    ("word", "nearest"),
    [
        ("time_out", "timeout"),
        ("TIMEOUT", "timeout"),
        ("timout", "timeout"),
        ("zzz", None),
        ("x" * 101, None),
    ],
)
def test_the_closest_word_is_found(word: str, nearest: str | None) -> None:
    assert closest(word, ["retry", "timeout", "when"]) == nearest


def test_an_import_brings_nothing_heavy() -> None:
    code = (
        "import sys, msgspec, json, re\n"
        "before = set(sys.modules)\n"
        "import aether_core.document\n"
        "heavy = {'yaml', 'difflib', 'jsonschema', 'pydantic', 'zoneinfo', 'asyncio', 'sqlite3'}\n"
        "print(sorted(heavy & (set(sys.modules) - before)))\n"
        'aether_core.document.load_text(\'{"kind": "Workflow"}\')\n'
        "print('yaml' in sys.modules)\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split("\n")[:2] == ["[]", "False"]


def test_the_schema_is_a_fresh_copy_each_time() -> None:
    document_schema()["$defs"].clear()

    assert document_schema()["$defs"]


def test_public_functions_and_classes_are_documented() -> None:
    for name in room.__all__:
        thing = getattr(room, name)
        if inspect.isfunction(thing) or inspect.isclass(thing):
            assert inspect.getdoc(thing), name
