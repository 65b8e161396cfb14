"""Durations as short text that reads back, and as the schema of documents limits them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aether_core.document import document_schema, format_duration, parse_duration
from aether_sdk import DURATION_PATTERN

SECOND = 1_000_000


@pytest.mark.parametrize(
    ("microseconds", "text"),
    [
        (0, "0s"),
        (1, "1us"),
        (250_000, "250ms"),
        (1_500_000, "1.5s"),
        (5400 * SECOND, "1h30m"),
        (48 * 3600 * SECOND, "48h"),
        (61 * SECOND + 1, "1m1.000001s"),
        (3600 * SECOND + 5, "1h0.000005s"),
    ],
)
def test_durations_are_written_short(microseconds: int, text: str) -> None:
    assert format_duration(microseconds) == text


def test_a_negative_duration_can_not_be_written() -> None:
    with pytest.raises(ValueError, match="not negative"):
        format_duration(-1)


@given(st.integers(min_value=0, max_value=2**62))
def test_what_is_written_reads_back_exactly(microseconds: int) -> None:
    microseconds %= 9_000_000_000_000_000

    assert parse_duration(format_duration(microseconds)) == microseconds


def test_documents_and_the_sdk_have_one_grammar() -> None:
    """The pattern and the length of the schema are what `parse_duration` refuses by."""
    timeout = document_schema()["$defs"]["Dag"]["properties"]["timeout"]
    shown = [each for each in timeout.get("anyOf", [timeout]) if "pattern" in each]

    assert [each["pattern"] for each in shown] == [DURATION_PATTERN]
    longest = shown[0]["maxLength"]
    assert parse_duration("0" * (longest - 1) + "s") == 0
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration("0" * longest + "s")
