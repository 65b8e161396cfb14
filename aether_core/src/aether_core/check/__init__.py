"""The one checker that command line, engine and editors share: documents in, problems out."""

from __future__ import annotations

from aether_core.check._check import check, check_resource
from aether_core.check._codes import problem_titles
from aether_core.check._executors import ExecutorCatalog
from aether_core.check._patterns import readable_pattern
from aether_core.check._schema import ObjectSchema
from aether_core.check._variables import VariableLookup

__all__ = [
    "ExecutorCatalog",
    "ObjectSchema",
    "VariableLookup",
    "check",
    "check_resource",
    "problem_titles",
    "readable_pattern",
]
