"""The generator sees what documents use, and notices what has no example."""

from __future__ import annotations

from typing import Any

import pytest

import generator._errors as errors
import generator._fields as fields
from aether_core.document import Retry, Workflow
from generator._examples import Use, every_use, uses_of
from generator._mistakes import Mistake
from generator._objects import fields as fields_of
from generator._objects import type_words

DOCUMENT: dict[str, Any] = {
    "apiVersion": "aether/v1",
    "kind": "Workflow",
    "metadata": {"name": "a", "x-note": 1},
    "spec": {
        "entrypoint": "a",
        "templates": [{"loop": {"name": "a", "body": "b", "aggregate": {"strategy": "list"}}}],
    },
}


def test_the_uses_of_a_document_are_its_keys_and_chosen_words() -> None:
    """Keys that begin with x- and free texts are none."""
    assert uses_of(DOCUMENT) == {
        *(Use("Workflow", key) for key in ("apiVersion", "kind", "metadata", "spec")),
        Use("Workflow", "apiVersion", "aether/v1"),
        Use("Workflow", "kind", "Workflow"),
        Use("Metadata", "name"),
        *(Use("WorkflowSpec", key) for key in ("entrypoint", "templates")),
        Use("Template", "loop"),
        *(Use("Loop", key) for key in ("name", "body", "aggregate")),
        Use("Aggregate", "strategy"),
        Use("Aggregate", "strategy", "list"),
    }


def test_every_key_of_every_object_is_asked_for() -> None:
    """Also those of objects that are deep inside, and each word that a key can have."""
    found = every_use()

    assert {Use("Archive", "type", "zip"), Use("SecretKeyRef", "key")} <= {*found}
    assert {use.object for use in found} >= {"CronSpec", "HookRef", "WorkflowTemplateRef"}
    assert len(found) == len({*found})


def test_what_no_example_uses_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any example, everything is."""
    monkeypatch.setattr(fields, "examples", tuple)

    assert len(fields.fields_without_example()) == len(every_use())


def test_a_code_without_mistake_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """So are a mistake that gives another code, and one of a code that does not exist."""
    wrong = Mistake("", "", "", "a.yaml:1:1: error AE101: no\na.yaml:1:1: warning AE102: no")
    monkeypatch.setattr(errors, "_shown_mistakes", lambda: {"AE101": wrong, "AE999": wrong})
    monkeypatch.setattr(errors, "_shown_programs", dict)

    found = errors.codes_without_example()

    assert any(line.startswith("AE102 has no file") for line in found)
    assert any("AE999 is no code" in line for line in found)
    assert any("AE101 is not what its document gives: ['AE101', 'AE102']" in line for line in found)
    assert any("RunNotFound has no program" in line for line in found)


def test_types_are_told_in_words() -> None:
    """With their limits, and with links to what they are."""
    words = {field.key: type_words(field.type) for field in fields_of(Retry)}

    assert words == {
        "limit": "whole number from 0",
        "expression": "[expression](expressions.md)",
        "backoff": "[Backoff](#backoff)",
    }
    assert type_words(fields_of(Workflow)[0].type) == "`aether/v1`"
