"""`--report FILE.html`: a run as a page, in a file that is whole or not there."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from aether_core.cli._console import complain
from aether_core.cli._errors import UsageError

if TYPE_CHECKING:
    from aether_core.ports import Store


_BEGINNING = b"<!doctype html>"


class ReportFile:
    """Where the report of a run goes.

    Args:
        path: what was given; an HTML page of this name is replaced, and so is an empty file.

    Attributes:
        failed: whether it could not be written, which has been said by then.

    Raises:
        UsageError: no file can be there.
    """

    def __init__(self, path: str) -> None:
        try:
            # Not every Python's resolve() finds circles of links.
            with suppress(FileNotFoundError, NotADirectoryError):
                Path(path).stat()
            # Whatever runs until it is written may change the current folder.
            self._target = Path(path).resolve()
            self._require_place(path)
        except (OSError, RuntimeError) as error:
            # A name that is too long, a circle of links.
            raise UsageError(f"--report {path!r} can't be used: {error}") from None
        self.failed = False

    async def write(self, store: Store, run_id: str) -> None:
        """Write the report of a run as it is now.

        Args:
            store: where the run lives; open.
            run_id: the run.

        Raises:
            RunNotFound: the store has no such run.
            StoreError: the store can't be read.
        """
        # Late: few runs are reported.
        from aether_core.ports import SystemClock
        from aether_core.report import read_report, report_html

        report = await read_report(store, run_id, now=SystemClock().now())
        partial = self._target.with_name(f".aether-report-{os.getpid()}")
        try:
            try:
                partial.write_text(report_html(report), encoding="utf-8", newline="\n")
                partial.replace(self._target)
            finally:
                partial.unlink(missing_ok=True)
        except OSError as error:
            self.failed = True
            complain(f"cannot write the report {self._target}: {error.strerror or error}")

    def _is_page(self) -> bool:
        """Return whether the file can be lost: no document, no database, but an HTML page."""
        with self._target.open("rb") as file:
            return file.read(len(_BEGINNING)).lower() in {b"", _BEGINNING}

    def _require_place(self, path: str) -> None:
        folder = self._target.parent
        if self._target.is_dir():
            raise UsageError(
                f"--report {path!r} is a folder", hint="Name a file, such as report.html."
            )
        if self._target.exists() and not (self._target.is_file() and self._is_page()):
            raise UsageError(
                f"--report {path!r} is something else than a page, and is not replaced",
                hint="Name another file, such as report.html.",
            )
        if not folder.is_dir():
            raise UsageError(
                f"--report {path!r}: there is no folder {str(folder)!r}", hint="Create it first."
            )
        if not os.access(folder, os.W_OK):
            raise UsageError(f"--report {path!r}: nothing can be written into {str(folder)!r}")
