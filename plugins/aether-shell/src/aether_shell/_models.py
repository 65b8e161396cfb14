"""What the executor takes and what it gives back."""

from __future__ import annotations

import shlex
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator, model_validator

from aether_shell._output_fields import Log, MaxOutputBytes, StdoutFormat, ValuesFile

#: A document often has `8080` or `true` where a program needs text.
Scalar = str | int | float | bool

DEFAULT_MAX_OUTPUT_BYTES: Final = 1024 * 1024

_INTERPRETER: Final[list[Scalar]] = ["/bin/sh"]
#: Validation looks there for the text of a program, such as that of `sh -c`.
_COMMAND_LINE: Final[dict[str, JsonValue]] = {"x-aether-command-line": ["command", "args"]}
_EXACTLY_ONE: Final = "exactly one of command and script must be given"


def instead_of_pasting(advice: str) -> dict[str, JsonValue]:
    """Return what marks an input as code, so that validation warns of values pasted into it."""
    return {"x-aether-instead-of-pasting": advice}


def _given(name: str) -> JsonValue:
    """Return the JSON Schema of inputs of which one is there and not null."""
    return {"required": [name], "properties": {name: {"not": {"type": "null"}}}}


class ShellInputs(BaseModel):
    """The inputs of one call. A null counts as not given."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={"oneOf": [_given("command"), _given("script")]},
    )

    command: list[Scalar] | str | None = Field(
        default=None,
        description="The program and its arguments: a list, or a text that is split by the "
        "quoting rules of a shell. No shell runs: no variables, pipes or wildcards.",
        json_schema_extra={
            **instead_of_pasting("Write the command as a list; the value stays one."),
            **_COMMAND_LINE,
        },
    )
    script: str | None = Field(
        default=None,
        description="Program text for the interpreter, which gets it after -c.",
        json_schema_extra=instead_of_pasting(
            'Hand the value over in env or args; the script finds it in "$NAME" or "$1".'
        ),
    )
    args: list[Scalar] = Field(
        default=[],
        description="Further arguments of the command, or the arguments of the script: $1, $2 "
        "and so on in a shell.",
        json_schema_extra=_COMMAND_LINE,
    )
    interpreter: list[Scalar] | str = Field(
        default=_INTERPRETER,
        description="The program that runs the script, with options that come before -c: a "
        "list, or a text that is split like the command.",
    )
    env: dict[str, Scalar] = Field(
        default={},
        description="Environment variables to set; they win over inherited ones.",
    )
    clean_env: bool = Field(
        default=False,
        description="Start from an empty environment instead of the worker's.",
    )
    cwd: str | None = Field(
        default=None,
        description="The directory to run in; the worker's own when not given.",
    )
    stdin: str | None = Field(
        default=None,
        description="Text for standard input, as UTF-8; standard input is empty when not given.",
    )
    success_codes: list[int] = Field(
        default=[0],
        min_length=1,
        description="The exit codes that count as success; -N stands for death by signal N.",
    )
    failed_codes: list[int] | None = Field(
        default=None,
        description="The exit codes that mean Failed, so that all further ones mean Error; when "
        "not given, all but success_codes mean Failed.",
    )
    max_output_bytes: MaxOutputBytes = DEFAULT_MAX_OUTPUT_BYTES
    log: Log = True
    stdout_format: StdoutFormat = None
    values_file: ValuesFile = False
    max_cpu_seconds: int | None = Field(
        default=None,
        ge=1,
        description="The processor time that each process may use; then it gets SIGXCPU.",
    )
    max_memory_bytes: int | None = Field(
        default=None,
        ge=1,
        description="The address space that each process may have. Not on macOS.",
    )
    max_open_files: int | None = Field(
        default=None, ge=1, description="How many files each process may hold open."
    )
    max_file_bytes: int | None = Field(
        default=None,
        ge=0,
        description="The size that a process may write a file to, in steps of 512; then it gets "
        "SIGXFSZ.",
    )

    @field_validator("command", "interpreter")
    @classmethod
    def _names_a_program(cls, value: list[Scalar] | str | None) -> list[Scalar] | str | None:
        words = ["-"] if value is None else words_of(value)
        if not words or not words[0]:
            raise ValueError("names no program")
        return value

    @field_validator("env")
    @classmethod
    def _names_of_variables(cls, value: dict[str, Scalar]) -> dict[str, Scalar]:
        return checked_names(value)

    @model_validator(mode="after")
    def _fit_together(self) -> ShellInputs:
        if (self.command is None) == (self.script is None):
            raise ValueError(_EXACTLY_ONE)
        if self.script is None and "interpreter" in self.model_fields_set:
            raise ValueError("interpreter needs script; a command names its program itself")
        both = sorted({*self.success_codes} & {*(self.failed_codes or ())})
        if both:
            listed = ", ".join(map(str, both))
            raise ValueError(f"both success_codes and failed_codes have {listed}")
        return self


class ShellOutputs(BaseModel):
    """How the process ended and what it wrote."""

    exit_code: int = Field(description="The exit code; -N after death by signal N.")
    stdout: str = Field(description="Standard output, as UTF-8; bytes that are none read U+FFFD.")
    stderr: str = Field(description="Standard error, read like stdout.")
    truncated: bool = Field(
        description="Whether a stream was longer than max_output_bytes and lost its end."
    )
    result: object = Field(
        default=None,
        description="Standard output in the form that stdout_format asks for; only then.",
    )
    values: dict[str, str] = Field(
        default={},
        description="What the process wrote to the file in AETHER_VALUES; with values_file only.",
    )


def checked_names(variables: dict[str, Scalar]) -> dict[str, Scalar]:
    """Return environment variables whose names a process can be given.

    Raises:
        ValueError: some names can't be passed on.
    """
    bad = [name for name in variables if not name or "=" in name or "\0" in name]
    if bad:
        message = f"not a name of an environment variable: {', '.join(map(repr, bad))}"
        raise ValueError(message)
    return variables


def words_of(value: list[Scalar] | str) -> list[str]:
    """Return the words of a list or of a text with shell quoting.

    Raises:
        ValueError: the text has a quote or an escape without an end.
    """
    if isinstance(value, str):
        return shlex.split(value)
    return [text_of(word) for word in value]


def text_of(value: Scalar) -> str:
    """Return a scalar as a program reads it; `true` and `false` as in JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
