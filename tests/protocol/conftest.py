"""Documents as YAML, engines in virtual time, and the command in this process."""

from __future__ import annotations

import asyncio
import json
import os
import textwrap
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pytest
from pydantic import BaseModel

from aether_core.brokers import InProcessBroker
from aether_core.cli import main
from aether_core.document import LoadedDocument, load_text
from aether_core.engine import Engine, TaskExecution, WorkflowExecution
from aether_core.kernel import Assignment, EventRecord, TaskCompleted, TaskLogged, TaskStarted
from aether_core.plugins import Registry
from aether_core.simulation import VirtualClock, run_simulated
from aether_core.stores import MemoryStore
from aether_echo import EchoExecutor
from aether_sdk import ExecOutputs, ExecuteRequest, Executor

_T = TypeVar("_T")
_HEAD = "apiVersion: aether/v1\nkind: Workflow\nmetadata: {name: flow}\nspec:\n"


class Outcome(NamedTuple):
    """What a command did."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON value on stdout."""
        return json.loads(self.out)


class Spy(EchoExecutor):
    """Echoes, and remembers when it was asked for what."""

    def __init__(self) -> None:
        self.requests: list[ExecuteRequest] = []

    async def execute(self, request: ExecuteRequest) -> ExecOutputs:
        """Run one attempt."""
        self.requests.append(request)
        return await super().execute(request)

    @property
    def names(self) -> list[str]:
        """The tasks it was asked for, in order."""
        return [request.task_name for request in self.requests]


class Dough(BaseModel):
    """What the executor `typed` takes."""

    grams: int
    flour: str = "rye"


class Bread(BaseModel):
    """What it gives."""

    weight: int
    label: str


class Typed(Executor):
    """An executor whose inputs and outputs are known."""

    type = "typed"
    Inputs = Dough
    Outputs = Bread

    def execute(self, request: ExecuteRequest) -> Bread:
        """Run one attempt."""
        assert request.inputs is not None
        dough = Dough.model_validate(request.inputs.as_dict())
        return Bread(weight=dough.grams, label=dough.flour)


class Played(NamedTuple):
    """A run that has ended, and all that is known of it."""

    run: WorkflowExecution
    events: Sequence[EventRecord]
    #: Of the echo executor, in order.
    requests: Sequence[ExecuteRequest]

    def tasks(self, name: str) -> list[TaskExecution]:
        """Return the tasks of a name, in creation order."""
        return [task for task in self.run.tasks if task.name == name]

    def task(self, name: str) -> TaskExecution:
        """Return the only task of a name."""
        (found,) = self.tasks(name)
        return found

    @property
    def phases(self) -> dict[str, str]:
        """Phases by name, hooks left out."""
        return {task.name: task.phase.value for task in self.run.tasks if task.scope != "hooks"}

    @property
    def notes(self) -> str:
        """What the history notes, one a line."""
        return "\n".join(event.message for event in self.events if event.kind == "note")

    def times(self, name: str, phase: str) -> list[int]:
        """Return when tasks of a name reached a phase, in microseconds since the run began."""
        begin = self.events[0].at
        # Iterations have their number behind the name.
        reached = [e for e in self.events if (e.name.partition("[")[0], e.phase) == (name, phase)]
        return [e.at - begin for e in reached]


