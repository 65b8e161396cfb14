"""From a task's inputs to the arguments of a function."""

from __future__ import annotations

import inspect
import sys
from contextlib import suppress
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any, Final

from aether_sdk import BindError, BindProblem, Inputs, json_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from aether_sdk import JsonValue

#: Handed only to functions that name it: the others shall not need to know of resumes.
_RESUMED: Final = "__resumed"
_BY_NAME: Final = frozenset({Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY})


def arguments_for(
    function: Callable[..., Any], name: str, given: Mapping[str, JsonValue]
) -> dict[str, Any]:
    """Return the keyword arguments of a call.

    A function with one parameter, which is a pydantic model, a dataclass or a TypedDict, gets the
    inputs bound to that. Every other function gets one argument per input, not converted; they
    are copies, so that it may change them.

    Args:
        function: what will be called.
        name: what documents call it, for messages.
        given: the inputs, without those of the executor itself.

    Raises:
        BindError: the inputs do not fit; it lists all problems.
    """
    signature = _signature(function)
    parameters = [] if signature is None else list(signature.parameters.values())
    if _RESUMED in given and all(parameter.name != _RESUMED for parameter in parameters):
        given = {key: value for key, value in given.items() if key != _RESUMED}
    if len(parameters) == 1 and _is_model(parameters[0]):
        # Late: it imports pydantic, which functions without a model need not pay for.
        from aether_sdk import bind_inputs

        return {parameters[0].name: bind_inputs(Inputs.of(given), parameters[0].annotation)}
    problems = () if signature is None else tuple(_problems(parameters, given))
    if problems:
        raise BindError(problems, whose=f"the function {name!r}")
    return {key: json_value(value) for key, value in given.items()}


def _signature(function: Callable[..., Any]) -> Signature | None:
    """Return a signature, with classes for annotations if possible; None if nothing knows it."""
    # Annotations that are meant for type checkers alone may raise anything when they are evaluated.
    with suppress(Exception):
        return inspect.signature(function, eval_str=True)
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):
        # Some functions written in C have none.
        return None


def _is_model(parameter: Parameter) -> bool:
    declared: object = parameter.annotation
    if parameter.kind not in _BY_NAME or not isinstance(declared, type):
        return False
    base: type[object] | None = getattr(sys.modules.get("pydantic"), "BaseModel", None)
    if base is not None and issubclass(declared, base):
        return True
    # A dataclass, or a TypedDict from whichever module.
    return any(hasattr(declared, mark) for mark in ("__dataclass_fields__", "__required_keys__"))


def _problems(parameters: list[Parameter], given: Mapping[str, JsonValue]) -> Iterator[BindProblem]:
    takes_any = any(parameter.kind is Parameter.VAR_KEYWORD for parameter in parameters)
    names = [parameter.name for parameter in parameters if parameter.kind in _BY_NAME]
    for parameter in parameters:
        is_required = parameter.default is Parameter.empty
        if parameter.kind is Parameter.POSITIONAL_ONLY and is_required:
            yield BindProblem(f"$.{parameter.name}", "the function takes it by position only")
        elif parameter.kind in _BY_NAME and is_required and parameter.name not in given:
            yield BindProblem(f"$.{parameter.name}", "missing")
    for key in given:
        if key not in names and not takes_any:
            takes = f"one of {', '.join(names)}" if names else "no inputs"
            yield BindProblem(f"$.{key}", "the function has no such parameter", takes)
