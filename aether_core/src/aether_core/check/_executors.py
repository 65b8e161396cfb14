"""Executors: are they known, and do they take what tasks give them (decisions 4 and 14)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Literal, Protocol

import msgspec
from msgspec import UNSET, UnsetType

from aether_core.check import _codes
from aether_core.check._artifacts import NO_ARTIFACTS, ArtifactLists
from aether_core.check._plain_secrets import NOT_SHOWN, check_plain_secrets, plain_secrets
from aether_core.check._presence import presence_problems
from aether_core.check._schema import ObjectSchema
from aether_core.check._sources import Declared, Source
from aether_core.check._types import clash, type_words
from aether_core.check._uses import check_known_values
from aether_core.document import Path, Severity, Task, is_unnamed, show
from aether_core.expression import ANY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aether_core.check._presence import Given
    from aether_core.check._report import Report
    from aether_core.check._scope import Scope
    from aether_core.expression import Type
    from aether_sdk import ExecutorSchema

_REQUIRES: Final = "requires"


class ExecutorCatalog(Protocol):
    """Answers what is known of executors."""

    def get_schema(self, executor_type: str) -> ExecutorSchema | None:
        """Return the schema of a type, or None when there is no such executor."""
        ...

    def explain(self, executor_type: str) -> tuple[str, str | None]:
        """Return why a type has no schema, and what to do about it if that is known."""
        ...


class Contract(msgspec.Struct, frozen=True):
    """What an executor declares; None stands for anything."""

    type: str
    inputs: ObjectSchema | None = None
    outputs: ObjectSchema | None = None

    @property
    def words(self) -> str:
        """The executor as messages name it."""
        return f'executor "{self.type}"'


class Contracts:
    """The contracts of a document's executors, each read once."""

    def __init__(self, catalog: ExecutorCatalog) -> None:
        self._catalog = catalog
        self._known: dict[str, Contract | None] = {}

    def get(self, executor_type: str) -> Contract | None:
        """Return the contract of a type, or None when there is no such executor."""
        if executor_type not in self._known:
            schema = self._catalog.get_schema(executor_type)
            self._known[executor_type] = None if schema is None else _contract(schema)
        return self._known[executor_type]

    def explain(self, executor_type: str) -> tuple[str, str | None]:
        """Return message and hint for a type that has no contract."""
        return self._catalog.explain(executor_type)


def _contract(schema: ExecutorSchema) -> Contract:
    return Contract(
        schema.type,
        None if schema.inputs is None else ObjectSchema(schema.inputs),
        None if schema.outputs is None else ObjectSchema(schema.outputs),
    )


class Work(msgspec.Struct):
    """A task template, or a dag's task with an executor of its own, compiled.

    Attributes:
        words: The task as messages name it.
        path: Where the task stands.
        config: The values of `executor.config`.
        contract: None when the executor is unknown or missing.
        variables: Inputs that `config` or the source of an artifact refers to; the executor need
            not have them.
        unrelated: Declared inputs that are not compared with the executor's: mere variables, and
            those that are reported already.
        lacking: For each need of the executor, the calls that leave it open.
        calls: How many calls there are, those of hooks left out.
        hook_calls: How many hooks call it.
        open_calls: How many of the calls may hand over more than is known.
        artifacts: Its artifacts.
    """

    words: str
    path: Path
    task: Task
    inputs: Mapping[str, Declared]
    outputs: Mapping[str, Declared]
    config: Mapping[str, Source]
    contract: Contract | None
    variables: frozenset[str] = frozenset()
    unrelated: set[str] = msgspec.field(default_factory=set[str])
    lacking: dict[str, list[Path]] = msgspec.field(default_factory=dict[str, "list[Path]"])
    calls: int = 0
    hook_calls: int = 0
    open_calls: int = 0
    artifacts: ArtifactLists = NO_ARTIFACTS

    @property
    def known_inputs(self) -> Iterable[str]:
        """The names of the inputs that the executor declares."""
        inputs = self.contract.inputs if self.contract is not None else None
        return () if inputs is None else inputs.properties


def check_work(work: Work, contracts: Contracts, report: Report) -> None:
    """Check a task's own declarations: their values, and whether they suit its executor."""
    executor = work.task.executor
    if executor is not None and work.contract is None and not is_unnamed(executor.type):
        message, hint = contracts.explain(executor.type)
        where = (*work.path, "executor", "type")
        report.add(_codes.UNKNOWN_EXECUTOR, message, where, hint=hint)
    work.variables = frozenset(_used_inputs([*work.config.values(), *work.artifacts.sources]))
    for declared in work.inputs.values():
        _check_name_and_type(work, declared, report)
        for source in check_known_values(declared, report):
            check_input(work, declared.name, source, source.known or ANY, report)
    for name, value in work.config.items():
        _check_config(work, name, value, report)


def _used_inputs(sources: Iterable[Source]) -> Iterator[str]:
    """Yield the inputs that the values refer to."""
    for source in sources:
        for use in source.uses:
            match use.reference.segments:
                case ("inputs", "parameters", str(name), *_):
                    yield name
                case _:
                    pass


