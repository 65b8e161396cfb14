"""Values in documents: parameters, artifacts and where they come from (documents.md 2.10-2.16)."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

# msgspec reads these names from the annotations when the first document is decoded.
from aether_core.document._constraints import (
    Json,
    ParameterKind,
    ParameterName,
    ParameterType,
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

    path: Annotated[Text | None, Meta(description="A variable's key, looked up as written.")] = None
    parameter: Annotated[
        Text | None,
        Meta(description="A reference such as `tasks.fetch.outputs.parameters.body`."),
    ] = None
    expression: Annotated[
        Text | None, Meta(description="An expression whose result is the value.")
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
        ParameterType | None, Meta(description="Type of the value; any when left out.")
    ] = None
    value: Annotated[Json | UnsetType, Meta(description="The value itself.")] = UNSET
    default: Annotated[
        Json | UnsetType, Meta(description="The value when nothing else gives one.")
    ] = UNSET
    description: Annotated[str | None, Meta(description="For people who read the document.")] = None
    enum: Annotated[tuple[Json, ...], Meta(description="The values that are allowed.")] = ()
    value_from: Annotated[
        ValueFrom | None, Meta(description="Where the value comes from at run time.")
    ] = None

    @property
    def kind(self) -> ParameterKind:
        """The type in one spelling, `any` when none is declared."""
        return "any" if self.type is None else _KINDS[self.type]


class ArtifactSource(Wire, frozen=True):
    """The place of an artifact; the shape of `config` belongs to the type."""

    type: Annotated[Text, Meta(description="Kind of store, such as `local` or `http`.")]
    config: Annotated[
        dict[str, Json] | None, Meta(description="Settings of that kind of store.")
    ] = None


class Archive(Wire, frozen=True):
    """How an artifact is packed."""

    type: Annotated[
        Literal["none", "tar", "tar.gz", "zip"] | None, Meta(description="Archive format.")
    ] = None


class Artifact(Wire, frozen=True):
    """A file that goes into or comes out of a task; reserved by the protocol."""

    name: Annotated[ParameterName, Meta(description="Name, unique in its list.")]
    from_: Annotated[Text | None, Meta(description="A reference to another task's artifact.")] = (
        msgspec.field(default=None, name="from")
    )
    source: Annotated[ArtifactSource | None, Meta(description="Where it is stored.")] = None
    archive: Annotated[Archive | None, Meta(description="How it is packed.")] = None


class Arguments(Wire, frozen=True):
    """Values that a call site or a workflow hands over."""

    parameters: Annotated[tuple[Parameter, ...], Meta(description="Values by name.")] = ()
    artifacts: Annotated[tuple[Artifact, ...], Meta(description="Files by name.")] = ()


class InputsDecl(Wire, frozen=True):
    """The inputs that a template declares."""

    parameters: Annotated[tuple[Parameter, ...], Meta(description="Declared inputs.")] = ()
    artifacts: Annotated[tuple[Artifact, ...], Meta(description="Declared input files.")] = ()


class OutputsDecl(Wire, frozen=True):
    """The outputs that a template declares."""

    parameters: Annotated[tuple[Parameter, ...], Meta(description="Declared outputs.")] = ()
    artifacts: Annotated[tuple[Artifact, ...], Meta(description="Declared output files.")] = ()
