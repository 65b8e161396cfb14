"""The inbox in the SQLite store; answers are written by `_commits`, with the run's changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.kernel import CommandAnswer
from aether_core.ports import Command
from aether_core.stores._errors import command_to_nobody
from aether_core.stores._rows import Row, json_of, value_of
from aether_core.stores._tables import Tables

if TYPE_CHECKING:
    import sqlite3

# A run that is deleted at this moment either has the command and takes it along, or refuses it.
_INSERT: Final = """
    INSERT INTO commands(run, kind, at, task_seq, attempt, payload, reason)
    SELECT id, ?, ?, ?, ?, ?, ? FROM runs WHERE run_id = ?"""
# The order of the join is fixed, since the other way round would go through all runs. The index
# holds commands without an answer only, so that an empty inbox costs a look at one page.
_SELECT: Final = """
    SELECT commands.id, run_id, kind, at, task_seq, attempt, payload, reason
    FROM commands INDEXED BY commands_open CROSS JOIN runs ON runs.id = commands.run
    WHERE accepted IS NULL AND (? IS NULL OR owner = ?) AND (? IS NULL OR run_id = ?)
    ORDER BY commands.id"""
_SELECT_ANSWER: Final = """
    SELECT id, accepted, answer FROM commands WHERE id = ? AND accepted IS NOT NULL"""


class CommandTables(Tables):
    """The `CommandStore` part of the SQLite store.

    Each method raises a `StoreError` if the file can't be read or written.
    """

    async def send_command(self, command: Command) -> int:
        """Keep a command durably and return its id, which is never given again.

        Raises:
            StoreError: it can't be written, or there is no such run.
        """
        with self._database.transaction() as connection:
            cursor = connection.execute(_INSERT, _row(command))
            return _id_of(cursor, command.run_id)

    async def list_commands(
        self, *, owner: str | None = None, run_id: str | None = None
    ) -> list[Command]:
        """Return commands without an answer, oldest first; see `CommandStore`."""
        return self._database.read(_command_of, _SELECT, (owner, owner, run_id, run_id))

    async def get_answer(self, command_id: int) -> CommandAnswer | None:
        """Return what became of a command; None while nobody has answered it."""
        return self._database.read_one(_answer_of, _SELECT_ANSWER, (command_id,))


def _row(command: Command) -> Row:
    return (
        command.kind,
        command.at,
        command.task_seq,
        command.attempt,
        json_of(command.payload),
        command.reason,
        command.run_id,
    )


def _id_of(cursor: sqlite3.Cursor, run_id: str) -> int:
    if cursor.rowcount != 1 or cursor.lastrowid is None:
        raise command_to_nobody(run_id)
    return cursor.lastrowid


def _command_of(row: Row) -> Command:
    return Command(
        command_id=row[0],
        run_id=row[1],
        kind=row[2],
        at=row[3],
        task_seq=row[4],
        attempt=row[5],
        payload=value_of(row[6]),
        reason=row[7],
    )


def _answer_of(row: Row) -> CommandAnswer:
    return CommandAnswer(row[0], accepted=bool(row[1]), message=row[2])
