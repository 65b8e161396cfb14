"""`aether cron trigger`: fire a schedule by hand, and run what it starts in this process."""

from __future__ import annotations

import contextlib
from argparse import ArgumentTypeError
from typing import TYPE_CHECKING

import msgspec

from aether_core.cli import _exits
from aether_core.cli._console import complain, reserved_stdout, write_json, write_text
from aether_core.cli._cron_book import add_name
from aether_core.cli._driving import add_driving, means_of
from aether_core.cli._durations import moment_text
from aether_core.cli._run import show_end, status_of

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from aether_core.cli._running import Ended
    from aether_core.engine import CronSlot


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    add_name(parser)
    parser.add_argument(
        "--at",
        metavar="TIME",
        type=time_of,
        help="the time of the slot, such as 2026-01-31T06:00:00Z (default: now); a slot that was "
        "dealt with before is not fired again",
    )
    add_driving(parser)


def time_of(text: str) -> int:
    """Return an RFC 3339 time in microseconds since 1970-01-01 UTC."""
    # Late: few commands are given one.
    from datetime import UTC, datetime, timedelta

    from aether_core.document import parse_time

    parsed = parse_time(text)
    if parsed is None:
        message = f"expected a time such as 2026-01-31T06:00:00Z, got {text!r}"
        raise ArgumentTypeError(message)
    return (parsed - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def execute(arguments: Namespace) -> int:
    """Fire the slot; the status tells how its run ended, 0 when its policy starts none."""
    # Late: a wrong option needs no engine.
    from aether_core.cli._cron_running import trigger_to_end

    name, namespace = arguments.name, arguments.namespace
    with reserved_stdout():
        slot, ended = trigger_to_end(
            name, means_of(arguments), at=arguments.at, namespace=namespace
        )
        if ended is not None and ended.execution.phase.is_terminal:
            _prune(arguments)
    if arguments.output == "json":
        write_json(_as_json(arguments, slot, ended))
    elif ended is not None:
        show_end(ended, arguments)
    elif slot.outcome == "failed":
        moment = moment_text(slot.scheduled_at)
        complain(f"schedule {name}: the slot of {moment} failed: {slot.reason}")
    else:
        write_text(f"schedule {name}: nothing was started: {slot.reason}\n")
    if ended is not None:
        return status_of(ended)
    return _exits.USAGE if slot.outcome == "failed" else _exits.OK


def _as_json(arguments: Namespace, slot: CronSlot, ended: Ended | None) -> dict[str, object]:
    """Return the slot, and beside it what `aether run` prints of its run."""
    execution: dict[str, object] = {}
    if ended is not None:
        execution = msgspec.to_builtins(ended.execution)
    return {
        "cron": arguments.name,
        "cronNamespace": arguments.namespace,
        "scheduledAt": slot.scheduled_at,
        "outcome": slot.outcome,
        "reason": slot.reason,
        "runId": slot.run_id,
        **execution,
    }


def _prune(arguments: Namespace) -> None:
    """Bring the history of the schedule back to its limits, now that a run has ended."""
    # Late: a wrong option needs no event loop.
    import asyncio

    from aether_core.engine import CronNotFound

    async def prune() -> None:
        async with means_of(arguments).engine() as engine:
            await engine.cron.prune(arguments.name, namespace=arguments.namespace)

    # Somebody may have deleted the schedule meanwhile; then all its runs stay.
    with contextlib.suppress(CronNotFound):
        asyncio.run(prune())
