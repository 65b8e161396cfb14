"""Tests for executors: the contract as checks, and requests and runs without a server.

It needs the extra `testing` of the distribution aether-workflow-sdk; `run_document` needs the
engine as well. Nothing that runs in production imports this package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_sdk.testing._attempt import Attempt, Ending, run_request
from aether_sdk.testing._check import RULES, check_contract
from aether_sdk.testing._document import run_document
from aether_sdk.testing._limits import Limits
from aether_sdk.testing._missing import MissingPackage
from aether_sdk.testing._request import request_for
from aether_sdk.testing._rule import Finding, Rule
from aether_sdk.testing._samples import Sample
from aether_sdk.testing._watchdog import Blocked

if TYPE_CHECKING:
    from aether_sdk.testing._contract import ExecutorContract

__all__ = [
    "RULES",
    "Attempt",
    "Blocked",
    "Ending",
    "ExecutorContract",
    "Finding",
    "Limits",
    "MissingPackage",
    "Rule",
    "Sample",
    "check_contract",
    "request_for",
    "run_document",
    "run_request",
]


# A type checker that saw this function would accept every misspelt name.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name != "ExecutorContract":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        # Late: it imports pytest, which all the rest does without.
        from aether_sdk.testing._contract import ExecutorContract

        return ExecutorContract
