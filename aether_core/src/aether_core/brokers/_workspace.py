"""The private folder of an attempt with artifacts: what it gets lies there, and what it makes."""

from __future__ import annotations

import dataclasses
import os
from typing import TYPE_CHECKING, Protocol, TypeAlias

from aether_core.brokers._invocation import Files, in_thread
from aether_core.ports import ArtifactError, ArtifactKey
from aether_sdk import ExecCode, ExecOutputs

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from aether_core.brokers._invocation import Invoker
    from aether_core.kernel import Assignment
    from aether_core.ports import Place
    from aether_sdk import Artifact, Executor, JsonValue

#: Places of kept output artifacts by name.
Places: TypeAlias = "dict[str, JsonValue]"


class ArtifactCarrier(Protocol):
    """Brings artifacts to this machine, and from it to where they are kept."""

    async def fetch(self, place: Place, path: str) -> None:
        """Bring an artifact to a path where nothing is yet, as a file or a folder."""
        ...

    async def keep(
        self, path: str, key: ArtifactKey, archive: str, scratch: str
    ) -> dict[str, JsonValue] | None:
        """Keep a file or a folder and return its place; None if there is nothing at the path.

        Args:
            path: the file or folder.
            key: names it.
            archive: in which archive to keep it; empty for the usual one.
            scratch: a path where nothing is yet and something may be left.
        """
        ...


async def invoke_with_artifacts(
    invoker: Invoker,
    executor: Executor,
    assignment: Assignment,
    carrier: ArtifactCarrier | None,
    on_log: Callable[[str], bool] | None = None,
) -> tuple[ExecOutputs, Places]:
    """Execute an assignment that has artifacts, in a folder of its own that is removed again.

    Returns:
        What the attempt reports, and where its output artifacts are. After a success all that
        the task declares are there; what failed keeps those that it has made.
    """
    if carrier is None:
        message = "the task has artifacts, but its broker was given nothing that carries them"
        return ExecOutputs(ExecCode.ERROR, message), {}
    try:
        async with _Workspace(assignment, carrier) as workspace:
            files = await workspace.fetch()
            outputs = await invoker.invoke(executor, assignment, files, on_log)
            try:
                return outputs, await workspace.keep(outputs)
            except _Unavailable as error:
                failed = dataclasses.replace(outputs, code=ExecCode.ERROR, message=str(error))
                return failed, {}
    except _Unavailable as error:
        return ExecOutputs(ExecCode.ERROR, str(error)), {}
    except OSError as error:
        return ExecOutputs(ExecCode.ERROR, f"no folder for the artifacts: {error}"), {}


class _Unavailable(Exception):  # a signal inside this module
    """An artifact could not be brought or kept; the text says which one and why."""

    def __init__(self, kind: str, name: str, reason: Exception | str) -> None:
        text = str(reason)
        if isinstance(reason, ArtifactError):
            text = f"{text} ({reason.hint})" if reason.hint else text
        elif isinstance(reason, Exception):
            text = f"{type(reason).__name__}: {text}"
        super().__init__(f'{kind} artifact "{name}": {text}')


class _Workspace:
    """The folder of one attempt.

    Args:
        assignment: what is executed.
        carrier: brings and takes the artifacts.
    """

    def __init__(self, assignment: Assignment, carrier: ArtifactCarrier) -> None:
        self._assignment = assignment
        self._carrier = carrier
        self._folder = ""

    async def __aenter__(self) -> Self:
        # Late: tasks without artifacts do without.
        from tempfile import mkdtemp

        # Only its owner can look inside.
        self._folder = mkdtemp(prefix="aether-")
        for name in ("in", "out"):
            os.mkdir(f"{self._folder}/{name}")  # noqa: PTH102  # one call of the system
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await in_thread(lambda: _remove(self._folder))

    async def fetch(self) -> Files:
        """Bring the input artifacts here.

        Raises:
            _Unavailable: one of them can't be had.
        """
        # Late: a class that most runs need not.
        from aether_sdk import Artifact

        inputs: list[Artifact] = []
        for name, place in self._assignment.input_artifacts.items():
            path = f"{self._folder}/in/{name}"
            try:
                await self._carrier.fetch(_as_place(place), path)
            except Exception as error:
                raise _Unavailable("input", name, error) from error
            inputs.append(Artifact(name, path))
        outputs = {name: self._output(name) for name in self._assignment.output_artifacts}
        return Files(tuple(inputs), outputs)

    async def keep(self, outputs: ExecOutputs) -> Places:
        """Keep the output artifacts of an attempt that has ended.

        Raises:
            _Unavailable: one of them can't be kept, or is missing after a success.
        """
        if outputs.code not in {ExecCode.SUCCEEDED, ExecCode.FAILED}:
            return {}
        elsewhere = {artifact.name: artifact.path for artifact in outputs.artifacts}
        places: Places = {}
        for name, archive in self._assignment.output_artifacts.items():
            try:
                place = await self._keep(name, elsewhere.get(name), archive)
            except Exception as error:
                raise _Unavailable("output", name, error) from error
            if place is not None:
                places[name] = place
            elif outputs.code == ExecCode.SUCCEEDED:
                executor = self._assignment.executor_type
                raise _Unavailable("output", name, f"the executor {executor!r} has not made it")
        return places

    async def _keep(
        self, name: str, elsewhere: str | None, archive: str
    ) -> dict[str, JsonValue] | None:
        task = self._assignment
        return await self._carrier.keep(
            elsewhere or self._output(name),
            ArtifactKey(task.run_id, task.task_id, task.attempt, name),
            archive,
            f"{self._folder}/{name}.packed",
        )

    def _output(self, name: str) -> str:
        return f"{self._folder}/out/{name}"


def _as_place(place: JsonValue) -> Place:
    if not isinstance(place, dict):
        raise ArtifactError("has a place that can't be understood")
    return place


def _remove(folder: str) -> None:
    # Late: as above.
    import shutil

    try:
        shutil.rmtree(folder)
    except OSError:
        # Some tools leave folders that not even their owner may change.
        for path, folders, _ in os.walk(folder):
            for name in folders:
                inner = f"{path}/{name}"
                if not os.path.islink(inner):  # noqa: PTH114  # a text, as `walk` gives it
                    os.chmod(inner, 0o700)  # noqa: PTH101  # as above
        shutil.rmtree(folder, ignore_errors=True)
