"""What can be seen from one place of a document (documents.md 8, decision 9)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from aether_core.check._graph import Graph
from aether_core.check._upstream import Upstream
from aether_core.check._variables import Variables
from aether_core.document import Severity
from aether_core.expression import Type


class Outputs(msgspec.Struct, frozen=True):
    """What a task shows of itself to others.

    Attributes:
        owner: What declares the outputs, for messages, such as `task "fetch"`.
        types: The known outputs and their types.
        is_closed: Whether there are no others.
        has_code: Whether it has an exit code, which dags and loops have not.
    """

    owner: str
    types: Mapping[str, Type]
    is_closed: bool
    has_code: bool = True


class Passed(msgspec.Struct):
    """Which arguments the calls of a dag hand over beyond its declared inputs."""

    calls: int = 0
    #: Calls that may hand over anything, such as iterations over unknown items.
    open_calls: int = 0
    counts: dict[str, int] = msgspec.field(default_factory=dict[str, int])

    def add(self, names: list[str], *, is_open: bool = False) -> None:
        """Count a call that hands over these names."""
        self.calls += 1
        self.open_calls += is_open
        for name in names:
            self.counts[name] = self.counts.get(name, 0) + 1

    def share(self, name: str) -> tuple[int, int]:
        """Return how many calls hand over the name, and how many calls there are."""
        return min(self.counts.get(name, 0) + self.open_calls, self.calls), self.calls


class Inputs(msgspec.Struct, frozen=True):
    """What `inputs.parameters` means.

    Attributes:
        owner: Whose inputs these are, for messages.
        types: The inputs that are certain to be there.
        passed: For the inside of a dag, what its calls hand over besides.
        outer: Seen behind these: the dag's inputs, for an inline executor.
    """

    owner: str
    types: Mapping[str, Type]
    passed: Passed | None = None
    outer: Inputs | None = None


class Tasks(msgspec.Struct, frozen=True):
    """What `tasks` means.

    Attributes:
        node: The task that looks, by number; None for what is evaluated after all tasks.
        outputs: Answers what a task, by number, shows of itself.
        sees_itself: Whether the task's own current attempt is visible.
    """

    graph: Graph
    upstream: Upstream
    outputs: Callable[[int], Outputs]
    node: int | None = None
    sees_itself: bool = False


class Scope(msgspec.Struct, frozen=True):
    """One place, as references see it.

    Attributes:
        variables: The custom variables, `system` included.
        workflow: The workflow's arguments; None where they are not visible.
        inputs: None where no inputs are visible.
        tasks: None where no tasks of a dag are visible.
        body: The body of a loop by its name, in the loop's repeatCondition.
        place: What looks, for messages about what it can't see, such as "the entrypoint".
        below_loop: Whether `loop_iter` and `iterator` are visible.
        below_hook: Whether `hook` is visible.
        bare: Further names without namespace: results of the current attempt, fields of items.
        is_open: Whether further bare names may exist that are not known here.
        call: In what call of a template this is, for problems that stand in its declaration.
        worst: The severity that problems have here at most.
    """

    variables: Variables
    workflow: Mapping[str, Type] | None = None
    inputs: Inputs | None = None
    tasks: Tasks | None = None
    body: Mapping[str, Outputs] = {}
    place: str = "this place"
    below_loop: bool = False
    below_hook: bool = False
    bare: Mapping[str, Type] = {}
    is_open: bool = False
    call: str = ""
    worst: Severity = Severity.ERROR
