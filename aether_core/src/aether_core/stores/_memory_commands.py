"""The inbox in memory."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import msgspec

from aether_core.ports import Command, StoreError
from aether_core.stores._errors import UNWRITABLE, command_to_nobody

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aether_core.kernel import CommandAnswer


class _Sent(msgspec.Struct, frozen=True):
    """A command, its payload as JSON, so that nobody shares it with the store."""

    command: Command
    payload: bytes


class MemoryCommands(ABC):
    """The `CommandStore` part of the store in memory."""

    def __init__(self) -> None:
        super().__init__()
        self._last_command = 0
        #: Commands without an answer, and answers with the run that each belongs to.
        self._open_commands: dict[int, _Sent] = {}
        self._answers: dict[int, tuple[str, CommandAnswer]] = {}

    async def send_command(self, command: Command) -> int:
        """Keep a command and return its id, which is never given again.

        Raises:
            StoreError: its payload is not JSON, or there is no such run.
        """
        if self._owner_of(command.run_id) is None:
            raise command_to_nobody(command.run_id)
        command_id = self._last_command + 1
        kept = msgspec.structs.replace(command, command_id=command_id, payload={})
        try:
            sent = _Sent(kept, msgspec.json.encode(command.payload))
        except UNWRITABLE as error:
            raise StoreError(f"a command can't be written as JSON: {error}") from error
        self._last_command = command_id
        self._open_commands[command_id] = sent
        return command_id

    async def list_commands(
        self, *, owner: str | None = None, run_id: str | None = None
    ) -> list[Command]:
        """Return commands without an answer, oldest first; see `CommandStore`."""
        return [
            msgspec.structs.replace(sent.command, payload=msgspec.json.decode(sent.payload))
            for sent in self._open_commands.values()
            if run_id in {None, sent.command.run_id}
            and owner in {None, self._owner_of(sent.command.run_id)}
        ]

    async def get_answer(self, command_id: int) -> CommandAnswer | None:
        """Return what became of a command; None while nobody has answered it."""
        _, answer = self._answers.get(command_id, (None, None))
        return answer

    def _keep_answers(self, answers: Iterable[CommandAnswer]) -> None:
        """Keep answers to commands that have none; the first answer stands."""
        for answer in answers:
            sent = self._open_commands.pop(answer.command_id, None)
            if sent is not None:
                self._answers[answer.command_id] = (sent.command.run_id, answer)

    def _forget_commands(self, run_id: str) -> None:
        """Forget commands to a run, and their answers."""
        self._open_commands = {
            command_id: sent
            for command_id, sent in self._open_commands.items()
            if sent.command.run_id != run_id
        }
        self._answers = {
            command_id: (of_run, answer)
            for command_id, (of_run, answer) in self._answers.items()
            if of_run != run_id
        }

    @abstractmethod
    def _owner_of(self, run_id: str) -> str | None:
        """Return who drives a run, or drove it last; None for an unknown run."""
