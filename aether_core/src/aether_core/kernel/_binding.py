"""Values meet their declarations here: binding of inputs (documents.md 11, decisions 3 and 15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.document import KIND_NAMES, is_of_kind, same, show
from aether_core.expression import EvaluationError, MissingReference
from aether_core.plan import without_tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aether_core.document import ParameterKind
    from aether_core.expression import Resolver
    from aether_core.plan import Binding, ValueSource
    from aether_sdk import JsonValue


class BindingFailed(Exception):  # a signal inside the kernel, never an error a user catches
    """Some parameters got no acceptable value.

    Attributes:
        problems: one line each, beginning with the parameter's JSON path.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class Rejected(Exception):  # a signal inside the kernel, as above
    """Why one parameter got no value."""


def bind(
    bindings: Iterable[Binding],
    resolve: Resolver,
    where: str = "$.inputs.parameters.",
    item: Mapping[str, JsonValue] | None = None,
) -> dict[str, JsonValue]:
    """Return the value of every parameter, in declaration order.

    Args:
        bindings: the parameters.
        resolve: answers references.
        where: what problems begin with, before the parameter's name.
        item: a loop's item by parameter names; it stands in for arguments that the call site
            does not give, and names of it that nothing declares are passed through first.

    Raises:
        BindingFailed: with all problems at once; nothing is half bound.
    """
    item = item or {}
    values: dict[str, JsonValue] = dict(item)
    problems: list[str] = []
    for binding in bindings:
        from_item = binding.name in item and not binding.from_call
        try:
            if from_item:
                _accept(binding, item[binding.name])
            else:
                values[binding.name] = bound(binding, resolve)
        except Rejected as rejected:
            problems.append(f"{where}{binding.name}: {rejected}")
    if problems:
        raise BindingFailed(problems)
    return values


def evaluate_all(
    sources: Iterable[tuple[str, ValueSource]], resolve: Resolver, where: str
) -> dict[str, JsonValue]:
    """Return the values of named sources that have neither types nor defaults.

    Raises:
        BindingFailed: with all problems at once, each below the JSON path `where`.
    """
    values: dict[str, JsonValue] = {}
    problems: list[str] = []
    for name, source in sources:
        try:
            values[name] = source.evaluate(resolve)
        except (MissingReference, EvaluationError) as error:
            problems.append(f"{where}.{name}: {error.message}")
    if problems:
        raise BindingFailed(problems)
    return values


def bound(binding: Binding, resolve: Resolver) -> JsonValue:
    """Return the value of one parameter.

    Raises:
        Rejected: it has none, or one that its declaration does not allow.
    """
    value = _sourced(binding, resolve)
    _accept(binding, value)
    return value


def _accept(binding: Binding, value: JsonValue) -> None:
    why = refusal(value, binding.kind, binding.enum)
    if why:
        raise Rejected(why)


def refusal(value: JsonValue, kind: ParameterKind, enum: tuple[JsonValue, ...]) -> str:
    """Return why a value is not of a declared type or not a declared value; empty if it fits."""
    if not is_of_kind(value, kind):
        return f"expected {KIND_NAMES[kind]}, got {show(without_tokens(value))}"
    if enum and not any(same(value, allowed) for allowed in enum):
        allowed = ", ".join(show(item) for item in enum)
        return f"expected one of {allowed}; got {show(without_tokens(value))}"
    return ""


def _sourced(binding: Binding, resolve: Resolver) -> JsonValue:
    if binding.source is None:
        if binding.default is None:
            message = "a value is required; give an argument or declare a default"
            raise Rejected(message)
        return _evaluated(binding.default, resolve)
    try:
        return binding.source.evaluate(resolve)
    except MissingReference as missing:
        if binding.default is not None:
            return _evaluated(binding.default, resolve)
        raise Rejected(missing.message) from None
    except EvaluationError as error:
        raise Rejected(error.message) from None


def _evaluated(source: ValueSource, resolve: Resolver) -> JsonValue:
    try:
        return source.evaluate(resolve)
    except (MissingReference, EvaluationError) as error:
        raise Rejected(error.message) from None
