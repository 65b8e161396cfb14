"""Whether documents that suit one version of an executor suit another one.

A package of its own, so that only who compares versions loads it.
"""

from __future__ import annotations

from aether_core.plugins.compatibility._compare import compare_executors, compare_schemas
from aether_core.plugins.compatibility._coverage import covers
from aether_core.plugins.compatibility._rules import RULES, Change, Rule
from aether_core.plugins.compatibility._snapshot import read_snapshot

__all__ = [
    "RULES",
    "Change",
    "Rule",
    "compare_executors",
    "compare_schemas",
    "covers",
    "read_snapshot",
]
