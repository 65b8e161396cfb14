"""Where in an executor an unexpected error came up."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aether_sdk import Executor


def place_of(error: BaseException, executor: Executor) -> str:
    """Return file and line, such as `acme_slug/_executor.py, line 12`; empty if none is known.

    The innermost line of the executor's own package counts, since that is what its author can
    mend; only where none was passed, the innermost of all.
    """
    homes = _homes(executor)
    own, last = "", ""
    found = error.__traceback__
    # The first frame is that of the call.
    while found is not None and (found := found.tb_next) is not None:
        file, line = Path(found.tb_frame.f_code.co_filename), found.tb_lineno
        last = f"{file.name}, line {line}"
        home = next((each for each in homes if file == each or each in file.parents), None)
        if home is not None:
            own = f"{file.relative_to(home.parent)}, line {line}"
    return own or last


def _homes(executor: Executor) -> list[Path]:
    """Return the folder of an executor's package and the file of its module."""
    module = type(executor).__module__
    top, own = (
        getattr(sys.modules.get(name), "__file__", None)
        for name in (module.partition(".")[0], module)
    )
    homes = [Path(top).parent] if top and Path(top).name == "__init__.py" else []
    return [*homes, Path(own)] if own else homes
