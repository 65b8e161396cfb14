"""What an author of Aether executor plugins imports.

Distribution: aether-workflow-sdk. Every name is loaded when it is first used, so that a plugin pays
only for what it takes; pydantic is imported by a plugin's own models, never by this package alone.
"""

from __future__ import annotations

# Type checkers know the name; importing `typing` for it would cost more than all of this module.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from aether_sdk._artifact import Artifact
    from aether_sdk._binding import bind_inputs
    from aether_sdk._codes import ExecCode, Phase, phase_of_code
    from aether_sdk._conversion import output_from
    from aether_sdk._duration import DURATION_PATTERN, parse_duration
    from aether_sdk._errors import (
        AetherError,
        BindError,
        BindProblem,
        ExecutorAlreadyRegistered,
        OutputError,
        PluginError,
        SchemaError,
        TaskError,
        TaskFailed,
        TaskOutcome,
        TaskSuspended,
        TaskTimeout,
        UnknownExecutor,
    )
    from aether_sdk._executor import ExecuteResult, Executor
    from aether_sdk._executor_check import check_executor
    from aether_sdk._executor_schema import ExecutorSchema
    from aether_sdk._hooks import hookimpl, hookspec, hookspecs
    from aether_sdk._json_value import JsonValue, json_value
    from aether_sdk._kinds import DynamicOutputs
    from aether_sdk._outcome import outcome_of, outcome_of_error
    from aether_sdk._outputs import ExecOutputs
    from aether_sdk._parameters import UNSET, Inputs, Parameter, Unset
    from aether_sdk._protocol import (
        API_LEVEL,
        ENTRY_POINT_GROUP,
        MASK,
        PROJECT_NAME,
        SUPPORTED_API_LEVELS,
    )
    from aether_sdk._request import ExecuteRequest
    from aether_sdk._resources import Resources
    from aether_sdk._schema import schema_of
    from aether_sdk._schema_reading import JsonSchema

    __version__: str

__all__ = [
    "API_LEVEL",
    "DURATION_PATTERN",
    "ENTRY_POINT_GROUP",
    "MASK",
    "PROJECT_NAME",
    "SUPPORTED_API_LEVELS",
    "UNSET",
    "AetherError",
    "Artifact",
    "BindError",
    "BindProblem",
    "DynamicOutputs",
    "ExecCode",
    "ExecOutputs",
    "ExecuteRequest",
    "ExecuteResult",
    "Executor",
    "ExecutorAlreadyRegistered",
    "ExecutorSchema",
    "Inputs",
    "JsonSchema",
    "JsonValue",
    "OutputError",
    "Parameter",
    "Phase",
    "PluginError",
    "Resources",
    "SchemaError",
    "TaskError",
    "TaskFailed",
    "TaskOutcome",
    "TaskSuspended",
    "TaskTimeout",
    "UnknownExecutor",
    "Unset",
    "__version__",
    "bind_inputs",
    "check_executor",
    "hookimpl",
    "hookspec",
    "hookspecs",
    "json_value",
    "outcome_of",
    "outcome_of_error",
    "output_from",
    "parse_duration",
    "phase_of_code",
    "schema_of",
]

_NAMES_BY_MODULE = {
    "_artifact": "Artifact",
    "_binding": "bind_inputs",
    "_codes": "ExecCode Phase phase_of_code",
    "_conversion": "output_from",
    "_duration": "DURATION_PATTERN parse_duration",
    "_errors": (
        "AetherError BindError BindProblem ExecutorAlreadyRegistered OutputError PluginError "
        "SchemaError TaskError TaskFailed TaskOutcome TaskSuspended TaskTimeout UnknownExecutor"
    ),
    "_executor": "ExecuteResult Executor",
    "_executor_check": "check_executor",
    "_executor_schema": "ExecutorSchema",
    "_hooks": "hookimpl hookspec hookspecs",
    "_json_value": "JsonValue json_value",
    "_kinds": "DynamicOutputs",
    "_outcome": "outcome_of outcome_of_error",
    "_outputs": "ExecOutputs",
    "_parameters": "UNSET Inputs Parameter Unset",
    "_protocol": "API_LEVEL ENTRY_POINT_GROUP MASK PROJECT_NAME SUPPORTED_API_LEVELS",
    "_request": "ExecuteRequest",
    "_resources": "Resources",
    "_schema": "schema_of",
    "_schema_reading": "JsonSchema",
}

_HOMES = {name: home for home, names in _NAMES_BY_MODULE.items() for name in names.split()}


# A type checker that saw this function would accept every misspelt name.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name == "__version__":
            # Late, because reading the metadata costs more than all the rest.
            from importlib.metadata import version

            value: object = version("aether-workflow-sdk")
        elif name in _HOMES:
            # Late, because start-up time is part of the contract of this package.
            from importlib import import_module

            value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return __all__
