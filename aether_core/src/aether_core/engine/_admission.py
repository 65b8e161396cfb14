"""Admission: a document is checked and compiled before anything of it is stored or run."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from aether_core.check import ExecutorCatalog, check_resource
from aether_core.document import (
    CronWorkflow,
    Diagnostic,
    LoadedDocument,
    Problem,
    Severity,
    Workflow,
    closest,
    encode,
    examine,
)
from aether_core.engine import _codes
from aether_core.engine._errors import DocumentRejected
from aether_core.engine._executors import identities_of
from aether_core.engine._templates import (
    Resolved,
    Templates,
    follow_reference,
    plain,
    without_places,
)
from aether_core.engine._variables import RunVariables
from aether_core.expression import ExpressionError
from aether_core.kernel import BindingFailed, Environment, ExecutorIdentity, bind, nest
from aether_core.plan import SEAL_NAME, Plan, compile_arguments, compile_workflow
from aether_sdk import JsonValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aether_core.engine._templates import Diagnose
    from aether_core.ports import VariableSource


# Go's names, which documents compare with (documents.md 8.1).
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "i386": "386", "i686": "386"}
_RESERVED = frozenset({"workflow", "inputs", "tasks", "loop_iter", "iterator", "hook", "system"})
_SEAL_BYTES = 16
# The key in the text of a document; in a value that quotes it the quotes would be escaped.
_HIDDEN = '"secretKeyRef":'


class Admitted(msgspec.Struct, frozen=True):
    """A workflow that may run, with the values it will run with."""

    plan: Plan
    #: The document as JSON text, as it is stored.
    snapshot: str
    arguments: Mapping[str, JsonValue]
    variables: Mapping[str, JsonValue]
    warnings: tuple[Diagnostic, ...]
    #: Marks the places of secrets in the values; empty for a workflow without secrets.
    seal: str = ""
    #: By type: the executors that it was checked against.
    executors: Mapping[str, ExecutorIdentity] = {}


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
    sources: Iterable[VariableSource] = (),
    timeout: str | None = None,
    templates: Templates | None = None,
) -> Admitted:
    """Check a document and everything given with it; nothing is stored.

    Args:
        document: loaded from a file, or plain data.
        catalog: what the checker may know of executors.
        arguments: values that replace those of `spec.arguments`, by name.
        variables: custom variables by full dotted name, such as `deploy.region`.
        sources: asked for the variables of further namespaces that the document refers to.
        timeout: a duration that replaces `spec.timeout`.
        templates: what `spec.workflowTemplateRef` may name.

    Raises:
        DocumentRejected: there is at least one error; it carries all diagnostics.
    """
    diagnose, workflow, problems = _decoded(document, templates or Templates())
    given = {**(variables or {}), **system_variables()}
    collected = RunVariables(given, sources)
    problems += _variable_problems(variables or {})
    problems += check_resource(workflow, catalog, variables=given, look_up=collected.look_up)
    known = collected.values()
    seal = os.urandom(_SEAL_BYTES).hex()
    values, wrong = _arguments(workflow, arguments or {}, {**known, SEAL_NAME: seal})
    problems += wrong
    _refuse_errors(diagnose, problems)
    if timeout is not None:
        spec = msgspec.structs.replace(workflow.spec, timeout=timeout)
        workflow = msgspec.structs.replace(workflow, spec=spec)
    plan = compile_workflow(workflow)
    snapshot = encode(workflow)
    if _HIDDEN not in snapshot:
        seal = ""
    executors = identities_of(plan.executor_types, catalog)
    return Admitted(plan, snapshot, values, known, diagnose(problems), seal, executors)


def _decoded(
    document: LoadedDocument | Mapping[str, JsonValue], templates: Templates
) -> tuple[Diagnose, Workflow, list[Problem]]:
    """Return a workflow as far as it can be checked, with what is wrong so far."""
    if isinstance(document, LoadedDocument):
        found = Resolved(document.draft, document.problems, document.diagnose)
    else:
        examined = examine(document)
        found = Resolved(
            examined.draft, examined.problems, partial(without_places, name="<document>")
        )
    found = follow_reference(found, plain(document), templates, required=True)
    resource, problems, diagnose = found.resource, list(found.problems), found.diagnose
    if resource is not None and not isinstance(resource, Workflow):
        message = f"a document of kind {resource.kind} can't be run by itself"
        hint = "run a document of kind Workflow"
        if isinstance(resource, CronWorkflow):
            hint = "`aether cron create` keeps a schedule"
        problems.append(Problem(_codes.NOT_RUNNABLE, message, ("kind",), hint=hint))
    if not isinstance(resource, Workflow):
        raise DocumentRejected(diagnose(problems))
    return diagnose, resource, problems


def _refuse_errors(diagnose: Diagnose, problems: Sequence[Problem]) -> None:
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise DocumentRejected(diagnose(problems))


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
