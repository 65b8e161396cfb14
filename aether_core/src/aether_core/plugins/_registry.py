"""The registry: executors by type, and their schemas (executors.md 9)."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from aether_sdk import ExecutorAlreadyRegistered, SchemaError, check_executor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aether_sdk import Executor, ExecutorSchema


class Registry:
    """Holds one executor per type; safe to use from several threads."""

    def __init__(self) -> None:
        self._executors: dict[str, Executor] = {}
        self._schemas: dict[str, ExecutorSchema] = {}
        self._origins: dict[str, tuple[str, str]] = {}
        self._lock = threading.Lock()

    def register(self, executor: Executor, origin: tuple[str, str] = ("", "")) -> None:
        """Add an executor under its type; its schema is asked for now and kept.

        Args:
            executor: answers for its type from now on.
            origin: distribution and version that provide it.

        Raises:
            ExecutorAlreadyRegistered: the type has an executor; nothing is changed.
            SchemaError: the executor breaks the contract, or its schema is of another type.
        """
        mistakes = check_executor(executor)
        if mistakes:
            name = type(executor).__name__
            message = f"executor {name} can't be registered: {'; '.join(mistakes)}"
            raise SchemaError(message)
        schema = executor.schema()
        if schema.type != executor.type:
            message = f"executor {executor.type!r} returned a schema of type {schema.type!r}"
            raise SchemaError(message)
        with self._lock:
            if executor.type in self._executors:
                raise ExecutorAlreadyRegistered(executor.type)
            self._executors[executor.type] = executor
            self._schemas[executor.type] = schema
            self._origins[executor.type] = origin

    def withdraw(self, executor_type: str) -> None:
        """Remove an executor and its schema; an unknown type is fine."""
        with self._lock:
            self._executors.pop(executor_type, None)
            self._schemas.pop(executor_type, None)
            self._origins.pop(executor_type, None)

    def register_schema(self, schema: ExecutorSchema) -> None:
        """Add a schema without an executor, as a remote worker announces it; replaces any."""
        with self._lock:
            self._schemas[schema.type] = schema

    def get(self, executor_type: str) -> Executor | None:
        """Return the executor of a type, or None."""
        return self._executors.get(executor_type)

    def get_schema(self, executor_type: str) -> ExecutorSchema | None:
        """Return the schema of a type, or None."""
        return self._schemas.get(executor_type)

    def origin(self, executor_type: str) -> tuple[str, str]:
        """Return distribution and version that provide a type; empty if none is known."""
        return self._origins.get(executor_type, ("", ""))

    def explain(self, executor_type: str) -> tuple[str, str | None]:
        """Return why a type has no schema here, and what to do about it."""
        hint = near_miss(executor_type, self._schemas)
        return f"unknown executor type {executor_type!r}", hint

    def types(self) -> tuple[str, ...]:
        """Return the types that have an executor here, in order of registration."""
        return tuple(self._executors)

    def schemas(self) -> tuple[ExecutorSchema, ...]:
        """Return every known schema, in order of registration."""
        return tuple(self._schemas.values())


def near_miss(executor_type: str, known: Iterable[str]) -> str:
    """Return a hint for a type that nobody provides."""
    # Needed for a mistake only.
    import difflib

    types = sorted(known)
    near = difflib.get_close_matches(executor_type, types, n=1)
    if near:
        return f'Did you mean "{near[0]}"?'
    if types:
        return f"Installed are: {', '.join(types)}."
    return "No executor is installed; install a plugin package that provides it."
