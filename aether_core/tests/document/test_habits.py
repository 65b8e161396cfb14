"""What authors bring along from other tools, and what they are told."""

from __future__ import annotations

from typing import Any

import pytest

from aether_core.document import Workflow, is_unnamed, load_text

_HEAD = "apiVersion: aether/v1\nkind: Workflow\nmetadata: {name: w}\n"


def _spec(task: str) -> str:
    tasks = f"[{{name: a, executor: {{type: echo}}}}, {{name: b, {task}}}]"
    return f"{_HEAD}spec: {{entrypoint: m, templates: [{{dag: {{name: m, tasks: {tasks}}}}}]}}\n"


def _draft(text: str) -> Any:
    resource = load_text(text).documents[0].draft
    assert isinstance(resource, Workflow)
    return resource.spec.templates[0].dag


@pytest.mark.parametrize(
    ("task", "hint"),
    [
        ("needs: [a]", 'Write "dependencies".'),
        ("dependsOn: [a]", 'Write "dependencies".'),
        ("depends_on: [a]", 'Write "dependencies".'),
        ("if: 'true'", 'Write "when".'),
        ("run: make", "What runs is an executor: executor: {type: shell, config: {command: […]}}."),
        ("retries: 3", "Write retry: {limit: 3}."),
        ("timeout-minutes: 3", 'Write a duration: timeout: "90s".'),
        ("type: shell", "The type of what runs stands in its executor: executor: {type: …}."),
        ("onExit: tell", "It belongs into hooks: hooks: {onExit: {template: …}}."),
        ("Template: x", 'Did you mean "template"? Keys are matched exactly, in camelCase.'),
    ],
)
def test_a_key_of_another_tool_is_told_what_it_is_called_here(task: str, hint: str) -> None:
    hints = [each.hint for each in load_text(_spec(task)).diagnostics if each.code == "AE101"]

    assert hints == [hint]


def test_repetition_as_other_tools_write_it_leads_to_a_loop() -> None:
    [first, *_] = load_text(_spec("withItems: [1, 2], template: x")).diagnostics

    assert first.hint is not None
    assert first.hint.startswith("Repetition is a template of its own: loop: {name: …")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("name: w\n" + _HEAD, "It belongs into metadata."),
        (_HEAD + "templates: []\n", "It belongs into spec."),
        (_HEAD + "on: push\n", "A schedule is a document of its own, of kind: CronWorkflow."),
        (
            _HEAD + "spec: {templates: [{name: m}]}\n",
            "It belongs into the dag, task or loop, indented below it: dag: {name: …}.",
        ),
        (
            _HEAD + "spec: {arguments: {city: Rome}}\n",
            "Values stand in a list: parameters: [{name: city, value: …}].",
        ),
        (
            _HEAD + "spec: {templates: [{task: {executor: {type: shell, command: ls}}}]}\n",
            "Inputs of the executor stand in its config: config: {command: …}.",
        ),
    ],
)
def test_a_key_in_the_wrong_object_is_told_where_it_belongs(text: str, hint: str) -> None:
    hints = [each.hint for each in load_text(text).diagnostics if each.code == "AE101"]

    assert hint in hints


@pytest.mark.parametrize(
    ("task", "hint"),
    [
        ("executor: echo", 'Write {"type": "echo"}.'),
        ("retry: 3", 'Write {"limit": 3}.'),
        ("dependencies: a", 'Write a list, even for one item: ["a"].'),
        ("hooks: {onExit: tell}", 'Write {"template": "tell"}.'),
        ("arguments: [{name: x}]", 'Write {"parameters": […]}.'),
    ],
)
def test_a_short_form_is_told_its_long_one_and_is_understood(task: str, hint: str) -> None:
    [problem] = [each for each in load_text(_spec(task)).diagnostics if each.code == "AE103"]
    node = _draft(_spec(task)).tasks[1]

    assert problem.hint == hint
    assert "(unnamed" not in str(node)


def test_what_is_said_of_a_list_that_is_none_points_at_the_one_item() -> None:
    loaded = load_text(_spec("dependencies: ''")).documents[0]
    short = load_text(_spec("dependencies: a")).documents[0]
    path = ("spec", "templates", 0, "dag", "tasks", 1, "dependencies", 0)

    [shown] = short.diagnose([_problem(path)])

    assert _draft(_spec("dependencies: a")).tasks[1].dependencies == ("a",)
    assert shown.path == "/spec/templates/0/dag/tasks/1/dependencies"
    assert loaded.draft is not None


def _problem(path: tuple[str | int, ...]) -> Any:
    from aether_core.document import Problem

    return Problem("AE212", "unknown", path)


@pytest.mark.parametrize(
    "task",
    ["dependencies: [[a]]", "dependencies: 5", "arguments: 5", "arguments: {parameters: {x: 1}}"],
)
def test_a_part_without_meaning_is_unnamed_in_the_draft(task: str) -> None:
    node = _draft(_spec(task)).tasks[1]
    parameters = node.arguments.parameters if node.arguments is not None else ()
    names = [*node.dependencies, *(each.name for each in parameters)]

    assert [is_unnamed(name) for name in names] == [True]


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("{{ workflow.parameters.x }}", '"{{ workflow.parameters.x }}"'),
        ('{{ x }}/a/"b"', "'{{ x }}/a/\"b\"'"),
        ("{{ x }} == 1", '"{{ x }} == 1"'),
    ],
)
def test_a_placeholder_without_quotes_is_told_to_be_put_in_quotes(value: str, hint: str) -> None:
    """YAML takes the braces for an object in an object."""
    text = f"{_HEAD}spec:\n  entrypoint: m\n  note: {value}\n"

    diagnostics = [each for each in load_text(text).diagnostics if each.code == "AE011"]

    assert [each.hint for each in diagnostics] == [
        f"Write {hint}; without quotes, YAML takes braces for an object."
    ]
    assert (diagnostics[0].line, diagnostics[0].column) == (6, 9)


def test_placeholders_without_quotes_hide_nothing_else() -> None:
    text = _spec("when: {{ inputs.parameters.x }}, timeout: 5 min, arguments: [{{ y }}, {{ z }}]")

    codes = [each.code for each in load_text(text).diagnostics]

    assert sorted(codes) == ["AE011", "AE011", "AE011", "AE103", "AE109", "AE117"]


@pytest.mark.parametrize("text", ["a: {{x: 1}: 2}\n", "a: {? {x: 1} : 2}\n", "a: {[x]: 2}\n"])
def test_an_object_as_a_key_is_no_placeholder(text: str) -> None:
    hints = [each.hint for each in load_text(text).diagnostics if each.code == "AE011"]

    assert hints == ["Keys are text."]


def test_a_brace_in_quotes_is_a_key_like_any_other() -> None:
    loaded = load_text('a: {"{": 1}\n')

    assert loaded.documents[0].value == {"a": {"{": 1}}


def test_a_limit_in_quotes_is_one_mistake() -> None:
    """No warning says that the retry never retries."""
    codes = [each.code for each in load_text(_spec('retry: {limit: "3"}')).diagnostics]

    assert codes.count("AE103") == 1
    assert "AE122" not in codes
