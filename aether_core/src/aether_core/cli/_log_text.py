"""Lines of logs as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.cli._safe_text import one_line

if TYPE_CHECKING:
    from aether_core.cli._style import Style


def log_text(task: str, line: str, style: Style) -> str:
    """Return a line that a task has said behind the task's name, without a line end."""
    return f"{style.dim(f'{one_line(task)} |')} {one_line(line.expandtabs())}".rstrip()
