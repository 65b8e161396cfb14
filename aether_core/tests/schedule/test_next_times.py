"""When a schedule is due: fields, calendars, and changes of the clock in several zones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aether_core.document._constraints import CRON_MACROS
from aether_core.schedule import MACROS, Schedule

SECOND = 1_000_000


def micro(text: str) -> int:
    """Return an ISO 8601 time in microseconds since 1970."""
    return int(datetime.fromisoformat(text).timestamp()) * SECOND


def slots(schedule: Schedule, after: str, count: int) -> list[str]:
    """Return the next slots as the schedule's own clocks show them, with their offsets."""
    found: list[str] = []
    moment: int | None = micro(after)
    while moment is not None and len(found) < count:
        moment = schedule.next_after(moment)
        if moment is not None:
            found.append(schedule.zone.at(moment // SECOND).isoformat(" "))
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("* * * * *", ["01 00:01:00", "01 00:02:00"]),
        ("*/20 * * * * *", ["01 00:00:20", "01 00:00:40", "01 00:01:00"]),
        ("15,45 8-10/2 * * *", ["01 08:15:00", "01 08:45:00", "01 10:15:00"]),
        ("0 0 * * MON-tue", ["05 00:00:00", "06 00:00:00", "12 00:00:00"]),
        ("0 0 13 * 5", ["02 00:00:00", "09 00:00:00", "13 00:00:00"]),
        ("0 0 * * 7", ["04 00:00:00"]),
        ("0 0 L * *", ["31 00:00:00"]),
        ("0 9 * JAN 1#2", ["12 09:00:00"]),
        ("0 7-7/2,20/2 * * *", ["01 07:00:00", "01 20:00:00", "01 22:00:00", "02 07:00:00"]),
        ("30 5/6 * * *", ["01 05:30:00", "01 11:30:00", "01 17:30:00", "01 23:30:00"]),
    ],
)
def test_fields_lists_ranges_steps_and_names(text: str, expected: list[str]) -> None:
    """Decision 26; where both kinds of days are given, either will do."""
    found = slots(Schedule(text), "2026-01-01T00:00:00Z", len(expected))

    assert [each[8:19] for each in found] == expected


@pytest.mark.parametrize(
    ("macro", "expected"),
    [
        ("@hourly", "2026-03-15 11:00"),
        ("@daily", "2026-03-16 00:00"),
        ("@midnight", "2026-03-16 00:00"),
        ("@weekly", "2026-03-22 00:00"),
        ("@monthly", "2026-04-01 00:00"),
        ("@yearly", "2027-01-01 00:00"),
        ("@annually", "2027-01-01 00:00"),
    ],
)
def test_the_seven_macros(macro: str, expected: str) -> None:
    (found,) = slots(Schedule(macro), "2026-03-15T10:30:00Z", 1)

    assert found.startswith(expected)
    assert set(MACROS) == set(CRON_MACROS)


def test_leap_days_are_found_years_ahead() -> None:
    found = slots(Schedule("0 0 29 2 *"), "2096-03-01T00:00:00Z", 2)

    assert [each[:10] for each in found] == ["2104-02-29", "2108-02-29"]


def test_the_calendar_ends_without_a_slot() -> None:
    assert Schedule("0 0 1 1 *").next_after(micro("9999-06-01T00:00:00+00:00")) is None
    assert Schedule("0 0 1 1 *", "Asia/Tokyo").next_after(1 << 60) is None


BERLIN, NEW_YORK, SANTIAGO = "Europe/Berlin", "America/New_York", "America/Santiago"


