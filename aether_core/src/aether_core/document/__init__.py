"""Documents of aether/v1: their models, and how text becomes a document."""

from __future__ import annotations

from aether_core.document._codes import problem_titles
from aether_core.document._constraints import Json, ParameterKind, ParameterType
from aether_core.document._decode import Examined, decode, examine
from aether_core.document._duration import format_duration
from aether_core.document._joining import Joined, join_template
from aether_core.document._kinds import KIND_NAMES, is_of_kind, same, show
from aether_core.document._loader import Format, Loaded, LoadedDocument, load_file, load_text
from aether_core.document._models import (
    API_VERSION,
    CronSpec,
    CronWorkflow,
    Metadata,
    Resource,
    Workflow,
    WorkflowSpec,
    WorkflowTemplate,
    WorkflowTemplateRef,
)
from aether_core.document._policies import (
    Aggregate,
    Backoff,
    ContinueOn,
    HookRef,
    Hooks,
    PhaseConditions,
    Resources,
    Retry,
)
from aether_core.document._problem import Diagnostic, Path, Problem, Severity, json_pointer
from aether_core.document._schema import NOT_IN_SCHEMA, document_schema
from aether_core.document._snapshot import encode, snapshot
from aether_core.document._suggest import closest
from aether_core.document._templates import (
    DEFAULT_MAX_ITERATIONS,
    Dag,
    ExecutorRef,
    Loop,
    LoopMode,
    Task,
    Template,
    TemplateKind,
)
from aether_core.document._times import parse_time
from aether_core.document._unnamed import is_unnamed
from aether_core.document._values import (
    Archive,
    Arguments,
    Artifact,
    ArtifactSource,
    InputsDecl,
    OutputsDecl,
    Parameter,
    SecretKeyRef,
    ValueFrom,
)
from aether_sdk import parse_duration

__all__ = [
    "API_VERSION",
    "DEFAULT_MAX_ITERATIONS",
    "KIND_NAMES",
    "NOT_IN_SCHEMA",
    "Aggregate",
    "Archive",
    "Arguments",
    "Artifact",
    "ArtifactSource",
    "Backoff",
    "ContinueOn",
    "CronSpec",
    "CronWorkflow",
    "Dag",
    "Diagnostic",
    "Examined",
    "ExecutorRef",
    "Format",
    "HookRef",
    "Hooks",
    "InputsDecl",
    "Joined",
    "Json",
    "Loaded",
    "LoadedDocument",
    "Loop",
    "LoopMode",
    "Metadata",
    "OutputsDecl",
    "Parameter",
    "ParameterKind",
    "ParameterType",
    "Path",
    "PhaseConditions",
    "Problem",
    "Resource",
    "Resources",
    "Retry",
    "SecretKeyRef",
    "Severity",
    "Task",
    "Template",
    "TemplateKind",
    "ValueFrom",
    "Workflow",
    "WorkflowSpec",
    "WorkflowTemplate",
    "WorkflowTemplateRef",
    "closest",
    "decode",
    "document_schema",
    "encode",
    "examine",
    "format_duration",
    "is_of_kind",
    "is_unnamed",
    "join_template",
    "json_pointer",
    "load_file",
    "load_text",
    "parse_duration",
    "parse_time",
    "problem_titles",
    "same",
    "show",
    "snapshot",
]
