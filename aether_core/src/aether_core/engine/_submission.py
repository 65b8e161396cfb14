"""From a document to a stored run, and WorkflowTemplates on their way into the store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from aether_core.check import check_resource
from aether_core.document import Severity, WorkflowTemplate, encode
from aether_core.engine._admission import Admitted, admit
from aether_core.engine._errors import DocumentRejected, RunTakenOver
from aether_core.engine._templates import Templates, reference_of
from aether_core.kernel import RunChanges, RunRecord, Submitted
from aether_core.ports import TemplateRecord, VersionConflict
from aether_sdk import JsonValue, Phase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aether_core.check import ExecutorCatalog
    from aether_core.document import LoadedDocument
    from aether_core.engine._ownership import Ownership
    from aether_core.ports import Clock, IdGenerator, Store, VariableSource


class Request(msgspec.Struct, frozen=True):
    """What is submitted with a document; see `Engine.submit`."""

    arguments: Mapping[str, JsonValue] | None = None
    variables: Mapping[str, JsonValue] | None = None
    run_id: str | None = None
    cron_id: str = ""
    scheduled_at: int | None = None


class Submission:
    """Admits documents and makes runs of them.

    Args:
        store: where runs and WorkflowTemplates live.
        registry: what is known of executors.
        clock: gives the times.
        new_id: gives ids for runs.
        ownership: drives the runs.
        variable_sources: give custom variables.
    """

    def __init__(  # noqa: PLR0917  # what every submission needs
        self,
        store: Store,
        registry: ExecutorCatalog,
        clock: Clock,
        new_id: IdGenerator,
        ownership: Ownership,
        variable_sources: Iterable[VariableSource],
    ) -> None:
        self._store = store
        self._registry = registry
        self._clock = clock
        self._new_id = new_id
        self._ownership = ownership
        self._variable_sources = variable_sources

    async def submit(
        self, document: Admitted | LoadedDocument | Mapping[str, JsonValue], request: Request
    ) -> str:
        """Begin a run; see `Engine.submit`."""
        admitted = await self._admitted(document, request)
        if request.run_id is not None and await self._exists(request.run_id):
            return request.run_id
        run = self._new_run(admitted, request)
        state = self._ownership.new_state(admitted.plan, run)
        try:
            await self._ownership.drive(state, [Submitted(run.created_at)])
        except RunTakenOver:
            # Another process took the id that the caller chose between our look and our commit.
            if request.run_id is None:
                raise
        return run.run_id

    async def enqueue(
        self, document: Admitted | LoadedDocument | Mapping[str, JsonValue], request: Request
    ) -> str:
        """Keep a run for another engine; see `Engine.enqueue`."""
        run = self._new_run(await self._admitted(document, request), request)
        try:
            await self._store.commit([RunChanges(run, 0, [], [], [])])
        except VersionConflict:
            if request.run_id is None:
                raise
        return run.run_id

    async def keep_template(self, document: LoadedDocument) -> None:
        """Keep a WorkflowTemplate; see `Engine.keep_template`."""
        resource = document.draft
        problems = [*document.problems]
        if resource is not None:
            problems += check_resource(resource, self._registry)
        if any(problem.severity is Severity.ERROR for problem in problems):
            raise DocumentRejected(document.diagnose(problems))
        if not isinstance(resource, WorkflowTemplate):
            message = f"expected a WorkflowTemplate, got a {type(resource).__name__}"
            raise TypeError(message)
        metadata = resource.metadata
        record = TemplateRecord(
            metadata.name, metadata.effective_namespace, encode(resource), self._clock.now()
        )
        await self._store.put_template(record)

    async def _admitted(
        self, document: Admitted | LoadedDocument | Mapping[str, JsonValue], request: Request
    ) -> Admitted:
        if isinstance(document, Admitted):
            return document
        return admit(
            document,
            self._registry,
            arguments=request.arguments,
            variables=request.variables,
            sources=self._variable_sources,
            templates=await self._templates(document),
        )

    async def _templates(self, document: LoadedDocument | Mapping[str, JsonValue]) -> Templates:
        """Return the template that a document refers to, if the store has it."""
        templates = Templates()
        reference = reference_of(document)
        record = await self._store.get_template(*reference) if reference is not None else None
        if record is not None:
            templates.add_record(record)
        return templates

    def _new_run(self, admitted: Admitted, request: Request) -> RunRecord:
        return RunRecord(
            run_id=request.run_id or self._new_id(),
            workflow=admitted.plan.workflow,
            namespace=admitted.plan.namespace,
            document=admitted.snapshot,
            phase=Phase.CREATED,
            created_at=self._clock.now(),
            arguments=dict(admitted.arguments),
            variables=dict(admitted.variables),
            executors=dict(admitted.executors),
            seal=admitted.seal,
            cron_id=request.cron_id,
            scheduled_at=request.scheduled_at,
        )

    async def _exists(self, run_id: str) -> bool:
        if await self._ownership.is_accepted(run_id):
            return True
        return await self._store.get_run(run_id) is not None
