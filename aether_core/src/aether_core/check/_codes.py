"""Codes of the problems that this room reports.

AE2xx references and graph, AE3xx expressions and values, AE4xx executors, AE9xx not supported yet.
"""

from __future__ import annotations

from typing import Final

UNKNOWN_TEMPLATE: Final = "AE201"
DUPLICATE_TEMPLATE: Final = "AE202"
HOOK_NOT_A_TASK: Final = "AE203"
PHASES_AT_CALL: Final = "AE204"
RECURSION: Final = "AE205"
TOO_DEEP: Final = "AE206"
UNUSED_TEMPLATE: Final = "AE207"
NO_EFFECT: Final = "AE208"

DUPLICATE_TASK: Final = "AE211"
UNKNOWN_DEPENDENCY: Final = "AE212"
SELF_DEPENDENCY: Final = "AE213"
CYCLE: Final = "AE214"
DUPLICATE_DEPENDENCY: Final = "AE215"
UNKNOWN_ENTRYPOINT: Final = "AE216"
DUPLICATE_ENTRYPOINT: Final = "AE217"
NEVER_READY: Final = "AE218"

UNKNOWN_TASK: Final = "AE221"
NOT_UPSTREAM: Final = "AE222"
UNKNOWN_OUTPUT: Final = "AE223"
UNKNOWN_MEMBER: Final = "AE224"
UNKNOWN_INPUT: Final = "AE225"
UNKNOWN_ARGUMENT: Final = "AE226"
UNKNOWN_VARIABLE: Final = "AE227"
NOT_VISIBLE: Final = "AE228"
NEVER_RUNS: Final = "AE229"
BROKEN_SOURCE: Final = "AE230"
NESTED_TEMPLATE_REF: Final = "AE231"

DUPLICATE_ARTIFACT: Final = "AE241"
ARTIFACT_ORIGIN: Final = "AE242"
UNKNOWN_ARTIFACT: Final = "AE243"
MISSING_ARTIFACT: Final = "AE244"
UNDECLARED_ARTIFACT: Final = "AE245"
UNKNOWN_SOURCE: Final = "AE246"
SOURCE_SETTING: Final = "AE247"
NO_LIST_OF_ARTIFACTS: Final = "AE248"

BAD_EXPRESSION: Final = "AE301"
BAD_PLACEHOLDER: Final = "AE302"
BAD_REFERENCE: Final = "AE303"
TYPES_IN_EXPRESSION: Final = "AE304"
NOT_A_CONDITION: Final = "AE305"
WRONG_VALUE: Final = "AE306"
NOT_IN_ENUM: Final = "AE307"
TYPES_CLASH: Final = "AE308"
MISSING_VALUE: Final = "AE309"
UNDECLARED_ARGUMENT: Final = "AE310"
NO_MEMBERS: Final = "AE311"
TOO_MANY_ITEMS: Final = "AE312"
HIDDEN_VALUE: Final = "AE313"
HIDDEN_OUTPUT: Final = "AE314"

UNKNOWN_EXECUTOR: Final = "AE401"
UNKNOWN_EXECUTOR_INPUT: Final = "AE402"
MISSING_EXECUTOR_INPUT: Final = "AE403"
WRONG_EXECUTOR_INPUT: Final = "AE404"
NEVER_PRODUCED: Final = "AE405"
PASTED_VALUE: Final = "AE406"
PLAIN_SECRET: Final = "AE407"  # noqa: S105  # a code, not a secret

OSS_UNSUPPORTED: Final = "AE912"

