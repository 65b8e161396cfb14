"""Deterministic simulation: the real engine in virtual time, with deliveries from a seed.

A tool for tests. `run_simulated` runs any coroutine on a loop that jumps from timer to timer;
`SimulatedBroker` decides by a seed when what arrives; `play` drives one document through an
engine, or several that are lost one after the other, and checks at every commit what must
always hold; `generate_scenario` makes up documents. `run_planting` puts mistakes into them and
looks whether the checker tells each one. `python -m aether_core.simulation` does as many as one
likes.
"""

from __future__ import annotations

from aether_core.simulation._broker import Delivery, SimulatedBroker, Worker, executing
from aether_core.simulation._campaign import Finding, Report, run_campaign
from aether_core.simulation._documents import generate_document
from aether_core.simulation._loop import (
    NEW_YEAR,
    Stalled,
    VirtualClock,
    VirtualLoop,
    run_simulated,
)
from aether_core.simulation._observer import InvariantBroken, RunObserver
from aether_core.simulation._planting import PlantingReport, run_planting
from aether_core.simulation._playback import Playback
from aether_core.simulation._player import Executors, play
from aether_core.simulation._scenario import Crash, Scenario, draw_scenario, generate_scenario
from aether_core.simulation._verify import verify

__all__ = [
    "NEW_YEAR",
    "Crash",
    "Delivery",
    "Executors",
    "Finding",
    "InvariantBroken",
    "PlantingReport",
    "Playback",
    "Report",
    "RunObserver",
    "Scenario",
    "SimulatedBroker",
    "Stalled",
    "VirtualClock",
    "VirtualLoop",
    "Worker",
    "draw_scenario",
    "executing",
    "generate_document",
    "generate_scenario",
    "play",
    "run_campaign",
    "run_planting",
    "run_simulated",
    "verify",
]
