"""Parameters, inputs, outputs and requests."""

from __future__ import annotations

import dataclasses

import pytest

from aether_sdk import (
    UNSET,
    Artifact,
    ExecOutputs,
    ExecuteRequest,
    Inputs,
    OutputError,
    Parameter,
    Resources,
    Unset,
)


def test_unset_is_false_and_is_not_null() -> None:
    assert not UNSET
    assert UNSET is not None
    assert repr(UNSET) == "UNSET"
    assert Unset.UNSET is UNSET


def test_of_repeated_names_the_last_one_with_a_value_counts() -> None:
    inputs = Inputs((Parameter("a", 1), Parameter("a", 2), Parameter("a")))

    assert inputs.get("a") == 2
    assert inputs.as_dict() == {"a": 2}


def test_parameters_without_a_value_are_left_out() -> None:
    inputs = Inputs((Parameter("a"), Parameter("b", None)))

    assert inputs.as_dict() == {"b": None}
    assert inputs.get("a", "default") == "default"
    assert inputs.get("b", "default") is None


def test_inputs_of_a_mapping_keep_its_order() -> None:
    inputs = Inputs.of({"b": 1, "a": [2]})

    assert inputs.parameters == (Parameter("b", 1), Parameter("a", [2]))


def test_inputs_and_requests_show_no_values() -> None:
    request = ExecuteRequest("t", "w", "main", inputs=Inputs.of({"token": "hunter2"}))

    assert "hunter2" not in repr(request)
    assert "hunter2" not in f"{request.inputs}"
    assert repr(request.inputs) == "Inputs(token)"


def test_outputs_of_a_mapping_are_checked() -> None:
    with pytest.raises(OutputError, match=r"^\$\.x\[0\]: a value of type object is not JSON"):
        ExecOutputs.of({"x": [object()]})


def test_outputs_give_values_by_name() -> None:
    outputs = ExecOutputs.of({"a": 1, "b": None}, code=2, message="no")

    assert (outputs.code, outputs.message) == (2, "no")
    assert outputs.as_dict() == {"a": 1, "b": None}
    assert outputs.get("a") == 1
    assert outputs.get("c", "none") == "none"


def test_outputs_copy_what_they_are_given() -> None:
    shared = [1]

    outputs = ExecOutputs.of({"a": shared})
    shared.append(2)

    assert outputs.get("a") == [1]


@pytest.mark.parametrize(
    "value",
    [
        Parameter("a"),
        Artifact("a", "/a"),
        Inputs(),
        ExecOutputs(),
        Resources(),
        ExecuteRequest("t", "w", "main"),
    ],
)
def test_records_cannot_be_changed_or_extended(value: object) -> None:
    field = dataclasses.fields(value)[0].name  # type: ignore[arg-type]  # each one is a dataclass

    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, field, "other")
    assert not hasattr(value, "__dict__")


def test_an_input_artifact_is_found_by_its_name() -> None:
    inputs = Inputs(artifacts=(Artifact("a", "/x/a"), Artifact("b", "/x/b")))

    assert inputs.artifact("b") == "/x/b"
    assert inputs.artifact("c") is None


def test_a_request_without_output_artifacts_has_none() -> None:
    assert ExecuteRequest("t", "w", "main").output_artifacts == {}