def _check_name_and_type(work: Work, declared: Declared, report: Report) -> None:
    contract = work.contract
    if contract is None or contract.inputs is None:
        return
    if declared.name not in contract.inputs.properties:
        work.unrelated.add(declared.name)
        if declared.name not in work.variables:
            _check_name(contract, declared.name, (*declared.path, "name"), report)
        return
    expected = contract.inputs.type_of(declared.name)
    if declared.parameter.type is None or not clash(declared.type, expected):
        return
    work.unrelated.add(declared.name)
    message = (
        f'{contract.words} expects {type_words(expected)} for "{declared.name}", '
        f"which is declared as {type_words(declared.type)}"
    )
    where = (*declared.path, "type")
    report.add(_codes.WRONG_EXECUTOR_INPUT, message, where, hint="Change the declared type.")


def _check_name(
    contract: Contract,
    name: str,
    path: Path,
    report: Report,
    *,
    at: Literal["value", "key"] = "value",
) -> bool:
    """Report an input that the executor does not have; return whether it is fine."""
    inputs = contract.inputs
    if inputs is None or not inputs.is_closed or name in inputs.properties or is_unnamed(name):
        return True
    message = f'{contract.words} has no input "{name}"'
    hint = report.similar(name, inputs.properties, "inputs")
    hint = hint or f"It has: {', '.join(sorted(inputs.properties)) or 'no inputs'}."
    report.add(_codes.UNKNOWN_EXECUTOR_INPUT, message, path, hint=hint, at=at)
    return False


def _check_config(work: Work, name: str, source: Source, report: Report) -> None:
    # An input of the same name wins, so that this value is never used.
    if work.contract is not None and name not in work.inputs:
        path = (*work.path, "executor", "config", name)
        is_known = _check_name(work.contract, name, path, report, at="key")
        if is_known and source.known is not None:
            check_input(work, name, source, source.known, report)


def check_undeclared(work: Work, name: str, path: Path, report: Report) -> bool:
    """Check an argument that becomes an executor input; return whether there is such an input."""
    if work.contract is None or name in work.variables:
        return True
    return _check_name(work.contract, name, (*path, "name"), report)


def check_input(
    work: Work,
    name: str,
    source: Source,
    found: Type,
    report: Report,
    *,
    scope: Scope | None = None,
) -> None:
    """Report a value that the executor is certain to refuse.

    Args:
        work: whose executor it is.
        name: the input.
        source: the value.
        found: the type of the value where it is evaluated.
        report: takes the problem.
        scope: where it is evaluated, unless that is where it stands.
    """
    contract = work.contract
    if contract is None or contract.inputs is None or name in work.unrelated:
        return
    where, expected, got = source.path, "", type_words(found)
    place, hint = name, None
    if not isinstance(source.literal, UnsetType):
        secrets = plain_secrets(contract.inputs, name, source.literal)
        check_plain_secrets(contract.words, name, source.path, secrets, report)
        misfit = contract.inputs.misfit(name, source.literal)
        if misfit is not None:
            where, expected, got = (*where, *misfit.path), misfit.expected, show(misfit.value)
            got = NOT_SHOWN if secrets else got
            place = _place(name, misfit.path)
            if misfit.unknown is not None:
                hint = report.nearest(misfit.unknown, misfit.known)
    elif clash(found, contract.inputs.type_of(name)):
        expected = type_words(contract.inputs.type_of(name))
    if expected:
        message = f'{contract.words} expects {expected} for "{place}", got {got}'
        severity = Severity.ERROR if scope is None else scope.worst
        call = "" if scope is None else scope.call
        hint = hint or f"`aether executors describe {contract.type}` shows what it takes."
        report.add(
            _codes.WRONG_EXECUTOR_INPUT, message, where, hint=hint, severity=severity, call=call
        )


def _place(name: str, way: Path) -> str:
    """Return an input and the way into its value, such as `retry.statuses[0]`."""
    return name + "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in way)


def note_call(work: Work, arguments: Iterable[str], path: Path) -> None:
    """Note which needs of the executor a call leaves open."""
    work.calls += 1
    for need in _open_needs(work, arguments):
        work.lacking.setdefault(need, []).append(path)


def _open_needs(work: Work, arguments: Iterable[str]) -> Iterator[str]:
    contract = work.contract
    if contract is None or contract.inputs is None:
        return
    given: Given = {
        **{name: source.literal for name, source in work.config.items()},
        **dict.fromkeys((*work.inputs, *arguments), UNSET),
    }
    if any(map(is_unnamed, given)):
        # What is given without a readable name may meet any need.
        return
    for name in sorted(contract.inputs.required - given.keys()):
        yield f'{_REQUIRES} the input "{name}"'
    for rule in presence_problems(contract.inputs.schema, given):
        yield f"takes {rule}"


def check_needs(work: Work, report: Report) -> None:
    """Report open needs: at the task when no call meets them, else at the calls that do not."""
    if work.contract is None:
        return
    severity = Severity.ERROR
    if work.hook_calls and not work.calls and not work.open_calls:
        severity = Severity.WARNING
        note_call(work, (), work.path)
    for need, calls in work.lacking.items():
        message = f"{work.contract.words} {need}"
        is_partial = len(calls) < work.calls or work.open_calls
        hint = f'See "aether executors describe {work.contract.type}".'
        if need.startswith(_REQUIRES):
            hint = "Give it in inputs.parameters or in executor.config."
            hint = f"Other calls of {work.words} give it as an argument." if is_partial else hint
        for path in calls if is_partial else [work.path]:
            report.add(_codes.MISSING_EXECUTOR_INPUT, message, path, severity=severity, hint=hint)
