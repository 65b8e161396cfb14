"""`http.poll`: asking until a condition holds."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from aether_http import HttpPollExecutor
from aether_sdk import ExecCode, ExecuteRequest, Inputs

if TYPE_CHECKING:
    from typing import Any

    from aether_sdk import JsonValue

DONE = "json.state == 'done'"


def states(site: Any, *names: str, **headers: str) -> None:
    """Let a server tell these states in turn, the last one again and again."""
    left = list(names)
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())

    def answer(_: Any) -> Any:
        name = left.pop(0) if len(left) > 1 else left[0]
        return site.Answer(200, b'{"state": "%s"}' % name.encode(), named)

    site.answer = answer


def test_it_asks_until_the_condition_holds(worker: Any, site: Any) -> None:
    states(site, "new", "busy", "done")

    result = worker.run({"url": site.url, "until": DONE, "extract": {"s": "state"}}, poll=True)

    assert (result.code, result.message) == (ExecCode.SUCCEEDED, "")
    assert result.get("json") == {"state": "done"}
    assert (result.get("s"), result.get("polls")) == ("done", 3)
    assert worker.waits == [5, 5]
    assert worker.lines == [
        "answer 1: 200, the condition does not hold yet, the next one in 5 s",
        "answer 2: 200, the condition does not hold yet, the next one in 5 s",
    ]


def test_it_ends_as_failed_when_the_other_condition_holds(worker: Any, site: Any) -> None:
    states(site, "busy", "broken")

    result = worker.run(
        {"url": site.url, "until": DONE, "fail_when": "json.state == 'broken'"}, poll=True
    )

    assert (result.code, result.get("polls")) == (ExecCode.FAILED, 2)
    assert result.message == (
        f"GET {site.url}: the condition \"json.state == 'broken'\" (fail_when) holds"
    )


def test_it_ends_as_failed_at_an_unexpected_status(worker: Any, site: Any) -> None:
    site.answer = lambda _: site.Answer(404)

    result = worker.run({"url": site.url, "until": DONE}, poll=True)

    assert (result.code, result.get("status_code")) == (ExecCode.FAILED, 404)
    assert result.message == f"GET {site.url} answered 404, expected 200-299"


def test_a_condition_may_ask_for_the_status_and_headers(worker: Any, site: Any) -> None:
    left = iter([404, 404])
    site.answer = lambda _: site.Answer(next(left, 200), headers=(("X-State", "on"),))

    result = worker.run(
        {
            "url": site.url,
            "expected_status": [200, 404],
            "until": "status_code == `200` && headers.\"x-state\" == 'on'",
        },
        poll=True,
    )

    assert (result.code, result.get("polls")) == (ExecCode.SUCCEEDED, 3)


@pytest.mark.parametrize(("text", "wait"), [("1", 2), ("9", 9)])
def test_a_longer_retry_after_is_respected(worker: Any, site: Any, text: str, wait: float) -> None:
    states(site, "busy", "done", Retry_After=text)

    worker.run({"url": site.url, "until": DONE, "interval": "2s"}, poll=True)

    assert worker.waits == [wait]


def test_a_single_poll_is_retried_like_any_request(worker: Any, site: Any) -> None:
    left = iter([503, 503])
    site.answer = lambda _: site.Answer(next(left, 200), b'{"state": "done"}')

    result = worker.run({"url": site.url, "until": DONE, "retry": 2}, poll=True)

    assert (result.code, result.get("polls"), len(site.received)) == (ExecCode.SUCCEEDED, 1, 3)


@pytest.mark.parametrize("found", ["json.none", "json.no", "json.text", "json.list", "json.map"])
def test_what_is_false_or_empty_does_not_hold(worker: Any, site: Any, found: str) -> None:
    bodies = iter([b'{"none": null, "no": false, "text": "", "list": [], "map": {}}'])
    more = b'{"none": 0, "no": true, "text": "a", "list": [0], "map": {"a": 0}}'
    site.answer = lambda _: site.Answer(200, next(bodies, more))

    assert worker.run({"url": site.url, "until": found}, poll=True).get("polls") == 2


def test_it_gives_up_in_time_and_tells_the_last_answer(site: Any) -> None:
    states(site, "busy")
    given: dict[str, JsonValue] = {
        "url": site.url,
        "until": DONE,
        "interval": "10ms",
        "give_up_after": "150ms",
    }
    request = ExecuteRequest("t", "r", "n", inputs=Inputs.of(given))

    with pytest.raises(Exception, match="did not hold within 150ms") as caught:
        asyncio.run(HttpPollExecutor().execute(request))

    assert caught.value.exec_code == ExecCode.TIMEOUT  # type: ignore[attr-defined]
    assert caught.value.outputs["json"] == {"state": "busy"}  # type: ignore[attr-defined]
    assert caught.value.outputs["polls"] > 1  # type: ignore[attr-defined]


def test_giving_up_before_any_answer_has_no_outputs(worker: Any, site: Any) -> None:
    site.answer = lambda _: site.Stream([b"", b""], 5)

    result = worker.run({"url": site.url, "until": DONE, "give_up_after": "60ms"}, poll=True)

    assert result.code == ExecCode.TIMEOUT
    assert result.message == (
        f'GET {site.url}: the condition "{DONE}" did not hold within 60ms (0 answers)'
    )
    assert not result.parameters


def test_a_condition_that_does_not_fit_is_an_error(worker: Any, site: Any) -> None:
    states(site, "busy")

    result = worker.run({"url": site.url, "until": "length(status_code) > `0`"}, poll=True)

    assert (result.code, result.get("status_code")) == (ExecCode.ERROR, 200)
    assert "does not fit the answer" in result.message


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({}, "until"),
        ({"until": "a["}, "'a[' is not a JMESPath expression"),
        ({"until": "a", "fail_when": "]"}, "']' is not a JMESPath expression"),
        ({"until": "state == 'done'"}, "looks at state, but an answer has status_code, headers"),
        ({"until": "a", "interval": 0}, "interval"),
        ({"until": "a", "give_up_after": "never"}, "'never' is not a duration"),
    ],
)
def test_bad_inputs_are_an_error_that_names_them(
    worker: Any, site: Any, given: dict[str, JsonValue], complaint: str
) -> None:
    result = worker.run({"url": site.url, **given}, poll=True)

    assert result.code == ExecCode.ERROR
    assert complaint in result.message
    assert not site.received


@pytest.mark.parametrize(
    "condition", ["json.items[0:1]", "@.json", "*", "length(body) > `1`", "`true`", "[json, x]"]
)
def test_a_condition_may_look_at_an_answer_in_any_way(
    worker: Any, site: Any, condition: str
) -> None:
    site.answer = lambda _: site.Answer(200, b'{"items": [1, 2]}')

    assert worker.run({"url": site.url, "until": condition}, poll=True).get("polls") == 1


def test_aclose_closes_the_connections(site: Any) -> None:
    states(site, "done")
    executor = HttpPollExecutor()
    request = ExecuteRequest("t", "r", "n", inputs=Inputs.of({"url": site.url, "until": DONE}))

    async def run() -> None:
        await executor.aclose()
        await executor.execute(request)
        await executor.aclose()
        await executor.execute(request)

    asyncio.run(run())

    assert site.connections == 2
