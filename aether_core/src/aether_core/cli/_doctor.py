"""`aether doctor`: is this installation in order?"""

from __future__ import annotations

import platform
import sys
from typing import TYPE_CHECKING, Any

from aether_core.cli import _exits
from aether_core.cli._console import reserved_stdout, write_json, write_text
from aether_core.cli._installation import (
    OWN_DISTRIBUTIONS,
    FoundCommand,
    Installed,
    duplicates,
    find_command,
    find_installed,
    foundation_versions,
)
from aether_core.cli._options import (
    add_output,
    add_store,
    installed_executors,
    installed_variables,
    store_url,
    without_password,
)
from aether_core.cli._plugin_view import plugin_json, source_json
from aether_core.cli._safe_text import one_line
from aether_core.plugins import BROKEN

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator, Sequence

    from aether_core.plugins import PluginRecord


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    add_store(parser)
    add_output(parser)


def execute(arguments: Namespace) -> int:
    """Examine the installation; the status is bad when something is wrong with it."""
    with reserved_stdout():
        report = examine(store_url(arguments.store))
    if arguments.output == "json":
        write_json(report)
    else:
        # Late: programs that read JSON need none of it.
        from aether_core.cli._doctor_text import doctor_text
        from aether_core.cli._style import Style

        write_text(doctor_text(report, Style.of(sys.stdout)))
    return _exits.OK if report["ok"] else _exits.BAD


def examine(url: str) -> dict[str, Any]:
    """Return everything that is known, as the JSON of the command; never fails for a plugin."""
    # Late: a wrong option needs no event loop.
    import asyncio

    installed = find_installed()
    command = find_command()
    store = asyncio.run(_store(url))
    plugins = installed_executors().load_all()
    sources = installed_variables().load_all()
    problems = [
        *_installation_problems(installed),
        *_command_problems(command),
        *([f"the store can't be used: {store['message']}"] if store["state"] == "broken" else []),
        *(f"plugin {p.name} is {p.state}: {one_line(p.reason)}" for p in plugins if _bad(p)),
        *(
            f"variable source {s.name} is {s.state}: {one_line(s.reason)}"
            for s in sources
            if _bad(s)
        ),
    ]
    return {
        "ok": not problems,
        "problems": problems,
        "python": {
            "version": platform.python_version(),
            "implementation": platform.python_implementation(),
            "executable": sys.executable,
            "prefix": sys.prefix,
        },
        "platform": platform.platform(),
        "distributions": installed,
        "foundations": foundation_versions(),
        "command": command,
        "store": store,
        "plugins": [plugin_json(record) for record in plugins],
        "variableSources": [source_json(record) for record in sources],
    }


def _bad(record: PluginRecord) -> bool:
    return record.state in BROKEN


def _installation_problems(installed: Sequence[Installed]) -> Iterator[str]:
    names = {each.name for each in installed}
    for own in OWN_DISTRIBUTIONS:
        if own not in names:
            yield f"{own} is not installed; its code is used from somewhere on the path"
    for name, group in duplicates(installed).items():
        places = ", ".join(f"{each.version} in {each.location}" for each in group)
        yield f"{name} is on the path {len(group)} times: {places}; uninstall all but one"


def _command_problems(command: FoundCommand) -> Iterator[str]:
    if command.state == "foreign":
        yield (
            f"`aether` on PATH is another program ({command.path}); "
            "use `python -m aether_core`, or change PATH"
        )


async def _store(url: str) -> dict[str, str]:
    # Late: what is broken about stores must not keep this module from loading.
    from aether_core.stores import StoreNotFound, open_store

    shown = without_password(url)
    try:
        store = open_store(url, must_exist=True)
        await store.open()
        await store.close()
    except StoreNotFound:
        return {"url": shown, "state": "absent", "message": "the first run creates it"}
    except Exception as error:  # noqa: BLE001  # stores of other packages raise what they like
        return {"url": shown, "state": "broken", "message": one_line(str(error))}
    return {"url": shown, "state": "ok", "message": ""}
