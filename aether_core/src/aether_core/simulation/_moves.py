"""The state machine: which phase may follow which (engine.md 5, decisions 19 to 23)."""

from __future__ import annotations

from typing import Final

from aether_sdk import Phase

_ENDS: Final = frozenset(
    {Phase.SUCCEEDED, Phase.FAILED, Phase.ERROR, Phase.TIMEOUT, Phase.CANCELLED}
)

#: A leaf. It goes back to Ready for another attempt, for a resume, or with another engine;
#: back to Created while it waits for another attempt. Phase conditions can make any end of one.
LEAF_MOVES: Final = {
    Phase.CREATED: {
        Phase.READY,
        Phase.SKIPPED,
        Phase.ERROR,
        Phase.TIMEOUT,
        Phase.CANCELLED,
    },
    Phase.READY: {Phase.CREATED, Phase.READY, Phase.RUNNING, *_ENDS},
    Phase.RUNNING: {Phase.CREATED, Phase.READY, Phase.SUSPENDED, *_ENDS},
    Phase.SUSPENDED: {Phase.CREATED, Phase.READY, *_ENDS},
}

#: A dag or a loop. It may end in any phase that is not an end; it is never Suspended.
CONTAINER_MOVES: Final = {
    Phase.CREATED: {Phase.READY, Phase.RUNNING, Phase.SKIPPED, *_ENDS},
    Phase.READY: {Phase.RUNNING, *_ENDS},
    Phase.RUNNING: {*_ENDS},
}

#: A run; an ended one begins again only with a new generation.
RUN_MOVES: Final = {
    None: {Phase.CREATED},
    Phase.CREATED: {Phase.READY, Phase.RUNNING, *_ENDS},
    Phase.READY: {Phase.RUNNING, *_ENDS},
    Phase.RUNNING: {*_ENDS},
}
