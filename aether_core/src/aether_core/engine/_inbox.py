"""The inbox of an engine: requests of other processes to the runs that it drives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.kernel import CancelRequested, ResumeRequested

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aether_core.engine._driver import Driver
    from aether_core.kernel import Event
    from aether_core.ports import Clock, Command, Store


class Inbox:
    """Hands commands in the store to their runs; `look` is called twice a second.

    A command is done with when the commit of what it did carries its answer; until then it
    is posted once, however often it is seen.

    Args:
        store: has the commands.
        driver: has the runs.
        clock: gives the time at which a command arrives.
        engine_id: the engine whose runs are meant.
    """

    def __init__(self, store: Store, driver: Driver, clock: Clock, engine_id: str) -> None:
        self._store = store
        self._driver = driver
        self._clock = clock
        self._engine_id = engine_id
        self._posted: set[int] = set()

    @property
    def is_needed(self) -> bool:
        """Whether there are runs that a command may be meant for."""
        return self._driver.is_busy

    def accept(self, commands: Iterable[Command]) -> list[Event]:
        """Return the events of commands that have not been posted yet; the caller posts them."""
        events: list[Event] = []
        for command in commands:
            if command.command_id not in self._posted:
                self._posted.add(command.command_id)
                events.append(event_of(command, self._clock.now()))
        return events

    async def look(self) -> None:
        """Post the commands that have come; what is never answered waits for the next engine.

        Raises:
            StoreError: the store can't be read.
        """
        if not self.is_needed:
            return
        commands = await self._store.list_commands(owner=self._engine_id)
        self._posted.intersection_update(command.command_id for command in commands)
        for command in commands:
            if self._driver.actor(command.run_id) is not None:
                for event in self.accept([command]):
                    self._driver.post(command.run_id, event)


def event_of(command: Command, at: int) -> Event:
    """Return what a command means to the kernel; `at` is when it arrives, in microseconds."""
    if command.kind == "cancel":
        return CancelRequested(at, command.reason, command.command_id)
    if command.task_seq is None:
        message = f"command {command.command_id} resumes no task"
        raise ValueError(message)
    return ResumeRequested(
        at, command.task_seq, command.payload, command.attempt, command.command_id
    )
