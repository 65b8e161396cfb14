"""A digest is the same in every interpreter."""

from __future__ import annotations

import os
import subprocess
import sys

_SCRIPT = """
from enum import Enum
from typing import Literal
from pydantic import BaseModel, Field, SecretStr
from aether_sdk import schema_of

class Color(Enum):
    RED = "red"
    BLUE = "blue"

class Options(BaseModel):
    tags: set[str] = {"one", "two", "three", "four", "five"}
    nested: list[frozenset[str]] = [frozenset({"one", "two", "three"})]

class Inputs(BaseModel):
    color: Color = Color.RED
    mode: Literal["a", "b"] = "a"
    tags: set[str] = Field(default={"one", "two", "three", "four", "five"}, description="Tags.")
    options: Options = Options()
    token: SecretStr = SecretStr("x")

print(schema_of(Inputs, Options, type="x").digest)
"""


def _digest(seed: int) -> str:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT],
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_the_digest_does_not_depend_on_the_hash_seed() -> None:
    digests = {_digest(seed) for seed in (1, 2, 3)}

    assert len(digests) == 1
    assert len(digests.pop()) == 64
