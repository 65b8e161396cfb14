"""Expressions that judge a result: retry and phaseConditions (documents.md 10.3-10.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.check._uses import check_condition

if TYPE_CHECKING:
    from aether_core.check._definitions import Rules
    from aether_core.check._report import Report
    from aether_core.check._scope import Outputs, Scope
    from aether_core.check._site import Site
    from aether_core.check._sources import Source


def check_task_rules(rules: Rules, result: Outputs, site: Site, report: Report) -> None:
    """Check what judges the attempts of a task, as one place runs it.

    Such an expression sees what the place sees, also when it stands in the template: `inputs`
    are those of the template around the place.

    Args:
        rules: those of the task itself.
        result: what an attempt shows of itself.
        site: the place, whose own `retry` comes before that of a template.
        report: takes the problems.
    """
    here = site.scope.judging(result, site.name)
    within = site.within(here)
    if site.retry is not None:
        check_condition(site.retry, here, report, "the retry expression")
    elif rules.retry is not None and not site.has_retry:
        check_condition(rules.retry, within, report, "the retry expression")
    check_phases(rules.phases, within, report)


def check_phases(phases: tuple[Source, ...], scope: Scope, report: Report) -> None:
    """Check phaseConditions in a scope that says what they judge."""
    for source in phases:
        check_condition(source, scope, report, "this phase condition")
