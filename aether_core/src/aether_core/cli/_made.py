"""Artifacts that the tasks of a run have made, and how one of them is copied out."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import msgspec

from aether_core.cli._errors import UsageError
from aether_core.engine import Mask, matching_tasks, task_paths
from aether_core.ports import ArtifactError
from aether_sdk import JsonValue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aether_core.cli._artifacts import Artifacts
    from aether_core.kernel import RunRecord, TaskRecord


class Made(msgspec.Struct, frozen=True):
    """One artifact.

    Attributes:
        task: path of the task that made it.
        task_id: its id.
        name: the artifact's own name.
        place: where it is.
        mask: hides secrets in that.
        is_result: whether the entrypoint has it, and so the run.
    """

    task: str
    task_id: str
    name: str
    place: dict[str, JsonValue]
    mask: Mask
    is_result: bool

    def shown(self) -> dict[str, JsonValue]:
        """Return it as JSON, without secrets."""
        place = self.mask.values(self.place)
        return {"name": self.name, "task": self.task, "taskId": self.task_id, "place": place}


def made_by(run: RunRecord, tasks: Sequence[TaskRecord], wanted: str | None) -> list[Made]:
    """Return the artifacts of a run, or of the tasks that a name, path or id means.

    What a container passes on is listed once more, with the container.

    Raises:
        UsageError: the run has no such task.
    """
    chosen = tasks if wanted is None else matching_tasks(tasks, wanted)
    if wanted is not None and not chosen:
        hint = f"`aether get {run.run_id}` shows its tasks."
        raise UsageError(f"run {run.run_id} has no task {wanted!r}", hint=hint)
    paths, mask = task_paths(tasks), Mask(run.seal)
    return [
        Made(paths[task.seq], task.task_id, name, place, mask, is_result=task.parent_id == "")
        for task in chosen
        for name, place in (task.artifacts or {}).items()
        if isinstance(place, dict)
    ]


def chosen(made: Sequence[Made], name: str, run_id: str) -> Made:
    """Return the artifact of a name; that of the run itself comes before those of its tasks.

    Raises:
        UsageError: there is none, or several different ones.
    """
    found = [each for each in made if each.name == name]
    found = [each for each in found if each.is_result] or found
    if not found:
        known = ", ".join(sorted({each.name for each in made})) or "none"
        message = f"run {run_id} has no artifact {name!r}"
        raise UsageError(message, hint=f"Its artifacts are: {known}.")
    # What a container passes on is the same file.
    if any(each.place != found[0].place for each in found):
        tasks = ", ".join(each.task for each in found)
        message = f"run {run_id} has {len(found)} artifacts {name!r}"
        raise UsageError(message, hint=f"Say which one with --task: {tasks}.")
    return found[0]


async def copy(made: Made, artifacts: Artifacts, to: str | None, *, force: bool) -> Path:
    """Copy an artifact out and return where it is now; it appears there whole or not at all.

    Args:
        made: the artifact.
        artifacts: has it.
        to: a path, or a folder that is there; None is the current folder.
        force: whether a file that is there is replaced.

    Raises:
        UsageError: the path is taken, or can't be written.
        ArtifactError: the artifact can't be had.
    """
    target = Path(to or ".")
    if target.is_dir():
        target /= _file_name(made)
    if target.is_dir() or (target.exists() and not force):
        hint = "Folders are never replaced." if target.is_dir() else "--force replaces it."
        raise UsageError(f"{target} is there already; nothing was copied", hint=hint)
    try:
        # Beside the target, so that the last step is one within a file system.
        with TemporaryDirectory(dir=target.parent, prefix=".aether-") as folder:
            fetched = Path(folder) / "artifact"
            await artifacts.fetch(made.place, str(fetched))
            _put(fetched, target, force=force)
    except OSError as error:
        raise UsageError(f"can't write {target}: {error.strerror or error}") from error
    except ArtifactError as error:
        message = f"artifact {made.name!r} of task {made.task} {error.message}"
        raise ArtifactError(message, hint=error.hint) from error
    return target


def _put(fetched: Path, target: Path, *, force: bool) -> None:
    if force and fetched.is_file():
        fetched.replace(target)
    elif target.exists():
        raise FileExistsError(None, "it is there already")
    else:
        shutil.move(fetched, target)


def _file_name(made: Made) -> str:
    """Return what to call a copy; stored names are not ours alone, and may be no file names."""
    if Path(made.name).name != made.name or made.name in {"", ".", ".."}:
        raise UsageError(f"{made.name!r} is no name for a file", hint="Give one with --to PATH.")
    return made.name
