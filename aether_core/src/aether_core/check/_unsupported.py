"""What this version reads and checks, but can't run yet. Supporting it means deleting it here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from aether_core.check import _codes

if TYPE_CHECKING:
    from aether_core.check._report import Report
    from aether_core.document import (
        Arguments,
        Dag,
        InputsDecl,
        Loop,
        OutputsDecl,
        Parameter,
        Path,
        Task,
        Template,
        WorkflowSpec,
    )


def check_unsupported(spec: WorkflowSpec, path: Path, report: Report) -> None:
    """Report everything in a workflow that can't be run yet."""
    finder = _Finder(report)
    finder.key(
        spec.workflow_template_ref, path, "workflowTemplateRef", _codes.TEMPLATE_REF_UNSUPPORTED
    )
    finder.values(spec.arguments, (*path, "arguments"))
    for number, template in enumerate(spec.templates):
        finder.template(template, (*path, "templates", number))


_WORDS = {
    _codes.ARTIFACTS_UNSUPPORTED: ("artifacts are", "Pass the path of the file as a parameter."),
    _codes.SECRETS_UNSUPPORTED: (
        "secretKeyRef is",
        "Let the executor read the secret from its environment.",
    ),
    _codes.TEMPLATE_REF_UNSUPPORTED: (
        "workflowTemplateRef is",
        "Copy the templates into this document.",
    ),
    _codes.CRON_UNSUPPORTED: (
        "the kind CronWorkflow is",
        "Write its workflowSpec as a Workflow, and start it with the scheduler of your system.",
    ),
    _codes.TEMPLATE_KIND_UNSUPPORTED: (
        "the kind WorkflowTemplate is",
        "Copy its templates into the workflows that use them.",
    ),
    _codes.OUTPUT_SOURCE_UNSUPPORTED: (
        "valueFrom in the outputs of a task is",
        "Refer to the executor's own output, or compute the value in the outputs of the dag.",
    ),
}


def report_unsupported(
    report: Report, code: str, path: Path, at: Literal["value", "key"] = "key"
) -> None:
    """Report something that can't be run yet."""
    what, hint = _WORDS[code]
    report.add(code, f"{what} not supported yet", path, hint=hint, at=at)


class _Finder:
    def __init__(self, report: Report) -> None:
        self._report = report

    def key(self, value: object, path: Path, key: str, code: str) -> None:
        """Report a key that has a value."""
        if value is not None:
            report_unsupported(self._report, code, (*path, key))

    def template(self, template: Template, path: Path) -> None:
        """Look through a template and, for a dag, its tasks."""
        where = (*path, template.kind)
        self._member(template.member, where)
        if template.loop is not None:
            self.values(template.loop.arguments, (*where, "arguments"))
        if template.task is not None:
            self._task(template.task, where)
        for number, node in enumerate(template.dag.tasks if template.dag is not None else ()):
            self._member(node, (*where, "tasks", number))
            self._task(node, (*where, "tasks", number))

    def _member(self, member: Dag | Task | Loop, path: Path) -> None:
        self.values(member.inputs, (*path, "inputs"))
        self.values(member.outputs, (*path, "outputs"))

    def _task(self, task: Task, path: Path) -> None:
        self.values(task.arguments, (*path, "arguments"))
        for number, output in enumerate(
            task.outputs.parameters if task.outputs is not None else ()
        ):
            where = (*path, "outputs", "parameters", number)
            self.key(output.value_from, where, "valueFrom", _codes.OUTPUT_SOURCE_UNSUPPORTED)

    def values(self, values: Arguments | InputsDecl | OutputsDecl | None, path: Path) -> None:
        """Look through parameters and artifacts."""
        if values is None:
            return
        for number, parameter in enumerate(values.parameters):
            self._parameter(parameter, (*path, "parameters", number))
        self.key(values.artifacts or None, path, "artifacts", _codes.ARTIFACTS_UNSUPPORTED)

    def _parameter(self, parameter: Parameter, path: Path) -> None:
        if parameter.value_from is not None:
            where = (*path, "valueFrom")
            secret = parameter.value_from.secret_key_ref
            self.key(secret, where, "secretKeyRef", _codes.SECRETS_UNSUPPORTED)
