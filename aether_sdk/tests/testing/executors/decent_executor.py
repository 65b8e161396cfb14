"""An executor that keeps all rules; the hostile ones differ from it in one thing each."""

from __future__ import annotations

import asyncio

from pydantic import BaseModel, Field, SecretStr

from aether_sdk import ExecuteRequest, Executor, bind_inputs
from aether_sdk.testing import Sample


class DecentInputs(BaseModel):
    """What it takes."""

    text: str = Field(description="The text to look at.")
    words: list[str] = Field(default=[], description="More texts.")
    pause: float = Field(default=0, ge=0, description="Seconds to wait.")
    token: SecretStr | None = Field(default=None, description="What nobody may see.")


class DecentOutputs(BaseModel):
    """What it gives."""

    text: str = Field(description="All texts, joined.")
    length: int = Field(description="Characters of it.")


class Decent(Executor):
    """Joins texts."""

    type = "decent"
    version = "1.0"
    description = "Joins texts"
    Inputs = DecentInputs
    Outputs = DecentOutputs

    async def execute(self, request: ExecuteRequest) -> object:
        inputs = bind_inputs(request.inputs, self.Inputs)
        await asyncio.sleep(inputs.pause)
        return self.answer(inputs)

    def answer(self, inputs: DecentInputs) -> object:
        text = "".join([inputs.text, *inputs.words])
        return DecentOutputs(text=text, length=len(text))


class Plain(Decent):
    """The same, in a thread."""

    def execute(self, request: ExecuteRequest) -> object:
        return self.answer(bind_inputs(request.inputs, DecentInputs))


SAMPLES = (
    Sample({"text": "aether", "words": ["a", "b"]}, name="short"),
    Sample({"text": "workflow", "pause": 0.03, "token": "wind-and-water"}, name="longer"),
    Sample({"text": "x", "pause": -1}, refused_at="$.pause", name="bad"),
)
ENDLESS = Sample({"text": "x", "pause": 3600}, is_endless=True, name="endless")
