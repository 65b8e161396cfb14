"""Time zones: from local times to instants and back, through changes of the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from aether_core.schedule._errors import UnknownTimeZone

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)


class Zone:
    """A time zone; instants are whole seconds since 1970-01-01 UTC.

    Args:
        name: its name in the IANA database.

    Raises:
        UnknownTimeZone: there is no such zone.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._zone = _zone_of(name)

    def at(self, instant: int) -> datetime:
        """Return an instant as a time with this zone."""
        return (_EPOCH + timedelta(seconds=instant)).astimezone(self._zone)

    def local(self, instant: int) -> datetime:
        """Return what the zone's clocks show, without a zone."""
        return self.at(instant).replace(tzinfo=None, fold=0)

    def shown(self, local: datetime) -> list[int]:
        """Return the instants at which clocks show a local time: none, one or two of them."""
        aware = local.replace(tzinfo=self._zone)
        instants = {_seconds(aware.replace(fold=fold)) for fold in (0, 1)}
        return sorted(each for each in instants if self.local(each) == local)

    def first(self, local: datetime) -> int:
        """Return the instant at which clocks first show a local time.

        A time that they leave out counts as the first instant after the gap.
        """
        shown = self.shown(local)
        if shown:
            return shown[0]
        # In a gap the fold tells with which of the two offsets to count (PEP 495).
        aware = local.replace(tzinfo=self._zone)
        return self.change(_seconds(aware.replace(fold=1)), _seconds(aware))

    def change(self, low: int, high: int) -> int:
        """Return the instant at which the offset of `low` ends; it must not be that of `high`."""
        offset = self.at(low).utcoffset()
        while high - low > 1:
            middle = (low + high) // 2
            if self.at(middle).utcoffset() == offset:
                low = middle
            else:
                high = middle
        return high


def _seconds(moment: datetime) -> int:
    """Return an instant; times of one zone would be subtracted as if it had no changes."""
    return (moment.astimezone(UTC) - _EPOCH) // _SECOND


def _zone_of(name: str) -> tzinfo:
    if name == "UTC":
        return UTC
    # Late: it costs start-up time, and many schedules are in UTC.
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    # A missing zone is a KeyError; odd names can end in a ValueError or at a folder.
    except (KeyError, ValueError, OSError):
        shown = name if len(name) <= 40 else name[:39] + "…"
        raise UnknownTimeZone(f'the time zone "{shown}" is not known', hint=_hint(name)) from None


def _hint(name: str) -> str:
    # Late: as above; the search reads the whole database.
    from difflib import get_close_matches
    from zoneinfo import available_timezones

    known = {zone.lower(): zone for zone in available_timezones()}
    if not known:
        return "This machine has no time zones; install the Python package tzdata."
    near = get_close_matches(name[:40].lower(), sorted(known), 1)
    if near:
        return f'Did you mean "{known[near[0]]}"?'
    return 'Use an IANA name such as "Europe/Berlin", or leave it out for UTC.'
