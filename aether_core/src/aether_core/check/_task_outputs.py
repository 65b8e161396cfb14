"""What a task shows of itself: to others, to what judges it, and to its own `valueFrom`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UnsetType

from aether_core.check import _codes
from aether_core.check._scope import Outputs
from aether_core.check._types import clash, follow, type_words
from aether_core.check._uses import check_fit, check_known_values, check_source
from aether_core.document import Severity
from aether_core.expression import ANY, Reference, Type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aether_core.check._executors import Work
    from aether_core.check._report import Report
    from aether_core.check._scope import Scope
    from aether_core.check._sources import Declared


def outputs_of_work(work: Work) -> Outputs:
    """Return what a task shows of itself: what it declares, else what its executor declares."""
    produced = _produced(work)
    if not work.outputs:
        return produced
    types = {name: _type(output, work, produced) for name, output in work.outputs.items()}
    return Outputs(work.words, types, is_closed=True)


def attempt_outputs(work: Work) -> Outputs:
    """Return what retry and phaseConditions see: `valueFrom` is evaluated after them."""
    shown = outputs_of_work(work)
    types = {
        name: found
        for name, found in shown.types.items()
        if name not in work.outputs or not is_computed(work.outputs[name])
    }
    return Outputs(shown.owner, types, shown.is_closed)


def is_computed(output: Declared) -> bool:
    """Return whether an output gets its value from a `valueFrom`."""
    parameter = output.parameter
    return parameter.value_from is not None and isinstance(parameter.value, UnsetType)


def check_outputs(work: Work, report: Report) -> None:
    """Check a task's declared outputs where they stand, and whether they suit its executor."""
    produced = _produced(work)
    for output in work.outputs.values():
        check_known_values(output, report)
        if is_computed(output):
            continue
        found = produced.types.get(output.name)
        if found is not None and clash(output.type, found):
            message = (
                f'"{output.name}" is declared as {type_words(output.type)}, '
                f"but {produced.owner} gives {type_words(found)}"
            )
            where = (*output.path, "type")
            report.add(_codes.TYPES_CLASH, message, where, hint="Change the declared type.")
        elif found is None and produced.is_closed and not output.sources:
            message = f'{produced.owner} never produces an output "{output.name}"'
            hint = report.similar(output.name, produced.types, "outputs")
            where = (*output.path, "name")
            report.add(_codes.NEVER_PRODUCED, message, where, severity=Severity.WARNING, hint=hint)


def check_computed(work: Work, own: Scope, name: str, report: Report) -> None:
    """Check the outputs that a task computes itself, as one place calls it.

    Args:
        work: the task.
        own: what its config sees there.
        name: what the place calls the task.
        report: takes the problems.
    """
    computed = [output for output in work.outputs.values() if is_computed(output)]
    if not computed:
        return
    shown = _produced(work)
    written = {
        output.name: output.type
        for output in work.outputs.values()
        if output.sources and not is_computed(output)
    }
    scope = own.judging(Outputs(shown.owner, {**written, **shown.types}, shown.is_closed), name)
    for output in computed:
        source = output.source
        if source is None:
            continue
        has_default = output.default is not None
        found = check_source(source, scope, report, has_default=has_default)
        # A value of known type is compared where it is declared.
        if source.known is None:
            check_fit(source, found, output, report, scope)


def _produced(work: Work) -> Outputs:
    """Return what comes from the executor."""
    produced = work.contract.outputs if work.contract is not None else None
    if produced is None or work.contract is None:
        return Outputs(work.words, {}, is_closed=False)
    types = {name: produced.type_of(name) for name in produced.properties}
    return Outputs(work.contract.words, types, produced.is_closed)


def _type(output: Declared, work: Work, produced: Outputs) -> Type:
    if output.type != ANY:
        return output.type
    if not is_computed(output) or output.source is None:
        return produced.types.get(output.name, ANY)
    if output.default is not None:
        return ANY
    inputs: Mapping[str, Declared] = work.inputs

    def type_of(reference: Reference) -> Type:
        match reference.segments:
            case ("outputs", "parameters", str(name), *rest):
                return follow(produced.types.get(name, ANY), rest) or ANY
            case ("inputs", "parameters", str(name), *rest) if name in inputs:
                return follow(inputs[name].type, rest) or ANY
            case _:
                return ANY

    return output.source.infer(type_of)[0]
