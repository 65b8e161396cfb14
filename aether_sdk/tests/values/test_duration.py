"""Durations: both grammars, exact arithmetic, and nothing else."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aether_sdk import DURATION_PATTERN, parse_duration

SECOND = 1_000_000
NANOSECONDS = {
    "ns": 1,
    "us": 1_000,
    "ms": 1_000_000,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}


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
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration(text)


def test_a_duration_beyond_292_years_is_refused() -> None:
    with pytest.raises(ValueError, match="292 years"):
        parse_duration("9999999h")


@given(
    st.lists(
        st.tuples(
            st.decimals(0, 10_000, allow_nan=False, places=3), st.sampled_from(sorted(NANOSECONDS))
        ),
        min_size=1,
        max_size=4,
    )
)
def test_the_value_is_exact_and_rounded_up(parts: list[tuple[object, str]]) -> None:
    """Compared with fractions; each part counts whole nanoseconds."""
    text = "".join(f"{number}{unit}" for number, unit in parts)
    nanoseconds = sum(-(-Fraction(str(n)) * NANOSECONDS[unit] // 1) * 1 for n, unit in parts)

    assert parse_duration(text) == -(-nanoseconds // 1000)


@given(st.text(alphabet="0123456789.-+hmsdnuµ ٣\n", max_size=8))
def test_any_text_is_a_duration_or_a_value_error(text: str) -> None:
    try:
        microseconds = parse_duration(text)
    except ValueError:
        assert re.match(DURATION_PATTERN, text) is None
        return

    assert re.match(DURATION_PATTERN, text) is not None
    assert microseconds >= 0
