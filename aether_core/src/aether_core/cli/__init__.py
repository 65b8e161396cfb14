"""The `aether` command.

Importing this package loads no command: each is a module of its own, imported when chosen.
"""

from __future__ import annotations

from aether_core.cli._main import main

__all__ = ["main"]
