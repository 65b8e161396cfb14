"""Checks compiled values at one place: their references, and the types that these lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UnsetType

from aether_core.check import _codes
from aether_core.check._answers import Answer, Finding
from aether_core.check._references import look_up
from aether_core.check._secrets import refuse_enum, warn_of_looks
from aether_core.check._sources import sentence
from aether_core.check._types import clash, type_words
from aether_core.document import KIND_NAMES, Severity, is_of_kind, same, show
from aether_core.expression import ANY, BOOL, STRING, Type

if TYPE_CHECKING:
    from aether_core.check._report import Report
    from aether_core.check._scope import Scope, Tasks
    from aether_core.check._sources import Declared, Source, Use


def check_source(
    source: Source,
    scope: Scope,
    report: Report,
    *,
    has_default: bool = False,
    is_condition: bool = False,
) -> Type:
    """Report what is wrong with a value at a place; return the type that it has there.

    Args:
        source: the value.
        scope: what the place sees.
        report: takes the problems.
        has_default: whether a default steps in for a reference without value; such a reference is
            only worth a warning.
        is_condition: whether the value decides something.
    """
    warn_of_looks(source, scope, report, is_condition=is_condition)
    types = {
        use.span: _check_use(use, scope, report, has_default=has_default) for use in source.uses
    }
    found, problems = source.infer(lambda each: types.get((each.start, each.end), ANY))
    for problem in problems:
        report.add(
            _codes.TYPES_IN_EXPRESSION,
            problem.message,
            source.path,
            severity=_milder(Severity.ERROR if problem.certain else Severity.WARNING, scope),
            hint=sentence(problem.hint),
            span=(problem.start, problem.end),
            call=scope.call,
        )
    return found


def _milder(severity: Severity, scope: Scope) -> Severity:
    return Severity.WARNING if scope.worst is Severity.WARNING else severity


def _check_use(use: Use, scope: Scope, report: Report, *, has_default: bool) -> Type:
    return settle(look_up(use, scope, report), use, scope, report, has_default=has_default)


def settle(
    answer: Answer, use: Use, scope: Scope, report: Report, *, has_default: bool = False
) -> Type:
    """Report what keeps a reference from meaning something; return the type of what it means."""
    finding = answer.finding
    if finding is not None:
        is_excused = use.is_guarded or (has_default and finding.is_partial)
        if finding.ignores_guards or not is_excused:
            _report_finding(finding, use, scope, report, has_default=has_default)
        return ANY
    tasks = scope.tasks
    if answer.target is not None and tasks is not None and tasks.node is not None:
        _require_upstream(tasks, tasks.node, answer.target, (use, scope, report))
    return answer.type


def _report_finding(
    finding: Finding, use: Use, scope: Scope, report: Report, *, has_default: bool
) -> None:
    severity, message = finding.severity, finding.message
    if has_default and finding.is_missing and not finding.ignores_guards:
        severity, message = Severity.WARNING, f"{message}, so the default is always used"
    report.add(
        finding.code,
        message,
        use.path,
        severity=_milder(severity, scope),
        hint=finding.hint,
        span=use.span,
        call=scope.call,
    )


def _require_upstream(
    tasks: Tasks, node: int, target: int, place: tuple[Use, Scope, Report]
) -> None:
    def refuse() -> None:
        use, scope, report = place
        name, here = (tasks.graph.nodes[number].name for number in (target, node))
        # A declaration is checked for many calls; which one it is, the report adds.
        what = "the task that runs this" if scope.call else f'task "{here}"'
        message = f'task "{name}" is not upstream of {what}, so it may not have ended'
        hint = f'Add "{name}" to the dependencies of "{here}".'
        finding = Finding(_codes.NOT_UPSTREAM, message, hint, ignores_guards=True)
        _report_finding(finding, use, scope, report, has_default=False)

    tasks.upstream.require(node, target, refuse)


def check_condition(source: Source, scope: Scope, report: Report, what: str) -> None:
    """Check an expression that decides something: true, false, or text (documents.md 10.3)."""
    found = check_source(source, scope, report, is_condition=True)
    if not found.kinds & (BOOL.kinds | STRING.kinds):
        message = f"{what} is {found}, neither true nor false"
        hint = "Compare it with something, for example with ==."
        severity = _milder(Severity.ERROR, scope)
        report.add(
            _codes.NOT_A_CONDITION,
            message,
            source.path,
            severity=severity,
            hint=hint,
            call=scope.call,
        )


def check_fit(
    source: Source, found: Type, target: Declared, report: Report, scope: Scope | None = None
) -> bool:
    """Report a value that does not fit a declaration; return whether it does fit.

    Args:
        source: the value.
        found: its type where it is evaluated.
        target: the declaration.
        report: takes the problem.
        scope: where it is evaluated, unless it is a literal.
    """
    severity = Severity.ERROR if scope is None else _milder(Severity.ERROR, scope)
    call = "" if scope is None else scope.call
    if refuse_enum(source, target, report, call):
        return False
    if not isinstance(source.literal, UnsetType):
        code, expected = _refusal(source.literal, target)
        message = f'"{target.name}" expects {expected}, got {show(source.literal)}'
        if expected:
            hint = _literal_hint(source.literal, target, report)
            report.add(code, message, source.path, severity=severity, hint=hint, call=call)
        return not expected
    if not clash(found, target.type):
        return True
    message = f'"{target.name}" expects {type_words(target.type)}, but this is {type_words(found)}'
    hint = "Change the declared type, or refer to something else."
    span = source.uses[0].span if source.known is None and source.expression is None else None
    report.add(
        _codes.TYPES_CLASH,
        message,
        source.path,
        severity=severity,
        hint=hint,
        span=span,
        call=call,
    )
    return False


def check_known_values(declared: Declared, report: Report) -> list[Source]:
    """Check what is written in a declaration against it; return the values that fit it.

    Values whose type depends on references are left to the places that evaluate them.
    """
    return [
        source
        for source in declared.sources
        if source.known is not None and check_fit(source, source.known, declared, report)
    ]


def _refusal(literal: object, target: Declared) -> tuple[str, str]:
    """Return the code and what was expected when a literal does not fit, else empty text."""
    parameter = target.parameter
    if not is_of_kind(literal, parameter.kind):  # type: ignore[arg-type]  # literals are JSON data
        return _codes.WRONG_VALUE, KIND_NAMES[parameter.kind]
    if parameter.enum and not any(same(literal, allowed) for allowed in parameter.enum):  # type: ignore[arg-type]  # as above
        return _codes.NOT_IN_ENUM, f"one of {', '.join(map(show, parameter.enum))}"
    return "", ""


def _literal_hint(literal: object, target: Declared, report: Report) -> str | None:
    if isinstance(literal, str) and target.type.choices:
        return report.nearest(literal, target.type.choices)
    if isinstance(literal, str) and target.parameter.kind in {"int", "float", "bool"}:
        return "Leave the quotes out if it is not meant as text."
    if target.parameter.kind == "string" and isinstance(literal, bool | int | float):
        return "Put it in quotes."
    return None
