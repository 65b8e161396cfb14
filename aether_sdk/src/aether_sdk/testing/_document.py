"""A document in an engine that lives in memory, for the time of one call."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from aether_sdk.testing._missing import MissingPackage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aether_core.engine import WorkflowExecution
    from aether_sdk._executor import Executor
    from aether_sdk._json_value import JsonValue


def run_document(
    document: str | Path,
    *executors: Executor,
    arguments: Mapping[str, JsonValue] | None = None,
    secrets: Mapping[str, Mapping[str, str]] | None = None,
) -> WorkflowExecution:
    """Run a workflow to its end with these executors and no others, and return the run.

    It takes the engine, which this package does not depend on. Nothing is written to disk.

    Args:
        document: Text of a document, YAML or JSON, or the path of a file.
        executors: Instances; tasks can name their types.
        arguments: Values that replace those of `spec.arguments`, by name.
        secrets: What `secretKeyRef` finds, by secret and key.

    Raises:
        MissingPackage: the engine is not installed.
        DocumentRejected: the document has errors; the exception lists them.
    """
    try:
        # Late, since only this function needs the engine; the SDK works without it.
        from aether_core.brokers import InProcessBroker
        from aether_core.document import load_file, load_text
        from aether_core.engine import DocumentRejected, Engine
        from aether_core.plugins import Registry
        from aether_core.secrets import StaticSecretProvider
        from aether_core.stores import MemoryStore
    except ModuleNotFoundError as error:
        message = "run_document needs the engine, the distribution aether-workflow"
        hint = "Install it: pip install aether-workflow; or from a checkout: ./aether_core"
        raise MissingPackage(message, hint=hint) from error
    loaded = load_file(document) if isinstance(document, Path) else load_text(document)
    if len(loaded.documents) != 1:
        raise DocumentRejected(loaded.diagnostics)
    registry = Registry()
    for executor in executors:
        registry.register(executor)

    async def main() -> WorkflowExecution:
        engine = Engine(
            store=MemoryStore(),
            broker=InProcessBroker(registry),
            registry=registry,
            secrets=StaticSecretProvider(secrets or {}),
        )
        async with engine:
            run_id = await engine.submit(loaded.documents[0], arguments=arguments)
            return await engine.wait(run_id)

    return asyncio.run(main())
