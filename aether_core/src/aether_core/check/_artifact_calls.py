"""Artifacts at the places that hand them over: does each input get a file?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.check import _codes
from aether_core.check._artifact_references import look_up_artifact
from aether_core.check._uses import check_source, settle
from aether_core.document import is_unnamed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aether_core.check._artifacts import ArtifactAt
    from aether_core.check._definitions import Definition
    from aether_core.check._report import Report
    from aether_core.check._scope import Outputs, Scope
    from aether_core.check._site import Site


def check_artifact(artifact: ArtifactAt, scope: Scope, own: Scope, report: Report) -> None:
    """Check where an artifact comes from.

    Args:
        artifact: what to look at.
        scope: what its `from` sees.
        own: what placeholders in its source see.
        report: takes the problems.
    """
    if artifact.use is not None:
        answer = look_up_artifact(artifact.use, scope, report)
        settle(answer, artifact.use, scope, report)
    if artifact.config is not None:
        check_source(artifact.config, own, report)


def check_input_artifacts(
    declared: Mapping[str, ArtifactAt], words: str, site: Site, own: Scope, report: Report
) -> None:
    """Check the artifacts that a place hands over against those that are declared.

    Args:
        declared: the input artifacts of what is called.
        words: what is called, as messages name it.
        site: the place.
        own: what is called, as it sees itself: its inputs are bound.
        report: takes the problems.
    """
    within = site.within(site.scope)
    for name, artifact in declared.items():
        if name in site.artifacts or any(map(is_unnamed, (name, *site.artifacts))):
            continue
        if artifact.has_origin:
            check_artifact(artifact, within, own, report)
        else:
            _missing(name, artifact, site, report)
    for name, given in site.artifacts.items():
        check_artifact(given, site.scope, site.scope, report)
        if name not in declared and not any(map(is_unnamed, (name, *declared))):
            message = f'{words} declares no input artifact "{name}"'
            hint = report.similar(name, declared, "input artifacts")
            hint = hint or f'Declare it: {{"name": "{name}"}} in inputs.artifacts.'
            where = (*given.path, "name")
            report.add(_codes.UNDECLARED_ARTIFACT, message, where, hint=hint)


def _missing(name: str, artifact: ArtifactAt, site: Site, report: Report) -> None:
    if site.is_entry:
        message = f'the input artifact "{name}" of the entrypoint comes from nowhere'
        hint = 'Add "from": "workflow.artifacts.NAME", or a "source".'
        report.add(_codes.MISSING_ARTIFACT, message, artifact.path, hint=hint)
        return
    message = f'{site.words} hands over no file for the input artifact "{name}"'
    hint = f'Add {{"name": "{name}", "from": …}} to its arguments.artifacts.'
    severity = site.scope.worst
    report.add(_codes.MISSING_ARTIFACT, message, site.path, severity=severity, hint=hint)


def check_loop_artifacts(definition: Definition, shown: Outputs, report: Report) -> None:
    """Check the output artifacts of a loop, which its iterations make.

    Args:
        definition: the loop.
        shown: what its body shows of itself.
        report: takes the problems.
    """
    loop, declared = definition.entry.template.loop, definition.artifacts.outputs
    if loop is not None and declared and loop.effective_strategy == "list":
        message = "a loop that makes lists has no output artifacts: a file can't be in a list"
        instead = 'Aggregate with "last" or "first", or let a later task collect the files.'
        where = (*definition.entry.path, "outputs", "artifacts")
        report.add(_codes.NO_LIST_OF_ARTIFACTS, message, where, hint=instead, at="key")
    for name, artifact in declared.items():
        if shown.artifacts is None or any(map(is_unnamed, (name, *shown.artifacts))):
            continue
        if name not in shown.artifacts:
            message = f'{shown.owner}, the body of the loop, has no output artifact "{name}"'
            hint = report.similar(name, shown.artifacts, "output artifacts")
            place = (*artifact.path, "name")
            report.add(_codes.UNKNOWN_ARTIFACT, message, place, hint=hint)
