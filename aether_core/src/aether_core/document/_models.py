"""The three kinds of resource in a document (documents.md 1, 2.1-2.4, 15.3)."""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from msgspec import Meta

# msgspec reads these names from the annotations when the first document is decoded.
from aether_core.document._constraints import Count, DurationText, Name, PositiveCount, Text, Whole  # noqa: TC001
from aether_core.document._policies import Hooks  # noqa: TC001
from aether_core.document._templates import Template  # noqa: TC001
from aether_core.document._values import Arguments, Wire

API_VERSION: Final = "aether/v1"
DEFAULT_NAMESPACE: Final = "default"
DEFAULT_TIMEOUT: Final = "1h"
DEFAULT_PRIORITY: Final = 500
DEFAULT_MAX_NESTED_DEPTH: Final = 3
MAX_NESTED_DEPTH: Final = 10

ConcurrencyPolicy: TypeAlias = Literal["Allow", "Forbid", "Replace"]


class Metadata(Wire, frozen=True):
    """Name and notes of a resource."""

    name: Annotated[Name, Meta(description="Name of the resource.")]
    namespace: Annotated[
        Text | None,
        Meta(
            description="Groups resources; templates and schedules are found by it and their name.",
            extra_json_schema={"default": DEFAULT_NAMESPACE},
        ),
    ] = None
    version: Annotated[
        str | None, Meta(description="Version of the document; free, nothing reads it.")
    ] = None
    labels: Annotated[
        dict[str, str] | None, Meta(description="Texts by key, free; kept, not interpreted.")
    ] = None
    annotations: Annotated[
        dict[str, str] | None, Meta(description="Notes by key, free; kept, not interpreted.")
    ] = None

    @property
    def effective_namespace(self) -> str:
        """The namespace, `default` when none is declared."""
        return self.namespace or DEFAULT_NAMESPACE


class WorkflowTemplateRef(Wire, frozen=True):
    """A `WorkflowTemplate` that supplies what the workflow leaves out (documents.md 15.3)."""

    name: Annotated[Text, Meta(description="Name of the WorkflowTemplate.")]
    namespace: Annotated[
        Text | None, Meta(description="Its namespace; the workflow's own when left out.")
    ] = None


class WorkflowSpec(Wire, frozen=True):
    """What a workflow does."""

    entrypoint: Annotated[
        Text | None,
        Meta(
            description="Name of the template that a run starts with; required unless "
            "`workflowTemplateRef` supplies it."
        ),
    ] = None
    arguments: Annotated[
        Arguments | None,
        Meta(
            description="Values for the whole workflow, seen as `workflow.parameters.NAME`; "
            "whoever starts a run may replace them."
        ),
    ] = None
    timeout: Annotated[
        DurationText | None,
        Meta(
            description="How long a run may take, waits and suspensions included; `0` is no limit.",
            extra_json_schema={"default": DEFAULT_TIMEOUT},
        ),
    ] = None
    priority: Annotated[
        Whole | None,
        Meta(
            description="0 to 1000; of the tasks that are ready, in all runs of an engine, "
            "those of a higher priority start first.",
            extra_json_schema={"default": DEFAULT_PRIORITY},
        ),
    ] = None
    max_nested_depth: Annotated[
        Whole | None,
        Meta(
            description="1 to 10; how many levels of tasks may lie below the entrypoint; "
            "0 counts as left out.",
            extra_json_schema={"default": DEFAULT_MAX_NESTED_DEPTH},
        ),
    ] = None
    templates: Annotated[
        tuple[Template, ...],
        Meta(
            description="The templates, each with a name of its own; required unless "
            "`workflowTemplateRef` supplies them."
        ),
    ] = ()
    hooks: Annotated[
        Hooks | None, Meta(description="What runs when something happens to the run.")
    ] = None
    workflow_template_ref: Annotated[
        WorkflowTemplateRef | None,
        Meta(description="A WorkflowTemplate that supplies what is left out here."),
    ] = None

    @property
    def effective_timeout(self) -> str:
        """The deadline of a run as written, `1h` when none is declared."""
        return self.timeout or DEFAULT_TIMEOUT

    @property
    def effective_priority(self) -> int:
        """The priority, 500 when none is declared."""
        return DEFAULT_PRIORITY if self.priority is None else self.priority

    @property
    def effective_max_nested_depth(self) -> int:
        """The nesting limit: 3 when 0 or left out, never more than 10 (documents.md 5.5)."""
        depth = self.max_nested_depth or DEFAULT_MAX_NESTED_DEPTH
        return depth if 0 < depth <= MAX_NESTED_DEPTH else MAX_NESTED_DEPTH


