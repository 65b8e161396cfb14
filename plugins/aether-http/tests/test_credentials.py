"""Credentials and keys: who gets them, and that nobody else does."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from aether_http import HttpInputs
from aether_sdk import ExecCode, Inputs, bind_inputs

if TYPE_CHECKING:
    from typing import Any

    from aether_sdk import JsonValue


@pytest.mark.parametrize(
    ("auth", "header"),
    [
        ({"bearer": "tok"}, "Bearer tok"),
        ({"username": "me", "password": "secret"}, "Basic bWU6c2VjcmV0"),
        ({"username": "me"}, "Basic bWU6"),
    ],
)
def test_credentials_become_a_header(worker: Any, site: Any, auth: JsonValue, header: str) -> None:
    worker.run({"url": site.url.replace("//", "//other:one@"), "auth": auth})

    assert site.received[0].headers["authorization"] == header


def test_an_authorization_header_wins_over_the_url(worker: Any, site: Any) -> None:
    url = site.url.replace("//", "//other:one@")

    worker.run({"url": url, "headers": {"authorization": "Token t"}})

    assert site.received[0].headers["authorization"] == "Token t"


SECRETS: dict[str, JsonValue] = {
    "headers": {"X-Api-Key": "s3cr3t"},
    "auth": {"username": "me", "password": "s3cr3t"},
    "body": "s3cr3t",
    "idempotency_key": "s3cr3t",
    "proxy": "",
}


@pytest.mark.parametrize(
    "target", ["http://me:s3cr3t@127.0.0.1:1/", "{site}/", "ftp://a:s3cr3t@b/"]
)
def test_no_secret_is_in_a_message_a_log_or_a_repr(
    worker: Any, site: Any, target: str, caplog: pytest.LogCaptureFixture
) -> None:
    site.answer = lambda _: site.Answer(500)
    caplog.set_level(logging.DEBUG)
    given = {**SECRETS, "url": target.format(site=site.url)}

    result = worker.run(given)

    assert result.code in (ExecCode.ERROR, ExecCode.FAILED)
    assert "s3cr3t" not in result.message
    assert "s3cr3t" not in repr(result.parameters)
    assert "s3cr3t" not in caplog.text
    assert "s3cr3t" not in repr(bind_inputs(Inputs.of(given), HttpInputs).auth)


def test_the_key_of_a_task_is_the_same_in_every_attempt_and_another_for_another_task(
    worker: Any, site: Any
) -> None:
    given: dict[str, JsonValue] = {"url": site.url, "method": "POST", "idempotency_key": True}

    for task in ("one", "one", "two"):
        worker.run(given, task=task)

    first, again, other = (got.headers["idempotency-key"] for got in site.received)
    assert first == again != other


def test_a_given_key_is_sent_as_it_is(worker: Any, site: Any) -> None:
    worker.run({"url": site.url, "idempotency_key": "order-7"})
    worker.run({"url": site.url, "idempotency_key": False})

    assert site.received[0].headers["idempotency-key"] == "order-7"
    assert "idempotency-key" not in site.received[1].headers


def test_another_origin_gets_none_of_the_given_headers(
    worker: Any, site: Any, other_site: Any
) -> None:
    site.answer = lambda _: site.Answer(307, headers=(("Location", f"{other_site.url}/b"),))

    worker.run(
        {
            "url": site.url,
            "method": "POST",
            "body": "x",
            "auth": {"bearer": "tok"},
            "idempotency_key": True,
            "headers": {"X-Api-Key": "k", "Cookie": "c=d", "Content-Type": "a/b", "Host": "h"},
        }
    )

    (got,) = other_site.received
    assert set(got.headers) == {
        "accept",
        "accept-encoding",
        "content-length",
        "content-type",
        "host",
        "user-agent",
    }
    assert got.headers["host"] == other_site.url.removeprefix("http://")
    assert got.body == b"x"


def test_the_same_origin_gets_them_again(worker: Any, site: Any) -> None:
    site.answer = lambda got: (
        site.Answer(302, headers=(("Location", "/b"),)) if got.target == "/" else site.Answer()
    )

    worker.run(
        {"url": site.url, "auth": {"bearer": "tok"}, "headers": {"X-Api-Key": "k", "Cookie": "c"}}
    )

    headers = site.received[1].headers
    assert (headers["authorization"], headers["x-api-key"], headers["cookie"]) == (
        "Bearer tok",
        "k",
        "c",
    )


def test_credentials_in_a_location_are_not_used(worker: Any, site: Any) -> None:
    there = site.url.replace("//", "//evil:one@")
    site.answer = lambda got: (
        site.Answer(302, headers=(("Location", f"{there}/b"),))
        if got.target == "/"
        else site.Answer()
    )

    result = worker.run({"url": site.url})

    assert "authorization" not in site.received[1].headers
    assert result.get("url") == f"{site.url}/b"


@pytest.mark.parametrize(
    ("status", "method", "second"),
    [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "PUT", "GET"),
        (303, "HEAD", "HEAD"),
        (301, "PUT", "PUT"),
        (302, "DELETE", "DELETE"),
        (308, "PATCH", "PATCH"),
    ],
)
def test_the_method_of_a_redirect_follows_the_status(
    worker: Any, site: Any, status: int, method: str, second: str
) -> None:
    site.answer = lambda got: (
        site.Answer(status, headers=(("Location", "/b"),)) if got.target == "/" else site.Answer()
    )

    worker.run({"url": site.url, "method": method, "body": "x"})

    got = site.received[1]
    kept = method == second
    assert (got.method, got.body, "content-length" in got.headers) == (
        second,
        b"x" if kept else b"",
        kept,
    )


def test_a_fragment_goes_along_with_a_redirect(worker: Any, site: Any) -> None:
    site.answer = lambda got: (
        site.Answer(302, headers=(("Location", "/b"),)) if got.target == "/" else site.Answer()
    )

    assert worker.run({"url": f"{site.url}/#part"}).get("url") == f"{site.url}/b#part"


@pytest.mark.parametrize("status", [300, 304, 305])
def test_other_answers_with_a_location_are_answers(worker: Any, site: Any, status: int) -> None:
    site.answer = lambda _: site.Answer(status, headers=(("Location", "/b"),))

    assert worker.run({"url": site.url}).get("status_code") == status


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"auth": {}}, "give either bearer or username"),
        ({"auth": {"bearer": "s3cr3t", "username": "me@x"}}, "give either bearer or username"),
        ({"auth": {"bearer": "s3cr3t", "password": "s3cr3t"}}, "password belongs to username"),
        ({"auth": {"username": "s3cr3t:b"}}, "a user name cannot contain a colon"),
        ({"auth": {"token": "s3cr3t"}}, "unknown input"),
        ({"auth": {"bearer": "s3cr3t\n"}}, "contains a control character"),
        ({"auth": {"bearer": "s3cr3t"}, "headers": {"authorization": "b"}}, "exclude each other"),
        ({"idempotency_key": ""}, "must be text without control characters"),
        ({"idempotency_key": "s3cr3t\r\nX: y"}, "must be text without control characters"),
        ({"idempotency_key": True, "headers": {"idempotency-key": "b"}}, "exclude each other"),
    ],
)
def test_bad_credentials_are_an_error_that_does_not_tell_them(
    worker: Any, site: Any, given: dict[str, JsonValue], complaint: str
) -> None:
    result = worker.run({"url": site.url, **given})

    assert result.code == ExecCode.ERROR
    assert complaint in result.message
    assert "s3cr3t" not in result.message
    assert not site.received
