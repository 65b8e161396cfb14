"""Runs that somebody may have meant who gave an id that no run has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.cli._errors import UsageError

if TYPE_CHECKING:
    from aether_core.ports import Store

_LOOKED_AT: Final = 500
_SHOWN: Final = 3


async def unknown_run(store: Store, run_id: str) -> UsageError:
    """Return the error of an id that no run has, with the ids that are near to it.

    Args:
        store: open.
        run_id: what was asked for.
    """
    # Late: most ids are known.
    from difflib import get_close_matches

    from aether_core.ports import RunQuery

    query = RunQuery(limit=_LOOKED_AT)
    runs = [run.run_id for run in await store.list_runs(query)]
    near = [each for each in runs if run_id and each.startswith(run_id)][:_SHOWN]
    near = near or get_close_matches(run_id, runs, _SHOWN)
    hint = "`aether list` shows what is there" if runs else "The store holds no runs at all."
    if near:
        names = " or ".join(f'"{each}"' for each in near)
        hint = f"Did you mean {names}?"
    return UsageError(f"no run {run_id!r} in this store", hint=hint)
