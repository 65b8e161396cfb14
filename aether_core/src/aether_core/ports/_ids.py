"""The id generator port: names for runs and tasks (ports.md 5.1)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TypeAlias

#: Returns an id that no other call, here or on another machine, returns.
IdGenerator: TypeAlias = Callable[[], str]


def uuid7() -> str:
    """Return a new UUID version 7 as text: ordered by creation time to the millisecond.

    Layout as RFC 9562 section 5.7: 48 bits of Unix milliseconds, then 74 random bits.
    """
    return uuid7_of(time.time_ns() // 1_000_000, int.from_bytes(os.urandom(10)))


def uuid7_of(milliseconds: int, random: int) -> str:
    """Return a UUID version 7 made of a time and the lower 74 bits of a number."""
    value = (
        (milliseconds & 0xFFFF_FFFF_FFFF) << 80
        | 0x7 << 76
        | (random >> 62 & 0xFFF) << 64
        | 0b10 << 62
        | random & 0x3FFF_FFFF_FFFF_FFFF
    )
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
