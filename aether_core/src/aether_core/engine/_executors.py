"""Which executors a run was checked against, and whether they are others when it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from aether_core.kernel import ExecutorIdentity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aether_core.check import ExecutorCatalog
    from aether_sdk import ExecutorSchema

# As many digits of a digest as a person compares.
_SHOWN_DIGITS = 12


@runtime_checkable
class KnowsOrigins(Protocol):
    """A catalog that knows from which distributions its executors come."""

    def origin(self, executor_type: str) -> tuple[str, str]:
        """Return distribution and version that provide a type; empty if none does."""
        ...


def identities_of(
    executor_types: Iterable[str], catalog: ExecutorCatalog
) -> dict[str, ExecutorIdentity]:
    """Return which executor stands behind each type; types without a schema are left out.

    Args:
        executor_types: those that a workflow can reach.
        catalog: what it was checked against.
    """
    found = ((each, catalog.get_schema(each)) for each in sorted(executor_types))
    return {each: _identity(schema, catalog) for each, schema in found if schema is not None}


def changes_since(recorded: Mapping[str, ExecutorIdentity], catalog: ExecutorCatalog) -> list[str]:
    """Return a sentence per executor that is another one than when the run was admitted.

    A newer version with the same schemas from the same distribution counts as the same one.

    Args:
        recorded: of the run, as it is stored.
        catalog: what is known of executors here and now.
    """
    present = identities_of(recorded, catalog)
    return [
        f"executor {executor_type!r} is another one than when the run was submitted: "
        f"{_words(then)} then, {_words(now)} now"
        for executor_type, then in recorded.items()
        if not _is_same(then, now := present.get(executor_type))
    ]


def _identity(schema: ExecutorSchema, catalog: ExecutorCatalog) -> ExecutorIdentity:
    origin = catalog.origin(schema.type) if isinstance(catalog, KnowsOrigins) else ("", "")
    distribution, version = origin
    return ExecutorIdentity(distribution, version or schema.version, schema.digest)


def _is_same(then: ExecutorIdentity, now: ExecutorIdentity | None) -> bool:
    return now is not None and (then.distribution, then.digest) == (now.distribution, now.digest)


def _words(identity: ExecutorIdentity | None) -> str:
    if identity is None:
        return "none"
    source = f"{identity.distribution} {identity.version}".strip()
    return f"{source} (schema {identity.digest[:_SHOWN_DIGITS]})"
