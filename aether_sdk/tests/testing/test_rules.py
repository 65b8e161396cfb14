"""Rules that ask for samples, and the form of findings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from aether_sdk.testing import RULES, Limits, Sample, check_contract


def test_codes_are_unique_and_every_rule_says_what_to_do() -> None:
    codes = [rule.code for rule in RULES]

    assert len(set(codes)) == len(codes)
    assert all(rule.text.endswith(".") and rule.hint.endswith(".") for rule in RULES)


def test_a_finding_says_rule_message_and_hint(hostile: Any) -> None:
    [finding] = check_contract(hostile.SaysNothingOfItself, is_installed=False)

    assert str(finding).splitlines() == [
        "texts: description: empty",
        "  rule: Version and description are texts and not empty.",
        "  hint: Give the class a version and one sentence of description.",
    ]


def test_a_sample_that_does_not_fit_is_found_without_its_value(decent: Any) -> None:
    sample = Sample({"text": "a", "words": "private-thing"}, code=3)

    findings = check_contract(decent.Decent, [sample], is_installed=False)

    assert [finding.code for finding in findings] == ["samples"]
    assert "$.words breaks 'type'" in findings[0].message
    assert "private-thing" not in str(findings[0])


def test_a_promised_code_is_asked_for(decent: Any) -> None:
    wrong = replace(decent.SAMPLES[0], code=2)

    findings = check_contract(decent.Decent, [wrong], is_installed=False)

    assert [finding.code for finding in findings] == ["answers"]
    assert "ended with code 0 (), expected 2" in findings[0].message


def test_a_failure_without_a_word_is_found(hostile: Any, decent: Any) -> None:
    """Also one that the sample promises."""
    sample = replace(decent.SAMPLES[0], code=2)

    findings = check_contract(hostile.FailsWithoutAWord, [sample], is_installed=False)

    assert [finding.code for finding in findings] == ["failures"]


def test_secrets_too_short_to_be_looked_for_are_said_so(decent: Any) -> None:
    findings = check_contract(
        decent.Decent, [Sample({"text": "a", "token": "abc"})], is_installed=False
    )

    assert [finding.code for finding in findings] == ["secrets"]
    assert "too short" in findings[0].message


def test_an_input_that_a_sample_marks_is_secret_too(decent: Any) -> None:
    """`Decent` returns its text, which nobody declared as a secret."""
    sample = Sample({"text": "fire-and-earth", "words": ["a"]}, secrets={"text"})

    findings = check_contract(decent.Decent, [sample], is_installed=False)

    assert {finding.code for finding in findings} == {"secrets"}
    assert any("the outputs" in finding.message for finding in findings)
    assert "fire-and-earth" not in "".join(map(str, findings))


def test_a_secret_of_an_endless_sample_is_looked_for(decent: Any, limits: Limits) -> None:
    endless = replace(decent.ENDLESS, inputs={**decent.ENDLESS.inputs, "token": "wind-and-rain"})

    assert check_contract(decent.Decent, [endless], is_installed=False, limits=limits) == []


def test_a_sample_does_not_show_its_values() -> None:
    sample = Sample({"token": "wind-and-water"})

    assert "wind" not in repr(sample)
    assert sample.label == "the sample with token"
    assert Sample({}).label == "the sample with no inputs"
