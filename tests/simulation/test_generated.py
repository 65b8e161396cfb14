"""Generated documents against the real engine: what must hold whatever happens, and when."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aether_core.plugins import InstalledExecutors
from aether_core.simulation import draw_scenario, run_campaign, verify

EXECUTORS = InstalledExecutors()
# Together 2,000 documents and more, in parts, so that workers share them.
PARTS = 8
DOCUMENTS = 210
DRAWN = 200


@pytest.mark.parametrize("part", range(PARTS))
def test_invariants_hold_for_the_documents_of_many_seeds(part: int) -> None:
    """Phases, order, limits, wake-ups, histories and outcomes; half of them lose engines."""
    seeds = range(part * DOCUMENTS, (part + 1) * DOCUMENTS)

    report = run_campaign(seeds, EXECUTORS, restarts=part % 2 == 1)

    assert report.findings == [], report.text()
    assert report.documents == DOCUMENTS


@pytest.mark.parametrize("restarts", [False, True], ids=["", "restarts"])
def test_invariants_hold_for_documents_that_shrink(restarts: bool) -> None:
    """The same with documents that hypothesis draws: new ones each time, and small ones to show."""

    @settings(
        max_examples=DRAWN,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(random=st.randoms(use_true_random=False), seed=st.integers(0, 2**32))
    def check(random: Random, seed: int) -> None:
        verify(draw_scenario(random, seed, restarts=restarts), EXECUTORS)

    check()
