"""From what an executor returned or raised to what the attempt reports."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Mapping
from dataclasses import is_dataclass, replace
from os import PathLike, fspath
from typing import TYPE_CHECKING, TypeAlias, cast

from aether_sdk._codes import ExecCode
from aether_sdk._errors import AetherError, OutputError, TaskOutcome
from aether_sdk._json_value import is_simple, json_value, type_name
from aether_sdk._kinds import base_model
from aether_sdk._outputs import ExecOutputs
from aether_sdk._parameters import UNSET, Parameter
from aether_sdk._paths import child_path

if TYPE_CHECKING:
    from pydantic import BaseModel

    from aether_sdk._artifact import Artifact

_Values: TypeAlias = "Mapping[object, object] | Mapping[str, object]"

_ACCEPTED = "ExecOutputs, a pydantic model, a dataclass, a mapping or None"


def outcome_of(result: object) -> ExecOutputs:
    """Return the report of an attempt whose `execute` returned `result`.

    `None` is success without outputs; a pydantic model or a dataclass gives one parameter per
    field, a mapping one per item. A value that JSON cannot carry, or a result of any other type,
    gives code `ERROR` and a message that names it; no error is raised for it.
    """
    try:
        return _outputs_of(result)
    except OutputError as error:
        return ExecOutputs(ExecCode.ERROR, f"the executor's result cannot be used: {error}")


def outcome_of_error(error: BaseException) -> ExecOutputs:
    """Return the report of an attempt whose `execute` raised `error`.

    `TaskFailed`, `TaskSuspended`, `TaskTimeout` and `TaskError` bring their own code, message and
    outputs. `TimeoutError` gives code `TIMEOUT`, everything else code `ERROR`. The hint of an error
    stands in parentheses behind its message. An exception group of one member counts as that
    member. Cancellation and exit signals do not belong here.
    """
    error = _sole_member(error)
    if isinstance(error, TaskOutcome):
        return _task_outcome(error)
    if isinstance(error, TimeoutError):
        return ExecOutputs(ExecCode.TIMEOUT, _text_of(error))
    return ExecOutputs(ExecCode.ERROR, _text_of(error))


def _outputs_of(result: object) -> ExecOutputs:
    if result is None:
        return ExecOutputs()
    if isinstance(result, ExecOutputs):
        return _checked(result)
    if isinstance(result, Mapping):
        return _of_mapping(cast("_Values", result))
    model = base_model()
    is_model = model is not None and isinstance(result, model)
    if is_model or (is_dataclass(result) and not isinstance(result, type)):
        # Late, because it imports pydantic, which a result that is a model has paid for already.
        from aether_sdk._conversion import output_from

        return output_from(cast("BaseModel", result))
    if isinstance(result, Awaitable):
        kind = type_name(cast("object", result))
        raise OutputError(f"execute returned a {kind} that nobody awaited")
    raise OutputError(f"execute returned a value of type {type_name(result)}, expected {_ACCEPTED}")


def _of_mapping(values: _Values) -> ExecOutputs:
    for name in values:
        if not isinstance(name, str):
            raise OutputError(f"an output name of type {type_name(name)}, expected a string")
    return ExecOutputs.of(cast("Mapping[str, object]", values))


def _checked(outputs: ExecOutputs) -> ExecOutputs:
    """Return `outputs` with every part of the type that it is declared with.

    Authors are not bound to use a type checker, and what comes next stores these.
    """
    _expect(outputs.code, int, "the code", "an integer")
    _expect(outputs.message, str, "the message", "a string")
    parameters = tuple(
        _checked_parameter(item) for item in _items(outputs.parameters, "the parameters")
    )
    artifacts = tuple(
        _checked_artifact(item) for item in _items(outputs.artifacts, "the artifacts")
    )
    return ExecOutputs(outputs.code, outputs.message, parameters, artifacts)


def _expect(value: object, kind: type[object], what: str, wanted: str) -> None:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise OutputError(f"{what} is of type {type_name(value)}, expected {wanted}")


def _items(values: object, what: str) -> Iterable[object]:
    if isinstance(values, (tuple, list)):
        return cast("Iterable[object]", values)
    kind = type_name(values)
    raise OutputError(f"{what} are of type {kind}, expected a tuple; see ExecOutputs.of")


def _checked_parameter(parameter: object) -> Parameter:
    if not isinstance(parameter, Parameter):
        raise OutputError(f"a parameter is of type {type_name(parameter)}, expected Parameter")
    if parameter.value is UNSET or (type(parameter.name) is str and is_simple(parameter.value)):
        return parameter
    value = json_value(parameter.value, child_path("$", parameter.name))
    # Making one again costs more than the check, and most values are what they were.
    return parameter if value is parameter.value else replace(parameter, value=value)


def _checked_artifact(artifact: object) -> Artifact:
    # Late: most tasks have none, and a dataclass takes long to make.
    from aether_sdk._artifact import Artifact

    if not isinstance(artifact, Artifact):
        raise OutputError(f"an artifact is of type {type_name(artifact)}, expected Artifact")
    _expect(artifact.name, str, "the name of an artifact", "a string")
    path: object = artifact.path
    if isinstance(path, PathLike):
        # Whoever has a Path at hand gives that.
        path = fspath(cast("PathLike[str]", path))
    _expect(path, str, f"the path of artifact {artifact.name!r}", "a string")
    return replace(artifact, path=str(path))


def _task_outcome(error: TaskOutcome) -> ExecOutputs:
    try:
        outputs = _of_mapping(error.outputs)
    except OutputError as problem:
        # The outcome itself is known; only what came with it is lost, and the message says so.
        note = f"its outputs were dropped: {problem}"
        message = f"{error.message} ({note})" if error.message else note
        return ExecOutputs(error.exec_code, message)
    return replace(outputs, code=error.exec_code, message=_with_hint(error.message, error))


def _with_hint(text: str, error: AetherError) -> str:
    """Return a message with what to do next: a record has one text for both."""
    return f"{text} ({error.hint.removesuffix('.')})".lstrip() if error.hint else text


def _sole_member(error: BaseException) -> BaseException:
    while len(members := _members(error)) == 1:
        error = members[0]
    return error


def _members(error: BaseException) -> tuple[BaseException, ...]:
    if not isinstance(error, BaseExceptionGroup):
        return ()
    return cast("BaseExceptionGroup[BaseException]", error).exceptions


def _text_of(error: BaseException) -> str:
    members = _members(error)
    if members:
        return f"{len(members)} errors: {'; '.join(map(_text_of, members))}"
    name = type(error).__name__
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - the class name is what is left of an error that cannot speak
        return name
    if isinstance(error, AetherError):
        return _with_hint(text or name, error)
    return f"{name}: {text}" if text else name
