"""The pages about the SDK: every public name, as its source declares it."""

from __future__ import annotations

from pathlib import Path

import pytest

import aether_sdk
import aether_sdk.testing
import generator._sdk as sdk
from generator._docstring import markdown_of
from generator._source import declarations

# What functions return: their tests need not name it.
RETURNED = {"Attempt", "Blocked", "Ending", "Finding"}
SOURCE = '''
from typing import TYPE_CHECKING, Final, overload

#: How many loaves
#: one oven takes.
LOAVES: Final = 12

if TYPE_CHECKING:
    Flour: TypeAlias = "int"  # no word about it
else:
    Flour = object


@overload
def bake(loaves: int) -> Bread: ...
@overload
def bake(
    loaves: str,
) -> str: ...
def bake(loaves):  # type: ignore[no-untyped-def]  # the overloads say it
    """Bake loaves."""
    return loaves


class Oven(Device):
    """Bakes."""

    heat: int = 200
    _door: bool = False

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def is_hot(self) -> bool:
        """Whether it is."""
        return self.heat > 100

    async def _wait(self) -> None: ...
'''


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package with one module."""
    (tmp_path / "_oven.py").write_text(SOURCE, encoding="utf-8")
    return tmp_path


def test_a_declaration_is_shown_as_it_is_written(package: Path) -> None:
    """Without bodies, private names and comments for those who read the code."""
    known = declarations(package)

    assert known.keys() == {"LOAVES", "Flour", "bake", "Oven"}
    assert known["LOAVES"].code == "LOAVES: Final = 12"
    assert known["LOAVES"].docstring == "How many loaves\none oven takes."
    assert known["Flour"].docstring == ""
    assert known["bake"].code == (
        "def bake(loaves: int) -> Bread\ndef bake(\n    loaves: str,\n) -> str"
    )
    assert known["bake"].docstring == "Bake loaves."
    assert known["Oven"].code == (
        "class Oven(Device)\n    heat: int = 200\n    def __init__(self, name: str) -> None"
    )
    (member,) = known["Oven"].members
    assert member.code == "@property\ndef is_hot(self) -> bool"


def test_the_sections_of_a_docstring_become_lists() -> None:
    """An entry may take several lines, and a section several paragraphs."""
    text = """Bake.

    Args:
        loaves: how many
            there are.
        heat: in degrees.

        name: of the oven.

    Not in a list.

    Returns:
        The bread: all of it.
    """

    assert markdown_of(text) == (
        "Bake.\n\n**Args**\n\n- `loaves`: how many there are.\n- `heat`: in degrees.\n\n"
        "- `name`: of the oven.\n\nNot in a list.\n\n**Returns**\n\n- The bread: all of it.\n"
    )


def test_a_public_name_without_a_word_or_a_place_is_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So is a name on the page that is not public."""
    monkeypatch.setattr(aether_sdk, "__all__", [*aether_sdk.__all__, "oven"])
    monkeypatch.setattr(sdk, "TESTING_SUBJECTS", {"All": "RULES Subject"})

    reported = "\n".join(sdk.undocumented_names())

    assert "aether_sdk.oven is public and on no page" in reported
    assert "aether_sdk.testing.Subject is public and on no page" in reported
    assert "aether_sdk.testing.check_contract is public" in reported


@pytest.mark.parametrize("module", [aether_sdk, aether_sdk.testing])
def test_every_public_name_is_used_in_a_test_of_the_sdk(module: object) -> None:
    """What nobody tests is no promise."""
    folder = Path(__file__).parents[2] / "aether_sdk" / "tests"
    tests = "\n".join(file.read_text(encoding="utf-8") for file in folder.rglob("test_*.py"))
    names: list[str] = getattr(module, "__all__", [])

    assert names
    assert [name for name in names if name not in tests and name not in RETURNED] == []
