"""The public surface is deliberate."""

from __future__ import annotations

import ast
from importlib.metadata import version
from pathlib import Path
from typing import get_args

import pytest

import aether_sdk


def _names_for_type_checkers() -> set[str]:
    tree = ast.parse(Path(aether_sdk.__file__).read_text())
    block = next(node for node in tree.body if isinstance(node, ast.If))
    imports = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    return {alias.name for node in imports for alias in node.names}


def test_names_are_listed_once_and_sorted() -> None:
    assert aether_sdk.__all__ == sorted(
        set(aether_sdk.__all__), key=lambda name: (not name.isupper(), name[0].islower(), name)
    )


def test_type_checkers_and_python_see_the_same_names() -> None:
    assert _names_for_type_checkers() | {"__version__"} == set(aether_sdk.__all__)


@pytest.mark.parametrize("name", aether_sdk.__all__)
def test_every_public_name_exists(name: str) -> None:
    assert getattr(aether_sdk, name) is not None


def test_an_unknown_name_is_an_attribute_error_that_says_so() -> None:
    with pytest.raises(AttributeError, match="module 'aether_sdk' has no attribute 'Nothing'"):
        _ = aether_sdk.Nothing  # type: ignore[attr-defined]  # what this test is about


@pytest.mark.parametrize("name", ["ExecuteResult", "JsonSchema", "JsonValue"])
def test_aliases_can_be_evaluated_in_annotations(name: str) -> None:
    alias = getattr(aether_sdk, name)

    assert type(None) in get_args(alias | None)


def test_dir_shows_the_public_names() -> None:
    assert dir(aether_sdk) == sorted(aether_sdk.__all__)


def test_the_version_is_that_of_the_distribution() -> None:
    assert aether_sdk.__version__ == version("aether-workflow-sdk")
