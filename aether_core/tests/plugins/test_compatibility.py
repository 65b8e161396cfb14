"""Each change between two versions of an executor has a name, and the name says if it breaks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from aether_core.plugins.compatibility import (
    RULES,
    compare_executors,
    compare_schemas,
    read_snapshot,
)
from aether_sdk import ExecutorSchema, PluginError

INT, NUMBER, TEXT = {"type": "integer"}, {"type": "number"}, {"type": "string"}


def closed(*required: str, **properties: Any) -> dict[str, Any]:
    """Return a schema of an object that has no other members."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def inputs(schema: dict[str, Any] | None) -> ExecutorSchema:
    return ExecutorSchema("job", inputs=schema)


def outputs(schema: dict[str, Any] | None) -> ExecutorSchema:
    return ExecutorSchema("job", outputs=schema)


ONE_OF = {"oneOf": [{"required": ["a"]}, {"required": ["b"]}]}
A, AB = closed(a=INT), closed(a=INT, b=INT)

# The change: old, new, where it is.
CHANGES: dict[str, tuple[ExecutorSchema, ExecutorSchema, str]] = {
    "removed-input": (inputs(AB), inputs(A), "inputs.b"),
    "added-input": (inputs(A), inputs(AB), "inputs.b"),
    "new-required-input": (inputs(A), inputs(closed("b", a=INT, b=INT)), "inputs.b"),
    "required-input": (inputs(A), inputs(closed("a", a=INT)), "inputs.a"),
    "optional-input": (inputs(closed("a", a=INT)), inputs(A), "inputs.a"),
    "narrowed-input": (inputs(closed(a=NUMBER)), inputs(A), "inputs.a"),
    "widened-input": (inputs(A), inputs(closed(a=NUMBER)), "inputs.a"),
    "changed-default": (inputs(A), inputs(closed(a=INT | {"default": 5})), "inputs.a"),
    "new-input-rule": (inputs(AB), inputs(AB | ONE_OF), "inputs"),
    "removed-input-rule": (inputs(AB | ONE_OF), inputs(AB), "inputs"),
    "closed-inputs": (inputs(None), inputs(A), "inputs"),
    "opened-inputs": (inputs(A), inputs(None), "inputs"),
    "removed-output": (outputs(AB), outputs(A), "outputs.b"),
    "added-output": (outputs(A), outputs(AB), "outputs.b"),
    "optional-output": (outputs(closed("a", a=INT)), outputs(A), "outputs.a"),
    "required-output": (outputs(A), outputs(closed("a", a=INT)), "outputs.a"),
    "widened-output": (outputs(A), outputs(closed(a=NUMBER)), "outputs.a"),
    "narrowed-output": (outputs(closed(a=NUMBER)), outputs(A), "outputs.a"),
    "closed-outputs": (outputs(None), outputs(A), "outputs"),
    "opened-outputs": (outputs(A), outputs(None), "outputs"),
}


@pytest.mark.parametrize("rule", CHANGES)
def test_a_change_has_one_name_and_a_place(rule: str) -> None:
    old, new, place = CHANGES[rule]

    (found,) = compare_schemas(old, new)

    assert (found.rule, found.executor, found.place) == (rule, "job", place)
    assert found.breaking is RULES[rule].breaking
    assert found.message


def test_every_rule_is_met_by_a_test() -> None:
    assert {*CHANGES, "added-executor", "removed-executor"} == {*RULES}


def test_inputs_that_are_closed_or_opened_beside_their_names_are_seen() -> None:
    """A misspelt input that was let through is refused from now on."""
    open_one = {**A, "additionalProperties": True}

    assert [c.rule for c in compare_schemas(inputs(open_one), inputs(A))] == ["closed-inputs"]
    assert [c.rule for c in compare_schemas(inputs(A), inputs(open_one))] == ["opened-inputs"]


def test_a_type_that_became_another_one_breaks_both_ways() -> None:
    """Neither side accepts the other's values, so documents break on inputs and on outputs."""
    taken = compare_schemas(inputs(A), inputs(closed(a=TEXT)))
    given = compare_schemas(outputs(A), outputs(closed(a=TEXT)))

    assert [(c.rule, c.message) for c in taken] == [
        ("narrowed-input", 'was {"type":"integer"}, is {"type":"string"}')
    ]
    assert [c.rule for c in given] == ["widened-output"]


def test_a_condition_that_is_only_dropped_in_part_is_compatible() -> None:
    both = AB | ONE_OF | {"minProperties": 1}

    assert [c.rule for c in compare_schemas(inputs(both), inputs(AB | ONE_OF))] == [
        "removed-input-rule"
    ]


def test_words_for_people_are_no_change() -> None:
    told = closed(a=INT | {"title": "A", "description": "Much.", "examples": [1]})

    assert compare_schemas(inputs(A), inputs(told | {"title": "In"})) == []


def test_long_schemas_are_shortened_in_messages() -> None:
    (found,) = compare_schemas(inputs(A), inputs(closed(a={"enum": ["x" * 500]})))

    assert len(found.message) < 300


def test_executors_that_come_and_go_are_named_what_breaks_first() -> None:
    same = ExecutorSchema("same")

    found = compare_executors(
        {"old": ExecutorSchema("old"), "same": same}, {"new": ExecutorSchema("new"), "same": same}
    )

    assert [(c.rule, c.executor, c.place) for c in found] == [
        ("removed-executor", "old", ""),
        ("added-executor", "new", ""),
    ]


def test_a_snapshot_is_one_executor_or_several(tmp_path: Path) -> None:
    """As `aether executors describe` prints them, whatever else they carry."""
    file = tmp_path / "kept.json"
    one = {**ExecutorSchema("job", "2", "Works", A, None).to_json(), "digest": "…"}
    file.write_text(json.dumps(one), encoding="utf-8")
    assert read_snapshot(str(file)) == {"job": ExecutorSchema("job", "2", "Works", A, None)}

    file.write_text(json.dumps([one, {**one, "type": "other"}]), encoding="utf-8")
    assert list(read_snapshot(str(file))) == ["job", "other"]


@pytest.mark.parametrize("text", ["", "5", '{"type": "job"}', '[{"type": "job", "inputs": 5}]'])
def test_a_file_that_is_no_snapshot_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text, encoding="utf-8")

    with pytest.raises(PluginError, match="holds no schemas") as refused:
        read_snapshot(str(tmp_path / "x.json"))
    assert "aether executors describe" in str(refused.value.hint)
    with pytest.raises(PluginError, match="can't be read"):
        read_snapshot(str(tmp_path / "missing.json"))
