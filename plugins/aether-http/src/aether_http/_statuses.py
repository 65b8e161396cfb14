"""The `expected_status` input: single codes and ranges of codes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

LOWEST: Final = 100
HIGHEST: Final = 999
#: The shape of an item; that a range does not run backwards is said by `codes_of` alone.
STATUS_PATTERN: Final = r"^[1-9][0-9]{2}(-[1-9][0-9]{2})?$"


# The same few items come with every request.
@lru_cache(maxsize=256)
def codes_of(item: int | str) -> range:
    """Return the codes that an item such as `204`, `"204"` or `"200-299"` stands for.

    Raises:
        ValueError: the item is none of these, or stands for no status code.
    """
    match = re.fullmatch(r"(\d{3})(?:-(\d{3}))?", str(item), re.ASCII)
    if match is not None:
        first, last = int(match[1]), int(match[2] or match[1])
        if LOWEST <= first <= last <= HIGHEST:
            return range(first, last + 1)
    message = f'{item!r} is not a status code such as 204 or a range such as "200-299"'
    raise ValueError(message)


def is_expected(code: int, items: Sequence[int | str]) -> bool:
    """Tell whether one of the items covers a code."""
    return any(code in codes_of(item) for item in items)


def describe(items: Sequence[int | str]) -> str:
    """Return e.g. `200-299 or 404`."""
    return " or ".join(str(item) for item in items)
