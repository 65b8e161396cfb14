"""What an executor is asked to do."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aether_sdk._parameters import Inputs
    from aether_sdk._resources import Resources


@dataclass(frozen=True, slots=True)
class ExecuteRequest:
    """One attempt of one task. Source: executors.md 3.

    Attributes:
        task_run_id: Id of the task's record.
        workflow_run_id: Id of the run.
        task_name: Name of the task; in a loop, of the template that is the loop's body.
        template_name: Name of the template, empty for an executor written in place.
        inputs: Bound inputs, secrets resolved, and the input artifacts as files and folders; None
            when the task has neither.
        resources: What the task's template asks for.
        timeout: The task's own limit as written (`30s`), empty when it has none. The engine
            cancels the attempt at the limit; the executor need not watch it.
        retry_count: Retries used up before this attempt. A resume does not change it.
        attempt: Number of this attempt, from 1.
        output_artifacts: The output artifacts that the task declares, by name: the path where each
            is looked for, as a file or a folder, once the attempt has succeeded. Nothing is there
            yet, but the folder around it is.
        on_log: Takes what `log` is given, from any thread, and returns what `log` returns; None
            if nobody listens.
    """

    task_run_id: str
    workflow_run_id: str
    task_name: str
    template_name: str = ""
    # Inputs carry resolved secrets, so that a logged request must not show them.
    inputs: Inputs | None = field(default=None, repr=False)
    resources: Resources | None = None
    timeout: str = ""
    retry_count: int = 0
    attempt: int = 1
    output_artifacts: Mapping[str, str] = field(default_factory=dict[str, str])
    on_log: Callable[[str], bool] | None = field(default=None, repr=False, compare=False)

    def log(self, text: str) -> bool:
        """Say something while the work goes on; it joins the events of the run line by line.

        May be called from any thread. It neither waits nor raises. The engine takes 1,000 lines and
        262,144 characters of an attempt, and keeps 4,096 characters of a line. Secrets of the run
        are hidden in them. What comes after the result or a cancellation is dropped.

        Args:
            text: one line, or several; anything else counts as its `str`.

        Returns:
            Whether lines are still taken; once they are not, making more is wasted work.
        """
        if self.on_log is None:
            return False
        # Nobody's task may fail for what it says.
        with suppress(Exception):
            return self.on_log(str(text))
        return False
