"""Values of an answer that become outputs of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aether_sdk import ExecCode

if TYPE_CHECKING:
    from typing import Any

    from aether_sdk import JsonValue

BODY = b'{"id": 7, "items": [{"n": "a", "ok": true}, {"n": "b", "ok": false}], "none": null}'


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("id", 7),
        ("items[*].n", ["a", "b"]),
        ("items[?ok].n | [0]", "a"),
        ("length(items)", 2),
        ("{first: items[0], id: id}", {"first": {"n": "a", "ok": True}, "id": 7}),
        ("none", None),
        ("no.such.thing", None),
    ],
)
def test_an_expression_gives_an_output(
    worker: Any, site: Any, expression: str, value: JsonValue
) -> None:
    site.answer = lambda _: site.Answer(200, BODY)

    result = worker.run({"url": site.url, "extract": {"x": expression}})

    assert result.code == ExecCode.SUCCEEDED
    assert "x" in result.as_dict()
    assert result.get("x") == value
    assert result.get("status_code") == 200


def test_a_body_that_is_not_json_gives_null(worker: Any, site: Any) -> None:
    site.answer = lambda _: site.Answer(200, b"plain")

    assert worker.run({"url": site.url, "extract": {"x": "a"}}).as_dict()["x"] is None


def test_an_unexpected_answer_is_looked_through_too(worker: Any, site: Any) -> None:
    site.answer = lambda _: site.Answer(422, b'{"reason": "too late"}')

    result = worker.run({"url": site.url, "extract": {"reason": "reason"}})

    assert (result.code, result.get("reason")) == (ExecCode.FAILED, "too late")


def test_an_expression_that_does_not_fit_is_an_error_with_the_outputs(
    worker: Any, site: Any
) -> None:
    site.answer = lambda _: site.Answer(200, BODY)

    result = worker.run({"url": site.url, "extract": {"x": "length(id)"}})

    assert (result.code, result.get("status_code")) == (ExecCode.ERROR, 200)
    assert result.message == (
        f"GET {site.url}: the expression 'length(id)' does not fit the answer"
    )


@pytest.mark.parametrize(
    ("extract", "complaint"),
    [
        ({"x": "a["}, "'a[' is not a JMESPath expression"),
        ({"x": ""}, "'' is not a JMESPath expression"),
        ({"x": "nosuch(a) +"}, "is not a JMESPath expression"),
        ({"x": "(" * 5000}, "is not a JMESPath expression"),
        ({"body": "a"}, "body is an output that every answer has"),
        ({"a b": "a"}, "'a b' is not a name for an output"),
        ({"x": 5}, "extract.x"),
    ],
)
def test_a_bad_expression_is_an_error_before_the_request(
    worker: Any, site: Any, extract: JsonValue, complaint: str
) -> None:
    result = worker.run({"url": site.url, "extract": extract})

    assert result.code == ExecCode.ERROR
    assert complaint in result.message
    assert not site.received