class CronSpec(Wire, frozen=True):
    """When a workflow is started (documents.md 2.4)."""

    schedule: Annotated[Text, Meta(description="Five or six fields, or a macro such as `@daily`.")]
    workflow_spec: Annotated[WorkflowSpec, Meta(description="The workflow that is started.")]
    timezone: Annotated[
        Text | None,
        Meta(
            description="IANA time zone in which the schedule is read.",
            extra_json_schema={"default": "UTC"},
        ),
    ] = None
    start_at: Annotated[
        Text | None, Meta(description="Nothing starts before this time (RFC 3339).")
    ] = None
    end_at: Annotated[
        Text | None, Meta(description="Nothing starts after this time (RFC 3339).")
    ] = None
    concurrency_policy: Annotated[
        ConcurrencyPolicy | None,
        Meta(
            description="What happens when an earlier run has not ended: start another one "
            "beside it, skip this time, or cancel the earlier one first.",
            extra_json_schema={"default": "Allow"},
        ),
    ] = None
    starting_deadline_seconds: Annotated[
        PositiveCount | None,
        Meta(
            description="How many seconds late a run may still start; times that were missed "
            "within them are made up for. Left out: missed times are not."
        ),
    ] = None
    successful_jobs_history_limit: Annotated[
        Count | None,
        Meta(description="Succeeded runs that are kept.", extra_json_schema={"default": 3}),
    ] = None
    failed_jobs_history_limit: Annotated[
        Count | None,
        Meta(description="Other ended runs that are kept.", extra_json_schema={"default": 1}),
    ] = None
    suspend: Annotated[
        bool, Meta(description="Whether the schedule is kept, but starts nothing.")
    ] = False

    @property
    def effective_timezone(self) -> str:
        """The time zone's name, `UTC` when none is declared."""
        return self.timezone or "UTC"

    @property
    def effective_concurrency_policy(self) -> ConcurrencyPolicy:
        """The policy, `Allow` when none is declared."""
        return self.concurrency_policy or "Allow"

    @property
    def effective_successful_jobs_history_limit(self) -> int:
        """Succeeded runs to keep, 3 when not declared."""
        limit = self.successful_jobs_history_limit
        return 3 if limit is None else limit

    @property
    def effective_failed_jobs_history_limit(self) -> int:
        """Failed, erroneous and timed-out runs to keep, 1 when not declared."""
        limit = self.failed_jobs_history_limit
        return 1 if limit is None else limit


class Workflow(Wire, frozen=True):
    """One run's worth of work."""

    api_version: Annotated[Literal["aether/v1"], Meta(description="Version of the protocol.")]
    kind: Annotated[Literal["Workflow"], Meta(description="Kind of the resource.")]
    metadata: Annotated[Metadata, Meta(description="Name and notes.")]
    spec: Annotated[WorkflowSpec, Meta(description="What the workflow does.")]


class CronWorkflow(Wire, frozen=True):
    """A workflow with a schedule."""

    api_version: Annotated[Literal["aether/v1"], Meta(description="Version of the protocol.")]
    kind: Annotated[Literal["CronWorkflow"], Meta(description="Kind of the resource.")]
    metadata: Annotated[Metadata, Meta(description="Name and notes.")]
    spec: Annotated[CronSpec, Meta(description="When to start what.")]


class WorkflowTemplate(Wire, frozen=True):
    """Templates that workflows refer to with `workflowTemplateRef` (decision 16)."""

    api_version: Annotated[Literal["aether/v1"], Meta(description="Version of the protocol.")]
    kind: Annotated[Literal["WorkflowTemplate"], Meta(description="Kind of the resource.")]
    metadata: Annotated[Metadata, Meta(description="Name and notes.")]
    spec: Annotated[WorkflowSpec, Meta(description="What is supplied.")]


Resource: TypeAlias = Workflow | CronWorkflow | WorkflowTemplate
