"""What the executor takes and what it gives back."""

from __future__ import annotations

import math
import re
from typing import Annotated, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    field_validator,
    model_validator,
)

from aether_http._duration import seconds_of
from aether_http._statuses import codes_of

#: A document often has `8080` or `true` where HTTP has text.
Scalar = str | int | float | bool

DEFAULT_MAX_RESPONSE_BYTES: Final = 10 * 1024 * 1024

_EXPECTED_STATUS: Final[list[int | str]] = ["200-299"]
_TOKEN: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - the "token" of the HTTP grammar
#: Headers that follow from the body; another value of them breaks the connection.
_FRAMING: Final = frozenset({"content-length", "transfer-encoding"})
_AT_MOST_ONE: Final = "at most one of json, body and form may be given"


def _is_status(item: int | str) -> int | str:
    codes_of(item)
    return item


_Status = Annotated[int | str, AfterValidator(_is_status)]


def _given(*names: str) -> JsonValue:
    """Return the JSON Schema of inputs of which some are there and not null."""
    return {
        "required": list(names),
        "properties": {name: {"not": {"type": "null"}} for name in names},
    }


class HttpInputs(BaseModel):
    """The inputs of one call. A null counts as not given."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "not": {
                "anyOf": [
                    _given("json", "body"),
                    _given("json", "form"),
                    _given("body", "form"),
                ]
            }
        },
    )

    url: str = Field(description="Where the request goes: an absolute http or https URL.")
    method: str = Field(default="GET", description="The request method, in any case.")
    headers: dict[str, Scalar] = Field(default={}, description="Request headers.")
    query: dict[str, Scalar | list[Scalar]] = Field(
        default={},
        description="Query parameters for the URL, a list for a repeated one; they replace "
        "parameters of the same name in the url.",
    )
    json_: JsonValue = Field(
        default=None,
        alias="json",
        description="A value to send as a JSON body, with the fitting Content-Type.",
    )
    body: str | None = Field(
        default=None,
        description="Text to send as the body, as UTF-8; its Content-Type belongs in headers.",
    )
    form: dict[str, Scalar | list[Scalar]] | None = Field(
        default=None,
        description="Fields to send as an application/x-www-form-urlencoded body.",
    )
    timeout: str | float = Field(
        default="30s",
        description="How long the whole exchange may take, redirects and body included: a "
        "duration text or a number of seconds.",
    )
    expected_status: list[_Status] | _Status = Field(
        default=_EXPECTED_STATUS,
        description="Status codes that count as success: codes and ranges such as 200-299.",
    )
    follow_redirects: bool = Field(
        default=True, description="Whether redirects are followed, at most 20 of them."
    )
    max_response_bytes: int = Field(
        default=DEFAULT_MAX_RESPONSE_BYTES,
        ge=0,
        description="The longest body to accept, in bytes after decompression.",
    )

    @property
    def seconds(self) -> float:
        """The timeout in seconds."""
        return seconds_of(self.timeout) if isinstance(self.timeout, str) else self.timeout

    @property
    def statuses(self) -> list[int | str]:
        """The expected statuses as a list."""
        expected = self.expected_status
        return expected if isinstance(expected, list) else [expected]

    @field_validator("method")
    @classmethod
    def _is_token(cls, value: str) -> str:
        if not re.fullmatch(_TOKEN, value):
            message = f"{value!r} is not a request method"
            raise ValueError(message)
        return value.upper()

    @field_validator("headers")
    @classmethod
    def _are_headers(cls, value: dict[str, Scalar]) -> dict[str, Scalar]:
        for name, content in value.items():
            if not re.fullmatch(_TOKEN, name):
                message = f"{name!r} is not a header name"
                raise ValueError(message)
            if name.lower() in _FRAMING:
                message = f"header {name} follows from the body and cannot be set"
                raise ValueError(message)
            if re.search(r"[\x00-\x08\x0a-\x1f\x7f]", text_of(content)):
                # The value stays out of the text: headers carry credentials.
                message = f"the value of header {name} contains a control character"
                raise ValueError(message)
        return value

    @field_validator("timeout")
    @classmethod
    def _is_positive(cls, value: str | float) -> str | float:
        seconds = seconds_of(value) if isinstance(value, str) else value
        if not 0 < seconds < math.inf:
            raise ValueError("must be longer than zero, and finite")
        return value

    @field_validator("expected_status")
    @classmethod
    def _expects_something(cls, value: list[int | str] | int | str) -> list[int | str] | int | str:
        if value == []:
            raise ValueError("names no status at all")
        return value

    @model_validator(mode="after")
    def _one_body(self) -> HttpInputs:
        if sum(one is not None for one in (self.json_, self.body, self.form)) > 1:
            raise ValueError(_AT_MOST_ONE)
        return self


class HttpOutputs(BaseModel):
    """The answer of the server."""

    status_code: int = Field(description="The status code of the final answer.")
    headers: dict[str, str] = Field(
        description='Headers with lower-case names; repeated ones are joined with ", ".'
    )
    body: str = Field(description="The body as text, by the charset of the answer or UTF-8.")
    json_: JsonValue = Field(
        alias="json", description="The body parsed as JSON; null when it is not JSON."
    )
    url: str = Field(description="The URL of the final answer, without user name and password.")
    elapsed_ms: int = Field(description="How long the exchange took, in milliseconds.")


def text_of(value: Scalar) -> str:
    """Return a scalar as HTTP carries it; `true` and `false` as in JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
