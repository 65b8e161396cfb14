"""What a workflow needs that no person starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET

from aether_core.check import _codes

if TYPE_CHECKING:
    from aether_core.check._report import Report
    from aether_core.document import Path, WorkflowSpec


def check_unattended(spec: WorkflowSpec, path: Path, report: Report) -> None:
    """Report arguments that only somebody who starts the workflow could give a value."""
    if spec.arguments is None or spec.workflow_template_ref is not None:
        return
    for number, argument in enumerate(spec.arguments.parameters):
        if argument.value is UNSET and argument.default is UNSET and argument.value_from is None:
            report.add(
                _codes.MISSING_VALUE,
                f'the argument "{argument.name}" has no value, and a schedule gives none',
                (*path, "arguments", "parameters", number),
                hint='Give it a "value" or a "default".',
            )
