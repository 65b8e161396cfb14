"""Executors that break one rule each. `BREAKS` says which, by the name of the class."""

# Their names say what they do, and clumsy code is what some of them are about.
# ruff: noqa: RUF015, SIM105

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace

from breaking import BREAKS, breaks
from decent_executor import Decent, DecentInputs
from hostile_in_company import RefusesASecondCall, WaitsForTheOthers
from pydantic import BaseModel, Field

from aether_sdk import (
    DynamicOutputs,
    ExecuteRequest,
    Executor,
    ExecutorSchema,
    Parameter,
    TaskError,
    TaskFailed,
    bind_inputs,
)

__all__ = ["BREAKS", "RefusesASecondCall", "WaitsForTheOthers"]

#: What the executors leave behind, for the tests to end.
LEFT: list[Callable[[], object]] = []
#: From so many tasks on, the slow ones are quick: many of them are another test's business.
MANY = 5
_numbers = itertools.count()


@breaks("class")
class NeedsAnArgument(Decent):
    def __init__(self, address: str) -> None:
        self.address = address


@breaks("class")
class HasNoExecute(Executor):
    type = "decent"


@breaks("class")
class IsNoExecutor:
    type = "decent"


@breaks("class")
class DeclaresADict(Decent):
    Outputs = dict

    def schema(self) -> ExecutorSchema:
        return replace(Decent().schema(), outputs=None)


@breaks("type")
class HasAWrongType(Decent):
    type = "Decent Executor!"


@breaks("type")
class ChangesItsType(Decent):
    def __init__(self) -> None:
        self.type = f"decent{next(_numbers)}"


@breaks("type")
class HasASchemaOfAnotherType(Decent):
    def schema(self) -> ExecutorSchema:
        return replace(super().schema(), type="another")


@breaks("texts")
class SaysNothingOfItself(Decent):
    description = ""


@breaks("texts")
class HasANumberForAVersion(Decent):
    version = 1.0


@breaks("api-level")
class IsFromTheFuture(Decent):
    api_level = 99


@breaks("schema")
class HasASchemaThatRaises(Decent):
    def schema(self) -> ExecutorSchema:
        raise RuntimeError("no schema today")


@breaks("schema")
class HasAListForASchema(Decent):
    def schema(self) -> list[str]:
        return ["text"]


@breaks("schema")
class HasAnInvalidSchema(Decent):
    def schema(self) -> ExecutorSchema:
        return replace(super().schema(), outputs={"type": "text"})


@breaks("schema")
class PrintsItsSchema(Decent):
    def schema(self) -> ExecutorSchema:
        print("here it comes")
        return super().schema()


@breaks("schema-stable")
class HasAnotherSchemaEachTime(Decent):
    def schema(self) -> ExecutorSchema:
        made = super().schema()
        return replace(made, outputs={**made.outputs, "title": str(random.random())})


@breaks("schema-stable")
class HasARandomDefault(Decent):
    class Inputs(DecentInputs):
        seed: float = Field(default=random.random(), description="Drawn at import.")


@breaks("schema-stable")
class DependsOnTheHash(Decent):
    class Inputs(DecentInputs):
        kind: str = Field(default=list({f"kind {n}" for n in range(99)})[0], description="Any.")


@breaks("described")
class ExplainsNothing(Decent):
    class Inputs(DecentInputs):
        more: str = ""


class _Nested(BaseModel):
    port: int


@breaks("described")
class ExplainsNothingInside(Decent):
    class Inputs(DecentInputs):
        address: _Nested | None = Field(default=None, description="Where.")


@breaks("defaults")
class HasADefaultOfTheWrongKind(Decent):
    class Inputs(DecentInputs):
        often: int = Field(default="often", description="How often.")


@breaks("closed")
class TakesMisspeltNames(Decent):
    def schema(self) -> ExecutorSchema:
        made = super().schema()
        inputs = {k: v for k, v in made.inputs.items() if k != "additionalProperties"}
        return replace(made, inputs=inputs)


@breaks("strict")
class ReadsAnything(Decent):
    async def execute(self, request: ExecuteRequest) -> object:
        given = request.inputs.as_dict()
        try:
            pause = float(given.get("pause", 0))
            words = [str(word) for word in given.get("words", [])]
        except (TypeError, ValueError):
            raise TaskError("pause or words of a wrong kind") from None
        if pause < 0:
            raise TaskError("pause: below zero")
        await asyncio.sleep(pause)
        return self.answer(DecentInputs(text=str(given["text"]), words=words))


