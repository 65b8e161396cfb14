"""Secrets that stand in a document are told, and not told again by the checker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Aether = Callable[..., Any]
Step = Callable[..., dict[str, Any]]
Workflow = Callable[..., str]

URL = "https://example.org"


@pytest.mark.parametrize(
    ("inputs", "places"),
    [
        ({"auth": {"bearer": "hunter2"}}, ["auth.bearer"]),
        ({"auth": {"username": "me", "password": "hunter2"}}, ["auth.password"]),
        ({"tls": {"cert": "c.pem", "key": "k.pem", "key_password": "hunter2"}},
         ["tls.key_password"]),
        ({"auth": {"username": "me"}}, []),
        ({"auth": {"bearer": ""}}, []),
    ],
)  # fmt: skip
def test_a_literal_for_a_secret_input_is_a_warning_at_its_place(
    aether: Aether,
    workflow: Workflow,
    step: Step,
    inputs: dict[str, Any],
    places: list[str],
) -> None:
    """The path of a file is none."""
    flow = workflow(step("get", "http", {"url": URL, **inputs}))

    told = aether("validate", flow, "--output", "json").json["diagnostics"]

    assert [each["code"] for each in told] == ["AE407"] * len(places)
    for each, place in zip(told, places, strict=True):
        assert each["severity"] == "warning"
        assert each["message"].startswith(f'"{place}" is a secret of executor "http"')
        assert "valueFrom.secretKeyRef" in each["hint"]
        assert "hunter2" not in each["message"]


def test_a_wrong_value_that_holds_a_secret_is_not_shown(
    aether: Aether, workflow: Workflow, step: Step
) -> None:
    """Diagnostics end up in the logs of other systems."""
    auth = {"bearer": "hunter2", "username": "me"}
    flow = workflow(step("get", "http", {"url": URL, "auth": auth}))

    told = aether("validate", flow, "--output", "json").json["diagnostics"]

    assert sorted(each["code"] for each in told) == ["AE404", "AE407"]
    assert not [each for each in told if "hunter2" in each["message"]]


def test_describe_marks_secrets_and_shows_the_members_of_objects(aether: Aether) -> None:
    described = aether("executors", "describe", "http").out

    assert "auth.bearer         secret string" in described
    assert "tls.verify          bool" in described
