"""A week of schedules with retries and timeouts, under a clock that jumps: a test of the suite."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

TEST = Path(__file__).parents[1] / "aether_core/tests/engine/cron/test_week.py"
BAR_SECONDS = 5.0


class Stopwatch:
    """Learns from pytest how long the test took."""

    seconds = 0.0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the time of the test itself."""
        if report.when == "call":
            self.seconds = report.duration


def main() -> int:
    """Run the test, and print how long the week took."""
    watch = Stopwatch()
    status = pytest.main(["-q", "-p", "no:cacheprovider", str(TEST)], plugins=[watch])
    print(f"a week of three schedules: {watch.seconds:.2f} s (bar {BAR_SECONDS:g})")
    return 0 if status == 0 and watch.seconds < BAR_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
