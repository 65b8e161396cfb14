"""Admission: a document is checked and compiled before anything of it is stored or run."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from aether_core.check import ExecutorCatalog, check_resource
from aether_core.document import (
    Diagnostic,
    LoadedDocument,
    Problem,
    Severity,
    Workflow,
    closest,
    encode,
    examine,
    json_pointer,
)
from aether_core.engine import _codes
from aether_core.engine._errors import DocumentRejected
from aether_core.expression import ExpressionError
from aether_core.kernel import BindingFailed, Environment, bind, nest
from aether_core.plan import Plan, compile_arguments, compile_workflow
from aether_sdk import JsonValue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


# Go's names, which documents compare with (documents.md 8.1).
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "i386": "386", "i686": "386"}
_RESERVED = frozenset({"workflow", "inputs", "tasks", "loop_iter", "iterator", "hook", "system"})


#: Gives problems their places in a text.
Diagnose: TypeAlias = "Callable[[Sequence[Problem]], tuple[Diagnostic, ...]]"


class Admitted(msgspec.Struct, frozen=True):
    """A workflow that may run, with the values it will run with."""

    plan: Plan
    #: The document as JSON text, as it is stored.
    snapshot: str
    arguments: Mapping[str, JsonValue]
    variables: Mapping[str, JsonValue]
    warnings: tuple[Diagnostic, ...]


def system_variables() -> dict[str, JsonValue]:
    """Return `system.os` and `system.arch` of this machine, in the protocol's spelling."""
    machine = _machine().lower()
    system = "windows" if sys.platform == "win32" else sys.platform
    return {"system.os": system, "system.arch": _ARCHITECTURES.get(machine, machine)}


def _machine() -> str:
    uname = getattr(os, "uname", None)
    if uname is not None:
        return str(uname().machine)
    # Only where the system call is missing: the module costs start-up time.
    import platform

    return platform.machine()


def admit(
    document: LoadedDocument | Mapping[str, JsonValue],
    catalog: ExecutorCatalog,
    *,
    arguments: Mapping[str, JsonValue] | None = None,
    variables: Mapping[str, JsonValue] | None = None,
) -> Admitted:
    """Check a document and everything given with it; nothing is stored.

    Args:
        document: loaded from a file, or plain data.
        catalog: what the checker may know of executors.
        arguments: values that replace those of `spec.arguments`, by name.
        variables: custom variables by full dotted name, such as `deploy.region`.

    Raises:
        DocumentRejected: there is at least one error; it carries all diagnostics.
    """
    diagnose, workflow, problems = _decoded(document)
    known = {**(variables or {}), **system_variables()}
    problems += _variable_problems(variables or {})
    problems += check_resource(workflow, catalog, variables=known)
    values, wrong = _arguments(workflow, arguments or {}, known)
    problems += wrong
    _refuse_errors(diagnose, problems)
    plan = compile_workflow(workflow)
    return Admitted(plan, encode(workflow), values, known, diagnose(problems))


def _decoded(
    document: LoadedDocument | Mapping[str, JsonValue],
) -> tuple[Diagnose, Workflow, list[Problem]]:
    """Return a workflow as far as it can be checked, with what is wrong so far."""
    if isinstance(document, LoadedDocument):
        diagnose: Diagnose = document.diagnose
        resource, problems = document.draft, list(document.problems)
    else:
        diagnose = _without_places
        examined = examine(document)
        resource, problems = examined.draft, list(examined.problems)
    if resource is not None and not isinstance(resource, Workflow):
        message = f"a document of kind {resource.kind} can't be run by itself"
        hint = "run a document of kind Workflow"
        problems.append(Problem(_codes.NOT_RUNNABLE, message, ("kind",), hint=hint))
    if not isinstance(resource, Workflow):
        raise DocumentRejected(diagnose(problems))
    return diagnose, resource, problems


def _refuse_errors(diagnose: Diagnose, problems: Sequence[Problem]) -> None:
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise DocumentRejected(diagnose(problems))


def _without_places(problems: Iterable[Problem]) -> tuple[Diagnostic, ...]:
    """Return diagnostics for a document that was given as data: paths, but no lines."""
    return tuple(
        Diagnostic(
            p.code, p.severity, p.message, "<document>", 0, 0, 0, 0, json_pointer(p.path), p.hint
        )
        for p in problems
    )


def _variable_problems(variables: Mapping[str, JsonValue]) -> Iterable[Problem]:
    for name in variables:
        namespace = name.partition(".")[0]
        if namespace in _RESERVED or not namespace or "" in name.split("."):
            yield Problem(
                _codes.BAD_VARIABLE,
                f"custom variable {name!r} can't be set: names look like deploy.region and don't "
                f"begin with {', '.join(sorted(_RESERVED))}",
                (),
            )


def _arguments(
    workflow: Workflow, given: Mapping[str, JsonValue], variables: Mapping[str, JsonValue]
) -> tuple[dict[str, JsonValue], list[Problem]]:
    """Return the workflow's arguments with their values, or what is wrong with them."""
    problems: list[Problem] = []
    try:
        declared = compile_arguments(workflow)
    except ExpressionError:
        # The checker reports the text that can't be compiled, with its place.
        return {}, []
    names = [binding.name for binding in declared]
    problems += [_unknown_argument(name, names) for name in given if name not in names]
    resolver = Environment(nest(variables), workflow={}, inputs={}, tasks={}).resolve
    bindings = [b.given(given[b.name]) if b.name in given else b for b in declared]
    try:
        return bind(bindings, resolver, where="argument "), problems
    except BindingFailed as failed:
        problems += [_bad_argument(line, names, given) for line in failed.problems]
        return {}, problems


def _unknown_argument(name: str, names: list[str]) -> Problem:
    near = closest(name, names)
    known = ", ".join(names) or "none"
    return Problem(
        _codes.UNKNOWN_ARGUMENT,
        f"the workflow declares no argument {name!r}",
        ("spec", "arguments") if names else ("spec",),
        hint=f'Did you mean "{near}"?' if near else f"Declared are: {known}.",
    )


def _bad_argument(line: str, names: list[str], given: Mapping[str, JsonValue]) -> Problem:
    """Return the problem of an argument, at its declaration."""
    number = next(n for n, name in enumerate(names) if line.startswith(f"argument {name}:"))
    was_given = names[number] in given
    return Problem(
        _codes.BAD_ARGUMENT,
        line,
        ("spec", "arguments", "parameters", number),
        hint=None if was_given else f"Give a value with -p {names[number]}=VALUE.",
    )
