"""Artifacts of a document, compiled for checking (documents.md 2.16)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import msgspec

from aether_core.check import _codes
from aether_core.check._sources import Source, Use, compile_artifact_reference, compile_value
from aether_core.document import Artifact, Dag, Path, Severity, Task, is_unnamed

if TYPE_CHECKING:
    from aether_core.check._report import Report
    from aether_core.document import Arguments, InputsDecl, Loop, OutputsDecl


class ArtifactAt(msgspec.Struct, frozen=True):
    """An artifact and its place in the document.

    Attributes:
        use: What `from` refers to; None without it, or when it can't be read.
        config: The settings of its `source`; None without one.
    """

    artifact: Artifact
    path: Path
    use: Use | None = None
    config: Source | None = None

    @property
    def has_origin(self) -> bool:
        """Whether it says where it comes from."""
        return self.artifact.from_ is not None or self.artifact.source is not None


class ArtifactLists(msgspec.Struct, frozen=True):
    """The artifacts that a template declares, or a task of a dag hands over, by name."""

    inputs: Mapping[str, ArtifactAt] = {}
    outputs: Mapping[str, ArtifactAt] = {}
    arguments: Mapping[str, ArtifactAt] = {}

    @property
    def sources(self) -> list[Source]:
        """The settings of all sources of declared inputs."""
        return [each.config for each in self.inputs.values() if each.config is not None]


NO_ARTIFACTS: Final = ArtifactLists()


#: What the artifacts of a list say about where they come from: they may, they must, by a source
#: only, or not at all, since a task or the iterations of a loop make them.
_Origin: TypeAlias = Literal["may", "must", "source", "made", "kept"]


def member_artifacts(member: Dag | Task | Loop, path: Path, report: Report) -> ArtifactLists:
    """Compile the artifacts of a dag, a task or a loop."""
    if not _has_artifacts(member):
        return NO_ARTIFACTS
    outputs: _Origin = "made"
    if not isinstance(member, Task):
        outputs = "must" if isinstance(member, Dag) else "kept"
    arguments = None if isinstance(member, Dag) else member.arguments
    return ArtifactLists(
        _compile(member.inputs, (*path, "inputs"), "may", report),
        _compile(member.outputs, (*path, "outputs"), outputs, report),
        _compile(arguments, (*path, "arguments"), "must", report),
    )


def _has_artifacts(member: Dag | Task | Loop) -> bool:
    arguments = None if isinstance(member, Dag) else member.arguments
    lists = (member.inputs, member.outputs, arguments)
    return any(each is not None and each.artifacts for each in lists)


def workflow_artifacts(
    arguments: Arguments | None, path: Path, report: Report
) -> dict[str, ArtifactAt]:
    """Compile the artifacts of the workflow's own arguments."""
    return _compile(arguments, (*path, "arguments"), "source", report)


def _compile(
    values: Arguments | InputsDecl | OutputsDecl | None,
    path: Path,
    origin: _Origin,
    report: Report,
) -> dict[str, ArtifactAt]:
    found: dict[str, ArtifactAt] = {}
    for number, artifact in enumerate(() if values is None else values.artifacts):
        where = (*path, "artifacts", number)
        if artifact.name in found:
            message = f'the artifact "{artifact.name}" is given twice in one list'
            hint = "Rename or remove one of the two."
            report.add(_codes.DUPLICATE_ARTIFACT, message, (*where, "name"), hint=hint)
        if not is_unnamed(artifact.name):
            _check_origin(artifact, where, origin, report)
        found[artifact.name] = _compile_one(artifact, where, report)
    return found


def _compile_one(artifact: Artifact, path: Path, report: Report) -> ArtifactAt:
    use = config = None
    if artifact.from_ is not None:
        use = compile_artifact_reference(artifact.from_, (*path, "from"), report)
    if artifact.source is not None:
        # Late: most artifacts are made by tasks.
        from aether_core.check._artifact_sources import check_artifact_source

        where = (*path, "source")
        check_artifact_source(artifact.source, where, report)
        config = compile_value(artifact.source.config or {}, (*where, "config"), report)
    return ArtifactAt(artifact, path, use, config)


def _check_origin(artifact: Artifact, path: Path, origin: _Origin, report: Report) -> None:
    given = [
        key
        for key, value in (("from", artifact.from_), ("source", artifact.source))
        if value is not None
    ]
    if origin in {"made", "kept"}:
        for key in given:
            _refuse(key, artifact, (*path, key), origin, report)
        if origin == "kept" and artifact.archive is not None:
            message = "archive has no effect: the iterations have made the artifact by then"
            hint = "Declare it in the task that makes it."
            where = (*path, "archive")
            severity = Severity.WARNING
            report.add(_codes.NO_EFFECT, message, where, severity=severity, hint=hint, at="key")
    elif origin == "source" and "from" in given:
        _refuse("from", artifact, (*path, "from"), origin, report)
    elif len(given) > 1 or (not given and origin != "may"):
        has = 'has neither "from" nor "source"'
        if given:
            has = 'has both "from" and "source"'
        elif origin == "source":
            has = 'has no "source"'
        message = f'the artifact "{artifact.name}" {has}'
        hint = "Remove one of the two." if given else "Say where it comes from."
        report.add(_codes.ARTIFACT_ORIGIN, message, path, hint=hint)


def _refuse(key: str, artifact: Artifact, path: Path, origin: _Origin, report: Report) -> None:
    """Report a `from` or a `source` where an artifact can't come from anywhere else."""
    if origin == "source":
        message = f'the artifact "{artifact.name}" can\'t come from another one: nothing has run'
        hint = 'Give it a "source".'
    elif origin == "kept":
        message = f'the artifact "{artifact.name}" of a loop is made by its iterations'
        hint = f'Remove "{key}"; the body of the loop has to give an artifact of that name.'
    else:
        message = f'the artifact "{artifact.name}" is made by the executor of the task'
        hint = f'Remove "{key}". What shall lie elsewhere can be copied there by another task.'
    report.add(_codes.ARTIFACT_ORIGIN, message, path, hint=hint, at="key")
