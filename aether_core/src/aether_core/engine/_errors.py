"""What an engine tells its callers when it can't do as they ask.

AetherError
└── EngineError                 root of these
    ├── DocumentRejected        the document has errors; nothing was stored
    ├── RunNotFound             no such run in the store
    ├── RunTakenOver            another engine drives the run now
    ├── NotApplicable           the run is not in a state for the request
    │   └── NotSuspended        there is nothing to resume
    ├── EngineFailed            the store failed; nothing more will happen here
    └── EngineClosed            used before `async with` or after it
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_sdk import AetherError

if TYPE_CHECKING:
    from aether_core.document import Diagnostic


class EngineError(AetherError):
    """The engine can't do what it was asked."""

    code = "AE810"


class DocumentRejected(EngineError):
    """A document has errors, so no run of it was made.

    Attributes:
        diagnostics: every error and warning, in the order of the text.
    """

    code = "AE811"

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        errors = [d for d in diagnostics if d.severity == "error"]
        lines = [f"{d.path or '/'}: {d.message}" for d in errors]
        super().__init__("the document was refused:\n  " + "\n  ".join(lines))
        self.diagnostics = diagnostics


class RunNotFound(EngineError):
    """The store has no such run.

    Attributes:
        run_id: what was asked for.
    """

    code = "AE812"

    def __init__(self, run_id: str) -> None:
        super().__init__(
            f"no run {run_id!r} in this store", hint="`aether list` shows what is there"
        )
        self.run_id = run_id


class RunTakenOver(EngineError):
    """Another engine drives the run now; what it does there is not known here.

    Attributes:
        run_id: the run.
    """

    code = "AE813"

    def __init__(self, run_id: str) -> None:
        super().__init__(
            f"run {run_id} is driven by another engine",
            hint="If its process has died, it can be taken over 5 seconds later.",
        )
        self.run_id = run_id


class NotApplicable(EngineError):
    """A request does not fit the state that the run is in; nothing was changed."""

    code = "AE817"


class NotSuspended(NotApplicable):
    """There is nothing to resume: the task, or every task of the run, goes on or has ended."""

    code = "AE816"


class EngineFailed(EngineError):
    """The engine lost its store and has stopped; what was committed before is safe."""

    code = "AE814"


class EngineClosed(EngineError):
    """The engine is not open."""

    code = "AE815"
