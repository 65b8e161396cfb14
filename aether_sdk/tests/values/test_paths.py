"""Paths in messages."""

from __future__ import annotations

import pytest

from aether_sdk._paths import json_path


@pytest.mark.parametrize(
    ("keys", "path"),
    [
        ([], "$"),
        (["headers", "x", 0], "$.headers.x[0]"),
        (["fail-count", "a_b"], "$.fail-count.a_b"),
        (["loop_iter.index"], '$["loop_iter.index"]'),
        (['say "hi"\\'], '$["say \\"hi\\"\\\\"]'),
        (["", "é"], '$[""]["é"]'),
    ],
)
def test_keys_that_are_no_names_are_quoted(keys: list[str | int], path: str) -> None:
    assert json_path(keys) == path
