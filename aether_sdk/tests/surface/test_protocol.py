"""Numbers and names that plugins and engines agree on."""

from __future__ import annotations

import pytest

from aether_sdk import (
    API_LEVEL,
    ENTRY_POINT_GROUP,
    MASK,
    PROJECT_NAME,
    SUPPORTED_API_LEVELS,
    ExecCode,
    ExecOutputs,
    Phase,
    phase_of_code,
)


def test_constants_of_the_contract() -> None:
    assert (API_LEVEL, ENTRY_POINT_GROUP, PROJECT_NAME) == (1, "aether.executors", "aether")
    assert API_LEVEL in SUPPORTED_API_LEVELS
    assert MASK == "******"


@pytest.mark.parametrize(
    ("code", "phase"),
    [
        (0, Phase.SUCCEEDED),
        (1, Phase.SUSPENDED),
        (2, Phase.FAILED),
        (3, Phase.ERROR),
        (4, Phase.TIMEOUT),
        (999, Phase.ERROR),
        (-1, Phase.ERROR),
    ],
)
def test_a_code_stands_for_a_phase_and_unknown_codes_for_error(code: int, phase: Phase) -> None:
    assert phase_of_code(code) is phase
    assert ExecOutputs(code).phase is phase


def test_an_unknown_code_survives_in_outputs() -> None:
    assert ExecOutputs(999).code == 999


def test_codes_are_those_of_the_protocol() -> None:
    assert [(code.name, int(code)) for code in ExecCode] == [
        ("SUCCEEDED", 0),
        ("SUSPENDED", 1),
        ("FAILED", 2),
        ("ERROR", 3),
        ("TIMEOUT", 4),
    ]


def test_terminal_phases() -> None:
    terminal = {phase.value for phase in Phase if phase.is_terminal}

    assert terminal == {"Succeeded", "Failed", "Error", "Timeout", "Skipped", "Cancelled"}


def test_the_other_phases_are_not_terminal() -> None:
    open_phases = {phase.value for phase in Phase if not phase.is_terminal}

    assert open_phases == {"Created", "Ready", "Running", "Suspended"}
