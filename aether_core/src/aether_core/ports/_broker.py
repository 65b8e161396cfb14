"""The task broker port: how leaf tasks reach workers (ports.md 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from aether_core.kernel import Assignment, TaskCompleted, TaskLogged, TaskStarted


class TaskBroker(Protocol):
    """Carries assignments to workers and their answers back.

    Delivery is at least once in both directions; the kernel drops what is stale. For one
    attempt the start is reported before the result, and what it said in between.
    """

    async def open(
        self,
        on_started: Callable[[TaskStarted], None],
        on_completed: Callable[[TaskCompleted], None],
        on_logged: Callable[[TaskLogged], None],
    ) -> None:
        """Begin to take assignments; the callbacks run on the event loop and don't block."""
        ...

    def dispatch(self, assignment: Assignment) -> None:
        """Queue a task for execution, higher priority first; never blocks."""
        ...

    def cancel(self, task_id: str) -> None:
        """Stop the task, queued or running; an unknown id is fine."""
        ...

    async def close(self) -> None:
        """Cancel what runs, wait until it has ended and release every resource."""
        ...
