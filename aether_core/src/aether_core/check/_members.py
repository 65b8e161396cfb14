"""What a task, a dag or a loop shows of itself: its phase, code, message and outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.check import _codes
from aether_core.check._answers import Answer, followed, incomplete, missing
from aether_core.document import is_unnamed
from aether_core.expression import INT, MAP, STRING, Reference, Type, one_of
from aether_sdk import Phase

if TYPE_CHECKING:
    from aether_core.check._report import Report
    from aether_core.check._scope import Outputs

MEMBERS: Final = "phase, code, msg, message and outputs.parameters.NAME"
#: What to do with an artifact, which is no value.
NO_VALUE: Final = 'A file is handed over in arguments.artifacts, with "from".'
#: The phase of a task that may not have begun.
ANY_PHASE: Final = one_of(phase.value for phase in Phase)
#: The phase of a task that has ended.
LAST_PHASE: Final = one_of(phase.value for phase in Phase if phase.is_terminal)
#: The phases that conditions judge: an attempt, or what ended, came to one of them.
JUDGED_PHASE: Final = one_of(
    phase.value for phase in (Phase.SUCCEEDED, Phase.FAILED, Phase.ERROR, Phase.TIMEOUT)
)


def member_of(
    reference: Reference,
    start: int,
    owner: str,
    outputs: Outputs,
    report: Report,
    *,
    phases: Type = ANY_PHASE,
    target: int | None = None,
    is_object: bool = False,
) -> Answer:
    """Return the meaning of what stands behind the first `start` segments of a reference.

    Args:
        reference: the reference.
        start: how many of its segments name the task; 0 where the names stand bare.
        owner: the task as messages name it.
        outputs: what it shows.
        report: knows similar names.
        phases: the phases that it may have there.
        target: the task, by number, that must be upstream.
        is_object: whether the outputs can be read as one object as well.
    """
    match reference.segments[start:]:
        case ("phase", *_):
            return followed(reference, phases, start + 1, target)
        case ("code", *_) if not outputs.has_code:
            runs = "" if owner == outputs.owner else f": it runs {outputs.owner}"
            return missing(_codes.UNKNOWN_MEMBER, f"{owner} has no code{runs}", "Use its phase.")
        case ("code", *_):
            return followed(reference, INT, start + 1, target)
        case ("msg" | "message", *_):
            return followed(reference, STRING, start + 1, target)
        case ("outputs", "parameters", str(output), *_):
            if output in outputs.types:
                return followed(reference, outputs.types[output], start + 3, target)
            return _unknown_output(owner, output, outputs, report, target)
        case ("outputs",) | ("outputs", "parameters") if is_object:
            return Answer(MAP)
        case ("outputs", "artifacts", *_):
            return incomplete(reference, NO_VALUE)
        case ("outputs", *_):
            prefix = "".join(f"{segment}." for segment in reference.segments[:start])
            return incomplete(reference, f"Write {prefix}outputs.parameters.NAME.")
        case (str(member), *_):
            hint = f"It has {MEMBERS}."
            return missing(_codes.UNKNOWN_MEMBER, f'a task has no "{member}"', hint)
        case _:
            return incomplete(reference, f"Add one of: {MEMBERS}.")


def _unknown_output(
    owner: str, output: str, outputs: Outputs, report: Report, target: int | None
) -> Answer:
    if not outputs.is_closed or any(map(is_unnamed, outputs.types)):
        return Answer(target=target)
    hint = report.similar(output, outputs.types, f"outputs of {outputs.owner}")
    hint = hint or f"{outputs.owner} declares no outputs."
    return missing(_codes.UNKNOWN_OUTPUT, f'{owner} has no output "{output}"', hint)
