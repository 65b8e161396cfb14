"""Every rejection of decision 14: where it points, what it suggests, and that nothing is kept.

In the documents, « and » stand around the place that the problem must point at.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

import pytest

HEAD = "apiVersion: aether/v1\nkind: Workflow\nmetadata: {name: flow}\nspec:\n"
CRON = "apiVersion: aether/v1\nkind: CronWorkflow\nmetadata: {name: flow}\nspec:\n"
ONE = "templates: [{task: {name: main, executor: {type: echo}}}]"
TASK = "- task: {name: work, executor: {type: echo}}"


def dag(*nodes: str, more: str = "") -> str:
    """Return a spec with a dag of these nodes and the task `work`."""
    lines = "\n".join(f"    - {node}" for node in nodes)
    head = f"entrypoint: main\ntemplates:\n- dag:\n    name: main\n    {more}\n    tasks:\n"
    return f"{head}{lines}\n{TASK}\n"


def echo(name: str, more: str = "") -> str:
    """Return a node with an executor of its own."""
    return f"{{name: {name}, executor: {{type: echo}}{more}}}"


REJECTIONS = {
    "empty entrypoints": ("AE110", dag(echo("a"), more="entrypoints: «[]»")),
    "an entrypoint that is no text": ("AE103", dag(echo("a"), more="entrypoints: [«{}»]")),
    "an unknown entrypoint": ("AE216", dag(echo("bake"), more="entrypoints: [«bakr»]")),
    "an entry that never runs": (
        "AE218",
        dag(echo("a"), echo("b", ", dependencies: [«a»]"), more="entrypoints: b"),
    ),
    "a join that never runs": (
        "AE218",
        dag(echo("a"), echo("b"), echo("c", ", dependencies: [b, «a»]"), more="entrypoints: b"),
    ),
    "duplicate templates": (
        "AE202",
        f"entrypoint: work\ntemplates:\n{TASK}\n- task: {{name: «work», executor: {{type: echo}}}}",
    ),
    "duplicate tasks": ("AE211", dag(echo("a"), echo("«a»"))),
    "a dependency on itself": ("AE213", dag(echo("a", ", dependencies: [«a»]"))),
    "a cycle of dependencies": (
        "AE214",
        dag(echo("a", ", dependencies: [«b»]"), echo("b", ", dependencies: [a]")),
    ),
    "an unknown dependency": ("AE212", dag(echo("bake"), echo("b", ", dependencies: [«bakr»]"))),
    "a template that calls itself": ("AE205", dag("{name: a, template: «main»}", echo("b"))),
    "templates in a circle": (
        "AE205",
        dag("{name: a, template: «other»}") + "- loop: {name: other, items: [1], body: main}",
    ),
    "an unknown template": ("AE201", dag("{name: a, template: «wrok»}")),
    "a duration": ("AE109", dag("{name: a, template: work, timeout: «5x»}")),
    "a duration of a workflow": ("AE109", f"entrypoint: main\ntimeout: «-1s»\n{ONE}"),
    "a duration with a blank": ("AE109", dag('{name: a, template: work, timeout: «"1 d"»}')),
    "a duration of a backoff": (
        "AE109",
        dag("{name: a, template: work, retry: {limit: 1, backoff: {duration: «soon»}}}"),
    ),
    "an unknown executor": ("AE401", dag("{name: a, executor: {type: «ehco»}}")),
    "an unknown executor of a template": (
        "AE401",
        "entrypoint: main\ntemplates: [{task: {name: main, executor: {type: «nothing»}}}]",
    ),
    "a reference to a sibling": (
        "AE222",
        dag(echo("a"), echo("b", ", when: «tasks.a.phase» == Succeeded")),
    ),
    "a reference to what comes later": (
        "AE222",
        dag(
            "{name: a, executor: {type: echo, config: {v: '<{{ «tasks.b.phase» }}>'}}}",
            echo("b", ", dependencies: [a]"),
        ),
    ),
    "a reference to nobody": ("AE221", dag(echo("bake", ", when: «tasks.bakr.phase» == Failed"))),
    "nesting": (
        "AE206",
        "maxNestedDepth: 1\n"
        + dag("{name: a, template: inner}")
        + "- dag: {name: inner, tasks: [{«name»: b, executor: {type: echo}}]}",
    ),
    "nesting of the default": (
        "AE206",
        dag("{name: a, template: two}")
        + "- dag: {name: two, tasks: [{name: b, template: three}]}\n"
        "- dag: {name: three, tasks: [{name: c, template: four}]}\n"
        "- dag: {name: four, tasks: [{«name»: d, template: five}]}\n"
        "- dag: {name: five, tasks: [{name: e, executor: {type: echo}}]}",
    ),
    "an unknown input of a template": (
        "AE402",
        dag("{name: a, executor: {type: shell, config: {command: ls, «comand»: ls}}}"),
    ),
    "a missing input": ("AE403", dag("{«name»: a, executor: {type: shell}}")),
    "a wrong input": (
        "AE404",
        dag("{name: a, executor: {type: shell, config: {command: ls, env: «[]»}}}"),
    ),
    "a required input of a template": (
        "AE309",
        dag("{«name»: a, template: needs}")
        + "- task: {name: needs, executor: {type: echo}, inputs: {parameters: [{name: v}]}}",
    ),
}
WORKFLOW = f"workflowSpec:\n  entrypoint: main\n  {ONE}"
SCHEDULES = {
    "four fields": ("AE118", f'schedule: "«* * * *»"\n{WORKFLOW}'),
    "a minute": ("AE118", f'schedule: "«61» * * * *"\n{WORKFLOW}'),
    "a month": ("AE118", f'schedule: "* * * «juny» *"\n{WORKFLOW}'),
    "a macro": ("AE118", f'schedule: "«@sometimes»"\n{WORKFLOW}'),
    "a day that never comes": ("AE118", f'schedule: "0 0 «30 2» *"\n{WORKFLOW}'),
    "a zone": ("AE119", f"schedule: '@daily'\ntimezone: «Europe/Belrin»\n{WORKFLOW}"),
    "a start": ("AE120", f"schedule: '@daily'\nstartAt: «tomorrow»\n{WORKFLOW}"),
    "an end": (
        "AE121",
        "schedule: '@daily'\nstartAt: '2026-01-02T00:00:00Z'\n"
        f"endAt: «'2026-01-01T00:00:00Z'»\n{WORKFLOW}",
    ),
    "a policy": ("AE104", f"schedule: '@daily'\nconcurrencyPolicy: «Forbit»\n{WORKFLOW}"),
    "a deadline": ("AE111", f"schedule: '@daily'\nstartingDeadlineSeconds: «0»\n{WORKFLOW}"),
    "a timeout": (
        "AE109",
        f"schedule: '@daily'\nworkflowSpec:\n  entrypoint: main\n  timeout: «1y»\n  {ONE}",
    ),
}


def marked(spec: str, head: str = HEAD) -> tuple[str, list[tuple[int, int]]]:
    """Return a document without marks, and line and column of each opening mark."""
    text = head + textwrap.indent(spec, "  ")
    places: list[tuple[int, int]] = []
    while (at := text.find("«")) >= 0:
        before = text[:at]
        places.append((before.count("\n") + 1, at - before.rfind("\n")))
        text = text.replace("«", "", 1).replace("»", "", 1)
    return text, places


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, aether: Any) -> Any:
    """Run the command with an executor whose inputs are known."""
    monkeypatch.setenv("AETHER_PLUGINS_ALLOW", "aether-echo,aether-shell,aether-workflow")
    return aether


def kept(aether: Any) -> list[Any]:
    """Return the runs and the schedules of the store."""
    listings = (aether("list", "--output", "json"), aether("cron", "list", "--output", "json"))
    return [each for listing in listings for each in listing.json]


@pytest.mark.parametrize("name", REJECTIONS)
def test_a_document_is_refused(shell: Any, work: Path, name: str) -> None:
    """Decision 14: with code, line, column and hint; nothing is written to the store."""
    code, spec = REJECTIONS[name]
    text, places = marked(spec)
    (work / "flow.yaml").write_text(text, encoding="utf-8")

    outcome = shell("validate", "flow.yaml", "--output", "json")
    errors = [each for each in outcome.json["diagnostics"] if each["severity"] == "error"]

    assert outcome.status == 1
    assert [(each["code"], each["line"], each["column"]) for each in errors] == [(code, *places[0])]
    assert errors[0]["hint"]
    refused = shell("run", "flow.yaml")
    assert refused.status == 2
    assert f"{places[0][0]}:{places[0][1]}" in refused.err
    assert kept(shell) == []


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_is_refused(shell: Any, work: Path, name: str) -> None:
    """Decision 14: with code, line, column and hint; nothing is written to the store."""
    code, spec = SCHEDULES[name]
    text, places = marked(spec, CRON)
    (work / "cron.yaml").write_text(text, encoding="utf-8")

    outcome = shell("validate", "cron.yaml", "--output", "json")

    (error,) = outcome.json["diagnostics"]
    assert (error["code"], error["line"], error["column"]) == (code, *places[0])
    assert error["hint"]
    assert shell("cron", "create", "cron.yaml").status == 2
    assert kept(shell) == []


EVERYTHING = """\
entrypoint: main
timeout: «1y»
maxNestedDepth: 1
templates:
- dag:
    name: main
    tasks:
    - {name: a, executor: {type: «ehco»}}
    - {name: «a», executor: {type: echo}}
    - {name: b, executor: {type: echo}, dependencies: [«bb»]}
    - {name: c, template: «nothing»}
    - {name: d, executor: {type: echo}, dependencies: [«d»]}
    - {name: e, executor: {type: echo}, when: «tasks.b.phase» == Failed}
    - {«name»: f, executor: {type: shell}}
    - {name: g, template: deep}
