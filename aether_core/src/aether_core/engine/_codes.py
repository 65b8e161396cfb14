"""Codes of the problems that this room reports: AE5xx, what is given along with a document."""

from __future__ import annotations

from typing import Final

NOT_RUNNABLE: Final = "AE501"
BAD_VARIABLE: Final = "AE502"
UNKNOWN_ARGUMENT: Final = "AE503"
BAD_ARGUMENT: Final = "AE504"
UNKNOWN_WORKFLOW_TEMPLATE: Final = "AE505"
NOT_A_SCHEDULE: Final = "AE506"

_TITLES: Final[dict[str, str]] = {
    NOT_RUNNABLE: "A document of this kind can't be run by itself.",
    BAD_VARIABLE: "A custom variable has a name that can't be used.",
    UNKNOWN_ARGUMENT: "The workflow declares no argument of that name.",
    BAD_ARGUMENT: "An argument of the workflow has no value, or a wrong one.",
    UNKNOWN_WORKFLOW_TEMPLATE: "workflowTemplateRef names a WorkflowTemplate that is not known.",
    NOT_A_SCHEDULE: "A document of this kind can't be kept as a schedule.",
}


def problem_titles() -> dict[str, str]:
    """Return the title of every code of this room, in order of codes."""
    return dict(_TITLES)
