"""Durations: both grammars, exact arithmetic, and text that reads back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aether_core.document import format_duration, parse_duration

SECOND = 1_000_000


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [
        ("0", 0),
        ("-0", 0),
        ("+0", 0),
        ("0s", 0),
        ("250ms", 250_000),
        ("90s", 90 * SECOND),
        ("1.5s", 1_500_000),
        ("0.1s", 100_000),
        (".5s", 500_000),
        ("1.s", SECOND),
        ("1h30m", 5400 * SECOND),
        ("1h1h", 7200 * SECOND),
        ("3us", 3),
        ("3\u00b5s", 3),
        ("3\u03bcs", 3),
        ("2d", 172_800 * SECOND),
        ("1d12h", 129_600 * SECOND),
        ("1d2h3m4s", 93_784 * SECOND),
        ("+1h", 3600 * SECOND),
    ],
)
def test_both_grammars_are_read(text: str, microseconds: int) -> None:
    assert parse_duration(text) == microseconds


@pytest.mark.parametrize("text", ["1ns", "500ns", ".0000000001s"])
def test_a_duration_that_is_not_zero_never_becomes_zero(text: str) -> None:
    assert parse_duration(text) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "5",
        "1 h",
        " 1h",
        "1h ",
        "1h\n",
        "-1s",
        "h",
        ".s",
        "1.5d",
        "12h1d",
        "5 seconds",
        "5S",
        "\u0661s",
        "1e3s",
        "1" * 200 + "s",
    ],
)
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="invalid duration"):
        parse_duration(text)


def test_a_duration_beyond_292_years_is_refused() -> None:
    with pytest.raises(ValueError, match="292 years"):
        parse_duration("9999999h")


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