_TITLES: Final[dict[str, str]] = {
    UNKNOWN_TEMPLATE: "There is no template of that name.",
    DUPLICATE_TEMPLATE: "Two templates have the same name.",
    HOOK_NOT_A_TASK: "A hook runs a template that is not a task.",
    PHASES_AT_CALL: "phaseConditions stand where a template is called.",
    RECURSION: "Templates call each other in a circle.",
    TOO_DEEP: "Templates are nested deeper than allowed.",
    UNUSED_TEMPLATE: "A template is never used.",
    NO_EFFECT: "A setting does nothing where it stands.",
    DUPLICATE_TASK: "Two tasks of a dag have the same name.",
    UNKNOWN_DEPENDENCY: "A dependency names no task of the dag.",
    SELF_DEPENDENCY: "A task depends on itself.",
    CYCLE: "Tasks depend on each other in a circle.",
    DUPLICATE_DEPENDENCY: "A dependency is listed twice.",
    UNKNOWN_ENTRYPOINT: "An entrypoint names no task of the dag.",
    DUPLICATE_ENTRYPOINT: "An entrypoint is listed twice.",
    NEVER_READY: "A task waits for one that never runs.",
    UNKNOWN_TASK: "A reference names no task of the dag.",
    NOT_UPSTREAM: "A reference names a task that may not have ended.",
    UNKNOWN_OUTPUT: "A reference names an output that does not exist.",
    UNKNOWN_MEMBER: "A reference names something that its beginning does not have.",
    UNKNOWN_INPUT: "A reference names an input that does not exist.",
    UNKNOWN_ARGUMENT: "A reference names a workflow argument that does not exist.",
    UNKNOWN_VARIABLE: "A reference names a variable that is not known.",
    NOT_VISIBLE: "A reference names something that is not visible where it stands.",
    NEVER_RUNS: "A reference names a task that never runs.",
    BROKEN_SOURCE: "A reference names a variable whose source can't be used.",
    NESTED_TEMPLATE_REF: "A WorkflowTemplate refers to another one.",
    DUPLICATE_ARTIFACT: "Two artifacts of one list have the same name.",
    ARTIFACT_ORIGIN: "An artifact does not say where it comes from, or says so in vain.",
    UNKNOWN_ARTIFACT: "`from` names an artifact that does not exist.",
    MISSING_ARTIFACT: "A required input artifact gets no file.",
    UNDECLARED_ARTIFACT: "An artifact is handed over that is not declared by what is called.",
    UNKNOWN_SOURCE: "The source of an artifact has an unknown type.",
    SOURCE_SETTING: "A setting of an artifact's source is missing, unknown or wrong.",
    NO_LIST_OF_ARTIFACTS: "A loop that makes lists has output artifacts.",
    BAD_EXPRESSION: "The text is not an expression.",
    BAD_PLACEHOLDER: "The text has a placeholder that can't be read.",
    BAD_REFERENCE: "The text is not a reference.",
    TYPES_IN_EXPRESSION: "An operation does not work on values of these types.",
    NOT_A_CONDITION: "A condition is neither true nor false.",
    WRONG_VALUE: "A value does not have the declared type.",
    NOT_IN_ENUM: "A value is not one of the declared ones.",
    TYPES_CLASH: "A value of another type is certain to arrive.",
    MISSING_VALUE: "A required input gets no value.",
    UNDECLARED_ARGUMENT: "An argument is not declared by what is called.",
    NO_MEMBERS: "A reference goes on into a value that has no members.",
    TOO_MANY_ITEMS: "A loop has more items than allowed.",
    HIDDEN_VALUE: "A secret stands where its value would have to be known.",
    HIDDEN_OUTPUT: "A secret can't be an output.",
    UNKNOWN_EXECUTOR: "There is no executor of that type.",
    UNKNOWN_EXECUTOR_INPUT: "The executor has no input of that name.",
    MISSING_EXECUTOR_INPUT: "A required input of the executor gets no value.",
    WRONG_EXECUTOR_INPUT: "The executor refuses the value.",
    NEVER_PRODUCED: "The executor never produces a declared output.",
    PASTED_VALUE: "A value is pasted into program text.",
    PLAIN_SECRET: "A secret stands in the document for everybody to read.",
    OSS_UNSUPPORTED: "The source oss of artifacts is not supported yet.",
}


def problem_titles() -> dict[str, str]:
    """Return the title of every code of this room, in order of codes."""
    return dict(_TITLES)
