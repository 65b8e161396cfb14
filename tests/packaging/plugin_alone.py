"""Says whether a plugin package works in an environment that has the SDK but not the engine.

Standard library and the plugin only; runs with the interpreter of that environment.

    python -P plugin_alone.py PACKAGE
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec


def problems_of(package: str) -> list[str]:
    """Import the package and load its executors; return what is wrong, one line per problem."""
    problems = []
    if find_spec("aether_core") is not None:
        problems.append("aether_core can be imported, so this environment proves nothing")
    import_module(package)
    entries = [e for e in entry_points(group="aether.executors") if e.module == package]
    if not entries:
        problems.append(f"{package} has no entry point in the group aether.executors")
    for entry in entries:
        loaded = entry.load()
        offered = [loaded] if isinstance(loaded, type) else loaded.aether_executors()
        for executor in offered:
            made = executor() if isinstance(executor, type) else executor
            if made.schema().type != made.type:
                problems.append(f"{entry.name}: the schema is of type {made.schema().type!r}")
    problems += [f"{package} imported {name}" for name in sys.modules if name == "aether_core"]
    return problems


if __name__ == "__main__":
    found = problems_of(sys.argv[1])
    sys.exit("\n".join(found) or 0)
