"""Every hostile executor is caught, and by the rule that owns what it does wrong."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import Any

import pytest

from aether_sdk.testing import RULES, Limits, check_contract

NAMES = [*import_module("hostile_executors").BREAKS]
DECENT = import_module("decent_executor")
#: Each sample costs time where something blocks or goes on; what ends it is needed only there.
PATIENT = {
    "gives-way": DECENT.SAMPLES[:1],
    "leaves-nothing": DECENT.SAMPLES[:1],
    "cancel": [DECENT.SAMPLES[0], DECENT.ENDLESS],
    "cancel-clean": [DECENT.SAMPLES[0], DECENT.ENDLESS],
}


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_executor_breaks_its_rule_and_no_other(
    name: str, hostile: Any, decent: Any, limits: Limits
) -> None:
    """With the samples that the decent one passes."""
    samples = PATIENT.get(hostile.BREAKS[name], decent.SAMPLES)

    if hostile.BREAKS[name] == "gives-way":
        limits = replace(limits, block=0.08)
    findings = check_contract(getattr(hostile, name), samples, is_installed=False, limits=limits)

    assert {finding.code for finding in findings} == {hostile.BREAKS[name]}, [*map(str, findings)]


def test_the_decent_executors_break_none(decent: Any) -> None:
    for executor in (decent.Decent, decent.Plain):
        samples = decent.SAMPLES if executor is decent.Plain else [*decent.SAMPLES, decent.ENDLESS]

        findings = check_contract(executor, samples, is_installed=False)

        assert [*map(str, findings)] == []


def test_every_rule_has_a_hostile_executor_or_a_test_of_its_own(hostile: Any) -> None:
    """Those about packages, READMEs and samples are tested beside this table."""
    elsewhere = {"entry-point", "import", "readme", "samples"}

    assert {rule.code for rule in RULES} == {*hostile.BREAKS.values(), *elsewhere}
    assert len(NAMES) >= 59
