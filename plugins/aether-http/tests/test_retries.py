"""When a request is sent again, and after which wait."""

from __future__ import annotations

import socket
from email.utils import formatdate
from typing import TYPE_CHECKING

import pytest

from aether_sdk import ExecCode

if TYPE_CHECKING:
    from typing import Any

    from aether_sdk import JsonValue


def answers(site: Any, *statuses: int, **headers: str) -> None:
    """Let a server give these statuses in turn, and 200 from then on."""
    left = iter(statuses)
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())

    def answer(_: Any) -> Any:
        status = next(left, 200)
        return site.Answer(status, headers=named if status != 200 else ())

    site.answer = answer


def test_without_retry_nothing_is_sent_again(worker: Any, site: Any) -> None:
    answers(site, 503)

    assert worker.run({"url": site.url}).code == ExecCode.FAILED
    assert len(site.received) == 1


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_passing_status_is_asked_again(worker: Any, site: Any, status: int) -> None:
    answers(site, status, status)

    assert worker.run({"url": site.url, "retry": 2}).code == ExecCode.SUCCEEDED
    assert len(site.received) == 3


def test_each_wait_for_another_request_is_told(worker: Any, site: Any) -> None:
    """Also which failure it waits after; an answer that counts is told by the outputs."""
    answers(site, 503, Retry_After="2")
    worker.run({"url": site.url, "retry": 1})
    worker.run({"url": "http://127.0.0.1:9", "retry": {"limit": 1, "wait": "1s"}})

    told, refused = worker.lines

    assert told == "request 1: answered 503, the next one in 2 s"
    assert refused.startswith("request 1: cannot connect: Connection refused, the next one in ")


def test_the_last_answer_counts_when_retries_are_used_up(worker: Any, site: Any) -> None:
    answers(site, 503, 503, 502)

    result = worker.run({"url": site.url, "retry": {"limit": 2}})

    assert result.code == ExecCode.FAILED
    assert result.message == f"GET {site.url} answered 502, expected 200-299 (after 2 retries)"
    assert result.get("status_code") == 502


def test_only_chosen_statuses_are_asked_again(worker: Any, site: Any) -> None:
    answers(site, 418, 503)

    result = worker.run({"url": site.url, "retry": {"statuses": ["410-419"]}})

    assert (result.get("status_code"), len(site.received)) == (503, 2)


def test_waits_double_up_to_the_longest_and_vary_by_half(worker: Any, site: Any) -> None:
    answers(site, *[503] * 5)

    worker.run({"url": site.url, "retry": {"limit": 5, "wait": "100ms", "max_wait": 0.5}})

    longest = [0.1, 0.2, 0.4, 0.5, 0.5]
    assert len(worker.waits) == 5
    assert all(most / 2 <= wait <= most for wait, most in zip(worker.waits, longest, strict=True))


@pytest.mark.parametrize(("text", "wait"), [("7", 7), ("0", 0), (" 12 ", 12)])
def test_retry_after_in_seconds_is_respected(
    worker: Any, site: Any, text: str, wait: float
) -> None:
    answers(site, 429, Retry_After=text)

    assert worker.run({"url": site.url, "retry": 1}).code == ExecCode.SUCCEEDED
    assert worker.waits == [wait]


def test_retry_after_as_a_date_counts_by_the_clock_of_the_server(worker: Any, site: Any) -> None:
    then = 1_000_000_000
    head = (
        f"HTTP/1.1 503 Busy\r\nDate: {formatdate(then, usegmt=True)}\r\n"
        f"Retry-After: {formatdate(then + 9, usegmt=True)}\r\nContent-Length: 0\r\n\r\n"
    )
    left = iter([site.Raw(head.encode())])
    site.answer = lambda _: next(left, site.Answer())

    assert worker.run({"url": site.url, "retry": 1}).code == ExecCode.SUCCEEDED
    assert worker.waits == [9]


def test_retry_after_in_the_past_means_now(worker: Any, site: Any) -> None:
    answers(site, 503, Retry_After="Sun, 06 Nov 1994 08:49:37 GMT")

    worker.run({"url": site.url, "retry": 1})

    assert worker.waits == [0]


@pytest.mark.parametrize("text", ["soon", "-5", "1.5", "²", "Sun, 99 Nov 1994 08:49:37 GMT"])
def test_an_unreadable_retry_after_is_ignored(worker: Any, site: Any, text: str) -> None:
    data = f"HTTP/1.1 503 Busy\r\nRetry-After: {text}\r\nContent-Length: 0\r\n\r\n"
    left = iter([site.Raw(data.encode())])
    site.answer = lambda _: next(left, site.Answer())

    worker.run({"url": site.url, "retry": {"wait": "20ms"}})

    assert len(worker.waits) == 1
    assert worker.waits[0] <= 0.02


@pytest.mark.parametrize("text", ["31", "9" * 400])
def test_a_server_that_asks_for_too_long_a_wait_is_not_asked_again(
    worker: Any, site: Any, text: str
) -> None:
    answers(site, 429, Retry_After=text)

    result = worker.run({"url": site.url, "retry": 3})

    assert (result.code, result.get("status_code")) == (ExecCode.FAILED, 429)
    assert (worker.waits, len(site.received)) == ([], 1)


