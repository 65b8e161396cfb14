"""The shape of documents: every wrong key, type and value is reported, all at once, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from aether_core.document import Problem, Workflow, decode, examine, is_unnamed

if TYPE_CHECKING:
    from collections.abc import Callable


def _only(value: dict[str, Any]) -> Problem:
    resource, problems = decode(value)
    assert resource is None
    assert len(problems) == 1, problems
    return problems[0]


def _dag(workflow: dict[str, Any]) -> dict[str, Any]:
    dag: dict[str, Any] = workflow["spec"]["templates"][0]["dag"]
    return dag


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("tmeout", 'Did you mean "timeout"?'),
        ("continue_on", 'Did you mean "continueOn"? Keys are matched exactly, in camelCase.'),
        ("ContinueOn", 'Did you mean "continueOn"? Keys are matched exactly, in camelCase.'),
        ("dependancies", 'Did you mean "dependencies"?'),
    ],
)
def test_an_unknown_key_points_at_the_key_and_names_the_nearest(
    workflow: dict[str, Any], key: str, hint: str
) -> None:
    _dag(workflow)["tasks"][1][key] = "5s" if key == "tmeout" else None

    problem = _only(workflow)

    assert problem.code == "AE101"
    assert problem.at == "key"
    assert problem.path == ("spec", "templates", 0, "dag", "tasks", 1, key)
    assert problem.message == f'unknown key "{key}" in a task'
    assert problem.hint == hint


def test_an_unknown_key_that_is_like_no_other_lists_the_known_ones(
    workflow: dict[str, Any],
) -> None:
    workflow["metadata"]["zzz"] = 1

    assert _only(workflow).hint == (
        "Known keys: annotations, labels, name, namespace, version. "
        "Keys that begin with x- are ignored."
    )


def test_keys_that_begin_with_x_are_ignored_everywhere(workflow: dict[str, Any]) -> None:
    plain = decode(workflow)[0]
    workflow["x-tool"] = {"any": [1]}
    workflow["metadata"]["x-1"] = None
    _dag(workflow)["tasks"][0]["retry"]["backoff"]["x-y"] = 1

    resource, problems = decode(workflow)

    assert problems == ()
    assert resource == plain


def test_free_form_objects_keep_every_key(workflow: dict[str, Any]) -> None:
    config = {"Any Key": 1, "x-kept": 2}
    _dag(workflow)["tasks"][1]["executor"]["config"] = config
    workflow["metadata"]["labels"] = {"x-kept": "yes", "Some_Label": "ok"}
    workflow["x-slow"] = "takes the exact way"

    resource, _ = decode(workflow)

    assert isinstance(resource, Workflow)
    dag = resource.spec.templates[0].dag
    assert dag is not None
    assert dag.tasks[1].executor is not None
    assert dag.tasks[1].executor.config == config
    assert resource.metadata.labels == {"x-kept": "yes", "Some_Label": "ok"}


def test_null_and_empty_text_mean_that_an_optional_key_is_not_there(
    workflow: dict[str, Any],
) -> None:
    node = _dag(workflow)["tasks"][0]
    for key in ("when", "timeout", "retry", "hooks", "arguments", "dependencies"):
        node[key] = None
    node["when"] = ""
    node["timeout"] = ""

    resource, problems = decode(workflow)

    assert problems == ()
    assert isinstance(resource, Workflow)
    dag = resource.spec.templates[0].dag
    assert dag is not None
    assert (dag.tasks[0].when, dag.tasks[0].timeout, dag.tasks[0].retry) == (None, None, None)
    assert dag.tasks[0].dependencies == ()


def test_a_whole_number_may_be_written_with_a_fraction_of_zero(workflow: dict[str, Any]) -> None:
    workflow["spec"]["priority"] = 7.0

    resource, problems = decode(workflow)

    assert problems == ()
    assert isinstance(resource, Workflow)
    assert resource.spec.priority == 7
    assert type(resource.spec.priority) is int


@pytest.mark.parametrize(
    ("key", "value", "message", "hint"),
    [
        (
            "timeout",
            30,
            '"timeout": expected a duration, got a number',
            'Write text with a unit, such as "90s" or "1h30m".',
        ),
        ("when", True, '"when": expected text, got true or false', 'Put it in quotes: "true".'),
        ("when", 5, '"when": expected text, got a number', 'Put it in quotes: "5".'),
        ("when", [], '"when": expected text, got a list', "Write text here."),
        (
            "dependencies",
            "a",
            '"dependencies": expected a list, got text',
            'Write a list, even for one item: ["a"].',
        ),
        ("retry", 3, '"retry": expected an object, got a number', 'Write {"limit": 3}.'),
        ("executor", [1], '"executor": expected an object, got a list', "Write an object here."),
    ],
)
def test_a_wrong_type_says_what_was_expected_and_what_is_there(
    workflow: dict[str, Any], key: str, value: object, message: str, hint: str | None
) -> None:
    _dag(workflow)["tasks"][1][key] = value

    problem = _only(workflow)

    assert problem.code == "AE103"
    assert problem.message == message
    assert problem.hint == hint
    assert problem.path[-1] == key


@pytest.mark.parametrize(
    ("change", "message", "hint"),
    [
        (
            lambda spec: spec.update(priority="10"),
            '"priority": expected a whole number, got text',
            "Leave the quotes out: 10.",
        ),
        (
            lambda spec: spec.update(priority=True),
            '"priority": expected a whole number, got true or false',
            "Write a whole number here.",
        ),
        (
            lambda spec: spec.update(priority=1.5),
            '"priority": expected a whole number, got a number',
            "Write a whole number here.",
        ),
        (
            lambda spec: spec["templates"].append(None),
            'item 6 of "templates": expected an object, got null',
            "Give it a value, or leave the key out.",
        ),
        (
            lambda spec: spec["templates"][0]["dag"].update(entrypoints=5),
            '"entrypoints": expected text or a list, got a number',
            'Put it in quotes: "5".',
        ),
        (
            lambda spec: spec["templates"][0]["dag"]["continueOn"].update(failed="yes"),
            '"failed": expected true or false, got text',
            "Write true or false, without quotes.",
        ),
        (
            lambda spec: spec["templates"][4]["task"]["resources"].update(cpu=True),
            '"cpu": expected text or a number, got true or false',
            'Put it in quotes: "true".',
        ),
    ],
)
def test_wrong_types_anywhere_are_in_words(
    workflow: dict[str, Any],
    change: Callable[[dict[str, Any]], None],
    message: str,
    hint: str | None,
) -> None:
    change(workflow["spec"])

    problem = _only(workflow)

    assert (problem.message, problem.hint) == (message, hint)


def test_a_missing_key_points_at_the_object_that_lacks_it(workflow: dict[str, Any]) -> None:
    del _dag(workflow)["tasks"][0]["name"]

    problem = _only(workflow)

    assert problem.code == "AE102"
    assert problem.path == ("spec", "templates", 0, "dag", "tasks", 0)
    assert problem.message == 'the key "name" is missing in a task'


def test_a_missing_envelope_says_what_to_write() -> None:
    _, problems = decode({})

    assert [each.hint for each in problems] == [
        'Add "apiVersion": aether/v1',
        'Add "kind": Workflow or CronWorkflow or WorkflowTemplate',
        'Add "metadata": Name and notes.',
        'Add "spec": What the workflow does.',
    ]


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("list", 'Did you mean "array"?'),
        ("json", 'Did you mean "any"?'),
        ("str", 'Did you mean "string"?'),
        ("String", 'Did you mean "string"?'),
        ("intger", 'Did you mean "integer"?'),
        ("zzz", None),
    ],
)
def test_an_unknown_type_of_parameter_lists_the_known_ones(
    workflow: dict[str, Any], written: str, hint: str | None
) -> None:
    workflow["spec"]["arguments"]["parameters"][0]["type"] = written

    problem = _only(workflow)

    assert problem.code == "AE104"
    assert (
        "allowed: any, array, bool, boolean, float, int, integer, number, object, string"
        in problem.message
    )
    assert problem.hint == hint


def test_another_version_of_the_protocol_is_refused(workflow: dict[str, Any]) -> None:
    workflow["apiVersion"] = "aether/v2"

    problem = _only(workflow)

    assert problem.code == "AE105"
    assert problem.path == ("apiVersion",)
    assert problem.hint == "Write apiVersion: aether/v1."


@pytest.mark.parametrize(
    ("kind", "hint"),
    [("workflow", 'Did you mean "Workflow"?'), ("Pipeline", None), ("Cron_Workflow", ...)],
)
def test_another_kind_is_refused(workflow: dict[str, Any], kind: str, hint: Any) -> None:
    workflow["kind"] = kind

    _, problems = decode(workflow)

    assert problems[0].code == "AE106"
    assert "Workflow, CronWorkflow, WorkflowTemplate" in problems[0].message
    assert hint is ... or problems[0].hint == hint


def test_the_kind_is_guessed_from_the_spec_so_that_the_rest_is_checked(
    cron: dict[str, Any],
) -> None:
    cron["kind"] = 5
    cron["spec"]["suspend"] = "no"

    _, problems = decode(cron)

    assert {each.path for each in problems} == {("kind",), ("spec", "suspend")}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "null"),
        ([], "a list"),
        ("text", "text"),
        ("", "empty text"),
        (1, "a number"),
        (True, "true or false"),
    ],
)
def test_a_document_is_an_object(value: object, words: str) -> None:
    resource, problems = decode(value)

    assert resource is None
    assert [(each.code, each.path) for each in problems] == [("AE107", ())]
    assert problems[0].message == f"a document is an object, not {words}"


def test_all_problems_are_reported_at_once(workflow: dict[str, Any]) -> None:
    workflow["metadata"]["name"] = "Upper"
    workflow["spec"]["timout"] = "5 s"
    dag = _dag(workflow)
    dag["tasks"][0]["retry"]["limit"] = -1
    dag["tasks"][0]["retry"]["backoff"]["jitter"] = "some"
    dag["tasks"][1]["executor"] = {}
    dag["tasks"].append({"name": "c"})
    workflow["spec"]["templates"].append({})

    _, problems = decode(workflow)

    assert sorted(each.code for each in problems) == [
        "AE101",
        "AE102",
        "AE104",
        "AE108",
        "AE111",
        "AE112",
        "AE117",
    ]


def test_a_misspelt_key_is_read_as_what_it_was_meant_to_be(workflow: dict[str, Any]) -> None:
    workflow["spec"]["templtes"] = workflow["spec"].pop("templates")
    workflow["spec"]["templtes"][4]["task"]["timeout"] = 5

    examined = examine(workflow)

    assert [each.code for each in examined.problems] == ["AE101", "AE103"]
    assert examined.renames == {("spec", "templates"): "templtes"}
    assert examined.draft is not None


def test_a_draft_is_kept_in_spite_of_slips_that_leave_the_meaning_clear(
    workflow: dict[str, Any],
) -> None:
    plain = decode(workflow)[0]
    workflow["metadata"]["labels"] = 5
    _dag(workflow)["tasks"][0]["x_extra"] = 5
    workflow["spec"]["maxNestedDepth"] = "deep"

    examined = examine(workflow)

    assert examined.resource is None
    assert isinstance(examined.draft, Workflow)
    assert isinstance(plain, Workflow)
    assert examined.draft.spec.templates == plain.spec.templates


def test_a_draft_stands_in_for_what_nothing_refers_to(workflow: dict[str, Any]) -> None:
    del workflow["apiVersion"]
    workflow["metadata"] = []
    del _dag(workflow)["tasks"][0]["name"]
    _dag(workflow)["tasks"][1]["executor"] = {"kind": "echo"}

    draft = examine(workflow).draft

    assert isinstance(draft, Workflow)
    assert (draft.api_version, is_unnamed(draft.metadata.name)) == ("aether/v1", True)
    dag = draft.spec.templates[0].dag
    assert dag is not None
    assert is_unnamed(dag.tasks[0].name)
    assert dag.tasks[1].executor is not None
    assert is_unnamed(dag.tasks[1].executor.type)


@pytest.mark.parametrize(
    "change",
    [
        lambda spec: spec["templates"].append({}),
        lambda spec: spec["templates"].append(5),
        lambda spec: spec.update(templates=[]),
        lambda spec: spec["templates"][0]["dag"].update(tasks=[]),
        lambda spec: spec["templates"][0]["dag"].update(tasks={}),
        lambda spec: spec["templates"][4]["task"].update(inputs=3),
        lambda spec: spec["templates"][1]["loop"].pop("body"),
    ],
)
def test_a_draft_is_kept_around_what_can_not_be_read(
    workflow: dict[str, Any], change: Callable[[dict[str, Any]], None]
) -> None:
    change(workflow["spec"])

    examined = examine(workflow)

    assert examined.problems != ()
    assert examined.resource is None
    assert isinstance(examined.draft, Workflow)
    assert all(each.name for each in examined.draft.spec.templates)


@pytest.mark.parametrize("key", ["tasks", "entrypoints"])
def test_lists_that_must_say_something_are_not_empty(workflow: dict[str, Any], key: str) -> None:
    _dag(workflow)[key] = []

    problem = _only(workflow)

    assert (problem.code, problem.path[-1]) == ("AE110", key)


def test_an_item_of_empty_text_is_refused(workflow: dict[str, Any]) -> None:
    _dag(workflow)["tasks"][0]["dependencies"] = [""]

    problem = _only(workflow)

    assert (problem.code, problem.message) == ("AE110", 'item 1 of "dependencies" is empty text')


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({1: 2}, "AE011"),
        ({"a": {1, 2}}, "AE124"),
        ({"a": b"x"}, "AE124"),
        ({"a": float("nan")}, "AE018"),
        ({"a": float("-inf")}, "AE018"),
        ({"a": 10**400}, "AE018"),
        ({"a": "\ud800"}, "AE019"),
        ({"\ud800": 1}, "AE019"),
    ],
)
def test_python_data_that_is_not_json_is_refused(value: object, code: str) -> None:
    resource, problems = decode(value)

    assert resource is None
    assert [each.code for each in problems] == [code]


def test_data_that_contains_itself_is_refused() -> None:
    value: dict[str, Any] = {}
    value["again"] = value

    assert [each.code for each in decode(value)[1]] == ["AE015"]


def test_too_many_values_are_refused() -> None:
    assert [each.code for each in decode({"a": [0] * 200_001})[1]] == ["AE016"]


def test_tuples_are_lists(workflow: dict[str, Any]) -> None:
    plain = decode(workflow)[0]
    workflow["spec"]["templates"] = tuple(workflow["spec"]["templates"])

    assert decode(workflow) == (plain, ())
    workflow["x-slow"] = 1
    assert decode(workflow) == (plain, ())


def test_a_document_in_which_everything_is_wrong_is_judged_soon(workflow: dict[str, Any]) -> None:
    workflow["spec"] |= {f"unknown{number}": number for number in range(50_000)}

    resource, problems = decode(workflow)

    assert resource is None
    assert len(problems) == 1_000
