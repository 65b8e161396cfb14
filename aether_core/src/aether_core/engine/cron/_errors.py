"""What can't be done with a schedule.

AetherError
└── EngineError
    └── CronError               root of these
        ├── CronNotFound        no such schedule in the store
        ├── CronExists          its name is taken
        └── WorkflowSpecFixed   an update would change what the schedule starts
"""

from __future__ import annotations

from aether_core.engine._errors import EngineError


class CronError(EngineError):
    """Something can't be done with a schedule."""

    code = "AE860"


class CronNotFound(CronError):
    """The store has no such schedule.

    Attributes:
        name: what was asked for.
    """

    code = "AE861"

    def __init__(self, name: str, namespace: str, near: str | None = None) -> None:
        super().__init__(
            f"no schedule {name!r} of namespace {namespace!r} in this store",
            hint=f'Did you mean "{near}"?' if near else "`aether cron list` shows what is there",
        )
        self.name = name


class CronExists(CronError):
    """The namespace has a schedule of that name.

    Attributes:
        name: the name.
    """

    code = "AE862"

    def __init__(self, name: str, namespace: str) -> None:
        super().__init__(
            f"namespace {namespace!r} has a schedule {name!r} already",
            hint="`aether cron update` changes it",
        )
        self.name = name


class WorkflowSpecFixed(CronError):
    """An update would change what the schedule starts (engine.md 13.2)."""

    code = "AE863"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"the workflowSpec of schedule {name!r} can't be changed; everything else can",
            hint="Delete the schedule and create it again; its runs stay.",
        )
