"""The http executors of Aether: they send HTTP requests and check the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_http._executor import HttpExecutor
from aether_http._models import HttpInputs, HttpOutputs
from aether_http._poll import HttpPollExecutor, HttpPollInputs, HttpPollOutputs
from aether_sdk import hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aether_sdk import Executor

__all__ = [
    "HttpExecutor",
    "HttpInputs",
    "HttpOutputs",
    "HttpPollExecutor",
    "HttpPollInputs",
    "HttpPollOutputs",
    "aether_executors",
]


@hookimpl
def aether_executors() -> Sequence[type[Executor]]:
    """Name the executors of this package."""
    return (HttpExecutor, HttpPollExecutor)