@breaks("refuses")
class RefusesWithoutAWord(Decent):
    async def execute(self, request: ExecuteRequest) -> object:
        try:
            return await super().execute(request)
        except ValueError:
            raise TaskError("bad inputs") from None


@breaks("refuses")
class ClampsInsteadOfRefusing(Decent):
    async def execute(self, request: ExecuteRequest) -> object:
        parameters = tuple(
            Parameter(p.name, 0) if p.name == "pause" and p.value == -1 else p
            for p in request.inputs.parameters
        )
        return await super().execute(
            replace(request, inputs=replace(request.inputs, parameters=parameters))
        )


class Answering(Decent):
    """Does something else instead of its answer."""

    def answer(self, inputs: DecentInputs) -> object:
        self.act(inputs)
        return super().answer(inputs)

    def act(self, inputs: DecentInputs) -> None:
        """Do it."""


@breaks("answers")
class NeverSucceeds(Answering):
    def act(self, inputs: DecentInputs) -> None:
        raise TaskFailed("not today")


@breaks("answers")
class NeverEnds(Decent):
    async def execute(self, request: ExecuteRequest) -> object:
        bind_inputs(request.inputs, DecentInputs)
        await asyncio.sleep(3600)


@breaks("failures")
class Exits(Answering):
    def act(self, inputs: DecentInputs) -> None:
        sys.exit(3)


class FailsWithoutAWord(Answering):
    """It breaks a rule only where a sample promises the failure."""

    def act(self, inputs: DecentInputs) -> None:
        raise TaskFailed


@breaks("failures")
class CancelsItself(Answering):
    def act(self, inputs: DecentInputs) -> None:
        raise asyncio.CancelledError


@breaks("request-kept")
class ChangesItsInputs(Decent):
    async def execute(self, request: ExecuteRequest) -> object:
        answer = await super().execute(request)
        for parameter in request.inputs.parameters:
            if isinstance(parameter.value, list):
                parameter.value.append("changed")
        return answer


@breaks("silent")
class Prints(Answering):
    def act(self, inputs: DecentInputs) -> None:
        print("working")


@breaks("silent")
class PrintsFromAChild(Answering):
    def act(self, inputs: DecentInputs) -> None:
        subprocess.run(["echo", "working"], check=True)


@breaks("gives-way")
class Sleeps(Answering):
    def act(self, inputs: DecentInputs) -> None:
        if len(asyncio.all_tasks()) < MANY:
            time.sleep(0.2)


@breaks("gives-way")
class Computes(Answering):
    def act(self, inputs: DecentInputs) -> None:
        end = time.thread_time() + (0.12 if len(asyncio.all_tasks()) < MANY else 0)
        while time.thread_time() < end:
            sum(range(1000))


@breaks("leaves-nothing")
class LeavesAThread(Answering):
    def act(self, inputs: DecentInputs) -> None:
        over = threading.Event()
        LEFT.append(over.set)
        threading.Thread(target=over.wait, name="forgotten").start()


@breaks("leaves-nothing")
class LeavesATask(Answering):
    def act(self, inputs: DecentInputs) -> None:
        LEFT.append(asyncio.create_task(asyncio.sleep(3600)).cancel)


@breaks("leaves-nothing")
class LeavesAProcess(Answering):
    def act(self, inputs: DecentInputs) -> None:
        child = subprocess.Popen(["sleep", "3600"])
        LEFT.append(lambda: (child.kill(), child.wait()))


@breaks("leaves-nothing")
class LeavesASocket(Answering):
    def act(self, inputs: DecentInputs) -> None:
        LEFT.append(socket.socket().close)


@breaks("leaves-nothing")
class LeavesAFile(Answering):
    def act(self, inputs: DecentInputs) -> None:
        number, _ = tempfile.mkstemp(prefix="forgotten")
        os.close(number)


@breaks("leaves-nothing")
class GoesElsewhere(Answering):
    def act(self, inputs: DecentInputs) -> None:
        os.chdir("/")


