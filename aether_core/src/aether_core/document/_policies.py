"""Rules that surround a task: retry, tolerance, phases, hooks, resources (documents.md 2.14-15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta

# msgspec reads these names from the annotations when the first document is decoded.
from aether_core.document._constraints import Count, DurationText, ExpressionText, Text  # noqa: TC001
from aether_core.document._values import Wire

if TYPE_CHECKING:
    from collections.abc import Iterator


class Backoff(Wire, frozen=True):
    """The wait before a retry: `duration` for the first, times `factor` for each further one."""

    duration: Annotated[
        DurationText | None,
        Meta(
            description="The wait before the first retry.",
            extra_json_schema={"default": "1s"},
        ),
    ] = None
    factor: Annotated[
        Annotated[float, Meta(gt=0, le=1_000)] | None,
        Meta(
            description="What each further wait is multiplied by.",
            extra_json_schema={"default": 2},
        ),
    ] = None
    max_duration: Annotated[
        DurationText | None, Meta(description="The longest wait; left out or `0`: no limit.")
    ] = None
    jitter: Annotated[
        Literal["none", "full"] | None,
        Meta(
            description="`full` waits a random time from nothing to the computed wait.",
            extra_json_schema={"default": "none"},
        ),
    ] = None


class Retry(Wire, frozen=True):
    """When a failed attempt is made again (documents.md 10.5, decision 17)."""

    limit: Annotated[
        Count | None,
        Meta(
            description="The most retries; 0 is none.",
            extra_json_schema={"default": 0},
        ),
    ] = None
    expression: Annotated[
        ExpressionText | None,
        Meta(
            description="Decides after each attempt that did not succeed whether there is "
            "another one; left out: after Error and Timeout."
        ),
    ] = None
    backoff: Annotated[
        Backoff | None, Meta(description="The waits between attempts; left out: none.")
    ] = None


class ContinueOn(Wire, frozen=True):
    """Bad ends that neither stop what depends on a task nor count against its dag."""

    failed: Annotated[bool, Meta(description="Go on after phase Failed.")] = False
    error: Annotated[bool, Meta(description="Go on after phase Error.")] = False
    timeout: Annotated[bool, Meta(description="Go on after phase Timeout.")] = False


class PhaseConditions(Wire, frozen=True):
    """Expressions that replace the phase; the first true one wins, in this order."""

    succeeded: Annotated[ExpressionText | None, Meta(description="True: phase Succeeded.")] = None
    failed: Annotated[ExpressionText | None, Meta(description="True: phase Failed.")] = None
    error: Annotated[ExpressionText | None, Meta(description="True: phase Error.")] = None


class HookRef(Wire, frozen=True):
    """What a hook runs."""

    template: Annotated[Text, Meta(description="Name of a task template.")]


class Hooks(Wire, frozen=True):
    """Templates that run when something happens to a workflow or a task."""

    on_start: Annotated[HookRef | None, Meta(description="It starts.")] = None
    on_success: Annotated[HookRef | None, Meta(description="It ends Succeeded.")] = None
    on_failure: Annotated[HookRef | None, Meta(description="It ends Failed.")] = None
    on_error: Annotated[HookRef | None, Meta(description="It ends in Error or Timeout.")] = None
    on_suspend: Annotated[HookRef | None, Meta(description="It is suspended.")] = None
    on_resume: Annotated[HookRef | None, Meta(description="It is resumed.")] = None
    on_cancel: Annotated[HookRef | None, Meta(description="It is cancelled.")] = None
    on_exit: Annotated[HookRef | None, Meta(description="It ends, however it ends.")] = None

    def declared(self) -> Iterator[tuple[str, HookRef]]:
        """Yield the hooks that are given, by their key in the document (`onStart`, …)."""
        for field, key in zip(self.__struct_fields__, self.__struct_encode_fields__, strict=True):
            hook: HookRef | None = getattr(self, field)
            if hook is not None:
                yield key, hook


class Resources(Wire, frozen=True):
    """What a task asks of the machine that runs it: handed to its executor, nothing is reserved."""

    cpu: Annotated[Text | float | None, Meta(description="Cores, such as `2` or `500m`.")] = None
    memory: Annotated[Text | None, Meta(description="Memory, such as `512Mi`.")] = None
    gpu: Annotated[Text | Count | None, Meta(description="Number or kind of GPUs.")] = None


class Aggregate(Wire, frozen=True):
    """How the outputs of a loop's iterations become the loop's outputs."""

    strategy: Annotated[
        Literal["last", "first", "list"] | None,
        Meta(
            description="The outputs of the last or of the first iteration, or for each output "
            "a list with the values of all iterations.",
            extra_json_schema={"default": "last"},
        ),
    ] = None
    parameters: Annotated[
        tuple[Text, ...], Meta(description="Output names to keep; all when left out.")
    ] = ()
