"""A body that becomes a file: written beside it, and moved into place when it is complete."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from aether_http._uploads import reason_of
from aether_sdk import TaskError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aether_http._options import HttpPlace
    from aether_sdk import ExecuteRequest


def target_of(place: HttpPlace, request: ExecuteRequest) -> str:
    """Return the path to write to.

    Raises:
        TaskError: the task has no such artifact, or the path is that of a folder.
    """
    path = place.path
    if path is None:
        name = str(place.artifact)
        path = request.output_artifacts.get(name)
        if path is None:
            message = f"the task has no output artifact {name!r}; declare it in outputs.artifacts"
            raise TaskError(message)
    if Path(path).is_dir():
        raise TaskError(f"cannot write {path}: it is a folder")
    return path


async def save(pieces: AsyncIterator[bytes], target: str) -> None:
    """Write a body to a file, replacing it if it exists. What is not complete leaves no file.

    Raises:
        TaskError: the file cannot be written.
    """
    part = Path(f"{target}.{secrets.token_hex(4)}.part")
    try:
        file = await asyncio.to_thread(part.open, "xb")
        with file:
            async for piece in pieces:
                await asyncio.to_thread(file.write, piece)
        part.replace(target)
    except (OSError, ValueError) as error:
        # What goes wrong with the connection has an error of its own.
        raise TaskError(f"cannot write {target}: {reason_of(error)}") from error
    finally:
        with contextlib.suppress(OSError, ValueError):
            part.unlink(missing_ok=True)