@breaks("leaves-nothing")
class ChangesTheEnvironment(Answering):
    def act(self, inputs: DecentInputs) -> None:
        os.environ.setdefault("HOSTILE", "1")


@breaks("cancel")
class SwallowsTheCancellation(Decent):
    async def execute(self, request: ExecuteRequest) -> object:
        inputs = bind_inputs(request.inputs, DecentInputs)
        try:
            await asyncio.sleep(inputs.pause)
        except asyncio.CancelledError:
            pass
        return self.answer(inputs)


@breaks("cancel")
class GoesOnForEver(Decent):
    async def execute(self, request: ExecuteRequest) -> object:
        inputs = bind_inputs(request.inputs, DecentInputs)
        end = time.monotonic() + inputs.pause
        while time.monotonic() < end:
            try:
                await asyncio.sleep(end - time.monotonic())
            except asyncio.CancelledError:
                end = time.monotonic() + 3600
        return self.answer(inputs)


@breaks("cancel-clean")
class ForgetsWhenCancelled(Decent):
    async def execute(self, request: ExecuteRequest) -> object:
        inputs = bind_inputs(request.inputs, DecentInputs)
        opened = socket.socket()
        LEFT.append(opened.close)
        await asyncio.sleep(inputs.pause)
        opened.close()
        return self.answer(inputs)


@breaks("outputs-json")
class ReturnsNoNumber(Decent):
    def answer(self, inputs: DecentInputs) -> object:
        return {"text": "", "length": float("nan")}


@breaks("outputs-json")
class ReturnsBytes(Decent):
    def answer(self, inputs: DecentInputs) -> object:
        return {"text": inputs.text.encode(), "length": 0}


@breaks("outputs-json")
class ReturnsASet(Decent):
    def answer(self, inputs: DecentInputs) -> object:
        return {"text": {inputs.text}, "length": 0}


@breaks("outputs-json")
class ReturnsAText(Decent):
    def answer(self, inputs: DecentInputs) -> object:
        return inputs.text


@breaks("outputs-declared")
class ReturnsMoreThanItDeclares(Decent):
    def answer(self, inputs: DecentInputs) -> object:
        return {"text": "", "length": 0, "surprise": 1}


@breaks("outputs-declared")
class ReturnsLessThanItDeclares(Decent):
    def answer(self, inputs: DecentInputs) -> object:
        return {"text": ""}


@breaks("outputs-declared")
class ReturnsAnotherKind(Decent):
    def answer(self, inputs: DecentInputs) -> object:
        return {"text": "", "length": "long"}


@breaks("alike")
class IsFickle(Decent):
    Outputs = DynamicOutputs

    def answer(self, inputs: DecentInputs) -> object:
        return {f"output {next(_numbers)}": 1}


@breaks("shares-nothing")
class KeepsTheInputsOnSelf(Decent):
    async def execute(self, request: ExecuteRequest) -> object:
        self.inputs = bind_inputs(request.inputs, DecentInputs)
        await asyncio.sleep(self.inputs.pause)
        return self.answer(self.inputs)


@breaks("shares-nothing")
class CountsItsCalls(Decent):
    def __init__(self) -> None:
        self.calls = 0

    def answer(self, inputs: DecentInputs) -> object:
        self.calls += 1
        return {"text": "", "length": self.calls}


@breaks("secrets")
class LogsTheSecret(Answering):
    def act(self, inputs: DecentInputs) -> None:
        if inputs.token:
            logging.getLogger("hostile").debug("token %s", inputs.token.get_secret_value())


@breaks("secrets")
class ReturnsTheSecret(Decent):
    def answer(self, inputs: DecentInputs) -> object:
        return {"text": inputs.token.get_secret_value() if inputs.token else "", "length": 0}


@breaks("secrets")
class ReturnsTheSecretInDisguise(Decent):
    def answer(self, inputs: DecentInputs) -> object:
        token = inputs.token.get_secret_value() if inputs.token else ""
        return {"text": b64encode(f"login:{token}".encode()).decode(), "length": 0}


@breaks("secrets")
class QuotesTheSecretInAnError(Decent):
    async def execute(self, request: ExecuteRequest) -> object:
        try:
            return await super().execute(request)
        except ValueError as error:
            raise TaskError(f"{error}; the inputs were {request.inputs.as_dict()}") from None
