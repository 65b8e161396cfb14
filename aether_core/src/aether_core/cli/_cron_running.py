"""A slot of a schedule that is fired by hand, and its run to the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.cli._running import Begun, go_on

if TYPE_CHECKING:
    from aether_core.cli._driving import Means
    from aether_core.cli._running import Ended
    from aether_core.engine import CronSlot, Engine


class _NothingStarted(Exception):
    """The slot has no run that could be gone on with."""

    def __init__(self, slot: CronSlot) -> None:
        super().__init__(slot.reason)
        self.slot = slot


def trigger_to_end(
    name: str, means: Means, *, at: int | None, namespace: str
) -> tuple[CronSlot, Ended | None]:
    """Fire a slot and go on with its run until it has ended or is suspended.

    Args:
        name: of the schedule.
        means: what drives the run.
        at: the slot, in microseconds since 1970-01-01 UTC; None is now.
        namespace: of the schedule.

    Returns:
        What became of the slot, and the run that it started, if it did.

    Raises:
        StoreError: the store can't be opened or written.
        EngineError: there is no such schedule, or the run was lost on its way.
    """
    slots: list[CronSlot] = []

    async def begin(engine: Engine) -> Begun:
        slot = await engine.cron.trigger(name, at=at, namespace=namespace)
        if slot.outcome != "fired":
            raise _NothingStarted(slot)
        slots.append(slot)
        means.progress.begin(slot.run_id, name, known=not engine.drives(slot.run_id))
        return Begun(slot.run_id)

    try:
        ended = go_on(begin, means)
    except _NothingStarted as nothing:
        return nothing.slot, None
    return slots[0], ended
