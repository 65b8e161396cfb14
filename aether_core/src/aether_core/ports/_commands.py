"""The inbox: requests that reach the engine which drives a run from other processes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

import msgspec

from aether_sdk import JsonValue

if TYPE_CHECKING:
    from aether_core.kernel import CommandAnswer

CommandKind: TypeAlias = Literal["cancel", "resume"]


class Command(msgspec.Struct, frozen=True):
    """A request to a run; times in microseconds since 1970-01-01 UTC."""

    run_id: str
    kind: CommandKind
    at: int
    #: For a resume: the number of the suspended task.
    task_seq: int | None = None
    #: For a resume: the attempt that is suspended; a later one is not meant.
    attempt: int | None = None
    #: For a resume: values that join the task's inputs.
    payload: dict[str, JsonValue] = {}
    #: For a cancel: why.
    reason: str = ""
    #: Given by the store.
    command_id: int = 0


class CommandStore(Protocol):
    """Keeps commands until they are answered; an answer is committed with what it did.

    Answers arrive in `RunChanges.answers`, in the same transaction as the changes they stand
    for, so that a command is carried out exactly once.
    """

    async def send_command(self, command: Command) -> int:
        """Keep a command durably and return its id; ids grow.

        Raises:
            StoreError: it can't be written.
        """
        ...

    async def list_commands(
        self, *, owner: str | None = None, run_id: str | None = None
    ) -> list[Command]:
        """Return commands without an answer, oldest first.

        Args:
            owner: only those to runs that this engine drives.
            run_id: only those to this run.
        """
        ...

    async def get_answer(self, command_id: int) -> CommandAnswer | None:
        """Return what became of a command; None while nobody has answered it."""
        ...
