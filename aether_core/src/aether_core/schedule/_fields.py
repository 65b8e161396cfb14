"""The text of a schedule: five or six fields, or a macro (documents.md 5.6, decision 26)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Final, TypeAlias

from aether_core.schedule._errors import ScheduleError

if TYPE_CHECKING:
    from collections.abc import Sequence

MACROS: Final[dict[str, str]] = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}

_Field: TypeAlias = tuple[str, str, int, int]

_LONGEST: Final = 1000
_MOST_FIELDS: Final = 6
_HOURS: Final = 24
# Where the search for a date begins that shows that there is one; the library looks 50 years
# ahead, and no date that exists is further away from here.
_SOME_DAY: Final = datetime(2000, 1, 1)  # noqa: DTZ001  # a day on the calendar, nowhere

#: For each field its name, what may stand in it, and its lowest and highest value.
_FIELDS: Final[tuple[_Field, ...]] = (
    ("second", "0 to 59", 0, 59),
    ("minute", "0 to 59", 0, 59),
    ("hour", "0 to 23", 0, 23),
    ("day of the month", "1 to 31, L for the last one", 1, 31),
    ("month", "1 to 12 or JAN to DEC", 1, 12),
    ("day of the week", "0 to 7 or SUN to SAT, 0 and 7 both Sunday", 0, 6),
)


class Fields:
    """The fields of a schedule: finds the local times that match them.

    Args:
        text: five fields, six with seconds in front, or a macro.

    Raises:
        ScheduleError: the text is none of these, or no date matches.
    """

    def __init__(self, text: str) -> None:
        # Late: few commands have to do with schedules.
        from cronsim import CronSim

        _check(text)
        # The library takes 7-7/2 for 7/2, which would go on beyond the 7.
        fields = re.sub(r"(?<![\w#])(\w+)-\1/\w+", r"\1", MACROS.get(text, text))
        self._times = CronSim(fields, _SOME_DAY)

    @property
    def every_hour(self) -> bool:
        """Whether the hour does not matter."""
        return len(self._times.hours) == _HOURS

    def after(self, moment: datetime) -> datetime | None:
        """Return the first local time after another that matches; None if there is none.

        Both are without a zone and in whole seconds.
        """
        self._times.dt = moment
        try:
            return next(self._times, None)
        except (OverflowError, ValueError):
            # The calendar ends with the year 9999.
            return None


def _check(text: str) -> None:
    if text in MACROS:
        return
    words = list(re.finditer(r"\S+", text[:_LONGEST]))
    if not _MOST_FIELDS - 1 <= len(words) <= _MOST_FIELDS or len(text) > _LONGEST:
        raise _wrong_shape(text, len(words))
    for field, word in zip(_FIELDS[-len(words) :], words, strict=True):
        start = word.start()
        for term in word[0].split(","):
            if not term or not _is_valid(_alone(term, field)):
                raise _bad_term(term, start, field)
            start += len(term) + 1
    if not _is_valid([word[0] for word in words], ever=True):
        raise _never(text, words)


def _alone(term: str, field: _Field) -> list[str]:
    """Return fields of which only one says something."""
    return [term if each is field else "*" for each in _FIELDS]


def _is_valid(fields: Sequence[str], *, ever: bool = False) -> bool:
    """Return whether the library takes the fields, and whether some date matches them."""
    # Late: as above.
    from cronsim import CronSim, CronSimError

    try:
        times = CronSim(" ".join(fields), _SOME_DAY)
    # Numbers with thousands of digits are refused by Python itself.
    except (CronSimError, ValueError):
        return False
    return not ever or next(times, None) is not None


def _wrong_shape(text: str, fields: int) -> ScheduleError:
    shown = text if len(text) <= 40 else text[:39] + "…"
    counted = f" ({fields} fields)" if fields > 1 else ""
    return ScheduleError(
        f'"{shown}" is neither five or six fields nor a macro{counted}',
        start=0,
        end=len(text),
        hint=f'Write fields such as "0 6 * * 1-5", or one of {", ".join(MACROS)}.',
    )


def _bad_term(term: str, start: int, field: _Field) -> ScheduleError:
    name, allowed, low, high = field
    shown = term if len(term) <= 20 else term[:19] + "…"
    message = f'the {name} can\'t be "{shown}"' if term else f"a list for the {name} has a gap"
    hint = f"Allowed are {allowed}; *, ranges (2-5), steps (*/15), and lists of these (1,4,6-9)."
    ends = re.fullmatch(r"(\w{1,3})-(\w{1,3})", term)
    # Two ends that are fine make a range that is not only when it goes downwards.
    if ends is not None and _is_valid(_alone(f"{ends[1]},{ends[2]}", field)):
        hint = f'A range goes upwards; write "{ends[1]}-{high},{low}-{ends[2]}".'
    return ScheduleError(message, start=start, end=start + max(len(term), 1), hint=hint)


def _never(text: str, words: Sequence[re.Match[str]]) -> ScheduleError:
    start, end = words[-3].start(), words[-1].end()
    return ScheduleError(
        f'no date matches "{text[start:end]}"; nothing would ever start',
        start=start,
        end=end,
        hint="The last three fields are day of the month, month, and day of the week.",
    )
