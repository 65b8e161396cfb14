"""An attempt with artifacts: a folder of its own for what it gets and makes, and no longer."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aether_core.artifacts import ArtifactTransfer, LocalRepository
from aether_core.brokers import ArtifactCarrier, InProcessBroker
from aether_core.kernel import Assignment, TaskCompleted
from aether_core.plugins import Registry
from aether_sdk import (
    Artifact,
    ExecOutputs,
    ExecuteRequest,
    Executor,
    TaskFailed,
    TaskSuspended,
)

Work = Callable[[ExecuteRequest], Any]


class Plain(Executor):
    """Does what the test says, in a thread."""

    type = "plain"

    def __init__(self, work: Work) -> None:
        self.work = work

    def execute(self, request: ExecuteRequest) -> Any:
        return self.work(request)


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where private folders are made in this test."""
    place = tmp_path / "private"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


@pytest.fixture
def carrier(tmp_path: Path) -> ArtifactTransfer:
    return ArtifactTransfer(LocalRepository(tmp_path / "kept"))


def job(outputs: dict[str, str] | None = None, **inputs: Any) -> Assignment:
    """Return an assignment with these output artifacts, and these places of input artifacts."""
    return Assignment(
        run_id="run",
        task_id="task",
        task_seq=0,
        attempt=1,
        executor_type="plain",
        task_name="t",
        template_name="t",
        inputs={},
        priority=500,
        input_artifacts=inputs,
        output_artifacts=outputs or {},
    )


def local(path: Path) -> dict[str, Any]:
    return {"type": "local", "config": {"path": str(path)}, "archive": "none"}


def execute(work: Work, assignment: Assignment, carrier: ArtifactCarrier | None) -> TaskCompleted:
    """Execute one assignment and return what is reported."""

    async def execute_it() -> TaskCompleted:
        registry = Registry()
        registry.register(Plain(work))
        broker = InProcessBroker(registry, artifacts=carrier)
        done: asyncio.Future[TaskCompleted] = asyncio.get_running_loop().create_future()
        await broker.open(lambda _: None, done.set_result, lambda _: None)
        broker.dispatch(assignment)
        result = await done
        await broker.close()
        return result

    return asyncio.run(execute_it())


def write(request: ExecuteRequest, name: str, text: str = "made") -> None:
    Path(request.output_artifacts[name]).write_text(text, encoding="utf-8")


def test_an_executor_gets_its_artifacts_without_any_parameter(
    carrier: ArtifactTransfer, tmp_path: Path
) -> None:
    """Reference gap: without parameters an input set with artifacts was not sent at all."""
    (tmp_path / "data").write_text("content", encoding="utf-8")
    seen: list[str] = []

    def read(request: ExecuteRequest) -> None:
        assert request.inputs is not None
        path = request.inputs.artifact("data")
        assert path is not None
        assert request.inputs.artifacts == (Artifact("data", path),)
        seen.append(Path(path).read_text())
        Path(path).write_text("changed", encoding="utf-8")

    result = execute(read, job(data=local(tmp_path / "data")), carrier)

    assert (result.code, seen) == (0, ["content"])
    assert (tmp_path / "data").read_text() == "content"


def test_what_is_made_is_kept_and_reported(carrier: ArtifactTransfer, tmp_path: Path) -> None:
    def make(request: ExecuteRequest) -> dict[str, Any]:
        write(request, "report")
        folder = Path(request.output_artifacts["pages"])
        folder.mkdir()
        (folder / "a").touch()
        return {"pages": 1}

    result = execute(make, job({"report": "", "pages": "zip"}), carrier)

    assert (result.code, result.outputs) == (0, {"pages": 1})
    places: dict[str, Any] = dict(result.artifacts)
    assert places["report"]["config"] == {"key": "run/task.1/report"}
    assert places["pages"]["config"] == {"key": "run/task.1/pages.zip"}
    assert places["pages"]["content"] == "folder"
    assert (tmp_path / "kept/run/task.1/report").read_text() == "made"


