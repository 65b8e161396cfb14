"""Mistakes in an executor that can be told without running it."""

from __future__ import annotations

import re
from inspect import iscoroutinefunction
from typing import Final

from aether_sdk._executor import Executor
from aether_sdk._json_value import type_name
from aether_sdk._kinds import DynamicOutputs, model_kind

_SEGMENT = "[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?"
_TYPE: Final = re.compile(rf"{_SEGMENT}(?:\.{_SEGMENT})*")


def check_executor(executor: object) -> tuple[str, ...]:
    """Return what is wrong with an executor, one sentence each; empty when nothing is.

    The check covers the declaration only: the name, the texts, the level, the kinds of `Inputs` and
    `Outputs`, that `execute` can be called, and that `aclose` is a coroutine function. It imports
    nothing and asks for no schema.

    Args:
        executor: An instance of a class derived from `Executor`, or such a class.
    """
    subject = executor if isinstance(executor, type) else type(executor)
    if not issubclass(subject, Executor):
        return (f"expected a class derived from Executor, got {_described(executor)}",)
    found = [
        _type_problem(getattr(executor, "type", None)),
        *(_text_problem(executor, name) for name in ("version", "description")),
        _level_problem(getattr(executor, "api_level", None)),
        *(_declaration_problem(executor, name) for name in ("Inputs", "Outputs")),
        _execute_problem(executor),
        _aclose_problem(executor),
    ]
    return tuple(problem for problem in found if problem)


def _type_problem(value: object) -> str:
    if isinstance(value, str) and _TYPE.fullmatch(value):
        return ""
    got = repr(value) if isinstance(value, str) else _described(value)
    return f"type: expected a lower-case dotted name such as 'http.poll', got {got}"


def _text_problem(executor: object, name: str) -> str:
    value = getattr(executor, name, None)
    return "" if isinstance(value, str) else f"{name}: expected text, got {_described(value)}"


def _level_problem(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return ""
    got = value if isinstance(value, int) else _described(value)
    return f"api_level: expected a whole number from 1, got {got}"


def _declaration_problem(executor: object, name: str) -> str:
    value = getattr(executor, name, None)
    if value is DynamicOutputs or model_kind(value) is not None:
        return ""
    wanted = "a pydantic model, a dataclass, a TypedDict or DynamicOutputs"
    return f"{name}: expected {wanted}, got {_described(value)}"


def _execute_problem(executor: object) -> str:
    execute = getattr(executor, "execute", None)
    if not callable(execute):
        return f"execute: expected a method, got {_described(execute)}"
    if getattr(execute, "__isabstractmethod__", False):
        return "execute: not defined; give the class `async def execute(self, request)`"
    return ""


def _aclose_problem(executor: object) -> str:
    aclose = getattr(executor, "aclose", None)
    if iscoroutinefunction(aclose):
        return ""
    return f"aclose: expected `async def aclose(self)`, got {_described(aclose)}"


def _described(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, type):
        return f"the class {value.__qualname__}"
    return f"a value of type {type_name(value)}"
