"""What can be seen from one place of a document (documents.md 8, decision 9)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec
from msgspec.structs import replace

from aether_core.check._graph import Graph
from aether_core.check._items import Items
from aether_core.check._upstream import Upstream
from aether_core.check._variables import Variables
from aether_core.document import Severity, is_unnamed
from aether_core.expression import Type


class Outputs(msgspec.Struct, frozen=True):
    """What a task shows of itself to others.

    Attributes:
        owner: What declares the outputs, for messages, such as `task "fetch"`.
        types: The known outputs and their types.
        is_closed: Whether there are no others.
        has_code: Whether it has an exit code, which dags and loops have not.
        artifacts: The names of its output artifacts; None when they are not known.
    """

    owner: str
    types: Mapping[str, Type]
    is_closed: bool
    has_code: bool = True
    artifacts: frozenset[str] | None = None


class Passed(msgspec.Struct):
    """Which arguments the calls of a dag hand over beyond its declared inputs."""

    calls: int = 0
    #: Calls that may hand over anything, such as iterations over unknown items.
    open_calls: int = 0
    counts: dict[str, int] = msgspec.field(default_factory=dict[str, int])

    def add(self, arguments: Iterable[str], items: Items | None = None) -> Passed:
        """Count the calls that one place makes: one, or one for each kind of item."""
        if items is not None and items.is_open:
            self.calls += 1
            self.open_calls += 1
            return self
        own = {*arguments}
        if items is not None:
            own.add("loop_iter.index")
        for names in (frozenset[str](),) if items is None else (s.names for s in items.shapes):
            self.calls += 1
            for name in own | names:
                self.counts[name] = self.counts.get(name, 0) + 1
        return self

    def share(self, name: str) -> tuple[int, int]:
        """Return how many calls hand over the name, and how many calls there are."""
        passed = self.counts.get(name, 0) + self.open_calls
        if not passed and any(map(is_unnamed, self.counts)):
            # What is handed over without a readable name may be this.
            passed = self.calls
        return min(passed, self.calls), self.calls


class Inputs(msgspec.Struct, frozen=True):
    """What `inputs.parameters` means.

    Attributes:
        owner: Whose inputs these are, for messages.
        types: The inputs that are certain to be there.
        passed: What calls hand over besides, for the inside of a dag and for iterations.
        outer: Seen behind these: the dag's inputs, for an inline executor.
        secrets: The inputs that may be secrets.
        artifacts: The names of the input artifacts.
    """

    owner: str
    types: Mapping[str, Type]
    passed: Passed | Items | None = None
    outer: Inputs | None = None
    secrets: frozenset[str] = frozenset()
    artifacts: frozenset[str] = frozenset()


class Tasks(msgspec.Struct, frozen=True):
    """What `tasks` means.

    Attributes:
        node: The task that looks, by number; None for what is evaluated after all tasks.
        outputs: Answers what a task, by number, shows of itself.
    """

    graph: Graph
    upstream: Upstream
    outputs: Callable[[int], Outputs]
    node: int | None = None


class Around(msgspec.Struct, frozen=True):
    """What `loop_iter` and `iterator` mean.

    Attributes:
        loops: The items of the nearest loop; of each of them for a dag that several loops run.
        is_outside: Whether the place is also reached without any loop around it.
    """

    loops: tuple[Items, ...] = ()
    is_outside: bool = True


class Hook(msgspec.Struct, frozen=True):
    """What `hook` means.

    Attributes:
        key: The hook, such as `onExit`.
        is_of_task: Whether a task fires it, not the workflow.
        outputs: What has been produced by then; None when nothing has.
    """

    key: str
    is_of_task: bool
    outputs: Outputs | None


class Scope(msgspec.Struct, frozen=True):
    """One place, as references see it.

    Attributes:
        variables: The custom variables, `system` included.
        workflow: The workflow's arguments; None where they are not visible.
        inputs: None where no inputs are visible.
        tasks: None where no tasks of a dag are visible.
        own: What is seen as `tasks.<name>` before all tasks of the dag: the current attempt, or
            the last iteration of a loop.
        result: What a condition judges, which it sees as `phase`, `outputs` and so on.
        place: What looks, for messages about what it can't see, such as "the entrypoint".
        around: The loops around.
        hook: The hook whose template this is.
        bare: The items whose fields are names without namespace.
        call: In what call of a template this is, for problems that stand in its declaration.
        worst: The severity that problems have here at most.
        secrets: The arguments of the workflow that may be secrets.
        artifacts: The names of the workflow's artifacts; None where they are not visible.
    """

    variables: Variables
    workflow: Mapping[str, Type] | None = None
    inputs: Inputs | None = None
    tasks: Tasks | None = None
    own: Mapping[str, Outputs] = {}
    result: Outputs | None = None
    place: str = "this place"
    around: Around = Around()
    hook: Hook | None = None
    bare: Items | None = None
    call: str = ""
    worst: Severity = Severity.ERROR
    secrets: frozenset[str] = frozenset()
    artifacts: frozenset[str] | None = None

    def judging(self, result: Outputs, name: str = "") -> Scope:
        """Return what a condition on a result sees here; `name` is what a task is called."""
        own = {name: result} if name else {}
        return replace(self, result=result, own=own, bare=None, hook=None)
