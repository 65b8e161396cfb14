"""What is played: a document, how deliveries go, and what users and misfortune do."""

from __future__ import annotations

from random import Random
from typing import TypeAlias

import msgspec

from aether_core.simulation._broker import Delivery
from aether_core.simulation._documents import generate_document
from aether_sdk import JsonValue

Document: TypeAlias = dict[str, JsonValue]

# Deliveries within a time that is far below every timeout of a leaf.
_SPEEDS = (0.001, 0.05, 0.2)
_SHARE_INLINE = 0.2
_SHARE_TIMELESS = 0.6
_MOST_CRASHES = 3
_LAST_CRASH = 20
# Long enough that another engine has taken the runs over, in seconds.
_ABSENCE = 10.0


class Crash(msgspec.Struct, frozen=True):
    """The loss of an engine around one of its commits, for ever or for a while."""

    #: Number of the commit from 1, counted over all engines.
    commit: int
    #: Whether it comes before the commit, which then gets lost too.
    is_before: bool = False
    #: When the engine comes back, in seconds, to find that another has taken over; None: never.
    comes_back_after: float | None = None


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """One run of one document, wholly decided by what is written here; times in seconds."""

    document: Document
    #: Decides when users act, and which suspended tasks nobody resumes.
    seed: int = 0
    #: None: results are reported from within the dispatch.
    delivery: Delivery | None = None
    crashes: tuple[Crash, ...] = ()
    cancel_after: float | None = None
    dispatch_timeout: float | None = None
    #: How often the run is retried when it has ended and did not succeed.
    retries: int = 0
    #: Whether the outcome is the same whatever the order and times of deliveries, and
    #: whichever engine is lost when.
    is_timeless: bool = False

    def plain(self) -> Scenario:
        """Return the same document with nothing in its way: what a timeless outcome should be."""
        return msgspec.structs.replace(self, delivery=None, crashes=())


def generate_scenario(seed: int, *, restarts: bool = False) -> Scenario:
    """Return the scenario of a seed.

    Args:
        seed: decides everything.
        restarts: lose up to three engines on the way.
    """
    return draw_scenario(Random(seed), seed, restarts=restarts)  # noqa: S311  # no secret


def draw_scenario(random: Random, seed: int, *, restarts: bool = False) -> Scenario:
    """Return a scenario whose parts are drawn one by one, so that hypothesis can shrink it."""
    is_timeless = random.random() < _SHARE_TIMELESS
    document = generate_document(random, is_timeless=is_timeless)
    delivery = None
    if random.random() >= _SHARE_INLINE:
        delivery = _delivery(random, seed, is_timeless=is_timeless)
    return Scenario(
        document=document,
        seed=seed,
        delivery=delivery,
        crashes=_crashes(random) if restarts else (),
        cancel_after=None if is_timeless or random.random() < 0.7 else random.random(),
        dispatch_timeout=2.0 if delivery is not None and delivery.lost else None,
        retries=0 if is_timeless else random.randint(0, 2),
        is_timeless=is_timeless,
    )


def _delivery(random: Random, seed: int, *, is_timeless: bool) -> Delivery:
    can_lose = not is_timeless
    return Delivery(
        seed=seed,
        longest=random.choice(_SPEEDS),
        repeated=random.choice((0.0, 0.2)),
        stubborn=random.choice((0.0, 0.5)),
        # A task whose start is not reported has no deadline; one that is lost times out.
        lost_starts=random.choice((0.0, 0.2)) if can_lose else 0.0,
        lost=random.choice((0.0, 0.0, 0.1)) if can_lose else 0.0,
        talkative=random.choice((0.0, 0.3)),
    )


def _crashes(random: Random) -> tuple[Crash, ...]:
    numbers = random.sample(range(1, _LAST_CRASH), random.randint(1, _MOST_CRASHES))
    return tuple(
        Crash(
            number,
            is_before=random.random() < 0.5,
            comes_back_after=None if random.random() < 0.7 else _ABSENCE,
        )
        for number in sorted(numbers)
    )
