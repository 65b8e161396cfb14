"""The `function` executor: a task that calls a Python function by name (executors.md 10.3)."""

from __future__ import annotations

import dataclasses
import inspect
import sys
from collections.abc import Awaitable, Mapping
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from aether_core.executors._functions import Functions
from aether_core.executors._parameters import arguments_for
from aether_sdk import BindError, BindProblem, ExecOutputs, Executor, ExecutorSchema

if TYPE_CHECKING:
    from aether_sdk import ExecuteRequest, ExecuteResult, JsonSchema

_FUNCTION: Final = "function"
_RESULT: Final = "result"

# Written by hand: a pydantic model would cost every start with this executor its import.
_INPUTS: Final[JsonSchema] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        _FUNCTION: {"type": "string", "description": "Name of the function to call."},
    },
    "required": [_FUNCTION],
    "additionalProperties": True,
}

Result: TypeAlias = "ExecuteResult | Awaitable[ExecuteResult]"


class FunctionExecutor(Executor):
    """Calls a named function with the task's inputs.

    Args:
        functions: the functions that documents can name.
    """

    type = "function"
    version = "1.0"
    description = "Calls a Python function by name"

    def __init__(self, functions: Functions | None = None) -> None:
        self._functions = functions if functions is not None else Functions()

    def schema(self) -> ExecutorSchema:
        """Return the schema; further inputs and the outputs are up to the function."""
        return ExecutorSchema(self.type, self.version, self.description, inputs=_INPUTS)

    def execute(self, request: ExecuteRequest) -> Result:
        """Run one attempt.

        Not a coroutine, so that the engine calls it in a thread, where a plain function may take
        its time and a module its import. What a coroutine function returns is awaited by the
        engine, on its loop.

        Raises:
            BindError: the inputs do not fit the function.
            PluginError: there is no such function, or it can't be loaded.
            Exception: whatever the function raises.
        """
        given = {} if request.inputs is None else request.inputs.as_dict()
        name = given.pop(_FUNCTION, None)
        if not isinstance(name, str):
            problem = BindProblem(f"$.{_FUNCTION}", "missing or not a text", "a function's name")
            raise BindError([problem], whose="the executor function")
        function = self._functions.get(name)
        result: object = function(**arguments_for(function, name, given))
        if inspect.isawaitable(result):
            return _awaited(cast("Awaitable[object]", result))
        return _outcome(result)


async def _awaited(result: Awaitable[object]) -> ExecuteResult:
    return _outcome(await result)


def _outcome(result: object) -> ExecuteResult:
    """Return what an executor may return; a value without names becomes the output `result`."""
    has_names = result is None or isinstance(result, ExecOutputs | Mapping) or _has_fields(result)
    return cast("ExecuteResult", result if has_names else {_RESULT: result})


def _has_fields(value: object) -> bool:
    """Return whether a value is a dataclass or a pydantic model, without importing pydantic."""
    if dataclasses.is_dataclass(value):
        return not isinstance(value, type)
    model: type[object] | None = getattr(sys.modules.get("pydantic"), "BaseModel", None)
    return model is not None and isinstance(value, model)