def test_broken_connections_are_tried_again(worker: Any, site: Any) -> None:
    left = iter(
        [site.Raw(b"", reset=True), site.Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")]
    )
    site.answer = lambda _: next(left, site.Answer())

    result = worker.run({"url": site.url, "method": "PUT", "body": "x", "retry": 2})

    assert (result.code, len(site.received)) == (ExecCode.SUCCEEDED, 3)


def test_a_timeout_of_one_exchange_is_tried_again(worker: Any, site: Any) -> None:
    left = iter([site.Stream([b"", b""], 5)])
    site.answer = lambda _: next(left, site.Answer())

    assert worker.run({"url": site.url, "retry": 1, "timeout": "60ms"}).code == ExecCode.SUCCEEDED


def test_the_last_error_says_how_often_it_was_tried(worker: Any, site: Any) -> None:
    site.answer = lambda _: site.Raw(b"", reset=True)

    result = worker.run({"url": site.url, "method": "DELETE", "retry": 1})

    assert result.code == ExecCode.ERROR
    assert result.message.endswith(" (after 1 retry)")


def test_errors_can_be_left_out_of_retries(worker: Any, site: Any) -> None:
    site.answer = lambda _: site.Raw(b"", reset=True)

    worker.run({"url": site.url, **POST, "idempotency_key": True, "retry": {"errors": False}})

    assert (len(site.received), worker.waits) == (1, [])


@pytest.mark.parametrize(("method", "requests"), [("GET", 2), ("PUT", 2), ("POST", 1)])
def test_a_harmless_request_is_sent_once_more_when_its_connection_is_dropped(
    worker: Any, site: Any, method: str, requests: int
) -> None:
    """A server may close a connection that it takes for idle (RFC 9112, section 9.3.1)."""
    left = iter([site.Raw(b"")])
    site.answer = lambda _: next(left, site.Answer())

    result = worker.run({"url": site.url, "method": method})

    assert (result.code == ExecCode.SUCCEEDED, len(site.received)) == (requests == 2, requests)


POST: dict[str, JsonValue] = {"method": "POST", "body": "x", "retry": 1}


@pytest.mark.parametrize(("status", "requests"), [(429, 2), (503, 2), (502, 1), (504, 1)])
def test_a_post_is_repeated_only_when_the_server_did_nothing(
    worker: Any, site: Any, status: int, requests: int
) -> None:
    answers(site, status)

    worker.run({"url": site.url, **POST})

    assert len(site.received) == requests


@pytest.mark.parametrize(
    "key", [{"idempotency_key": True}, {"headers": {"Idempotency-Key": "one"}}]
)
def test_a_post_with_an_idempotency_key_is_repeated_like_any_other(
    worker: Any, site: Any, key: dict[str, JsonValue]
) -> None:
    left = iter([site.Raw(b"", reset=True), site.Answer(504)])
    site.answer = lambda _: next(left, site.Answer())

    result = worker.run({"url": site.url, **POST, **key, "retry": 2})

    keys = {got.headers["idempotency-key"] for got in site.received}
    assert (result.code, len(site.received), len(keys)) == (ExecCode.SUCCEEDED, 3, 1)


def test_a_post_that_broke_is_not_repeated(worker: Any, site: Any) -> None:
    site.answer = lambda _: site.Raw(b"", reset=True)

    worker.run({"url": site.url, **POST})

    assert len(site.received) == 1


def test_a_post_that_was_never_sent_is_tried_again(worker: Any) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/"

    result = worker.run({"url": url, **POST, "retry": {"limit": 3}})

    assert result.message == f"POST {url}: cannot connect: Connection refused (after 3 retries)"
    assert len(worker.waits) == 3


@pytest.mark.parametrize(
    "given",
    [
        {"url": "ftp://host/"},
        {"url": "http://127.0.0.1:1/", "proxy": "socks5://127.0.0.1:1"},
    ],
)
def test_what_comes_back_each_time_is_not_tried_again(
    worker: Any, given: dict[str, JsonValue]
) -> None:
    assert worker.run({**given, "retry": 3}).code == ExecCode.ERROR
    assert worker.waits == []


@pytest.mark.parametrize(
    ("retry", "complaint"),
    [
        (0, "retry"),
        (101, "retry"),
        (True, "retry"),
        ({"limit": 0}, "retry.limit"),
        ({"wait": "0"}, "longer than zero"),
        ({"max_wait": "soon"}, "'soon' is not a duration"),
        ({"statuses": ["5xx"]}, "'5xx' is not a status code"),
        ({"times": 3}, "unknown input"),
    ],
)
def test_a_bad_retry_is_an_error_that_names_it(
    worker: Any, site: Any, retry: JsonValue, complaint: str
) -> None:
    result = worker.run({"url": site.url, "retry": retry})

    assert result.code == ExecCode.ERROR
    assert complaint in result.message
    assert not site.received
