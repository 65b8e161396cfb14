"""Executors of this project, and the distributions that provide them.

No package index is asked who may have a short name: names there belong to strangers.
"""

from __future__ import annotations

from typing import Final

#: By entry point: the distribution.
FIRST_PARTY: Final[dict[str, str]] = {
    "await": "aether-workflow",
    "echo": "aether-echo",
    "function": "aether-workflow",
    "http": "aether-http",
    "script": "aether-shell",
    "shell": "aether-shell",
}
