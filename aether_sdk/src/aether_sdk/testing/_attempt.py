"""One call of an executor, seen from all sides."""

from __future__ import annotations

import asyncio
import inspect
import json
import traceback
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from aether_sdk._codes import ExecCode
from aether_sdk._outcome import outcome_of, outcome_of_error
from aether_sdk.testing._capture import captured
from aether_sdk.testing._leftovers import own_place
from aether_sdk.testing._limits import Limits
from aether_sdk.testing._loop import in_thread, on_own_loop
from aether_sdk.testing._watchdog import Blocked, Watchdog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from aether_sdk._executor import Executor
    from aether_sdk._outputs import ExecOutputs
    from aether_sdk._request import ExecuteRequest

_DEFAULT_LIMITS: Final = Limits()
#: How `outcome_of` begins the message about a result that is no result.
_UNUSABLE: Final = "the executor's result cannot be used: "


class Ending(Enum):
    """How a call ended."""

    ANSWERED = "answered"
    #: It returned something that JSON cannot carry, or that is no result at all.
    UNUSABLE = "returned what cannot be used"
    CANCELLED = "cancelled"
    #: It raised what ends a process, such as `SystemExit`.
    EXITED = "exited"
    #: It was still running when the limit was over.
    HUNG = "hung"


class _Reply(NamedTuple):
    ending: Ending
    outputs: ExecOutputs | None = None
    error: BaseException | None = None
    was_cancelled: bool = False
    tasks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one call did.

    Attributes:
        ending: How it ended.
        outputs: What the engine would have got; None after a cancellation, an exit or a hang.
        error: What `execute` raised.
        was_cancelled: Whether it was still running when it was to be cancelled.
        printed: What went to stdout and stderr, also from child processes.
        logged: Log records of all levels as text.
        lines: What it gave `request.log`, line by line.
        blocked: How long it kept the event loop from everything else.
        left: What it left behind: tasks, threads, processes, open files, temporary files.
        is_request_kept: Whether the request is afterwards what it was before.
    """

    ending: Ending
    outputs: ExecOutputs | None = None
    error: BaseException | None = None
    was_cancelled: bool = False
    printed: str = field(default="", repr=False)
    logged: str = field(default="", repr=False)
    lines: tuple[str, ...] = field(default=(), repr=False)
    blocked: Blocked = field(default_factory=Blocked)
    left: tuple[str, ...] = ()
    is_request_kept: bool = True


def run_request(
    executor: Executor,
    request: ExecuteRequest,
    *,
    cancel_after: float | None = None,
    limits: Limits = _DEFAULT_LIMITS,
) -> Attempt:
    """Execute a request as the engine does, without an engine, and report all there is to see.

    The call gets an event loop of its own; it must not be made where a loop is running. Nothing
    that the executor raises is raised here, `KeyboardInterrupt` excepted.

    Args:
        executor: An instance.
        request: What to execute, see `request_for`.
        cancel_after: Seconds after which the call is cancelled; 0 cancels it where it first waits.
        limits: How long things may take.
    """
    written = _written(request)
    said: list[str] = []
    heard = replace(request, on_log=_collecting(said, request.on_log))
    watchdog = Watchdog()
    with own_place() as place:
        before = place.belongings()
        with captured() as capture, watchdog:
            reply = on_own_loop(lambda: _watched(executor, heard, cancel_after, limits, watchdog))
        if reply.error is not None:
            # The frames of a traceback keep alive what the call had in its hands.
            traceback.clear_frames(reply.error.__traceback__)
        left = (*reply.tasks, *place.left_since(before, limits.settle))
    return Attempt(
        ending=reply.ending,
        outputs=reply.outputs,
        error=reply.error,
        was_cancelled=reply.was_cancelled,
        printed=capture.printed,
        logged=capture.logged,
        lines=tuple(line for text in said for line in text.split("\n")),
        blocked=watchdog.blocked,
        left=left,
        is_request_kept=_written(request) == written,
    )


def _collecting(said: list[str], further: Callable[[str], bool] | None) -> Callable[[str], bool]:
    """Return what takes texts like an engine with room for all, and hands them on."""

    def take(text: str) -> bool:
        said.append(text)
        return further is None or further(text)

    return take


def run_at_once(
    executor: Executor, requests: Sequence[ExecuteRequest], limits: Limits
) -> list[ExecOutputs | None]:
    """Execute requests side by side on one loop; None for each without outputs."""

    async def all_of_them() -> list[ExecOutputs | None]:
        tasks = [asyncio.create_task(_reply(executor, request)) for request in requests]
        await asyncio.wait(tasks, timeout=limits.call)
        return [task.result().outputs if _has_result(task) else None for task in tasks]

    with own_place(), captured():
        return on_own_loop(all_of_them)


async def _watched(
    executor: Executor,
    request: ExecuteRequest,
    cancel_after: float | None,
    limits: Limits,
    watchdog: Watchdog,
) -> _Reply:
    task = asyncio.create_task(_reply(executor, request))
    own: set[asyncio.Task[Any] | None] = {
        asyncio.current_task(),
        task,
        asyncio.create_task(watchdog.pulse()),
    }
    was_cancelled = False
    if cancel_after is not None:
        await asyncio.wait([task], timeout=cancel_after)
        was_cancelled = task.cancel()
    patience = limits.cancel if was_cancelled else limits.call
    await asyncio.wait([task], timeout=patience)
    if _has_result(task):
        reply = task.result()
    else:
        reply = _Reply(Ending.CANCELLED if task.done() else Ending.HUNG)
    tasks = await _tasks_beside(own, limits.settle)
    return reply._replace(was_cancelled=was_cancelled, tasks=tasks)


async def _reply(executor: Executor, request: ExecuteRequest) -> _Reply:
    try:
        outputs = outcome_of(await _result(executor, request))
    except (asyncio.CancelledError, KeyboardInterrupt):
        raise
    except Exception as error:  # noqa: BLE001 - whatever an executor raises is the call's outcome
        return _Reply(Ending.ANSWERED, outcome_of_error(error), error)
    except BaseException as error:  # noqa: BLE001 - would end the process that runs the checks
        return _Reply(Ending.EXITED, error=error)
    is_unusable = outputs.code == ExecCode.ERROR and outputs.message.startswith(_UNUSABLE)
    return _Reply(Ending.UNUSABLE if is_unusable else Ending.ANSWERED, outputs)


async def _result(executor: Executor, request: ExecuteRequest) -> object:
    answer: object = (
        executor.execute(request)
        if inspect.iscoroutinefunction(executor.execute)
        else await in_thread(lambda: executor.execute(request))
    )
    return await cast("Awaitable[object]", answer) if inspect.isawaitable(answer) else answer


def _has_result(task: asyncio.Task[_Reply]) -> bool:
    return task.done() and not task.cancelled()


async def _tasks_beside(own: set[asyncio.Task[Any] | None], patience: float) -> tuple[str, ...]:
    """Return the tasks that the call has left on the loop, after some time to end by themselves."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience
    while (left := asyncio.all_tasks() - own) and loop.time() < deadline:
        await asyncio.sleep(0)
    return tuple(f"the task {task.get_name()!r} ({task.get_coro()!r})" for task in left)


def _written(request: ExecuteRequest) -> str:
    """Return all that a request holds as text, to be compared."""
    inputs = request.inputs
    names = [parameter.name for parameter in inputs.parameters] if inputs else []
    values = [parameter.value for parameter in inputs.parameters] if inputs else []
    return json.dumps([names, values, dict(request.output_artifacts)], default=repr)
