"""`ExecuteRequest.log`: says a line, and is never in the way of the work."""

from __future__ import annotations

from aether_sdk import ExecuteRequest


def test_a_line_goes_to_whoever_listens_and_the_answer_comes_back() -> None:
    heard: list[str] = []

    def listen(text: str) -> bool:
        heard.append(text)
        return len(heard) < 2

    request = ExecuteRequest("task-1", "run-1", "build", on_log=listen)

    assert (request.log("one"), request.log("two")) == (True, False)
    assert heard == ["one", "two"]


def test_a_request_made_by_hand_has_nobody_that_listens() -> None:
    assert not ExecuteRequest("task-1", "run-1", "build").log("into the void")


def test_a_listener_that_fails_does_not_fail_the_task() -> None:
    def listen(text: str) -> bool:
        raise OSError(text)

    assert not ExecuteRequest("task-1", "run-1", "build", on_log=listen).log("anything")


def test_who_listens_is_no_part_of_what_is_asked() -> None:
    heard, unheard = (
        ExecuteRequest("task-1", "run-1", "build", on_log=on_log)
        for on_log in (lambda _: True, None)
    )

    assert heard == unheard
    assert repr(heard) == repr(unheard)
