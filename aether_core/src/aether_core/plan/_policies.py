"""Policies of a call: what the call site says, and behind it what the template says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.document import Task, parse_duration
from aether_core.expression import compile_expression
from aether_core.plan._plan import Condition, Policy, RetryPlan
from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aether_core.document import (
        ContinueOn,
        Dag,
        Hooks,
        Loop,
        PhaseConditions,
        Retry,
    )

# Documents may leave a backoff's duration out (documents.md, retry with backoff).
_DEFAULT_DELAY = "1s"


def condition(text: str | None) -> Condition | None:
    """Return a compiled condition; None without a text."""
    return None if text is None else Condition(text, compile_expression(text))


def timeout_of(text: str | None) -> int | None:
    """Return a timeout in microseconds; None when there is none, which `0` means too."""
    return (parse_duration(text) or None) if text is not None else None


def policy_of(site: Task | None, template: Dag | Loop | Task | None) -> Policy:
    """Return the policy of a call: each part from the call site if it has it (decision 13).

    `phaseConditions` of a named template are the template's own; a call site has none.
    """
    owners = [owner for owner in (site, template) if owner is not None]
    if not owners:
        return Policy()
    definition = owners[-1]
    timeout = next((o.timeout for o in owners if o.timeout is not None), None)
    retry = next((o.retry for o in owners if isinstance(o, Task) and o.retry is not None), None)
    return Policy(
        timeout=timeout_of(timeout),
        timeout_text=timeout or "",
        retry=_retry(retry),
        conditions=_conditions(definition.phase_conditions),
        hooks=hooks_of(next((o.hooks for o in owners if o.hooks is not None), None)) or None,
    )


def hooks_of(hooks: Hooks | None) -> Mapping[str, str]:
    """Return the template of each declared hook, by the hook's key."""
    return {} if hooks is None else {key: hook.template for key, hook in hooks.declared()}


def tolerated(continue_on: ContinueOn | None) -> frozenset[Phase]:
    """Return the phases that a `continueOn` tolerates."""
    if continue_on is None:
        return frozenset()
    flags = (
        (Phase.FAILED, continue_on.failed),
        (Phase.ERROR, continue_on.error),
        (Phase.TIMEOUT, continue_on.timeout),
    )
    return frozenset(phase for phase, is_tolerated in flags if is_tolerated)


def _retry(retry: Retry | None) -> RetryPlan | None:
    if retry is None or not retry.limit:
        return None
    backoff = retry.backoff
    if backoff is None:
        return RetryPlan(retry.limit, condition(retry.expression))
    return RetryPlan(
        limit=retry.limit,
        expression=condition(retry.expression),
        delay=parse_duration(backoff.duration or _DEFAULT_DELAY),
        factor=backoff.factor or 2.0,
        longest_delay=timeout_of(backoff.max_duration),
        full_jitter=backoff.jitter == "full",
    )


def _conditions(declared: PhaseConditions | None) -> tuple[tuple[Phase, Condition], ...]:
    if declared is None:
        return ()
    texts = (
        (Phase.SUCCEEDED, declared.succeeded),
        (Phase.FAILED, declared.failed),
        (Phase.ERROR, declared.error),
    )
    compiled = ((phase, condition(text)) for phase, text in texts)
    return tuple((phase, found) for phase, found in compiled if found is not None)
