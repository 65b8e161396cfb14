"""Files on their way out, read in a thread while they are sent."""

from __future__ import annotations

import asyncio
import mimetypes
import os
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import httpx

from aether_sdk import TaskError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from aether_http._options import HttpPlace
    from aether_sdk import ExecuteRequest

_PIECE_BYTES: Final = 256 * 1024


class FileStream(httpx.AsyncByteStream):
    """A whole file as a body, from its beginning each time it is sent.

    Attributes:
        size: Its length, which the server is told before.
    """

    def __init__(self, path: str, size: int) -> None:
        self._path = path
        self.size = size

    async def __aiter__(self) -> AsyncIterator[bytes]:
        file = await asyncio.to_thread(Path(self._path).open, "rb")
        try:
            left = self.size
            while left:
                piece = await asyncio.to_thread(file.read, min(left, _PIECE_BYTES))
                if not piece:
                    message = f"{self._path} became shorter while it was sent"
                    raise OSError(None, message)
                left -= len(piece)
                yield piece
        finally:
            file.close()


class ThreadedStream(httpx.AsyncByteStream):
    """A body that httpx would read on the event loop, read in a thread."""

    def __init__(self, stream: httpx.SyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces: Iterator[bytes] = iter(self._stream)
        while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
            yield piece


def path_of(place: HttpPlace, request: ExecuteRequest) -> str:
    """Return the path of a file to send.

    Raises:
        TaskError: the task has no such artifact.
    """
    if place.path is not None:
        return place.path
    name = str(place.artifact)
    path = None if request.inputs is None else request.inputs.artifact(name)
    if path is None:
        message = f"the task has no input artifact {name!r}; declare it in inputs.artifacts"
        raise TaskError(message)
    return path


def size_of(path: str) -> int:
    """Return the length of a file to send.

    Raises:
        TaskError: there is no such file.
    """
    if Path(path).is_dir():
        message = f"cannot send {path}: it is a folder; pack it in an archive first"
        raise TaskError(message)
    try:
        return Path(path).stat().st_size
    except (OSError, ValueError) as error:
        raise TaskError(f"cannot send {path}: {reason_of(error)}") from error


def opened(path: str) -> IO[bytes]:
    """Return a file to send, open.

    Raises:
        TaskError: it cannot be read.
    """
    size_of(path)
    try:
        return Path(path).open("rb")
    except OSError as error:
        raise TaskError(f"cannot send {path}: {reason_of(error)}") from error


def media_type(name: str) -> str:
    """Return the media type that fits a file name."""
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def reason_of(error: Exception) -> str:
    """Return what the system says."""
    if isinstance(error, OSError) and error.errno is not None:
        return os.strerror(error.errno)
    return str(error)
