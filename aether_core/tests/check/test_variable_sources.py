"""Custom variables that are looked up when a document refers to their namespace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aether_core.check import check_resource
from aether_core.document import Severity, load_text
from aether_sdk import AetherError, JsonValue

_DOCUMENT = """
apiVersion: aether/v1
kind: Workflow
metadata: {name: w}
spec:
  entrypoint: main
  templates:
  - dag:
      name: main
      tasks:
      - name: a
        when: %s
        executor: {type: echo, config: {x: 1}}
"""


class Lookup:
    """A namespace `deploy`, one that is broken, and a list of what was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, namespace: str) -> Mapping[str, JsonValue]:
        self.asked.append(namespace)
        if namespace == "broken":
            raise AetherError("the source is on fire", hint="Call somebody.")
        values: dict[str, JsonValue] = {"deploy.region": "eu", "deploy.size.nodes": 3}
        return values if namespace == "deploy" else {}


def problems(
    bench: Any, condition: str, look_up: Lookup, variables: dict[str, JsonValue] | None
) -> list[Any]:
    document = load_text(_DOCUMENT % condition).documents[0]
    assert document.resource is not None
    return list(
        check_resource(document.resource, bench.catalog, variables=variables, look_up=look_up)
    )


def test_a_namespace_is_asked_for_once_and_only_if_a_name_is_lacking(bench: Any) -> None:
    """What is given need not be looked up; its names win, one by one."""
    look_up = Lookup()
    given: dict[str, JsonValue] = {"deploy.region": 1}

    assert problems(bench, "deploy.region == 1 && system.os != ''", look_up, given) == []
    assert look_up.asked == []
    condition = "deploy.region == 1 && deploy.size.nodes > 1 && deploy.size['nodes'] < 9"
    assert problems(bench, condition, look_up, given) == []
    assert look_up.asked == ["deploy"]


def test_types_of_looked_up_variables_are_known(bench: Any) -> None:
    (problem,) = problems(bench, "deploy.region > 1", Lookup(), None)

    assert (problem.code, problem.severity) == ("AE304", Severity.ERROR)


def test_a_name_that_no_source_has_is_reported_with_the_nearest(bench: Any) -> None:
    """An error when all variables are known, else a warning."""
    (known,) = problems(bench, "deploy.regoin == ''", Lookup(), {})
    (open_,) = problems(bench, "deploy.regoin == ''", Lookup(), None)
    (none,) = problems(bench, "elsewhere.x == ''", Lookup(), {})

    assert (known.code, known.severity) == ("AE227", Severity.ERROR)
    assert open_.severity is Severity.WARNING
    assert known.hint == open_.hint == 'Did you mean "deploy.region"?'
    assert (none.code, none.message) == ("AE227", "there is no variable elsewhere.x")


def test_a_broken_source_is_a_problem_where_it_is_needed(bench: Any) -> None:
    """A guard does not excuse it, since it is no missing value; a given value does."""
    look_up = Lookup()
    condition = "default(broken.x, '') == '' && has(broken.y)"

    found = problems(bench, condition, look_up, None)

    assert [(each.code, each.severity) for each in found] == [("AE230", Severity.ERROR)] * 2
    assert found[0].message == "broken.x has no value: the source is on fire"
    assert found[0].hint == "Call somebody."
    assert look_up.asked == ["broken"]
    assert problems(bench, "broken.x == ''", look_up, {"broken.x": "given"}) == []


def test_names_of_the_document_itself_are_never_looked_up(bench: Any) -> None:
    look_up = Lookup()

    problems(bench, "inputs.parameters.x == tasks.a.phase && hook.x == loop_iter.x", look_up, {})

    assert look_up.asked == []
