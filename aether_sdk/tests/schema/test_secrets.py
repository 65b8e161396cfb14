"""Secrets in schemas: always marked, never shown."""

from __future__ import annotations

import json
from typing import Annotated, Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel, Field, Secret, SecretBytes, SecretStr

from aether_sdk import UNSET, output_from, schema_of


class _Auth(BaseModel):
    user: str = "anonymous"
    password: SecretStr = "hunter2"  # type: ignore[assignment]  # authors do it  # noqa: S105


class _Login(BaseModel):
    plain: str = "hello"
    token: SecretStr = SecretStr("hunter2")
    key: SecretBytes = SecretBytes(b"hunter2")
    pin: Secret[int] = Secret(7777)
    careless: SecretStr = "hunter2"  # type: ignore[assignment]  # as above
    maybe: SecretStr | None = None
    many: list[SecretStr] = [SecretStr("hunter2")]
    none_yet: list[SecretStr] = []
    by_name: dict[str, Secret[int]] = {"a": Secret(7777)}
    auth: _Auth = _Auth()


class _Tree(BaseModel):
    name: str = ""
    secret: SecretStr = SecretStr("")
    inner: list[_Tree] = []


def test_secret_fields_are_marked_for_editors() -> None:
    properties: Any = (schema_of(_Login, None, type="x").inputs or {})["properties"]

    assert properties["token"] == {"type": "string", "format": "password", "writeOnly": True}
    assert properties["key"] == {"type": "string", "format": "password", "writeOnly": True}
    assert properties["pin"] == {"type": "integer", "writeOnly": True}
    assert "writeOnly" not in json.dumps(properties["plain"])


def test_every_input_that_is_or_holds_a_secret_is_listed() -> None:
    schema = schema_of(_Login, None, type="x")

    assert schema.secret_inputs == frozenset(_Login.model_fields) - {"plain"}


def test_a_secret_inside_a_recursive_model_is_found() -> None:
    assert schema_of(_Tree, None, type="x").secret_inputs == {"secret", "inner"}


@pytest.mark.parametrize("side", ["inputs", "outputs"])
def test_no_default_shows_a_secret(side: str) -> None:
    schema = schema_of(_Login, _Login, type="x").to_json()[side]

    assert "hunter2" not in json.dumps(schema)
    assert "7777" not in json.dumps(schema)
    assert "**" not in json.dumps(schema)


def test_defaults_that_show_nothing_stay() -> None:
    parameters = {
        item.name: item for item in schema_of(_Login, None, type="x").input_parameters or ()
    }

    assert parameters["plain"].default == "hello"
    assert parameters["maybe"].default is None
    assert parameters["none_yet"].default == []
    assert parameters["token"].default is UNSET
    assert not parameters["token"].required


class _Short(BaseModel):
    code: Annotated[SecretStr, Field(min_length=3, max_length=4)]
    pin: Secret[int]


def test_a_masked_output_fits_its_schema() -> None:
    schema = schema_of(None, _Short, type="x").outputs
    assert schema is not None

    written = output_from(_Short(code=SecretStr("abcd"), pin=Secret(7))).as_dict()

    assert written == {"code": "******", "pin": "******"}
    Draft202012Validator(schema).validate(written)
