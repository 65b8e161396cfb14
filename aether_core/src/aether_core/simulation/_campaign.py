"""Many scenarios, one after the other: what they found, and how much they covered."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from aether_core.simulation._scenario import generate_scenario
from aether_core.simulation._verify import verify
from aether_sdk import AetherError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aether_core.simulation._player import Executors

# Every so many scenarios one is played again, to compare the histories.
_PLAYED_TWICE = 20


class Finding(msgspec.Struct, frozen=True):
    """A scenario that went wrong; its seed is all that is needed to see it again."""

    seed: int
    message: str


class Report(msgspec.Struct):
    """What a campaign covered, and found."""

    documents: int = 0
    tasks: int = 0
    commits: int = 0
    engines: int = 0
    #: Virtual and processor time, in seconds.
    simulated: float = 0.0
    worked: float = 0.0
    #: How many runs ended in which phase.
    phases: Counter[str] = msgspec.field(default_factory=Counter[str])
    findings: list[Finding] = msgspec.field(default_factory=list[Finding])

    def text(self) -> str:
        """Return the report for people, on a few lines."""
        phases = ", ".join(f"{count} {phase}" for phase, count in self.phases.most_common())
        rate = self.documents / self.worked if self.worked else 0.0
        lines = [
            f"{self.documents} documents, {self.tasks} tasks, {self.commits} commits, "
            f"{self.engines} engines, {self.simulated / 3600:.1f} virtual hours",
            f"{self.worked:.1f} s of processor time, {rate:.0f} documents/s",
            f"runs: {phases or 'none'}",
            f"findings: {len(self.findings)}",
        ]
        return "\n".join([*lines, *(f"  seed {f.seed}: {f.message}" for f in self.findings)])


def run_campaign(
    seeds: Iterable[int],
    executors: Executors,
    *,
    restarts: bool = False,
    watch: Callable[[Report], None] | None = None,
) -> Report:
    """Verify the scenario of each seed and return what that showed.

    Args:
        seeds: one for each scenario.
        executors: has the executor `echo`.
        restarts: lose engines on the way.
        watch: called after each scenario, to show progress or to stop by an exception.
    """
    report = Report()
    began = time.process_time()
    for seed in seeds:
        scenario = generate_scenario(seed, restarts=restarts)
        report.documents += 1
        try:
            seen = verify(scenario, executors, twice=seed % _PLAYED_TWICE == 0)
        except AetherError as error:
            report.findings.append(Finding(seed, error.message))
        else:
            report.tasks += len(seen.outcome)
            report.commits += seen.commits
            report.engines += seen.engines
            report.simulated += seen.duration / 1_000_000
            report.phases[seen.phase.value] += 1
        report.worked = time.process_time() - began
        if watch is not None:
            watch(report)
    return report
