"""`python -m aether_core.simulation`: generated documents against the real engine."""

from __future__ import annotations

import argparse
import sys

import msgspec

from aether_core.plugins import InstalledExecutors
from aether_core.simulation._campaign import Report, run_campaign
from aether_core.simulation._planting import PlantingReport, run_planting
from aether_core.simulation._scenario import generate_scenario

_PROGRESS = 1000


def main(arguments: list[str]) -> int:
    """Play the scenarios that are asked for; return 1 if one of them went wrong."""
    options = _parser().parse_args(arguments)
    executors = InstalledExecutors()
    if executors.get("echo") is None:
        sys.stderr.write("the executor echo is missing; install the package aether-echo\n")
        return 2
    if options.show:
        scenario = generate_scenario(options.seed, restarts=options.restarts)
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(scenario)).decode() + "\n")
    seeds = range(options.seed, options.seed + options.documents)
    if options.mistakes:
        planting = run_planting(seeds, executors, watch=_watch_planting)
        sys.stdout.write(planting.text() + "\n")
        return 1 if planting.findings else 0
    report = run_campaign(seeds, executors, restarts=options.restarts, watch=_watch)
    sys.stdout.write(report.text() + "\n")
    return 1 if report.findings else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m aether_core.simulation",
        description="Play generated documents in virtual time and check what must always hold.",
    )
    parser.add_argument("--documents", type=int, default=1, help="how many; 1 by default")
    parser.add_argument("--seed", type=int, default=0, help="the first seed; 0 by default")
    parser.add_argument("--restarts", action="store_true", help="lose engines on the way")
    parser.add_argument("--show", action="store_true", help="print the scenario of the first seed")
    parser.add_argument(
        "--mistakes", action="store_true", help="plant mistakes and check that each is reported"
    )
    return parser


def _watch(report: Report) -> None:
    if report.documents % _PROGRESS == 0:
        sys.stderr.write(
            f"{report.documents} documents, {report.worked:.0f} s, "
            f"{len(report.findings)} findings\n"
        )


def _watch_planting(report: PlantingReport) -> None:
    if report.documents % _PROGRESS == 0:
        sys.stderr.write(f"{report.documents} documents, {len(report.findings)} findings\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
