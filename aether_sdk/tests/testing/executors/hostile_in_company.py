"""Executors that do well alone, and not beside other calls."""

# Their names say what they do.
# ruff: noqa: D101

from __future__ import annotations

import asyncio

from breaking import breaks
from decent_executor import Decent

from aether_sdk import ExecuteRequest, TaskError


@breaks("shares-nothing")
class RefusesASecondCall(Decent):
    def __init__(self) -> None:
        self.is_busy = False

    async def execute(self, request: ExecuteRequest) -> object:
        if self.is_busy:
            raise TaskError("pause, words, text and token have to wait")
        self.is_busy = True
        try:
            return await super().execute(request)
        finally:
            self.is_busy = False


@breaks("shares-nothing")
class WaitsForTheOthers(Decent):
    def __init__(self) -> None:
        self.running = 0

    async def execute(self, request: ExecuteRequest) -> object:
        self.running += 1
        try:
            answer = await super().execute(request)
            while self.running > 1:
                await asyncio.sleep(0.01)
        finally:
            self.running -= 1
        return answer
