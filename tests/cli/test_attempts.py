"""Attempts that fail and are followed by another, as people see them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Aether = Callable[..., Any]
Ran = Callable[..., Any]

FAILS_TWICE = {"parameters": [{"name": "fail-count", "value": 2}]}


def test_each_failed_attempt_has_a_line_with_what_comes_next(aether: Aether, ran: Ran) -> None:
    """In the progress of `run`, in `watch` later on, in `get` and in `why`."""
    retry = {"limit": 3, "expression": "phase == Failed", "backoff": {"duration": "20ms"}}
    ran({"name": "slow", "inputs": FAILS_TWICE, "retry": retry})

    ran_again = aether("run", "flow.json")
    watched = aether("watch", "r")

    for err in (ran_again.err, watched.err):
        first, second = (line for line in err.splitlines() if line.startswith("Retrying "))
        assert re.fullmatch(
            r"Retrying   slow  attempt 1 of 4 ended Failed, next in 20ms: .+ attempt 1 .+", first
        )
        assert "attempt 2 of 4 ended Failed, next in 40ms: " in second
        assert "note:" not in err
    assert re.search(r"slow  Succeeded  [\d.]+ m?s  retried 2 times\n", watched.out)
    why = aether("why", "r", "slow").out
    assert re.search(r"attempt 1  \S+Z, \d+ ms  ended Failed, next in 20ms: ", why)


def test_an_attempt_that_follows_at_once_says_so(aether: Aether, ran: Ran) -> None:
    """The number of attempts is what is still possible."""
    ran({"name": "quick", "inputs": FAILS_TWICE, "retry": {"limit": 2, "expression": "true"}})

    lines = aether("watch", "r").err.splitlines()

    assert lines[1].startswith("Retrying   quick  attempt 1 of 3 ended Failed, next at once: ")
    assert lines[2].startswith("Retrying   quick  attempt 2 of 3 ended Failed, next at once: ")
    assert lines[3].startswith("Succeeded  quick  ")
