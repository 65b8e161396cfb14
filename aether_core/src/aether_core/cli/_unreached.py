"""The tasks of an ended run that never began: they have no record, so no view of a run has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from aether_core.engine import WorkflowExecution

_SHOWN: Final = 5


def unreached_line(execution: WorkflowExecution, store: str | None) -> str:
    """Return a line that names them, and the command that tells more; '' if there are none.

    Args:
        execution: the run.
        store: the store's URL if it was given as an option.
    """
    if not execution.phase.is_terminal or execution.phase == "Succeeded":
        return ""
    # Late: most runs succeed.
    import asyncio

    from aether_core.cli._execution_text import why_command

    paths = asyncio.run(_paths(execution.run_id, store))
    if not paths:
        return ""
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    count = "1 task was" if len(paths) == 1 else f"{len(paths)} tasks were"
    command = why_command(execution.run_id, store)
    return f"{count} not reached: {', '.join(paths[:_SHOWN])}{more}; `{command}` tells why.\n"


async def _paths(run_id: str, store: str | None) -> list[str]:
    # Late: as above.
    from aether_core.cli._options import store_url
    from aether_core.cli._reading import reading
    from aether_core.engine.explain import unreached_tasks

    async with reading(store_url(store)) as opened:
        run = None if opened is None else await opened.get_run(run_id)
        if opened is None or run is None:
            return []
        return unreached_tasks(run, await opened.get_tasks(run_id))
