"""The names of what can change between two versions of an executor, and which of it breaks."""

from __future__ import annotations

from typing import Final

import msgspec


class Rule(msgspec.Struct, frozen=True):
    """A kind of change."""

    #: Whether a document that was fine may not be so any more.
    breaking: bool
    #: What it is, for people.
    meaning: str


#: By name. A document gives inputs, so less may not be taken; it reads outputs, so nothing may
#: come that did not come before.
RULES: Final[dict[str, Rule]] = {
    "removed-executor": Rule(breaking=True, meaning="the type is gone"),
    "added-executor": Rule(breaking=False, meaning="the type is new"),
    "removed-input": Rule(breaking=True, meaning="an input is gone"),
    "added-input": Rule(breaking=False, meaning="a new input may be given"),
    "new-required-input": Rule(breaking=True, meaning="a new input must be given"),
    "required-input": Rule(breaking=True, meaning="an input that could be left out must be given"),
    "optional-input": Rule(breaking=False, meaning="an input that had to be given need not be"),
    "narrowed-input": Rule(breaking=True, meaning="values that were taken are refused"),
    "widened-input": Rule(breaking=False, meaning="values that were refused are taken"),
    "changed-default": Rule(breaking=False, meaning="what is left out counts as something else"),
    "new-input-rule": Rule(breaking=True, meaning="inputs together have to meet another condition"),
    "removed-input-rule": Rule(breaking=False, meaning="inputs together have a condition less"),
    "closed-inputs": Rule(breaking=True, meaning="inputs of any name were taken, and are refused"),
    "opened-inputs": Rule(breaking=False, meaning="inputs of any name are taken"),
    "removed-output": Rule(breaking=True, meaning="an output is gone"),
    "added-output": Rule(breaking=False, meaning="an output is new"),
    "optional-output": Rule(breaking=True, meaning="an output may be missing"),
    "required-output": Rule(breaking=False, meaning="an output that could be missing can't be"),
    "widened-output": Rule(breaking=True, meaning="values come that did not come before"),
    "narrowed-output": Rule(breaking=False, meaning="some values come no more"),
    "closed-outputs": Rule(breaking=True, meaning="outputs of any name came, now they are fixed"),
    "opened-outputs": Rule(breaking=True, meaning="outputs were fixed, now each run decides"),
}


class Change(msgspec.Struct, frozen=True):
    """One difference between two versions of an executor."""

    #: A key of `RULES`.
    rule: str
    breaking: bool
    #: The executor's type.
    executor: str
    #: `inputs`, `outputs`, or one of them with a name, such as `inputs.url`; may be empty.
    place: str
    #: A sentence without its full stop.
    message: str


def change(rule: str, executor: str, place: str = "", message: str = "") -> Change:
    """Return a change; without a message of its own it has that of the rule."""
    found = RULES[rule]
    return Change(rule, found.breaking, executor, place, message or found.meaning)
