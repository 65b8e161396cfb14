"""The executor: what goes in, what comes out, and the work between."""

from __future__ import annotations

# region: controls. The engine's start-up and throughput are measured with this executor: so it has
# no pydantic model, and a call without `sleep` never gives control back to the event loop.
import asyncio
from typing import TYPE_CHECKING

from aether_echo import _controls
from aether_echo._declared import apply_declared
from aether_sdk import DynamicOutputs, ExecCode, ExecOutputs, Executor, Parameter

if TYPE_CHECKING:
    from aether_echo._controls import Controls
    from aether_sdk import ExecuteRequest, JsonValue, Unset

# endregion


class EchoExecutor(Executor):
    """Echoes inputs and produces declared outputs."""

    type = "echo"
    version = "1.0"
    description = "Echoes inputs and produces declared outputs"
    Inputs = DynamicOutputs
    Outputs = DynamicOutputs

    async def execute(self, request: ExecuteRequest) -> ExecOutputs:
        # region: the controls decide, and input artifacts come back, too
        """Run one attempt.

        Raises:
            TaskError: `sleep`, `code` or `message` has a wrong value.
        """
        parameters, controls = _split(request)
        # The engine takes those that the task declares as its outputs.
        artifacts = request.inputs.artifacts if request.inputs else ()
        if not controls:
            return ExecOutputs(parameters=tuple(parameters), artifacts=artifacts)
        extras = _controls.Extras(controls)
        if extras.seconds:
            await asyncio.sleep(extras.seconds)
        held = _held_back(controls, request.retry_count)
        if held is not None:
            return held
        apply_declared(parameters, controls.get(_controls.OUTPUTS))
        return ExecOutputs(extras.code, extras.message, tuple(parameters), artifacts)
        # endregion


# region: the parts of a call
def _split(request: ExecuteRequest) -> tuple[list[Parameter], Controls]:
    """Return the parameters to echo, in input order, and the controls."""
    echoed: list[Parameter] = []
    controls: dict[str, JsonValue | Unset] = {}
    for parameter in request.inputs.parameters if request.inputs else ():
        if parameter.name in _controls.NAMES:
            controls[parameter.name] = parameter.value
        else:
            echoed.append(Parameter(parameter.name, parameter.value, parameter.type))
    return echoed, controls


def _held_back(controls: Controls, retry_count: int) -> ExecOutputs | None:
    """Return the result of a call that suspends or fails on demand, None for any other."""
    if _controls.suspends(controls):
        return ExecOutputs(ExecCode.SUSPENDED, "suspended; awaiting external resume signal")
    failures = _controls.fail_count(controls)
    if retry_count < failures:
        return ExecOutputs(
            ExecCode.FAILED,
            f"simulated failure on attempt {retry_count + 1} (failCount={failures})",
        )
    return None


# endregion
