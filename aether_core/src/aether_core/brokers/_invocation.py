"""Calling an executor, and turning whatever comes back into outputs (executors.md 5)."""

from __future__ import annotations

import asyncio
import dataclasses
import inspect
import os
import threading
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from aether_core.brokers._closing import Called
from aether_sdk import (
    AetherError,
    ExecCode,
    ExecuteRequest,
    Inputs,
    Parameter,
    Resources,
    outcome_of,
    outcome_of_error,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from aether_core.kernel import Assignment
    from aether_sdk import Artifact, ExecOutputs, Executor, ExecutorSchema, JsonValue


class Files(NamedTuple):
    """The artifacts of one attempt on this machine.

    Attributes:
        inputs: What it gets.
        outputs: What it shall make: name to the path where that is looked for.
    """

    inputs: tuple[Artifact, ...] = ()
    outputs: Mapping[str, str] = {}


NO_FILES: Final = Files()


class Invoker:
    """Calls executors, and closes those that it has called.

    Remembers which of them are coroutine functions.
    """

    def __init__(self) -> None:
        self._called = Called()
        self._is_async: dict[str, bool] = {}
        self._schemas: dict[str, ExecutorSchema] = {}
        self._promised: dict[str, frozenset[str]] = {}

    async def invoke(
        self,
        executor: Executor,
        assignment: Assignment,
        files: Files = NO_FILES,
        on_log: Callable[[str], bool] | None = None,
    ) -> ExecOutputs:
        """Execute an assignment; every failure of the executor becomes outputs with a code.

        Args:
            executor: what to call.
            assignment: what to execute.
            files: its artifacts.
            on_log: takes what the executor says meanwhile.

        Raises:
            asyncio.CancelledError: the call was cancelled.
        """
        request = _request(assignment, self._inputs_for(executor, assignment), files, on_log)
        try:
            answer: object = (
                executor.execute(request)
                if self._runs_on_loop(executor)
                else await in_thread(lambda: executor.execute(request))
            )
            if inspect.isawaitable(answer):
                answer = await cast("Awaitable[object]", answer)
            return self._kept_promise(executor, outcome_of(answer))
        except Exception as error:  # noqa: BLE001  # whatever a plugin raises is the task's outcome
            _tell(error, on_log)
            return _located(outcome_of_error(error), error, executor)
        except SystemExit as error:
            # A plugin that calls sys.exit() ends its task, not the engine.
            return outcome_of_error(RuntimeError(f"the executor called sys.exit({error.code!r})"))

    async def aclose(self) -> None:
        """Close the executors that were called, unless another broker of this loop has them too."""
        await self._called.aclose()

    def _inputs_for(self, executor: Executor, assignment: Assignment) -> Mapping[str, JsonValue]:
        """Return the inputs that an executor gets.

        Names with a dot, such as `loop_iter.index`, are made by the engine and can't be declared;
        an executor that says which inputs it takes is spared them.
        """
        inputs = assignment.inputs
        if "." not in "".join(inputs) or self._schema(executor).inputs is None:
            return inputs
        return {name: value for name, value in inputs.items() if "." not in name}

    def _kept_promise(self, executor: Executor, outputs: ExecOutputs) -> ExecOutputs:
        """Return outputs that succeeded only if all that the executor declares are there.

        What comes next relies on them, and the checker has promised them.
        """
        if outputs.code != ExecCode.SUCCEEDED:
            return outputs
        promised = self._promised.get(executor.type)
        if promised is None:
            declared = self._schema(executor).outputs or {}
            promised = frozenset(map(str, cast("list[object]", declared.get("required", []))))
            self._promised[executor.type] = promised
        if not promised:
            return outputs
        missing = promised.difference(parameter.name for parameter in outputs.parameters)
        if not missing:
            return outputs
        names = ", ".join(sorted(missing))
        message = f"executor {executor.type!r} did not return the outputs it declares: {names}"
        return dataclasses.replace(outputs, code=ExecCode.ERROR, message=message)

    def _schema(self, executor: Executor) -> ExecutorSchema:
        """Return an executor's schema, made once: making it takes longer than many a task."""
        known = self._schemas.get(executor.type)
        if known is None:
            known = self._schemas[executor.type] = executor.schema()
        return known

    def _runs_on_loop(self, executor: Executor) -> bool:
        known = self._is_async.get(executor.type)
        if known is None:
            known = inspect.iscoroutinefunction(executor.execute)
            self._is_async[executor.type] = known
            self._called.add(executor)
        return known


def _tell(error: Exception, on_log: Callable[[str], bool] | None) -> None:
    """Log the traceback of an error that is no answer, if the environment asks for it."""
    if on_log is None or isinstance(error, AetherError):
        return
    if os.environ.get("AETHER_TRACEBACK", "") not in {"", "0"}:
        # Late: nearly no run wants it.
        import traceback

        on_log("".join(traceback.format_exception(error)))


def _located(outputs: ExecOutputs, error: Exception, executor: Executor) -> ExecOutputs:
    """Add to an unexpected error's message where in the executor it came up."""
    if isinstance(error, AetherError | TimeoutError):
        return outputs
    # Late: executors that fail so are rare.
    from aether_core.brokers._location import place_of

    place = place_of(error, executor)
    return (
        dataclasses.replace(outputs, message=f"{outputs.message} ({place})") if place else outputs
    )


def _request(
    assignment: Assignment,
    inputs: Mapping[str, JsonValue],
    files: Files,
    on_log: Callable[[str], bool] | None,
) -> ExecuteRequest:
    return ExecuteRequest(
        task_run_id=assignment.task_id,
        workflow_run_id=assignment.run_id,
        task_name=assignment.task_name,
        template_name=assignment.template_name,
        inputs=Inputs(tuple(Parameter(name, value) for name, value in inputs.items()), files.inputs)
        if inputs or files.inputs
        else None,
        resources=Resources(**assignment.resources) if assignment.resources else None,  # type: ignore[arg-type]  # checked with the document
        timeout=assignment.timeout,
        retry_count=assignment.retry_count,
        attempt=assignment.attempt,
        output_artifacts=files.outputs,
        on_log=on_log,
    )


async def in_thread(call: Callable[[], object]) -> object:
    """Run a plain function in a daemon thread of its own.

    Not a thread pool: a pool's threads are joined when the interpreter exits, so one function
    that never returns would keep a cancelled process alive for ever.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[object] = loop.create_future()

    def settle(result: object, error: BaseException | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)

    def work() -> None:
        result: object = None
        failure: BaseException | None = None
        try:
            result = call()
        except StopIteration as error:
            # A future refuses StopIteration; the cause says what happened.
            failure = RuntimeError("the executor raised StopIteration")
            failure.__cause__ = error
        except BaseException as error:  # noqa: BLE001  # carried over to the loop, where it is judged
            failure = error
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, result, failure)

    threading.Thread(target=work, name="aether-executor", daemon=True).start()
    return await done
