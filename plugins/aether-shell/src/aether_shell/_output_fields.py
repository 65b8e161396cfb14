"""What a task may say of the output of its program, alike for every executor of this package."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

MaxOutputBytes: TypeAlias = Annotated[
    int,
    Field(
        ge=0,
        description="How many bytes to keep of each output stream; the rest is read and dropped.",
    ),
]
Log: TypeAlias = Annotated[
    bool,
    Field(
        description="Show each line of both output streams in the run's log as soon as it comes."
    ),
]
StdoutFormat: TypeAlias = Annotated[
    Literal["text", "lines", "json"] | None,
    Field(
        description="Gives standard output as the output `result` too: as text without the line "
        "ends behind it, as a list of lines, or read as JSON."
    ),
]
ValuesFile: TypeAlias = Annotated[
    bool,
    Field(
        description="Name a file in the environment variable AETHER_VALUES; lines NAME=VALUE in "
        "it become the output `values`."
    ),
]
