"""Runs the site check against a web server of its own, and shows what the store keeps of it.

python examples/site-check/demo.py [FOLDER]

FOLDER holds the store afterwards; without it the store is deleted at the end. Standard library
only: everything is done by the `aether` command, as a user would.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

HERE = Path(__file__).resolve().parent
# As if the site were not on this machine; long enough to see that pages are fetched side by side.
SECONDS_PER_PAGE = 0.4


class SlowSite(SimpleHTTPRequestHandler):
    """Serves a folder, each file after a pause, without a log."""

    def do_GET(self) -> None:
        """Answer one request."""
        time.sleep(SECONDS_PER_PAGE)
        super().do_GET()

    def log_message(self, format: str, *args: object) -> None:  # the base class's name
        """Say nothing."""


@contextmanager
def serve(folder: Path) -> Generator[str]:
    """Serve a folder on a free port of this machine; yields the address."""
    handler = partial(SlowSite, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def aether(*arguments: str) -> None:
    """Show a command and run it; ends this program when the command fails."""
    shown = [argument.replace(f"{Path.cwd()}/", "") for argument in arguments]
    print(f"\n$ aether {' '.join(shown)}", flush=True)
    answer = subprocess.run([sys.executable, "-m", "aether_core", *arguments], check=False)
    if answer.returncode:
        sys.exit(answer.returncode)


def main() -> None:
    """Run, list, get."""
    folder = Path(sys.argv[1]) if sys.argv[1:] else Path(tempfile.mkdtemp(prefix="site-check-"))
    folder.mkdir(parents=True, exist_ok=True)
    database = folder.resolve() / "demo.db"
    for file in folder.glob("demo.db*"):
        file.unlink()
    store = ["--store", f"sqlite:///{database}"]
    workflow = str(HERE / "workflow.yaml")
    try:
        with serve(HERE / "site") as address:
            aether("validate", workflow)
            aether("run", workflow, "-p", f"base_url={address}", "--run-id", "demo", *store)
        aether("list", *store)
        aether("get", "demo", *store)
    finally:
        if not sys.argv[1:]:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
