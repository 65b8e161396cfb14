"""From an exception that reached the top to one message and an exit status."""

from __future__ import annotations

import os
import traceback

from aether_core.cli import _exits
from aether_core.cli._console import complain, note
from aether_core.cli._safe_text import one_line, safe_text
from aether_sdk import AetherError

# A run whose store failed on its way.
_STATUS = {"AE814": _exits.INTERNAL}


def report_failure(error: Exception) -> int:
    """Write what went wrong to stderr and return the exit status."""
    if os.environ.get("AETHER_TRACEBACK", "") not in {"", "0"}:
        note("".join(traceback.format_exception(error)).rstrip())
    if isinstance(error, AetherError):
        complain(safe_text(str(error)), error.hint)
        return _STATUS.get(error.code, _exits.USAGE)
    text = one_line(f"{type(error).__name__}: {error}")
    note(
        f"aether: internal error: {text}; please report it; "
        "run with AETHER_TRACEBACK=1 for the traceback"
    )
    return _exits.INTERNAL
