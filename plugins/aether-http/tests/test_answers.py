"""What comes back, and when it counts as success."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

from aether_sdk import ExecCode

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from aether_sdk import ExecOutputs, JsonValue

    Http = Callable[..., ExecOutputs]


def test_an_answer_is_reported_completely(http: Http, site: Any) -> None:
    headers = (("Content-Type", "application/json"), ("X-Two", "a"), ("X-Two", "b"))
    site.answer = lambda _: site.Answer(201, b'{"a": [1, null]}', headers)

    result = http(url=f"{site.url}/x")

    outputs = result.as_dict()
    assert (result.code, result.message) == (ExecCode.SUCCEEDED, "")
    assert outputs["status_code"] == 201
    assert outputs["body"] == '{"a": [1, null]}'
    assert outputs["json"] == {"a": [1, None]}
    assert outputs["url"] == f"{site.url}/x"
    assert isinstance(outputs["elapsed_ms"], int)
    assert isinstance(outputs["headers"], dict)
    assert outputs["headers"]["x-two"] == "a, b"
    assert outputs["headers"]["content-type"] == "application/json"


def test_an_unexpected_status_fails_with_the_outputs_still_there(http: Http, site: Any) -> None:
    site.answer = lambda _: site.Answer(503, b"busy")

    result = http(url=f"{site.url}/x")

    assert result.code == ExecCode.FAILED
    assert result.message == f"GET {site.url}/x answered 503, expected 200-299"
    assert (result.get("status_code"), result.get("body")) == (503, "busy")


@pytest.mark.parametrize(
    ("expected", "status", "code"),
    [
        ([404], 404, ExecCode.SUCCEEDED),
        ([404], 200, ExecCode.FAILED),
        (["200-299", 404], 404, ExecCode.SUCCEEDED),
        (["404", "500-599"], 599, ExecCode.SUCCEEDED),
        (["500-599"], 499, ExecCode.FAILED),
        (418, 418, ExecCode.SUCCEEDED),
        ("400-499", 418, ExecCode.SUCCEEDED),
    ],
)
def test_expected_status_takes_codes_and_ranges(
    http: Http, site: Any, expected: JsonValue, status: int, code: ExecCode
) -> None:
    site.answer = lambda _: site.Answer(status)

    assert http(url=site.url, expected_status=expected).code == code


def test_several_expected_statuses_are_named_in_the_message(http: Http, site: Any) -> None:
    result = http(url=site.url, expected_status=["300-302", 404])

    assert result.message.endswith("answered 200, expected 300-302 or 404")


@pytest.mark.parametrize(
    "body",
    [
        b"plain",
        b"",
        b"NaN",
        b"[1e999]",
        b"[" * 100_000,
        b"[" * 500 + b"]" * 500,
        b'["\\ud800"]',
        b"1" * 5000,
        b'{"a": 1,}',
    ],
)
def test_what_no_output_can_carry_as_json_reads_null(http: Http, site: Any, body: bytes) -> None:
    site.answer = lambda _: site.Answer(200, body)

    result = http(url=site.url)

    assert result.code == ExecCode.SUCCEEDED
    assert (result.get("body"), result.get("json")) == (body.decode(), None)


def test_json_is_read_whatever_the_content_type_says(http: Http, site: Any) -> None:
    site.answer = lambda _: site.Answer(200, b"\xef\xbb\xbf[1]", (("Content-Type", "text/plain"),))

    assert http(url=site.url).get("json") == [1]


@pytest.mark.parametrize(
    ("charset", "body", "text"),
    [
        ("utf-8", "läuft".encode(), "läuft"),
        ("iso-8859-1", b"l\xe4uft", "läuft"),
        ("utf-8", b"l\xe4uft", "l�uft"),
        ("no-such-charset", "läuft".encode(), "läuft"),
        ("base64", b"a", "a"),
        ("idna", b"l\xe4uft", "l�uft"),
        ("utf-7", b"a+2AA-", "a?"),
    ],
)
def test_any_body_becomes_text(http: Http, site: Any, charset: str, body: bytes, text: str) -> None:
    content_type = (("Content-Type", f"text/plain; charset={charset}"),)
    site.answer = lambda _: site.Answer(200, body, content_type)

    assert http(url=site.url).get("body") == text


def test_a_compressed_body_is_unpacked(http: Http, site: Any) -> None:
    packed = gzip.compress(b"x" * 100_000)
    site.answer = lambda _: site.Answer(200, packed, (("Content-Encoding", "gzip"),))

    assert http(url=site.url).get("body") == "x" * 100_000


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204)])
def test_an_answer_may_have_no_body(http: Http, site: Any, method: str, status: int) -> None:
    site.answer = lambda _: site.Answer(status, b"" if status == 204 else b"long" * 9)

    result = http(url=site.url, method=method, max_response_bytes=1)

    assert (result.code, result.get("body")) == (ExecCode.SUCCEEDED, "")


def test_a_redirect_is_followed_to_the_final_url(http: Http, site: Any) -> None:
    def answer(got: Any) -> Any:
        if got.target == "/old":
            return site.Answer(302, b"moved", (("Location", "/new?a=1"),))
        return site.Answer(200, b"here")

    site.answer = answer

    result = http(url=f"{site.url}/old")

    assert (result.get("body"), result.get("url")) == ("here", f"{site.url}/new?a=1")


@pytest.mark.parametrize(
    ("status", "method", "body"), [(303, "GET", b""), (307, "POST", b'{"a":1}')]
)
def test_a_redirected_post_keeps_its_body_as_the_status_says(
    http: Http, site: Any, status: int, method: str, body: bytes
) -> None:
    site.answer = lambda got: (
        site.Answer(status, headers=(("Location", "/new"),)) if got.target == "/" else site.Answer()
    )

    http(url=site.url, method="POST", json={"a": 1})

    assert (site.received[1].method, site.received[1].body) == (method, body)


def test_a_redirect_is_an_answer_like_any_other_when_not_followed(http: Http, site: Any) -> None:
    site.answer = lambda _: site.Answer(302, b"moved", (("Location", "/new"),))

    result = http(url=site.url, follow_redirects=False, expected_status=[302])

    assert (result.code, result.get("body")) == (ExecCode.SUCCEEDED, "moved")
    assert len(site.received) == 1


def test_authorization_does_not_follow_a_redirect_to_another_host(http: Http, site: Any) -> None:
    elsewhere = site.url.replace("127.0.0.1", "localhost")
    site.answer = lambda got: (
        site.Answer(302, headers=(("Location", f"{elsewhere}/new"),))
        if got.target == "/"
        else site.Answer()
    )

    http(url=site.url, headers={"Authorization": "Bearer secret"})

    assert "authorization" in site.received[0].headers
    assert "authorization" not in site.received[1].headers


def test_a_large_body_within_the_limit_arrives_whole(http: Http, site: Any) -> None:
    body = json.dumps(list(range(20_000))).encode()
    site.answer = lambda _: site.Answer(200, body)

    assert http(url=site.url, max_response_bytes=len(body)).get("body") == body.decode()
