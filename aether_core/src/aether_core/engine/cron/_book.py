"""The schedules of a store: keeping, changing and showing them (engine.md 13.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from aether_core.document import CronWorkflow, LoadedDocument, closest, same
from aether_core.engine.cron._admission import AdmittedCron, admit_cron, unknown_template
from aether_core.engine.cron._errors import CronError, CronExists, CronNotFound, WorkflowSpecFixed
from aether_core.engine.cron._timetable import stored_cron
from aether_core.engine.cron._view import execution_of_cron, summary_of_cron
from aether_core.ports import CronRecord, RunQuery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from aether_core.check import ExecutorCatalog
    from aether_core.document import WorkflowSpec
    from aether_core.engine.cron._view import CronExecution, CronSummary
    from aether_core.ports import ArtifactRepository, Clock, IdGenerator, Store, VariableSource
    from aether_sdk import JsonValue

_NAMESPACE: Final = "default"
_MOST_RUNS: Final = 1000


class CronBook:
    """Keeps, changes and shows schedules; starts nothing.

    Args:
        store: where they live; open.
        registry: what is known of executors; the checker asks it.
        clock: gives the times.
        new_id: gives ids for schedules.
        variable_sources: asked for the custom variables that documents refer to.
        artifacts: where the files of tasks are kept; those of a run are deleted with it.
    """

    def __init__(
        self,
        store: Store,
        *,
        registry: ExecutorCatalog,
        clock: Clock,
        new_id: IdGenerator,
        variable_sources: Iterable[VariableSource] = (),
        artifacts: ArtifactRepository | None = None,
    ) -> None:
        self._store = store
        self._registry = registry
        self._clock = clock
        self._new_id = new_id
        self._variable_sources = variable_sources
        self._artifacts = artifacts

    async def create(
        self, document: AdmittedCron | LoadedDocument | Mapping[str, JsonValue]
    ) -> CronSummary:
        """Keep a new schedule; its first slot is the first one from now on.

        Args:
            document: a CronWorkflow: loaded, as plain data, or admitted before.

        Raises:
            DocumentRejected: the document has errors.
            CronExists: its namespace has a schedule of that name.
        """
        admitted = await self._admitted(document)
        metadata, now = admitted.cron.metadata, self._clock.now()
        record = CronRecord(
            cron_id=self._new_id(),
            name=metadata.name,
            namespace=metadata.effective_namespace,
            document=admitted.snapshot,
            created_at=now,
            updated_at=now,
            suspended=admitted.cron.spec.suspend,
            since=now,
        )
        if not await self._store.create_cron(record):
            raise CronExists(record.name, record.namespace)
        return summary_of_cron(record, now)

    async def update(
        self, document: AdmittedCron | LoadedDocument | Mapping[str, JsonValue]
    ) -> CronSummary:
        """Replace the document of the schedule that has its name.

        Anything may change but the workflow that is started. Runs that are under way go on. With
        a new timing, slots count from now on.

        Raises:
            DocumentRejected: the document has errors.
            CronNotFound: there is no schedule of that name.
            WorkflowSpecFixed: it would start another workflow; nothing is changed.
        """
        admitted = await self._admitted(document)
        metadata = admitted.cron.metadata

        def change(record: CronRecord) -> None:
            if not _starts_the_same(record, admitted.cron):
                raise WorkflowSpecFixed(record.name)
            self._set_suspended(record, suspended=admitted.cron.spec.suspend)
            if _timing(record) != _timing_of(admitted.cron):
                record.since = self._clock.now()
            record.document = admitted.snapshot

        return await self._change(metadata.name, metadata.effective_namespace, change)

    async def suspend(self, name: str, *, namespace: str = _NAMESPACE) -> CronSummary:
        """Let a schedule start nothing until it is resumed; runs that are under way go on.

        Raises:
            CronNotFound: there is no schedule of that name.
        """
        return await self._change(
            name, namespace, lambda record: self._set_suspended(record, suspended=True)
        )

    async def resume(self, name: str, *, namespace: str = _NAMESPACE) -> CronSummary:
        """Let a schedule start runs again; what was due meanwhile is not made up for.

        Raises:
            CronNotFound: there is no schedule of that name.
        """
        return await self._change(
            name, namespace, lambda record: self._set_suspended(record, suspended=False)
        )

    async def delete(self, name: str, *, namespace: str = _NAMESPACE) -> None:
        """Remove a schedule; its runs stay, and those that are under way go on.

        Raises:
            CronNotFound: there is no schedule of that name.
        """
        record = await self._find(name, namespace)
        if not await self._store.delete_cron(record.cron_id):
            raise CronNotFound(name, namespace)

    async def get(
        self, name: str, *, namespace: str = _NAMESPACE, times: int = 5, slots: int = 20
    ) -> CronExecution:
        """Return a schedule with its runs.

        Args:
            name: of the schedule.
            namespace: where it is.
            times: how many of the next times to work out.
            slots: how many of the latest slots to show.

        Raises:
            CronNotFound: there is no schedule of that name.
        """
        record = await self._find(name, namespace)
        runs = await self._store.list_runs(RunQuery(cron_id=record.cron_id, limit=_MOST_RUNS))
        latest = await self._store.list_slots(record.cron_id, limit=slots)
        return execution_of_cron(record, self._clock.now(), times, runs, latest)

    async def list(self) -> list[CronSummary]:
        """Return all schedules of all namespaces, oldest first."""
        now = self._clock.now()
        return [summary_of_cron(record, now) for record in await self._store.list_crons()]

    async def _find(self, name: str, namespace: str) -> CronRecord:
        record = await self._store.find_cron(name, namespace)
        if record is None:
            known = [each.name for each in await self._store.list_crons()]
            raise CronNotFound(name, namespace, closest(name, known))
        return record

    async def _change(
        self, name: str, namespace: str, change: Callable[[CronRecord], None]
    ) -> CronSummary:
        """Change a schedule as it is now, and again if somebody else was faster."""
        while True:
            record = await self._find(name, namespace)
            change(record)
            record.updated_at = self._clock.now()
            if await self._store.update_cron(record):
                return summary_of_cron(record, record.updated_at)

    def _set_suspended(self, record: CronRecord, *, suspended: bool) -> None:
        if record.suspended and not suspended:
            # What was due meanwhile was not wanted.
            record.since = self._clock.now()
        record.suspended = suspended

    async def _admitted(
        self, document: AdmittedCron | LoadedDocument | Mapping[str, JsonValue]
    ) -> AdmittedCron:
        if not isinstance(document, AdmittedCron):
            document = admit_cron(document, self._registry, sources=self._variable_sources)
        reference = document.template
        if reference is not None and await self._store.get_template(*reference) is None:
            raise unknown_template(*reference)
        return document


def _starts_the_same(record: CronRecord, cron: CronWorkflow) -> bool:
    """Return whether a new document starts what the stored one does, defaults filled in."""
    try:
        kept = stored_cron(record)
    except CronError:
        # What can't be read any more starts nothing; only a new document mends that.
        return True
    return same(_normal(kept.spec.workflow_spec), _normal(cron.spec.workflow_spec))


def _normal(spec: WorkflowSpec) -> JsonValue:
    """Return what a schedule starts as plain data, with its defaults written out."""
    complete = msgspec.structs.replace(
        spec,
        timeout=spec.effective_timeout,
        priority=spec.effective_priority,
        max_nested_depth=spec.effective_max_nested_depth,
    )
    plain: JsonValue = msgspec.json.decode(msgspec.json.encode(complete))
    return plain


def _timing(record: CronRecord) -> tuple[str | None, ...]:
    try:
        return _timing_of(stored_cron(record))
    except CronError:
        return ()


def _timing_of(cron: CronWorkflow) -> tuple[str | None, ...]:
    spec = cron.spec
    return spec.schedule, spec.effective_timezone, spec.start_at, spec.end_at