class HandBroker:
    """Keeps assignments until the test answers them, in any order and as often as it likes."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        #: Everything that was dispatched, in order.
        self.jobs: list[Assignment] = []
        #: Ids of the tasks that were to be stopped.
        self.cancelled: list[str] = []
        self._on_started: Callable[[TaskStarted], None]
        self._on_completed: Callable[[TaskCompleted], None]
        self._on_logged: Callable[[TaskLogged], None]

    async def open(
        self,
        on_started: Callable[[TaskStarted], None],
        on_completed: Callable[[TaskCompleted], None],
        on_logged: Callable[[TaskLogged], None],
    ) -> None:
        """Begin to take assignments."""
        self._on_started, self._on_completed = on_started, on_completed
        self._on_logged = on_logged

    def dispatch(self, assignment: Assignment) -> None:
        """Keep an assignment."""
        self.jobs.append(assignment)

    def cancel(self, task_id: str) -> None:
        """Remember it, and go on all the same."""
        self.cancelled.append(task_id)

    async def close(self) -> None:
        """Hold nothing."""

    def job(self, name: str) -> Assignment:
        """Return the latest assignment of a task."""
        return [job for job in self.jobs if job.task_name == name][-1]

    @property
    def names(self) -> list[str]:
        """The tasks that were dispatched, in order."""
        return [job.task_name for job in self.jobs]

    async def start(self, job: Assignment) -> None:
        """Report that a worker has begun, and let the engine take it in."""
        self._on_started(TaskStarted(job.run_id, job.task_seq, job.attempt, self._clock.now()))
        await asyncio.sleep(0.001)

    async def complete(self, job: Assignment, code: int = 0, **outputs: Any) -> None:
        """Report a result, and let the engine take it in."""
        at = self._clock.now()
        self._on_completed(
            TaskCompleted(job.run_id, job.task_seq, job.attempt, at, code, "", outputs)
        )
        await asyncio.sleep(0.001)


class World:
    """Engines in virtual time on one store, with an executor that remembers."""

    def __init__(self, store: Any = None) -> None:
        self.store = store or MemoryStore()
        self.clock = VirtualClock()
        self.echo = Spy()
        self.registry = Registry()
        self.registry.register(self.echo)
        self.registry.register(Typed())
        self.hand = HandBroker(self.clock)

    def engine(self, *, concurrency: int = 64, **more: Any) -> Engine:
        """Return one more engine."""
        broker = InProcessBroker(self.registry, clock=self.clock, concurrency=concurrency)
        settings = {"broker": broker, "registry": self.registry, "clock": self.clock}
        return Engine(**{"store": self.store, **settings, **more})

    async def played(self, engine: Engine, run_id: str) -> Played:
        """Return what is known of a run now."""
        run = await engine.get(run_id)
        events = await self.store.get_events(run_id, after=0, limit=10_000)
        return Played(run, events, self.echo.requests)

    async def play(
        self,
        spec: str,
        *,
        arguments: Mapping[str, Any] | None = None,
        variables: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Played:
        """Run a workflow to its end."""
        async with self.engine(**more) as engine:
            run_id = await engine.submit(
                loaded(spec), arguments=arguments, variables=variables, run_id="r"
            )
            await engine.wait(run_id)
            return await self.played(engine, run_id)


def text_of(spec: str) -> str:
    """Return the text of a workflow with a spec."""
    return _HEAD + textwrap.indent(textwrap.dedent(spec).strip("\n"), "  ") + "\n"


def loaded(spec: str) -> LoadedDocument:
    """Read a workflow with a spec."""
    return load_text(text_of(spec)).documents[0]


@pytest.fixture
def live() -> Callable[..., Any]:
    """Run a story about a world in virtual time."""

    def run(story: Callable[[World], Coroutine[Any, Any, _T]], store: Any = None) -> _T:
        async def run_story() -> _T:
            return await story(World(store))

        return run_simulated(run_story())

    return run


@pytest.fixture
def play(live: Any) -> Callable[..., Played]:
    """Run the YAML of a spec to its end and return what happened."""

    def run(spec: str, **more: Any) -> Played:
        played: Played = live(lambda world: world.play(spec, **more))
        return played

    return run


@pytest.fixture
def read() -> Callable[[str], LoadedDocument]:
    """Read the YAML of a spec as a workflow."""
    return loaded


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a test a folder, a store and an environment of its own."""
    for name in [name for name in os.environ if name.startswith("AETHER_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AETHER_STORE", "sqlite:///runs.db")
    monkeypatch.setenv("AETHER_PLUGINS_ALLOW", "aether-echo,aether-workflow")
    return tmp_path


@pytest.fixture
def aether(work: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run the command in this process."""

    def run(*arguments: str) -> Outcome:
        capsys.readouterr()
        status = main(arguments)
        return Outcome(status, *capsys.readouterr())

    return run


@pytest.fixture
def write(work: Path) -> Callable[..., str]:
    """Write the YAML of a spec as a workflow into a file, and return the file's name."""

    def keep(spec: str, file: str = "flow.yaml") -> str:
        (work / file).write_text(text_of(spec), encoding="utf-8")
        return file

    return keep


@pytest.fixture
def found(aether: Any, write: Any) -> Callable[..., list[dict[str, Any]]]:
    """Return the problems that `aether validate` finds in the YAML of a spec."""

    def check(spec: str, *options: str) -> list[dict[str, Any]]:
        outcome = aether("validate", write(spec), "--output", "json", *options)
        problems: list[dict[str, Any]] = outcome.json["diagnostics"]
        assert outcome.json["ok"] is (outcome.status == 0)
        return problems

    return check
