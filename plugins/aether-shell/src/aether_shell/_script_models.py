"""What the `script` executor takes; it gives back what `shell` does."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, field_validator

from aether_shell._models import DEFAULT_MAX_OUTPUT_BYTES, Scalar, checked_names, instead_of_pasting
from aether_shell._output_fields import Log, MaxOutputBytes, StdoutFormat, ValuesFile


class ScriptInputs(BaseModel):
    """The inputs of one call. All others are handed to the script; a null counts as not given."""

    model_config = ConfigDict(frozen=True, extra="allow")

    runtime: str = Field(
        min_length=1,
        description="The program that runs the source, by name or path. It must be allowed by "
        "the environment variable AETHER_SCRIPT_RUNTIMES and take program text after -c.",
    )
    source: str = Field(
        min_length=1,
        description="The program text. Every further input is in its environment: the input "
        "page-size as AETHER_INPUT_PAGE_SIZE, text as it is, anything else as JSON.",
        json_schema_extra=instead_of_pasting(
            "Make the value an input of its own; the source finds it in AETHER_INPUT_<NAME>."
        ),
    )
    env: dict[str, Scalar] = Field(
        default={},
        description="Environment variables to set; they win over all others.",
    )
    cwd: str | None = Field(
        default=None,
        description="The directory to run in; the worker's own when not given.",
    )
    stdin: str | None = Field(
        default=None,
        description="Text for standard input, as UTF-8; standard input is empty when not given.",
    )
    max_output_bytes: MaxOutputBytes = DEFAULT_MAX_OUTPUT_BYTES
    log: Log = True
    stdout_format: StdoutFormat = None
    values_file: ValuesFile = False

    @field_validator("env")
    @classmethod
    def _names_of_variables(cls, value: dict[str, Scalar]) -> dict[str, Scalar]:
        return checked_names(value)
