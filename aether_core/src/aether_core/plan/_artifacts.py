"""Artifacts of a document as bindings of the places that call templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.expression import compile_reference
from aether_core.plan._plan import ArtifactBinding
from aether_core.plan._sources import from_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aether_core.document import Arguments, Artifact, InputsDecl, OutputsDecl


def artifacts_of(values: Arguments | InputsDecl | OutputsDecl | None) -> tuple[Artifact, ...]:
    """Return the artifacts of a declaration or of a call site; there may be none."""
    return () if values is None else values.artifacts


def bind_artifacts(
    declared: Sequence[Artifact], arguments: Sequence[Artifact]
) -> tuple[ArtifactBinding, ...]:
    """Merge declared input artifacts with what a call site gives."""
    given = {argument.name: argument for argument in arguments}
    return tuple(_merged(artifact, given.get(artifact.name)) for artifact in declared)


def artifact_binding(artifact: Artifact) -> ArtifactBinding:
    """Return the binding of an artifact that says itself where it comes from."""
    return _binding(artifact, artifact, from_call=True)


def _merged(declared: Artifact, given: Artifact | None) -> ArtifactBinding:
    if given is None:
        return _binding(declared, declared, from_call=False)
    return _binding(given, declared, from_call=True)


def _binding(origin: Artifact, declared: Artifact, *, from_call: bool) -> ArtifactBinding:
    source = origin.source
    return ArtifactBinding(
        name=origin.name,
        reference=None if origin.from_ is None else compile_reference(origin.from_),
        source_type="" if source is None else source.type,
        config=None if source is None else from_value(source.config or {}),
        archive=origin.packing or declared.packing or "",
        from_call=from_call,
    )