@pytest.mark.parametrize(
    ("zone", "text", "after", "expected"),
    [
        # Clocks go from 02:00 to 03:00.
        (BERLIN, "30 2 * * *", "2026-03-28", ["28 02:30+01", "29 03:00+02", "30 02:30+02"]),
        (BERLIN, "0 30 2 * * *", "2026-03-28", ["28 02:30+01", "29 03:00+02", "30 02:30+02"]),
        (BERLIN, "*/20 2 29 3 *", "2026-03-28", ["29 03:00+02"]),
        (BERLIN, "0 2,3 * * *", "2026-03-29", ["29 03:00+02", "30 02:00+02"]),
        (BERLIN, "0 */2 29 * *", "2026-03-29", ["29 03:00+02", "29 04:00+02", "29 06:00+02"]),
        (NEW_YORK, "15 2 * * *", "2026-03-07", ["07 02:15-05", "08 03:00-04", "09 02:15-04"]),
        # There, on the other half of the globe, they go from 00:00 to 01:00.
        (SANTIAGO, "0 0 * * *", "2026-09-05", ["06 01:00-03", "07 00:00-03"]),
        (SANTIAGO, "@daily", "2026-09-05", ["06 01:00-03", "07 00:00-03"]),
        # By half an hour only.
        ("Australia/Lord_Howe", "15 2 * * *", "2026-10-03", ["03 02:15+10", "04 02:30+11"]),
        # A day that never was.
        ("Pacific/Apia", "0 12 * * *", "2011-12-29", ["29 12:00-10", "31 00:00+14", "31 12:00+14"]),
    ],
)
def test_a_local_time_that_clocks_leave_out_counts_once(
    zone: str, text: str, after: str, expected: list[str]
) -> None:
    """At the first valid instant, also for six fields (decision 26, reference gap)."""
    start = datetime.fromisoformat(after).replace(tzinfo=ZoneInfo(zone), second=1)

    found = slots(Schedule(text, zone), start.isoformat(), len(expected))

    assert [each[8:16] + each[19:22] for each in found] == expected


@pytest.mark.parametrize(
    ("zone", "text", "after", "expected"),
    [
        # Clocks go from 03:00 back to 02:00.
        (BERLIN, "30 2 * * *", "2026-10-24", ["24 02:30+02", "25 02:30+02", "26 02:30+01"]),
        (BERLIN, "0 30 2 * * *", "2026-10-24", ["24 02:30+02", "25 02:30+02", "26 02:30+01"]),
        (BERLIN, "*/30 2 * * *", "2026-10-25", ["25 02:00+02", "25 02:30+02", "26 02:00+01"]),
        (BERLIN, "0 3 * * *", "2026-10-25", ["25 03:00+01", "26 03:00+01"]),
        (NEW_YORK, "15 1 * * *", "2026-11-01", ["01 01:15-04", "02 01:15-05"]),
        (SANTIAGO, "30 23 * * *", "2026-04-04", ["04 23:30-03", "05 23:30-04"]),
        ("Australia/Lord_Howe", "45 1 * * *", "2026-04-05", ["05 01:45+11", "06 01:45+10"]),
    ],
)
def test_a_local_time_that_clocks_show_twice_counts_once(
    zone: str, text: str, after: str, expected: list[str]
) -> None:
    """The first time, also for six fields (decision 26, reference gap)."""
    start = datetime.fromisoformat(after).replace(tzinfo=ZoneInfo(zone), second=1)

    found = slots(Schedule(text, zone), start.isoformat(), len(expected))

    assert [each[8:16] + each[19:22] for each in found] == expected


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        (BERLIN, "2026-03-29"),
        (BERLIN, "2026-10-25"),
        (NEW_YORK, "2026-03-08"),
        (NEW_YORK, "2026-11-01"),
        (SANTIAGO, "2026-09-06"),
        (SANTIAGO, "2026-04-04"),
    ],
)
@pytest.mark.parametrize("text", ["*/15 * * * *", "0 */15 * * * *", "*/15 0-23 * * *"])
def test_a_schedule_for_every_hour_follows_real_time(zone: str, day: str, text: str) -> None:
    """Every quarter of an hour stays one through all changes of the clock (decision 26)."""
    start = micro(f"{day}T00:00:00+00:00")

    found = list(Schedule(text, zone).between(start - 12 * 3600 * SECOND, start + 86_400 * SECOND))

    assert {later - earlier for earlier, later in pairwise(found)} == {900 * SECOND}
    assert len(found) == 36 * 4


#: Zones with changes by an hour and by half of one, at midnight, in both halves of the globe.
ZONES: Final = (
    *("UTC", BERLIN, NEW_YORK, SANTIAGO, "Australia/Lord_Howe", "America/Havana"),
    *("Africa/Casablanca", "Asia/Kathmandu", "Pacific/Auckland"),
)


@st.composite
def fields(draw: st.DrawFn, low: int, high: int) -> str:
    """Draw the text of a field."""
    first = draw(st.integers(low, high))
    last = draw(st.integers(first, high))
    step = draw(st.integers(1, 9))
    texts = ["*", f"{first}", f"{first}-{last}", f"*/{step}", f"{first}-{last}/{step}"]
    return ",".join(draw(st.lists(st.sampled_from(texts), min_size=1, max_size=2)))


