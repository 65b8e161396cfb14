"""What a flat model writes, it reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Literal
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import BaseModel, ConfigDict, Field

from aether_sdk import Inputs, bind_inputs, output_from, schema_of


class _Color(Enum):
    RED = "red"
    BLUE = "blue"


class _Flat(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    text: str
    number: int
    real: float
    truth: bool
    maybe: int | None
    words: list[str]
    table: dict[str, float]
    mode: Literal["a", "b"]
    color: _Color
    when: datetime
    day: date
    span: timedelta
    uid: UUID
    exact: Decimal
    raw: bytes
    dashed_name: int = Field(alias="dashed-name")


@dataclass
class _Record:
    text: str
    number: int
    real: float
    maybe: bool | None


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
_REAL = st.floats(allow_nan=False, allow_infinity=False)
# Pydantic writes whole minutes of offset, and reads years from 1000 on as it wrote them.
_WHEN = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1))  # noqa: DTZ001 - bounds are naive
_FLAT = st.builds(
    _Flat,
    text=_TEXT,
    real=_REAL,
    words=st.lists(_TEXT, max_size=3),
    table=st.dictionaries(_TEXT, _REAL, max_size=3),
    when=_WHEN,
    day=st.dates(date(1000, 1, 1)),
    span=st.timedeltas(timedelta(-1000), timedelta(1000)),
    exact=st.decimals(allow_nan=False, allow_infinity=False, places=3),
    raw=_TEXT.map(str.encode),
    dashed_name=st.integers(),
)
_RECORD = st.builds(_Record, text=_TEXT, real=_REAL)
_VALIDATORS = {
    model: Draft202012Validator(schema_of(model, None, type="x").inputs or {})
    for model in (_Flat, _Record)
}


@settings(max_examples=60)
@given(_FLAT | _RECORD)
def test_outputs_of_a_flat_model_bind_to_the_same_model(obj: Any) -> None:
    outputs = output_from(obj)

    assert bind_inputs(Inputs(outputs.parameters), type(obj)) == obj
    _VALIDATORS[type(obj)].validate(outputs.as_dict())
