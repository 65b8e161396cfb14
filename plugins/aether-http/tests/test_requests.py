"""What goes to the server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from aether_sdk import ExecCode

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from aether_sdk import ExecOutputs, JsonValue

    Http = Callable[..., ExecOutputs]


def test_the_default_is_a_get_without_a_body(http: Http, site: Any) -> None:
    result = http(url=f"{site.url}/a?b=1")

    (got,) = site.received
    assert result.code == ExecCode.SUCCEEDED
    assert (got.method, got.target, got.body) == ("GET", "/a?b=1", b"")
    assert got.headers["user-agent"] == "aether-http"


@pytest.mark.parametrize("method", ["POST", "patch", "PROPFIND"])
def test_any_method_is_sent_in_upper_case(http: Http, site: Any, method: str) -> None:
    http(url=site.url, method=method)

    assert site.received[0].method == method.upper()


def test_headers_are_sent_as_text(http: Http, site: Any) -> None:
    http(url=site.url, headers={"X-One": "a", "X-Two": 2, "X-On": True, "X-Far": "  läuft "})

    headers = site.received[0].headers
    assert (headers["x-one"], headers["x-two"], headers["x-on"]) == ("a", "2", "true")
    assert headers["x-far"].encode("latin-1").decode() == "läuft"


def test_query_parameters_are_added_and_replace_equal_names(http: Http, site: Any) -> None:
    http(url=f"{site.url}/?a=1&b=2", query={"b": "x y", "c": [1, 2], "d": True})

    assert site.received[0].target == "/?a=1&b=x+y&c=1&c=2&d=true"


@pytest.mark.parametrize("value", [{"a": [1, None]}, [], "text", 0, False])
def test_json_is_sent_with_its_content_type(http: Http, site: Any, value: JsonValue) -> None:
    http(url=site.url, method="POST", json=value)

    (got,) = site.received
    assert json.loads(got.body) == value
    assert got.headers["content-type"] == "application/json"


def test_text_is_sent_as_utf_8_without_a_content_type(http: Http, site: Any) -> None:
    http(url=site.url, method="PUT", body="läuft")

    (got,) = site.received
    assert got.body.decode() == "läuft"
    assert "content-type" not in got.headers


def test_a_form_is_url_encoded(http: Http, site: Any) -> None:
    http(url=site.url, method="POST", form={"a": "x y", "b": [1, True]})

    (got,) = site.received
    assert got.body == b"a=x+y&b=1&b=true"
    assert got.headers["content-type"] == "application/x-www-form-urlencoded"


def test_a_null_body_counts_as_not_given(http: Http, site: Any) -> None:
    result = http(url=site.url, method="POST", json=None, body=None, form={"a": "b"})

    assert result.code == ExecCode.SUCCEEDED
    assert site.received[0].body == b"a=b"


def test_credentials_in_the_url_become_basic_authentication(http: Http, site: Any) -> None:
    result = http(url=site.url.replace("//", "//me:secret@"))

    assert site.received[0].headers["authorization"] == "Basic bWU6c2VjcmV0"
    assert result.get("url") == site.url


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({}, "url"),
        ({"url": 5}, "url"),
        ({"method": "GET /"}, "method"),
        ({"method": ""}, "method"),
        ({"headers": {"a b": "c"}}, "'a b' is not a header name"),
        ({"headers": {"X-Key": "secret\r\nX-Evil: 1"}}, "header X-Key"),
        ({"headers": {"a": None}}, "headers.a"),
        ({"headers": {"Content-Length": 5}}, "header Content-Length follows from the body"),
        ({"headers": {"transfer-encoding": "x"}}, "header transfer-encoding follows"),
        ({"body": "\ud800"}, "body"),
        ({"json": ["\ud800"]}, "json[0]"),
        ({"json": 1, "body": "x"}, "at most one of json, body and form"),
        ({"json": 1, "form": {}}, "at most one of json, body and form"),
        ({"timeout": "soon"}, "'soon' is not a duration"),
        ({"timeout": "0"}, "timeout"),
        ({"timeout": 0}, "timeout"),
        ({"timeout": -1.5}, "timeout"),
        ({"timeout": True}, "timeout"),
        ({"expected_status": []}, "expected_status"),
        ({"expected_status": ["2xx"]}, "'2xx' is not a status code"),
        ({"expected_status": "299-200"}, "'299-200' is not a status code"),
        ({"expected_status": 99}, "99 is not a status code"),
        ({"follow_redirects": "yes"}, "follow_redirects"),
        ({"max_response_bytes": -1}, "max_response_bytes"),
    ],
)
def test_bad_inputs_are_an_error_that_names_them(
    http: Http, site: Any, given: dict[str, JsonValue], complaint: str
) -> None:
    result = http(**({"url": site.url, **given} if given else {}))

    assert result.code == ExecCode.ERROR
    assert complaint in result.message
    assert "secret" not in result.message
    assert not site.received
