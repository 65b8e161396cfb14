"""Playing scenarios to find faults, and telling how to see them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.engine import admit
from aether_core.simulation._observer import InvariantBroken
from aether_core.simulation._player import play

if TYPE_CHECKING:
    from aether_core.simulation._playback import Playback
    from aether_core.simulation._player import Executors
    from aether_core.simulation._scenario import Scenario


def verify(scenario: Scenario, executors: Executors, *, twice: bool = False) -> Playback:
    """Play a scenario and check its invariants, and its outcome as far as that is known.

    The outcome of a timeless scenario is that of its document played plainly.

    Args:
        scenario: what happens.
        executors: has those of the document.
        twice: play it again and compare the histories.

    Raises:
        DocumentRejected: the document has errors.
        InvariantBroken: something happened that must not happen.
    """
    admitted = admit(scenario.document, executors)
    seen = play(scenario, executors, admitted=admitted)
    if scenario.is_timeless and scenario != scenario.plain():
        _compare(seen, play(scenario.plain(), executors, admitted=admitted))
    if twice and play(scenario, executors, admitted=admitted).events != seen.events:
        raise InvariantBroken("the same scenario had another history when it was played again")
    return seen


def _compare(seen: Playback, plain: Playback) -> None:
    """Check that a timeless document came to the same, however it was played."""
    for path in sorted({*seen.outcome, *plain.outcome}):
        one, other = seen.outcome.get(path), plain.outcome.get(path)
        if one != other:
            raise InvariantBroken(f"{path} came to {one}, played plainly to {other}")
    if seen.phase is not plain.phase:
        raise InvariantBroken(f"the run came to {seen.phase}, played plainly to {plain.phase}")
    if seen.hooks != plain.hooks:
        raise InvariantBroken(f"hooks that ran: {seen.hooks}, played plainly: {plain.hooks}")
