"""Secrets: where they may stand, and what looks at them in vain (decision 18).

Until a task goes to a worker something else stands in the place of a secret, so nothing before
that can look at it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.check import _codes
from aether_core.document import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aether_core.check._report import Report
    from aether_core.check._scope import Scope
    from aether_core.check._sources import Declared, Source
    from aether_core.expression import Reference


def secret_names(*groups: Mapping[str, Declared]) -> frozenset[str]:
    """Return the names of the parameters that get their value straight from a secret."""
    return frozenset(
        name
        for group in groups
        for name, declared in group.items()
        if declared.source is not None and declared.source.is_secret
    )


def check_secret_outputs(outputs: Iterable[Declared], report: Report) -> None:
    """Refuse outputs that are secrets: what leaves a template is there to be seen."""
    for output in outputs:
        source = output.parameter.value_from
        if source is not None and source.secret_key_ref is not None:
            report.add(
                _codes.HIDDEN_OUTPUT,
                f'the output "{output.name}" can\'t be a secret: outputs are there to be seen',
                (*output.path, "valueFrom", "secretKeyRef"),
                hint="Use secretKeyRef where the secret is needed.",
                at="key",
            )


def refuse_enum(source: Source, target: Declared, report: Report, call: str) -> bool:
    """Report a secret that would have to be one of certain values; return whether it is one."""
    if not source.is_secret or not target.parameter.enum:
        return False
    report.add(
        _codes.HIDDEN_VALUE,
        f'"{target.name}" allows certain values only, but this is a secret, which nobody compares',
        source.path,
        hint="Leave the enum out.",
        call=call,
    )
    return True


def warn_of_looks(source: Source, scope: Scope, report: Report, *, is_condition: bool) -> None:
    """Warn of an expression that compares a secret, or takes it apart."""
    if source.expression is None or not any(_is_secret(u.reference, scope) for u in source.uses):
        return
    for reference in source.expression.inspected(is_condition=is_condition):
        if _is_secret(reference, scope):
            report.add(
                _codes.HIDDEN_VALUE,
                f"{reference.text} may be a secret, which expressions can't look into: only the "
                "executor gets its value",
                source.path,
                severity=Severity.WARNING,
                hint="Pass it on as it is, and let the executor look at it.",
                span=(reference.start, reference.end),
                call=scope.call,
            )


def _is_secret(reference: Reference, scope: Scope) -> bool:
    """Return whether a reference may lead straight to a secret."""
    match reference.segments:
        case ("workflow", "parameters", str(name)):
            return name in scope.secrets
        case ("workflow", "arguments", "parameters", str(name)):
            return name in scope.secrets
        case ("inputs", "parameters", str(name)):
            return scope.inputs is not None and name in scope.inputs.secrets
        case _:
            return False