- dag:
    name: idle
    entrypoints: «[]»
    tasks: [{name: a, executor: {type: echo}}]
- dag: {name: deep, tasks: [{«name»: h, executor: {type: echo}}]}
- task: {name: «deep», executor: {type: echo}, «typo»: 1}
"""


def test_all_problems_are_told_at_once(shell: Any, work: Path) -> None:
    """Decision 14: not only the first one, and in the order of the text."""
    text, places = marked(EVERYTHING)
    (work / "flow.yaml").write_text(text, encoding="utf-8")

    problems = shell("validate", "flow.yaml", "--output", "json").json["diagnostics"]

    errors = [each for each in problems if each["severity"] == "error"]
    assert [(each["line"], each["column"]) for each in errors] == places
    assert all(each["hint"] for each in errors)
    assert len({each["code"] for each in errors}) == len(errors)
    told = shell("run", "flow.yaml").err
    assert {f"{line}:{column}" for line, column in places} <= set(re.findall(r"\d+:\d+", told))
    assert kept(shell) == []


def test_the_problems_of_all_documents_are_told_at_once(shell: Any, work: Path) -> None:
    """Decision 14: of a whole file."""
    texts = [marked(spec)[0] for _, spec in REJECTIONS.values()]
    (work / "flow.yaml").write_text("\n---\n".join(texts), encoding="utf-8")

    problems = shell("validate", "flow.yaml", "--output", "json").json["diagnostics"]

    codes = [each["code"] for each in problems if each["severity"] == "error"]
    assert codes == [code for code, _ in REJECTIONS.values()]
