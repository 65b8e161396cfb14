"""The two ends of a pipe that belong to the parent: one that reads and one that writes.

asyncio's own subprocess pipes are not used. In the older Python versions that we support,
`Process.wait` returns only when they have closed too, so that a background process which
inherited them would hold the task for ever. A pipe of our own also closes at once, on every
path.
"""

from __future__ import annotations

import asyncio
import codecs
import os
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from types import TracebackType

    from aether_shell._lines import LineLog

_CHUNK: Final = 64 * 1024
_TAIL: Final = 4 * 1024


class Pipe(ABC):
    """A pipe of which the parent watches one end and the child inherits the other.

    Must be entered inside a running event loop. Leaving closes both ends.
    """

    def __init__(self, ours: int, theirs: int) -> None:
        self._loop: Final = asyncio.get_running_loop()
        self._ours = ours
        self._theirs = theirs
        #: Done when the parent's end is closed.
        self.closed: Final[asyncio.Future[None]] = self._loop.create_future()
        os.set_blocking(ours, False)

    @property
    def child_end(self) -> int:
        """The file descriptor that the child inherits."""
        return self._theirs

    def close_child_end(self) -> None:
        """Close the child's end here; without that the stream would never end."""
        if self._theirs >= 0:
            os.close(self._theirs)
            self._theirs = -1

    def close(self) -> None:
        """Close both ends. Closing again does nothing."""
        self.close_child_end()
        if self._ours >= 0:
            self._unwatch()
            os.close(self._ours)
            self._ours = -1
            self.closed.set_result(None)

    @abstractmethod
    def _unwatch(self) -> None:
        """Take the parent's end out of the event loop."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Capture(Pipe):
    """Reads a stream to its end and keeps the first `limit` bytes and a short tail.

    Args:
        limit: how many bytes to keep.
        lines: gets everything as it comes, as long as it has a use for it.
    """

    def __init__(self, limit: int, lines: LineLog | None = None) -> None:
        super().__init__(*os.pipe())
        self._limit = limit
        self._lines = lines
        self._kept = bytearray()
        self._tail = b""
        #: How many bytes have come.
        self.seen = 0
        self._loop.add_reader(self._ours, self._read)

    @property
    def kept(self) -> int:
        """How many bytes are kept."""
        return len(self._kept)

    @property
    def truncated(self) -> bool:
        """Whether more has come than is kept."""
        return self.seen > len(self._kept)

    def text(self) -> str:
        """Return what was kept; a character that the limit cut in two is left out."""
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        return decoder.decode(bytes(self._kept), final=not self.truncated)

    def tail(self) -> str:
        """Return the last few kilobytes of the stream, kept or not."""
        return self._tail.decode(errors="replace")

    def _read(self) -> None:
        try:
            data = os.read(self._ours, _CHUNK)
        except BlockingIOError:
            return
        if not data:
            self.close()
            return
        self.seen += len(data)
        self._kept += data[: self._limit - len(self._kept)]
        self._tail = (self._tail + data[-_TAIL:])[-_TAIL:]
        if self._lines is not None and not self._lines.feed(data):
            self._lines = None

    def _unwatch(self) -> None:
        self._loop.remove_reader(self._ours)
        if self._lines is not None:
            self._lines.finish()


class Feed(Pipe):
    """Writes bytes as fast as the child reads them, then ends the stream."""

    def __init__(self, data: bytes) -> None:
        theirs, ours = os.pipe()
        super().__init__(ours, theirs)
        self._rest = memoryview(data)
        self._loop.add_writer(self._ours, self._write)

    def _write(self) -> None:
        try:
            written = os.write(self._ours, self._rest[:_CHUNK])
        except BlockingIOError:
            return
        except BrokenPipeError:
            # The child does not want the rest; that is no failure of the task.
            self.close()
            return
        self._rest = self._rest[written:]
        if not self._rest:
            self.close()

    def _unwatch(self) -> None:
        self._loop.remove_writer(self._ours)
