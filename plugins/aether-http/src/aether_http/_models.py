"""What the executors take and what they give back."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Annotated, Any, Final

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    field_validator,
    model_validator,
)

from aether_http._options import (
    MOST_RETRIES,
    Duration,
    HttpAuth,
    HttpPlace,
    HttpRetry,
    HttpTls,
    HttpUpload,
    Status,
    in_seconds,
    text_like,
)

#: A document often has `8080` or `true` where HTTP has text.
Scalar = str | int | float | bool

DEFAULT_MAX_RESPONSE_BYTES: Final = 10 * 1024 * 1024
DEFAULT_MAX_FILE_BYTES: Final = 1024 * 1024 * 1024

_TOKEN: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - the "token" of the HTTP grammar
#: Scheme and host; what begins like this can still be no URL.
_URL: Final = r"^[Hh][Tt][Tt][Pp][Ss]?://[^/?#]"
_PROXY: Final = rf"^$|{_URL}"
_A_PROXY: Final = 'an http or https URL such as "http://proxy:3128"'
#: Headers that follow from the body; another value of them breaks the connection.
_FRAMING: Final = frozenset({"content-length", "transfer-encoding"})
_CONTROL: Final = r"[\x00-\x08\x0a-\x1f\x7f]"
_FIXED_OUTPUTS: Final = ("status_code", "headers", "body", "json", "url", "elapsed_ms", "polls")

#: Inputs that are a body, and so cannot stand together; files may have form fields beside them.
_PAIRS: Final = (
    *combinations(("json", "body", "form", "body_file"), 2),
    ("json", "files"),
    ("body", "files"),
    ("body_file", "files"),
)


def _given(*names: str) -> JsonValue:
    """Return the JSON Schema of inputs of which some are there and not null."""
    return {
        "required": list(names),
        "properties": {name: {"not": {"type": "null"}} for name in names},
    }


class RequestInputs(BaseModel):
    """The inputs that describe a request and what to make of its answer."""

    model_config = ConfigDict(
        frozen=True,
        # Listing executors needs none of these; whoever needs one builds it then.
        defer_build=True,
        json_schema_extra={"not": {"anyOf": [_given(*pair) for pair in _PAIRS]}},
    )

    url: Annotated[str, text_like(_URL, 'an http or https URL such as "https://example.com"')] = (
        Field(description="Where the request goes: an absolute http or https URL.")
    )
    method: Annotated[str, text_like(rf"^{_TOKEN}$", 'a method such as "GET"')] = Field(
        default="GET",
        description="The request method, in any case.",
        examples=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
    )
    headers: dict[str, Scalar] = Field(
        default_factory=dict, json_schema_extra={"default": {}}, description="Request headers."
    )
    query: dict[str, Scalar | list[Scalar]] = Field(
        default_factory=dict,
        json_schema_extra={"default": {}},
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
        description="Fields to send as an application/x-www-form-urlencoded body, or with files "
        "as parts of a multipart/form-data body.",
    )
    body_file: str | HttpPlace | None = Field(
        default=None,
        description="A file to send as the body, as it is: a path, or `{artifact: NAME}` for an "
        "input artifact.",
    )
    files: dict[str, str | HttpUpload | list[str | HttpUpload]] | None = Field(
        default=None,
        description="Files to send as a multipart/form-data body, by name of the field: a path, "
        "or an object with `artifact` or `path`, `filename` and `content_type`; or a list.",
    )
    auth: HttpAuth | None = Field(
        default=None, description="Credentials: `bearer`, or `username` and `password`."
    )
    idempotency_key: str | bool = Field(
        default=False,
        description="Value of an Idempotency-Key header; true for one that is the same in every "
        "attempt of the task.",
    )
    timeout: Duration = Field(
        default="30s",
        description="How long one exchange may take, redirects and body included: a duration "
        "text or a number of seconds.",
    )
    connect_timeout: Duration | None = Field(
        default=None, description="How long looking up the host and connecting may take."
    )
    read_timeout: Duration | None = Field(
        default=None,
        description="How long the server may be silent in the middle of an exchange: take nothing "
        "of the body, or send nothing.",
    )
    expected_status: list[Status] | Status = Field(
        default="200-299",
        description="Status codes that count as success: codes and ranges such as 200-299.",
    )
    follow_redirects: bool = Field(
        default=True, description="Whether redirects are followed, at most 20 of them."
    )
    max_response_bytes: int | None = Field(
        default=None,
        ge=0,
        description="The longest body to accept, in bytes after decompression: 10485760 unless "
        "said otherwise, 1073741824 for one that is saved to a file.",
    )
    extract: dict[str, str] = Field(
        default_factory=dict,
        json_schema_extra={"default": {}},
        description="Further outputs: a name and the JMESPath expression that takes its value "
        "from the JSON of the body; null where nothing is found.",
    )
    retry: HttpRetry | Annotated[int, Field(ge=1, le=MOST_RETRIES)] | None = Field(
        default=None,
        description="Whether and when the request is sent again: an object, or a number as its "
        "`limit`.",
    )
    tls: HttpTls | None = Field(default=None, description="Certificates and their checking.")
    proxy: Annotated[str, text_like(_PROXY, _A_PROXY)] | None = Field(
        default=None,
        description="URL of an http or https proxy, empty for none; else the environment decides.",
    )

    @property
    def seconds(self) -> float:
        """The timeout in seconds."""
        return in_seconds(self.timeout)

    @property
    def statuses(self) -> list[int | str]:
        """The expected statuses as a list."""
        expected = self.expected_status
        return expected if isinstance(expected, list) else [expected]

    @property
    def longest_body(self) -> int:
        """The longest body to keep in memory, in bytes."""
        limit = self.max_response_bytes
        return DEFAULT_MAX_RESPONSE_BYTES if limit is None else limit

    @property
    def retries(self) -> HttpRetry | None:
        """What `retry` says."""
        return HttpRetry(limit=self.retry) if isinstance(self.retry, int) else self.retry

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
            if re.search(_CONTROL, text_of(content)):
                # The value stays out of the text: headers carry credentials.
                message = f"the value of header {name} contains a control character"
                raise ValueError(message)
        return value

    @field_validator("idempotency_key")
    @classmethod
    def _is_header_value(cls, value: str | bool) -> str | bool:
        if value == "" or re.search(_CONTROL, str(value)):
            raise ValueError("must be text without control characters")
        return value

    @field_validator("expected_status")
    @classmethod
    def _expects_something(cls, value: list[int | str] | int | str) -> list[int | str] | int | str:
        if value == []:
            raise ValueError("names no status at all")
        return value

    @field_validator("extract")
    @classmethod
    def _are_expressions(cls, value: dict[str, str]) -> dict[str, str]:
        for name, text in value.items():
            if name in _FIXED_OUTPUTS:
                message = f"{name} is an output that every answer has; choose another name"
                raise ValueError(message)
            if not re.fullmatch(r"[A-Za-z_][\w-]*", name, re.ASCII):
                message = f"{name!r} is not a name for an output"
                raise ValueError(message)
            _check_expression(name, text)
        return value

    @model_validator(mode="after")
    def _one_body(self) -> RequestInputs:
        given = {name for name in ("body", "form", "body_file", "files") if _has(self, name)}
        given |= {"json"} if self.json_ is not None else set()
        if len(given) > 1 and any(given.issuperset(pair) for pair in _PAIRS):
            message = (
                "at most one of json, body and form may be given, or body_file, or files with form"
            )
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _one_authorization(self) -> RequestInputs:
        names = {name.lower() for name in self.headers}
        if self.auth is not None and "authorization" in names:
            raise ValueError("auth and a header Authorization exclude each other")
        if self.idempotency_key and "idempotency-key" in names:
            raise ValueError("idempotency_key and a header Idempotency-Key exclude each other")
        return self


class HttpInputs(RequestInputs):
    """The inputs of one call of `http`. A null counts as not given."""

    save_to: str | HttpPlace | None = Field(
        default=None,
        description="Where to write the body of an expected answer: a path, or "
        "`{artifact: NAME}` for an output artifact. The outputs body and json are then empty.",
    )


class HttpOutputs(BaseModel):
    """The answer of the server, and what `extract` takes out of it under names of its own."""

    # Open, else the checker would refuse every reference to a name of `extract`.
    model_config = ConfigDict(extra="allow", defer_build=True)

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


def is_expression(text: str) -> str:
    """Return a JMESPath expression as it is.

    Raises:
        ValueError: it is none.
    """
    # Late: most requests extract nothing, and listing executors needs no expressions.
    from aether_http._extraction import compiled

    compiled(text)
    return text


def _check_expression(name: str, text: str) -> None:
    try:
        is_expression(text)
    except ValueError as error:
        message = f"{name}: {error}"
        raise ValueError(message) from None


def _has(inputs: Any, name: str) -> bool:
    return getattr(inputs, name) is not None
