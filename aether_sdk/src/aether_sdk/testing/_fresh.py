"""The program of a fresh interpreter that imports a plugin's module and looks at what that does.

python _fresh.py REPORT MODULE
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import sys
import threading
import time
from importlib import import_module
from typing import Final

#: Audit events of what an import should not do, and what they are called.
_ACTS: Final = {
    "os.exec": "starts a process",
    "os.fork": "starts a process",
    "os.forkpty": "starts a process",
    "os.posix_spawn": "starts a process",
    "os.system": "starts a process",
    "subprocess.Popen": "starts a process",
    "socket.bind": "opens a port",
    "socket.connect": "connects to the network",
    "socket.getaddrinfo": "asks for an address",
    "socket.gethostbyname": "asks for an address",
}


class Watch:
    """Notes what happens while it is on. An audit hook stays for good, hence the switch."""

    def __init__(self) -> None:
        self.acts: list[str] = []
        self.is_on = True
        self._handlers = _handlers()
        self._threads = set(threading.enumerate())

    def hook(self, event: str, arguments: tuple[object, ...]) -> None:
        """Note an audit event."""
        if self.is_on and event in _ACTS:
            shown = " ".join(map(repr, arguments[:1]))
            self.acts.append(f"{_ACTS[event]} ({event} {shown})")

    def end(self) -> list[str]:
        """Stop watching and return what was seen."""
        self.is_on = False
        started = set(threading.enumerate()) - self._threads
        self.acts += [f"starts the thread {thread.name!r}" for thread in started]
        handlers = _handlers()
        self.acts += [
            f"sets a handler for {number.name}"
            for number, handler in handlers.items()
            if handler is not self._handlers[number]
        ]
        return self.acts


def examine(module: str) -> dict[str, object]:
    """Return what the import of `module` did, and the digests of the schemas of its executors."""
    watch = Watch()
    sys.addaudithook(watch.hook)
    started, error = time.process_time(), ""
    try:
        import_module(module)
    except BaseException as raised:  # noqa: BLE001 - SystemExit too; all of it is reported
        error = f"{type(raised).__name__}: {raised}"
    seconds = time.process_time() - started
    acts = watch.end()
    digests = {} if error else _digests(module)
    return {"error": error, "acts": acts, "seconds": seconds, "digests": digests}


def _digests(module: str) -> dict[str, str]:
    # Late, so that the import above is seen to do all that it does.
    from aether_sdk._executor import Executor

    digests: dict[str, str] = {}
    for found in list(vars(sys.modules[module]).values()):
        if isinstance(found, type) and issubclass(found, Executor):
            # Another rule says what is wrong with a class that can't be made or asked.
            # The same goes for what a schema prints, which is not the import's.
            with (
                contextlib.suppress(Exception, SystemExit),
                contextlib.redirect_stdout(io.StringIO()),
            ):
                digests[found.__qualname__] = found().schema().digest
    return digests


def _handlers() -> dict[signal.Signals, object]:
    return {number: signal.getsignal(number) for number in signal.Signals}


def main(report: str, module: str) -> None:
    """Write what was found into a file; the streams belong to the import."""
    found = examine(module)
    with open(report, "w", encoding="utf-8") as file:  # noqa: PTH123 - pathlib costs an import
        json.dump(found, file)
    sys.stdout.flush()
    sys.stderr.flush()
    # A thread that the import has started would keep the interpreter from its end.
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
