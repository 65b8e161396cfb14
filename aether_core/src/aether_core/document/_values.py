"""Values in documents: parameters, artifacts and where they come from (documents.md 2.10-2.16)."""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

# msgspec reads these names from the annotations when the first document is decoded.
from aether_core.document._constraints import (
    ExpressionText,
    Json,
    ParameterKind,
    ParameterName,
    ParameterType,
    ReferenceText,
    Text,
)

_KINDS: Final[dict[str, ParameterKind]] = {
    "string": "string",
    "int": "int",
    "integer": "int",
    "float": "float",
    "number": "float",
    "bool": "bool",
    "boolean": "bool",
    "array": "array",
    "object": "object",
    "any": "any",
}


ArchiveType: TypeAlias = Literal["none", "tar", "tar.gz", "zip"]


class Wire(
    msgspec.Struct,
    frozen=True,
    rename="camel",
    forbid_unknown_fields=True,
    omit_defaults=True,
):
    """Base of every object of a document: immutable, camelCase keys, no others."""


class SecretKeyRef(Wire, frozen=True):
    """One key of one secret."""

    name: Annotated[Text, Meta(description="Name of the secret.")]
    key: Annotated[Text, Meta(description="Key inside the secret.")]


class ValueFrom(Wire, frozen=True):
    """Where a value comes from when it is not written down; exactly one source is given."""

    path: Annotated[
        ReferenceText | None,
        Meta(description="A reference, often to a custom variable such as `deploy.region`."),
    ] = None
    parameter: Annotated[
        ReferenceText | None,
        Meta(description="A reference such as `tasks.fetch.outputs.parameters.body`."),
    ] = None
    expression: Annotated[
        ExpressionText | None, Meta(description="An expression whose result is the value.")
    ] = None
    secret_key_ref: Annotated[
        SecretKeyRef | None, Meta(description="A secret, resolved only when the task starts.")
    ] = None


class Parameter(Wire, frozen=True):
    """A named value: an argument, a declared input or a declared output.

    `value` and `default` are `msgspec.UNSET` when the document does not have them; an explicit
    null is a value (decision 15).
    """

    name: Annotated[ParameterName, Meta(description="Name, unique in its list.")]
    type: Annotated[
        ParameterType | None,
        Meta(
            description="Type that the value must have; the two spellings of a type mean the same.",
            extra_json_schema={"default": "any"},
        ),
    ] = None
    value: Annotated[
        Json | UnsetType,
        Meta(description="The value itself; its texts may hold placeholders, and null is a value."),
    ] = UNSET
    default: Annotated[
        Json | UnsetType,
        Meta(
            description="The value when nothing else gives one, or when a reference has no value."
        ),
    ] = UNSET
    description: Annotated[str | None, Meta(description="For people who read the document.")] = None
    enum: Annotated[tuple[Json, ...], Meta(description="The only values that are allowed.")] = ()
    value_from: Annotated[
        ValueFrom | None,
        Meta(description="Where the value comes from at run time; a `value` beside it wins."),
    ] = None

    @property
    def kind(self) -> ParameterKind:
        """The type in one spelling, `any` when none is declared."""
        return "any" if self.type is None else _KINDS[self.type]


class ArtifactSource(Wire, frozen=True):
    """A file or a folder that no task has made; the keys of `config` belong to the type."""

    type: Annotated[Text, Meta(description="Where it is: `local` or `http`.")]
    config: Annotated[
        dict[str, Json] | None,
        Meta(
            description="For `local`: `path`, a file or a folder of the machine that executes the "
            "task. For `http`: `url`, and `headers` by name. Texts may hold placeholders."
        ),
    ] = None


class Archive(Wire, frozen=True):
    """How an artifact is packed."""

    type: Annotated[
        ArchiveType | None,
        Meta(
            description="Format of the archive; `none` is the file as it is.",
            extra_json_schema={"default": "tar.gz"},
        ),
    ] = None


class Artifact(Wire, frozen=True):
    """A file or a folder that goes into a task or comes out of it (documents.md 2.16).

    Declared inputs name what a template takes, arguments say what it gets, declared outputs name
    what it gives.
    """

    name: Annotated[ParameterName, Meta(description="Name, unique in its list.")]
    from_: Annotated[
        ReferenceText | None,
        Meta(
            description="Another artifact: `tasks.NAME.outputs.artifacts.NAME`, "
            "`inputs.artifacts.NAME` or `workflow.artifacts.NAME`."
        ),
    ] = msgspec.field(default=None, name="from")
    source: Annotated[
        ArtifactSource | None,
        Meta(description="Where it comes from, when no task makes it; not together with `from`."),
    ] = None
    archive: Annotated[
        Archive | None,
        Meta(
            description="Outputs: how it is kept; left out: a file as it is, a folder as `tar.gz`. "
            "Elsewhere: how it is packed; left out: as it was kept, and a `source` not at all."
        ),
    ] = None

    @property
    def packing(self) -> ArchiveType | None:
        """The format of its archive, None when nothing is said of it."""
        return None if self.archive is None else self.archive.type or "tar.gz"


class Arguments(Wire, frozen=True):
    """Values that a call site or a workflow hands over."""

    parameters: Annotated[tuple[Parameter, ...], Meta(description="Values by name.")] = ()
    artifacts: Annotated[tuple[Artifact, ...], Meta(description="Artifacts by name.")] = ()


class InputsDecl(Wire, frozen=True):
    """The inputs that a template declares."""

    parameters: Annotated[tuple[Parameter, ...], Meta(description="Declared inputs.")] = ()
    artifacts: Annotated[tuple[Artifact, ...], Meta(description="Declared artifacts.")] = ()


class OutputsDecl(Wire, frozen=True):
    """The outputs that a template declares."""

    parameters: Annotated[tuple[Parameter, ...], Meta(description="Declared outputs.")] = ()
    artifacts: Annotated[tuple[Artifact, ...], Meta(description="Declared artifacts.")] = ()