def test_an_artifact_may_lie_where_the_executor_has_it(
    carrier: ArtifactTransfer, tmp_path: Path
) -> None:
    """Those that the task does not declare are dropped."""
    (tmp_path / "own").write_text("own", encoding="utf-8")
    path = str(tmp_path / "own")
    outputs = ExecOutputs(artifacts=(Artifact("report", path), Artifact("other", path)))

    result = execute(lambda _: outputs, job({"report": ""}), carrier)

    assert list(result.artifacts) == ["report"]
    assert (tmp_path / "kept/run/task.1/report").read_text() == "own"
    assert (tmp_path / "own").exists()


def test_a_success_without_a_declared_artifact_is_an_error(carrier: ArtifactTransfer) -> None:
    """What comes next relies on it; the parameters are kept."""
    result = execute(lambda _: {"n": 1}, job({"report": ""}), carrier)

    assert (result.code, result.outputs, result.artifacts) == (3, {"n": 1}, {})
    assert result.message == "output artifact \"report\": the executor 'plain' has not made it"


def test_a_folder_that_shall_not_be_packed_is_an_error(carrier: ArtifactTransfer) -> None:
    def make(request: ExecuteRequest) -> None:
        Path(request.output_artifacts["pages"]).mkdir()

    result = execute(make, job({"pages": "none"}), carrier)

    assert result.code == 3
    assert result.message == (
        'output artifact "pages": is a folder (Declare an archive for it, such as tar.gz.)'
    )


def test_a_failure_keeps_what_is_there(carrier: ArtifactTransfer) -> None:
    """The report of a test that has failed is worth most."""

    def fail(request: ExecuteRequest) -> None:
        write(request, "report")
        raise TaskFailed("2 tests failed")

    result = execute(fail, job({"report": "", "other": ""}), carrier)

    assert (result.code, result.message) == (2, "2 tests failed")
    assert list(result.artifacts) == ["report"]


@pytest.mark.parametrize(("error", "code"), [(TaskSuspended("wait"), 1), (ValueError("no"), 3)])
def test_an_attempt_that_has_not_ended_well_keeps_nothing(
    error: Exception, code: int, carrier: ArtifactTransfer, tmp_path: Path
) -> None:
    def stop(request: ExecuteRequest) -> None:
        write(request, "report")
        raise error

    result = execute(stop, job({"report": ""}), carrier)

    assert (result.code, result.artifacts) == (code, {})
    assert not (tmp_path / "kept").exists()


def test_an_input_that_cannot_be_had_is_an_error_before_anything_runs(
    carrier: ArtifactTransfer, tmp_path: Path
) -> None:
    called: list[ExecuteRequest] = []

    result = execute(called.append, job(data=local(tmp_path / "nothing")), carrier)

    assert result.code == 3
    assert result.message == f'input artifact "data": there is no file {tmp_path}/nothing'
    assert called == []


def test_a_place_that_is_no_place_is_an_error(carrier: ArtifactTransfer) -> None:
    result = execute(lambda _: None, job(data="nowhere"), carrier)

    assert result.message == 'input artifact "data": has a place that can\'t be understood'


class Broken:
    """A carrier of somebody else, with a fault."""

    async def fetch(self, place: Any, path: str) -> None:
        raise RuntimeError("no network")

    async def keep(self, path: str, key: Any, archive: str, scratch: str) -> None:
        raise RuntimeError("no network")


def test_a_fault_of_the_carrier_ends_the_task_and_nothing_else(tmp_path: Path) -> None:
    got = execute(lambda _: None, job(data=local(tmp_path)), Broken())
    made = execute(lambda _: None, job({"report": ""}), Broken())

    assert (got.code, got.message) == (3, 'input artifact "data": RuntimeError: no network')
    assert (made.code, made.message) == (3, 'output artifact "report": RuntimeError: no network')


def test_a_broker_without_a_carrier_says_so() -> None:
    result = execute(lambda _: None, job({"report": ""}), None)

    assert result.code == 3
    assert "given nothing that carries them" in result.message