def allowed(field: str, low: int, high: int) -> set[int]:
    """Return the values of a field, read in another way than the library does."""
    values: set[int] = set()
    for term in field.split(","):
        span, _, step = term.partition("/")
        first, _, last = span.partition("-")
        begin, end = (low, high) if span == "*" else (int(first), int(last or first))
        values |= set(range(begin, end + 1, int(step or 1)))
    return values


@settings(max_examples=120, deadline=None)
@given(
    parts=st.tuples(fields(0, 59), fields(0, 23), fields(1, 28), fields(1, 12), fields(0, 6)),
    zone=st.sampled_from(ZONES),
    start=st.integers(micro("1990-01-01T00:00:00Z"), micro("2037-01-01T00:00:00Z")),
)
def test_next_times_grow_and_match_the_fields(
    parts: tuple[str, ...], zone: str, start: int
) -> None:
    """Each slot is later than the one before; its local time matches, or was left out."""
    schedule = Schedule(" ".join(parts), zone)
    minutes, hours = allowed(parts[0], 0, 59), allowed(parts[1], 0, 23)
    months = allowed(parts[3], 1, 12)

    moment = start
    for _ in range(5):
        found = schedule.next_after(moment)
        assert found is not None
        assert found > moment
        assert schedule.next_after(found - 1) == found
        local = schedule.zone.at(found // SECOND)
        if local.minute not in minutes or local.hour not in hours:
            before = schedule.zone.at(found // SECOND - 1)
            assert before.utcoffset() != local.utcoffset(), "no change of the clock"
            assert len(hours) < 24, "a schedule for every hour means no local time"
        else:
            assert local.month in months
        moment = found


@settings(max_examples=60, deadline=None)
@given(
    minute=fields(0, 59),
    hour=st.one_of(st.just("*"), fields(0, 23)),
    change=st.sampled_from(
        [
            (BERLIN, "2026-03-29T01:00:00Z"),
            (BERLIN, "2026-10-25T01:00:00Z"),
            (NEW_YORK, "2026-11-01T06:00:00Z"),
            (SANTIAGO, "2026-09-06T04:00:00Z"),
            ("Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
            ("Australia/Lord_Howe", "2026-04-04T15:00:00Z"),
            ("America/Havana", "2026-11-01T05:00:00Z"),
        ]
    ),
)
def test_around_a_change_of_the_clock_slots_are_as_a_walk_finds_them(
    minute: str, hour: str, change: tuple[str, str]
) -> None:
    """Compared with a walk over every minute of the twelve hours around the change."""
    name, text = change
    zone, middle = ZoneInfo(name), datetime.fromisoformat(text)
    minutes, hours = allowed(minute, 0, 59), allowed(hour, 0, 23)
    moments = [middle + timedelta(minutes=m) for m in range(-360, 361)]
    expected: list[datetime] = []
    shown: set[datetime] = {each.astimezone(zone).replace(tzinfo=None) for each in moments}
    seen: set[datetime] = set()
    for moment in moments:
        local = moment.astimezone(zone).replace(tzinfo=None, fold=0)
        matches = local.minute in minutes and local.hour in hours
        if len(hours) == 24:
            is_due = matches
        else:
            is_due = matches and local not in seen
            if moment == middle:
                is_due = is_due or any(
                    each.minute in minutes and each.hour in hours for each in left_out(shown, local)
                )
        seen.add(local)
        if is_due:
            expected.append(moment)

    first, last = moments[0].timestamp(), moments[-1].timestamp()
    found = Schedule(f"{minute} {hour} * * *", name).between(
        int(first) * SECOND - 1, int(last) * SECOND
    )

    assert [datetime.fromtimestamp(each // SECOND, UTC) for each in found] == expected


def left_out(shown: set[datetime], local: datetime) -> list[datetime]:
    """Return the local times right before one that no clock ever showed."""
    missing: list[datetime] = []
    before = local - timedelta(minutes=1)
    while before not in shown:
        missing.append(before)
        before -= timedelta(minutes=1)
    return missing


def test_the_latest_slots_are_found_without_a_look_at_all_of_them() -> None:
    """The same as the end of the whole list, at any density."""
    for text in ("* * * * * *", "*/7 * * * *", "0 0 1 * *", "0 0 29 2 *"):
        schedule = Schedule(text, BERLIN)
        until = micro("2026-06-01T12:34:56Z")
        after = until - (600 if text.startswith("*") else 10**8) * SECOND

        found = schedule.latest(after, until, 10)

        assert found == list(schedule.between(after, until))[-10:]
    assert len(Schedule("* * * * * *").latest(0, until, 3)) == 3
    assert Schedule("@yearly").latest(until - SECOND, until, 3) == []
