"""The schema of the SQLite store and how an older file becomes the newest.

`PRAGMA user_version` counts the migrations that a file has been through, `PRAGMA
application_id` says that the file is ours. A migration runs in a transaction of its own, so a
file is always at some version, never between two.

Tables:
    runs: one small row per run, rewritten by every commit of the run.
    submissions: what was submitted; apart, because a long document would be rewritten as well.
    engines: when each engine that drives runs was last alive.
    tasks, events: the id is runs.id * 2**32 + the number within the run (see `_rows.SPAN`).
    commands: the inbox; `accepted` is null until a command is answered. Ids are never reused.
    crons: schedules; `pruned_to` is the latest slot that was forgotten, so that it stays taken.
    slots: the times at which schedules were due.
    templates: WorkflowTemplates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    import sqlite3

Migration: TypeAlias = tuple[str, ...]

#: "AEWF", in the file's header.
APPLICATION_ID: Final = 0x41455746

_INITIAL: Final[Migration] = (
    """CREATE TABLE runs(
        id INTEGER PRIMARY KEY,
        run_id TEXT NOT NULL UNIQUE,
        workflow TEXT NOT NULL,
        namespace TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        phase TEXT NOT NULL,
        message TEXT NOT NULL,
        outputs TEXT,
        started_at INTEGER,
        finished_at INTEGER,
        tasks_total INTEGER NOT NULL,
        tasks_done INTEGER NOT NULL,
        last_event INTEGER NOT NULL,
        version INTEGER NOT NULL)""",
    "CREATE INDEX runs_by_age ON runs(created_at)",
    """CREATE TABLE submissions(
        run INTEGER PRIMARY KEY,
        document TEXT NOT NULL,
        arguments TEXT NOT NULL,
        variables TEXT NOT NULL)""",
    """CREATE TABLE tasks(
        id INTEGER PRIMARY KEY,
        task_id TEXT NOT NULL,
        parent_seq INTEGER NOT NULL,
        parent_id TEXT NOT NULL,
        depth INTEGER NOT NULL,
        scope TEXT NOT NULL,
        name TEXT NOT NULL,
        template TEXT NOT NULL,
        template_type TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        phase TEXT NOT NULL,
        message TEXT NOT NULL,
        code INTEGER,
        attempt INTEGER NOT NULL,
        retry_count INTEGER NOT NULL,
        inputs TEXT,
        outputs TEXT,
        started_at INTEGER,
        finished_at INTEGER)""",
    """CREATE TABLE events(
        id INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        kind TEXT NOT NULL,
        phase TEXT,
        task_seq INTEGER NOT NULL,
        name TEXT NOT NULL,
        message TEXT NOT NULL)""",
)

_DEADLINES_AND_LOOPS: Final[Migration] = (
    "ALTER TABLE runs ADD COLUMN deadline INTEGER",
    "ALTER TABLE runs ADD COLUMN generation INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE tasks ADD COLUMN iteration INTEGER",
    "ALTER TABLE tasks ADD COLUMN items TEXT",
    "ALTER TABLE tasks ADD COLUMN deadline INTEGER",
    "ALTER TABLE tasks ADD COLUMN next_attempt_at INTEGER",
)

_OWNERS: Final[Migration] = (
    "ALTER TABLE runs ADD COLUMN owner TEXT NOT NULL DEFAULT ''",
    """CREATE TABLE engines(
        engine_id TEXT PRIMARY KEY,
        heartbeat_at INTEGER NOT NULL) WITHOUT ROWID""",
)

_INBOX_CRONS_AND_TEMPLATES: Final[Migration] = (
    "ALTER TABLE runs ADD COLUMN cron_id TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE runs ADD COLUMN scheduled_at INTEGER",
    "ALTER TABLE runs ADD COLUMN hooks_open INTEGER NOT NULL DEFAULT 0",
    # Of scheduled runs only: all others would pay for it.
    "CREATE INDEX runs_by_cron ON runs(cron_id, created_at) WHERE cron_id <> ''",
    "ALTER TABLE submissions ADD COLUMN seal TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE tasks ADD COLUMN generation INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE tasks ADD COLUMN input_artifacts TEXT",
    "ALTER TABLE tasks ADD COLUMN artifacts TEXT",
    """CREATE TABLE commands(
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        run INTEGER NOT NULL,
        kind TEXT NOT NULL,
        at INTEGER NOT NULL,
        task_seq INTEGER,
        attempt INTEGER,
        payload TEXT NOT NULL,
        reason TEXT NOT NULL,
        accepted INTEGER,
        answer TEXT)""",
    "CREATE INDEX commands_by_run ON commands(run)",
    "CREATE INDEX commands_open ON commands(run) WHERE accepted IS NULL",
    """CREATE TABLE crons(
        id INTEGER PRIMARY KEY,
        cron_id TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        namespace TEXT NOT NULL,
        document TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        suspended INTEGER NOT NULL,
        since INTEGER NOT NULL,
        last_run_id TEXT NOT NULL,
        last_slot INTEGER,
        pruned_to INTEGER,
        version INTEGER NOT NULL,
        UNIQUE(namespace, name))""",
    """CREATE TABLE slots(
        cron_id TEXT NOT NULL,
        slot INTEGER NOT NULL,
        outcome TEXT NOT NULL,
        engine_id TEXT NOT NULL,
        at INTEGER NOT NULL,
        run_id TEXT NOT NULL,
        reason TEXT NOT NULL,
        PRIMARY KEY(cron_id, slot)) WITHOUT ROWID""",
    """CREATE TABLE templates(
        namespace TEXT NOT NULL,
        name TEXT NOT NULL,
        document TEXT NOT NULL,
        updated_at INTEGER NOT NULL,
        PRIMARY KEY(namespace, name))""",
)

_EXECUTORS: Final[Migration] = (
    "ALTER TABLE submissions ADD COLUMN executors TEXT NOT NULL DEFAULT '{}'",
)

_SUSPENDED: Final[Migration] = (
    "ALTER TABLE runs ADD COLUMN suspended INTEGER NOT NULL DEFAULT 0",
    # The tasks of a run are those from runs.id * 2**32 on (see above).
    """UPDATE runs SET suspended = (
            SELECT COUNT(*) FROM tasks WHERE tasks.phase = 'Suspended'
            AND tasks.id BETWEEN runs.id << 32 AND (runs.id + 1 << 32) - 1)
        WHERE finished_at IS NULL OR hooks_open > 0""",
    "CREATE INDEX runs_suspended ON runs(created_at) WHERE suspended > 0",
)

#: Append only: a file out there has been through a prefix of this.
MIGRATIONS: Final[tuple[Migration, ...]] = (
    _INITIAL,
    _DEADLINES_AND_LOOPS,
    _OWNERS,
    _INBOX_CRONS_AND_TEMPLATES,
    _EXECUTORS,
    _SUSPENDED,
)


def migrate(connection: sqlite3.Connection, migrations: tuple[Migration, ...] = MIGRATIONS) -> int:
    """Apply what the file has not been through yet and return the file's version.

    Safe when several processes do it at once: each takes the write lock and looks again.
    A file of a newer version is left as it is, and its version is returned.

    Raises:
        sqlite3.Error: a statement failed; its whole migration is rolled back.
    """
    version = schema_version(connection)
    while version < len(migrations):
        connection.execute("BEGIN IMMEDIATE")
        try:
            version = schema_version(connection)
            if version < len(migrations):
                _apply(connection, migrations[version], version + 1)
                version += 1
            connection.execute("COMMIT")
        except BaseException:
            # After a full disk SQLite has rolled back already.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    return version


def schema_version(connection: sqlite3.Connection) -> int:
    """Return how many migrations the file has been through; 0 for an empty one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _apply(connection: sqlite3.Connection, migration: Migration, version: int) -> None:
    for statement in migration:
        connection.execute(statement)
    # PRAGMA takes no parameters; both are integers of our own.
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID:d}")
    connection.execute(f"PRAGMA user_version = {version:d}")
