"""What can't run yet is said at its place; everything else about it is checked all the same."""

from __future__ import annotations

from typing import Any

_FULL = """
entrypoint: main
timeout: 1h
priority: 700
hooks: {onExit: {template: work}}
arguments:
  parameters: [{name: a, valueFrom: {«secretKeyRef»: {name: s, key: k}}}]
  «artifacts»: [{name: f}]
templates:
- dag:
    name: main
    timeout: 5m
    phaseConditions: {failed: phase == Failed}
    hooks: {onStart: {template: work}}
    tasks:
    - name: a
      template: work
      timeout: 1s
      retry: {limit: 1, backoff: {duration: 1s}}
      hooks: {onStart: {template: work}}
      arguments: {«artifacts»: [{name: f}]}
      resources: {cpu: 1}
      continueOn: {failed: true}
    - {name: b, template: each}
- task:
    name: work
    timeout: 1s
    retry: {limit: 2}
    phaseConditions: {succeeded: code == 3}
    executor: {type: echo}
    resources: {cpu: 1, gpu: 2}
    inputs:
      parameters: [{name: p, valueFrom: {«secretKeyRef»: {name: s, key: k}}}]
      «artifacts»: [{name: f}]
    outputs:
      parameters: [{name: o, «valueFrom»: {parameter: x.y}}]
- loop:
    name: each
    items: [1]
    body: work
    timeout: 1m
    arguments:
      parameters: [{name: q, valueFrom: {«secretKeyRef»: {name: s, key: k}}}]
"""


def test_everything_that_cannot_run_yet_is_reported_at_its_key(bench: Any) -> None:
    found = bench.found(_FULL, None)

    assert [shown for _, shown in found] == [
        "«secretKeyRef»",
        "«artifacts»",
        "«artifacts»",
        "«secretKeyRef»",
        "«artifacts»",
        "«valueFrom»",
        "«secretKeyRef»",
    ]
    assert {code for code, _ in found} == {"AE906", "AE907", "AE911"}


def test_what_is_not_supported_says_so_and_what_to_do_instead(bench: Any) -> None:
    for problem in bench.check_spec(_FULL):
        assert problem.message.endswith("not supported yet")
        assert problem.hint


def test_a_reference_to_a_workflow_template_leaves_the_rest_open(bench: Any) -> None:
    """What is missing here may stand there."""
    spec = """
«workflowTemplateRef»: {name: base}
templates:
- dag: {name: main, tasks: [{name: a, template: elsewhere}]}
"""

    assert bench.found(spec, None) == [("AE908", "«workflowTemplateRef»")]


def _document(kind: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "aether/v1", "kind": kind, "metadata": {"name": "w"}, "spec": spec}


def test_a_cron_workflow_is_checked_as_what_it_starts(bench: Any) -> None:
    inner = {
        "entrypoint": "nope",
        "templates": [{"task": {"name": "a", "executor": {"type": "echo"}}}],
    }
    document = _document("CronWorkflow", {"schedule": "@daily", "workflowSpec": inner})

    problems = bench.check_data(document)

    assert [(each.code, each.path) for each in problems] == [
        ("AE909", ("kind",)),
        ("AE201", ("spec", "workflowSpec", "entrypoint")),
    ]


def test_a_workflow_template_is_not_supported_yet(bench: Any) -> None:
    spec = {"templates": [{"task": {"name": "a", "executor": {"type": "echo"}}}]}

    problems = bench.check_data(_document("WorkflowTemplate", spec))

    assert [(each.code, each.path) for each in problems] == [("AE910", ("kind",))]
