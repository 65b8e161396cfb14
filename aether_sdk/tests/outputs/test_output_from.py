"""How a result becomes output parameters."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import pytest
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    Secret,
    SecretBytes,
    SecretStr,
    computed_field,
    field_serializer,
    model_serializer,
)

from aether_sdk import (
    MASK,
    ExecCode,
    ExecOutputs,
    OutputError,
    Parameter,
    output_from,
)


class _Color(Enum):
    RED = "red"


class _Inner(BaseModel):
    name: str = "x"
    size: int = Field(default=1, alias="the-size")


class _Result(BaseModel):
    zeta: int = 1
    alpha: str | None = None
    inner: _Inner = _Inner()
    items: list[_Inner] = []


def _written(annotation: Any, value: object) -> object:
    """Return the output of a model whose only field has `annotation` and `value`."""
    model: Any = type("_One", (BaseModel,), {"__annotations__": {"x": annotation}})
    return output_from(model(x=value)).get("x")


def _path_and_reason(obj: Any) -> tuple[str, str]:
    with pytest.raises(OutputError) as caught:
        output_from(obj)
    return caught.value.path, caught.value.reason


def test_every_field_is_one_parameter_in_order_of_declaration() -> None:
    outputs = output_from(_Result(items=[_Inner()]))

    assert outputs == ExecOutputs(
        ExecCode.SUCCEEDED,
        "",
        (
            Parameter("zeta", 1),
            Parameter("alpha", None),
            Parameter("inner", {"name": "x", "the-size": 1}),
            Parameter("items", [{"name": "x", "the-size": 1}]),
        ),
    )


def test_code_and_message_are_passed_on() -> None:
    outputs = output_from(_Inner(), code=ExecCode.FAILED, message="status 500")

    assert (outputs.code, outputs.message) == (2, "status 500")


class _Names(BaseModel):
    a: int = Field(default=1, alias="from-and-to")
    b: int = Field(default=2, serialization_alias="to")
    c: int = Field(default=3, validation_alias="from")
    d: int = Field(default=4, exclude=True)

    @computed_field
    def e(self) -> int:
        return self.a + self.b


def test_names_are_aliases_and_excluded_fields_are_left_out() -> None:
    assert output_from(_Names()).as_dict() == {"from-and-to": 1, "to": 2, "c": 3, "e": 3}


class _Kept(_Inner):
    model_config = ConfigDict(extra="allow")


def test_inherited_fields_and_kept_extras_are_written() -> None:
    assert output_from(_Kept(more=[1])).as_dict() == {  # type: ignore[call-arg]  # an extra
        "name": "x",
        "the-size": 1,
        "more": [1],
    }


@dataclass
class _Record:
    name: str
    when: datetime
    inner: _Inner = field(default_factory=_Inner)
    hidden: Annotated[int, Field(exclude=True)] = 0


def test_a_dataclass_is_written_too() -> None:
    outputs = output_from(_Record("a", datetime(2026, 1, 2, tzinfo=UTC)))

    assert outputs.as_dict() == {
        "name": "a",
        "when": "2026-01-02T00:00:00Z",
        "inner": {"name": "x", "the-size": 1},
    }


@pytest.mark.parametrize(
    ("annotation", "value", "written"),
    [
        (_Color, _Color.RED, "red"),
        (UUID, UUID(int=0), "00000000-0000-0000-0000-000000000000"),
        (Path, Path("a") / "b", "a/b"),
        (Decimal, Decimal("1.50"), "1.50"),
        (bytes, "é".encode(), "é"),
        (set[int], {1}, [1]),
        (tuple[int, str], (1, "a"), [1, "a"]),
        (dict[int, str], {1: "a"}, {"1": "a"}),
        (Any, {"a": (1, {2})}, {"a": [1, [2]]}),
        (Any, None, None),
    ],
)
def test_values_take_their_json_form(annotation: Any, value: object, written: object) -> None:
    assert _written(annotation, value) == written


@pytest.mark.parametrize(
    ("annotation", "value", "written"),
    [
        (SecretStr, SecretStr("hunter2"), MASK),
        (SecretBytes, SecretBytes(b"hunter2"), MASK),
        (Secret[int], Secret(7), MASK),
        (list[SecretStr], [SecretStr("hunter2"), SecretStr("")], [MASK, ""]),
        (dict[str, Any], {"a": {"b": SecretStr("hunter2")}}, {"a": {"b": MASK}}),
        (Any, (1, SecretStr("hunter2")), [1, MASK]),
        (set[SecretStr], {SecretStr("hunter2")}, [MASK]),
        (Any, {SecretStr("hunter2"), SecretStr("")} - {SecretStr("")}, [MASK]),
        (str, "**********", "**********"),
    ],
)
def test_secrets_are_masked_and_nothing_else_is(
    annotation: Any, value: object, written: object
) -> None:
    assert _written(annotation, value) == written


class _Reshaped(BaseModel):
    numbers: list[int] = [1]
    table: dict[str, int] = {"a": 1}
    text: Any = ()

    @field_serializer("numbers", when_used="json")
    def _with_sum(self, value: list[int]) -> list[int]:
        return [*value, sum(value)]

    @field_serializer("table", when_used="json")
    def _with_size(self, value: dict[str, int]) -> dict[str, int]:
        return {**value, "size": len(value)}

    @field_serializer("text", when_used="json")
    def _as_text(self, value: object) -> str:
        return str(value)


def test_what_a_serializer_of_the_author_writes_stands() -> None:
    assert output_from(_Reshaped()).as_dict() == {
        "numbers": [1, 1],
        "table": {"a": 1, "size": 1},
        "text": "()",
    }


class _Odd:
    pass


class _Anything(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)

    first: int = 0
    value: Any = None
    inner: _Anything | None = None


@dataclass
class _AnyRecord:
    value: Any = None


class _Computing(BaseModel):
    model_config = ConfigDict(extra="allow")

    @computed_field
    def odd(self) -> Any:
        return [_Odd()] if self.model_extra == {} else 1


_ODD = f"{__name__}._Odd"


@pytest.mark.parametrize(
    ("obj", "path", "reason"),
    [
        (_Anything(value=_Odd()), "$.value", f"a value of type {_ODD} is not JSON"),
        (
            _Anything(value=[1, {"a": _Odd()}]),
            "$.value[1].a",
            f"a value of type {_ODD} is not JSON",
        ),
        (_Anything(value={3: _Odd()}), "$.value[3]", f"a value of type {_ODD} is not JSON"),
        (_Anything(value={1, _Odd}), "$.value", "a value of type set is not JSON"),
        (_Anything(inner=_Anything(value=_Odd())), "$.inner.value", f"type {_ODD} is not JSON"),
        (_AnyRecord([_AnyRecord(_Odd())]), "$.value[0].value", f"type {_ODD} is not JSON"),
        (_Computing(), "$.odd[0]", f"type {_ODD} is not JSON"),
        (_Computing(more=_Odd()), "$.more", f"type {_ODD} is not JSON"),  # type: ignore[call-arg]
        (_Anything(value=float("nan")), "$.value", "the number nan is not JSON"),
        (_Anything(value={"a": [float("inf")]}), "$.value.a[0]", "the number inf is not JSON"),
        (_Anything(value=b"\xff"), "$.value", "a value of type bytes cannot be written as JSON"),
        (_Anything(value="\ud800"), "$.value", "text holds half a surrogate pair"),
        (_Result.model_construct(zeta="text"), "$.zeta", "a value of type str does not fit the"),
    ],
)
def test_what_cannot_be_written_is_named_with_its_path(obj: Any, path: str, reason: str) -> None:
    found_path, found_reason = _path_and_reason(obj)

    assert found_path == path
    assert reason in found_reason


def test_a_value_inside_itself_is_refused() -> None:
    loop: list[object] = []
    loop.append(loop)

    path, reason = _path_and_reason(_Anything(value=loop))

    assert path.startswith("$.value[0]")
    assert "cannot be written as JSON" in reason


class _Floats(BaseModel):
    one: float = 1.0
    many: set[float] = set()
    as_text: float = 1.0

    @field_serializer("as_text")
    def _text(self, value: float) -> str:
        return str(value)


@pytest.mark.parametrize(
    ("obj", "path"),
    [
        (_Floats(one=float("nan")), "$.one"),
        (_Floats(many={float("inf")}), "$.many"),
        (_Floats(many={1.0, float("nan")}), "$.many"),
    ],
)
def test_declared_numbers_must_be_finite(obj: _Floats, path: str) -> None:
    assert _path_and_reason(obj)[0] == path


def test_a_model_may_write_such_numbers_as_text() -> None:
    assert output_from(_Floats(as_text=float("inf"))).get("as_text") == "inf"


class _Failing(BaseModel):
    good: int = 1
    bad: int = 2

    @field_serializer("bad")
    def _fail(self, value: int) -> str:
        raise ValueError("cannot say it")


class _Listed(BaseModel):
    a: int = 1

    @model_serializer
    def _list(self) -> list[int]:
        return [self.a]


class _Unwritable(BaseModel):
    a: int = 1

    @model_serializer
    def _fail(self) -> dict[str, int]:
        raise ValueError("cannot say it")


class _Foreign(RootModel[int]):
    pass


@dataclass
class _Unknown:
    odd: _Odd = field(default_factory=_Odd)


@pytest.mark.parametrize(
    ("obj", "path", "reason"),
    [
        (_Failing(), "$.bad", "a value of type int cannot be written as JSON: .*cannot say it"),
        (_Unwritable(), "$", "cannot say it"),
        (_Listed(), "$", "_Listed is written as list, expected named fields"),
        (_Foreign(1), "$", "_Foreign is written as int, expected named fields"),
        (_Unknown(), "$", "_Unknown: Unable to generate pydantic-core schema"),
        ({"a": 1}, "$", "expected an instance of a pydantic model or a dataclass, got dict"),
        (None, "$", "got NoneType"),
        (_Result, "$", "got the class _Result"),
        (_Record, "$", "got the class _Record"),
        (ExecOutputs(), "$", r"got aether_sdk\._outputs\.ExecOutputs"),
    ],
)
def test_what_has_no_fields_to_write_is_refused(obj: Any, path: str, reason: str) -> None:
    with pytest.raises(OutputError, match=reason) as caught:
        output_from(obj)

    assert caught.value.path == path
    assert isinstance(caught.value, TypeError)


def test_no_error_quotes_a_value_of_the_wrong_type() -> None:
    with pytest.raises(OutputError) as caught:
        output_from(_Result.model_construct(zeta="hunter2"))

    assert "hunter2" not in str(caught.value)
