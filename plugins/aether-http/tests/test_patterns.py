"""What the schema refuses, so that documents are refused early, is refused at run time too."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aether_http import HttpExecutor, HttpPollExecutor
from aether_http._poll import HttpPollInputs
from aether_http._proxies import ProxyUrlError
from aether_http._requests import build_request
from aether_sdk import BindError, ExecuteRequest, Inputs, bind_inputs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aether_sdk import JsonValue

jsonschema = pytest.importorskip("jsonschema")

DURATIONS: Final = (
    *("timeout", "connect_timeout", "read_timeout", "interval", "give_up_after"),
    *("retry.wait", "retry.max_wait"),
)
STATUSES: Final = ("expected_status", "retry.statuses")
_NUMBERS = st.integers(-2, 1100) | st.floats(-2, 1100) | st.booleans()
_DURATIONS = st.text(alphabet="0159.+-hmsdnu \n", max_size=6) | _NUMBERS
_STATUSES = st.text(alphabet="01259-x \n", max_size=8) | _NUMBERS
_METHODS = st.text(alphabet="GETget -/\n\u00e4", max_size=5)
_URLS = st.builds(
    "{}{}{}".format,
    st.sampled_from(["http", "HTTPS", "hTtp", "ftp", "", " http", "httpx", "http\n"]),
    st.sampled_from(["://", ":", ":/", "//", ""]),
    st.text(alphabet="ax:/?#@[]. \u00e4", max_size=4),
)


def inputs_of(name: str, value: object) -> dict[str, Any]:
    """Return inputs of `http.poll` with a value at the end of a way such as `retry.wait`."""
    outer, _, inner = name.partition(".")
    inside = [value] if inner == "statuses" else value
    return {"url": "http://a", "until": "`true`", outer: {inner: inside} if inner else inside}


@cache
def validator() -> Any:
    """Return a complete judge of what the schema says."""
    return jsonschema.Draft202012Validator(HttpPollExecutor().schema().inputs)


def is_refused(given: dict[str, Any]) -> bool:
    """Return whether a call ends before anything is sent."""
    try:
        bound = bind_inputs(Inputs.of(given), HttpPollInputs)
        with ExitStack() as stack:
            build_request(bound, ExecuteRequest("t", "r", "n"), stack)
    except (BindError, httpx.InvalidURL, ProxyUrlError):
        return True
    return False


def judge(name: str, value: JsonValue) -> None:
    given = inputs_of(name, value)
    if not validator().is_valid(given):
        assert is_refused(given), given


@pytest.mark.parametrize("name", DURATIONS)
def test_durations(name: str) -> None:
    @settings(max_examples=25, deadline=None)
    @given(value=_DURATIONS)
    @example(value=0)
    @example(value="5 seconds")
    def check(value: JsonValue) -> None:
        judge(name, value)

    check()


@pytest.mark.parametrize("name", STATUSES)
def test_statuses(name: str) -> None:
    @settings(max_examples=25, deadline=None)
    @given(value=_STATUSES)
    @example(value=99)
    @example(value="200-")
    def check(value: JsonValue) -> None:
        judge(name, value)

    check()


@pytest.mark.parametrize("name", ["url", "proxy"])
def test_urls(name: str) -> None:
    @settings(max_examples=60, deadline=None)
    @given(value=_URLS)
    @example(value="")
    @example(value="127.0.0.1:9")
    def check(value: str) -> None:
        judge(name, value)

    check()


@settings(max_examples=25, deadline=None)
@given(value=_METHODS)
def test_methods(value: str) -> None:
    judge("method", value)


@given(value=st.integers(-3, 200))
@settings(max_examples=25, deadline=None)
def test_numbers_of_retries(value: int) -> None:
    assert validator().is_valid(inputs_of("retry", value)) != is_refused(inputs_of("retry", value))


MISTAKES: Final[list[tuple[str, JsonValue]]] = [
    ("timeout", "5 seconds"),
    ("timeout", 0),
    ("connect_timeout", -1),
    ("retry", -1),
    ("retry", 0),
    ("retry.wait", "soon"),
    ("retry.statuses", "5xx"),
    ("expected_status", 99),
    ("expected_status", "2xx"),
    ("expected_status", ["1000"]),
    ("method", "FETCH ME"),
    ("url", "example.com"),
    ("url", "ftp://example.com"),
    ("url", "/x"),
    ("proxy", "127.0.0.1:9"),
    ("interval", "often"),
]


@pytest.mark.parametrize(("name", "value"), MISTAKES)
def test_frequent_mistakes_are_refused_by_the_schema(name: str, value: JsonValue) -> None:
    assert not validator().is_valid(inputs_of(name, value))


RIGHT: Final[dict[str, tuple[JsonValue, ...]]] = {
    **dict.fromkeys(DURATIONS, ("1h30m", "1d12h", ".5s", 1, 0.5)),
    **dict.fromkeys(STATUSES, (204, "404", "200-299", 999)),
    "url": ("HTTPS://a", "http://[::1]:8/x", "http://u:p@\u00e4.example"),
    "proxy": ("", None, "http://u:p@proxy:3128"),
    "method": ("get", "M-SEARCH"),
    "retry": (1, 100, None, {}),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_is_accepted_by_both(name: str) -> None:
    for value in RIGHT[name]:
        assert validator().is_valid(inputs_of(name, value)), value
        assert not is_refused(inputs_of(name, value)), value


@pytest.mark.parametrize("executor", [HttpExecutor, HttpPollExecutor])
def test_every_pattern_has_words(executor: type[HttpExecutor | HttpPollExecutor]) -> None:
    wordless = [
        each
        for each in _schemas_in(executor().schema().inputs)
        if "pattern" in each and "x-aether-expected" not in each
    ]

    assert wordless == []


def _schemas_in(value: JsonValue) -> Iterator[dict[str, JsonValue]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    for each in value if isinstance(value, list) else []:
        yield from _schemas_in(each)
