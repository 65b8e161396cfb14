"""What `hook` means in the template of a hook (decision 24)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.check import _codes
from aether_core.check._answers import Answer, followed, invisible, missing
from aether_core.check._members import ANY_PHASE, member_of
from aether_core.check._scope import Hook, Outputs
from aether_core.document import Hooks
from aether_core.expression import INT, MAP, STRING, Reference, Type, one_of

if TYPE_CHECKING:
    from aether_core.check._report import Report

_OWN: Final[dict[str, Type]] = {
    "type": one_of(Hooks.__struct_encode_fields__),
    "scope": one_of(("workflow", "task")),
    "template": STRING,
}
_TRIGGER: Final[dict[str, Type]] = {
    "runId": STRING,
    "name": STRING,
    "phase": ANY_PHASE,
    "message": STRING,
}
_WORKFLOW: Final[dict[str, Type]] = {**_TRIGGER, "namespace": STRING}
_NOTHING: Final = Outputs("the hook", {}, is_closed=True)


def hook_name(reference: Reference, hook: Hook | None, report: Report) -> Answer:
    """Return the meaning of a reference into `hook`."""
    if hook is None:
        hint = "It may stand in the inputs and in executor.config of that template."
        return invisible("hook is only known in the template of a hook", hint)
    match reference.segments[1:]:
        case () | ("trigger",) | ("workflow",):
            return Answer(MAP)
        case ("workflow", *_):
            return _member(reference, _WORKFLOW, report)
        case ("trigger", "code", *_) if hook.is_of_task:
            return followed(reference, INT, 3)
        case ("trigger", "code", *_):
            message = "hook.trigger has no code: the hook is one of the workflow"
            return missing(_codes.UNKNOWN_MEMBER, message, "Use its phase.")
        case ("trigger", "outputs", "parameters", str(), *_) if hook.outputs is None:
            message = f"{reference.text} has no value: nothing is produced before {hook.key}"
            return missing(_codes.UNKNOWN_OUTPUT, message, "Use it in a hook that runs later.")
        case ("trigger", "outputs", *_):
            outputs = hook.outputs or _NOTHING
            return member_of(reference, 2, "hook.trigger", outputs, report, is_object=True)
        case ("trigger", *_):
            return _member(reference, _TRIGGER, report)
        case _:
            return _member(reference, _OWN, report, 1)


def _member(reference: Reference, known: dict[str, Type], report: Report, depth: int = 2) -> Answer:
    """Return the meaning of one of the known names behind the first `depth` segments."""
    name = str(reference.segments[depth])
    if name in known:
        return followed(reference, known[name], depth + 1)
    before = ".".join(map(str, reference.segments[:depth]))
    hint = report.similar(name, known, f"names in {before}")
    return missing(_codes.UNKNOWN_MEMBER, f'{before} has no "{name}"', hint)