def test_a_machine_without_room_for_folders_says_so(
    carrier: ArtifactTransfer, folders: Path
) -> None:
    folders.rmdir()

    result = execute(lambda _: None, job({"report": ""}), carrier)

    assert result.code == 3
    assert result.message.startswith("no folder for the artifacts: ")


@pytest.mark.parametrize("ending", ["success", "failure", "error", "missing input"])
def test_the_folder_is_gone_however_the_attempt_ended(
    ending: str, carrier: ArtifactTransfer, folders: Path, tmp_path: Path
) -> None:
    (tmp_path / "data").touch()
    during: list[Path] = []

    def work(request: ExecuteRequest) -> None:
        during.extend(folders.iterdir())
        write(request, "report")
        if ending == "failure":
            raise TaskFailed("no")
        if ending == "error":
            raise ValueError("no")

    source = tmp_path / ("data" if ending != "missing input" else "nothing")
    execute(work, job({"report": ""}, data=local(source)), carrier)

    assert list(folders.iterdir()) == []
    assert len(during) == (ending != "missing input")


@pytest.mark.parametrize("is_locked", [True, False], ids=["locked", "open"])
def test_the_folder_goes_even_if_a_tool_has_locked_it(
    is_locked: bool,
    carrier: ArtifactTransfer,
    folders: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing outside is touched, also where a link leads there."""
    remove = shutil.rmtree

    def refuse(path: str, **_: Any) -> None:
        monkeypatch.setattr(shutil, "rmtree", remove)
        raise PermissionError(13, "Permission denied", path)

    if is_locked:
        # A superuser is refused nothing.
        monkeypatch.setattr(shutil, "rmtree", refuse)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside").chmod(0o755)
    (tmp_path / "outside" / "file").touch()

    def lock(request: ExecuteRequest) -> None:
        folder = Path(request.output_artifacts["pages"])
        (folder / "inner").mkdir(parents=True)
        (folder / "inner" / "file").touch()
        (folder.parent / "way-out").symlink_to(tmp_path / "outside")
        (folder / "inner").chmod(0o500)

    execute(lock, job({"pages": ""}), carrier)

    assert list(folders.iterdir()) == []
    assert (tmp_path / "outside" / "file").exists()
    assert (tmp_path / "outside").stat().st_mode & 0o777 == 0o755


def test_only_the_owner_can_look_into_the_folder(carrier: ArtifactTransfer, folders: Path) -> None:
    modes: list[int] = []

    def look(request: ExecuteRequest) -> None:
        modes.extend(path.stat().st_mode & 0o077 for path in folders.iterdir())
        write(request, "report")

    execute(look, job({"report": ""}), carrier)

    assert modes == [0]


def test_a_task_without_artifacts_has_no_folder(carrier: ArtifactTransfer, folders: Path) -> None:
    during: list[Any] = []

    def look(request: ExecuteRequest) -> None:
        during.append((list(folders.iterdir()), dict(request.output_artifacts), request.inputs))

    execute(look, job(), carrier)

    assert during == [([], {}, None)]


class Waiting(Executor):
    """Makes its artifact and waits for its cancellation."""

    type = "plain"

    def __init__(self) -> None:
        self.entered = asyncio.Event()

    async def execute(self, request: ExecuteRequest) -> None:
        write(request, "report")
        self.entered.set()
        await asyncio.Event().wait()


def test_a_cancelled_attempt_leaves_nothing(
    carrier: ArtifactTransfer, folders: Path, tmp_path: Path
) -> None:
    async def cancel() -> list[TaskCompleted]:
        registry, executor = Registry(), Waiting()
        registry.register(executor)
        broker = InProcessBroker(registry, artifacts=carrier)
        results: list[TaskCompleted] = []
        await broker.open(lambda _: None, results.append, lambda _: None)
        broker.dispatch(job({"report": ""}))
        await executor.entered.wait()
        broker.cancel("task")
        await broker.close()
        return results

    results = asyncio.run(cancel())

    assert results == []
    assert list(folders.iterdir()) == []
    assert not (tmp_path / "kept").exists()
