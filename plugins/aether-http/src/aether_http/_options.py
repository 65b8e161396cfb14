"""The nested inputs: credentials, certificates, retries, and files that come and go."""

from __future__ import annotations

import math
from typing import Annotated, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    SecretStr,
    WithJsonSchema,
    model_validator,
)

from aether_http._statuses import HIGHEST, LOWEST, STATUS_PATTERN, codes_of
from aether_sdk import DURATION_PATTERN, parse_duration

_MICROSECONDS: Final = 1_000_000
MOST_RETRIES: Final = 100
_MEDIA: Final = r"^[\x21-\x7e]+/[ -~]+$"
_RETRIED: Final[list[int | str]] = [429, 502, 503, 504]


def _is_positive(value: str | float) -> str | float:
    if not 0 < in_seconds(value) < math.inf:
        raise ValueError("must be longer than zero, and finite")
    return value


def _is_status(item: int | str) -> int | str:
    codes_of(item)
    return item


def text_like(pattern: str, expected: str) -> WithJsonSchema:
    """Return the JSON Schema of a text, for those who judge it before the task runs.

    The validators have the last word; a pattern refuses nothing that they accept.

    Args:
        pattern: what such a text matches.
        expected: what that is in words, such as `a duration such as "30s"`.
    """
    return WithJsonSchema({"type": "string", "pattern": pattern, "x-aether-expected": expected})


_DurationText = Annotated[str, text_like(DURATION_PATTERN, 'a duration such as "30s"')]
_StatusText = Annotated[
    str, text_like(STATUS_PATTERN, 'a status code or a range such as "200-299"')
]
_CODES: Final[dict[str, JsonValue]] = {"type": "integer", "minimum": LOWEST, "maximum": HIGHEST}
#: A duration text or a number of seconds.
Duration = Annotated[
    _DurationText | Annotated[float, WithJsonSchema({"type": "number", "exclusiveMinimum": 0})],
    AfterValidator(_is_positive),
]
#: A status code or a range of codes.
Status = Annotated[
    Annotated[int, WithJsonSchema(_CODES)] | _StatusText,
    AfterValidator(_is_status),
]
_MediaType = Annotated[
    str, Field(pattern=_MEDIA), text_like(_MEDIA, 'a media type such as "text/csv"')
]


def in_seconds(value: str | float) -> float:
    """Return a duration in seconds."""
    return parse_duration(value) / _MICROSECONDS if isinstance(value, str) else value


def _one_of(*names: str) -> dict[str, JsonValue]:
    """Return the JSON Schema of an object that has exactly one of some members."""
    given: list[JsonValue] = [
        {"required": [name], "properties": {name: {"not": {"type": "null"}}}} for name in names
    ]
    return {"oneOf": given}


class HttpAuth(BaseModel):
    """Credentials for the host of `url`: a token, or a user name and a password."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        defer_build=True,
        json_schema_extra=_one_of("bearer", "username"),
    )

    bearer: SecretStr | None = Field(default=None, description="A token.")
    username: str | None = Field(default=None, description="User name of basic authentication.")
    password: SecretStr | None = Field(
        default=None, description="Password of basic authentication, empty when it is not given."
    )

    @model_validator(mode="after")
    def _one_kind(self) -> HttpAuth:
        if (self.bearer is None) == (self.username is None):
            raise ValueError("give either bearer or username")
        if self.bearer is not None and self.password is not None:
            raise ValueError("password belongs to username, not to bearer")
        if self.username is not None and ":" in self.username:
            raise ValueError("a user name cannot contain a colon")
        if self.bearer is not None and not self.bearer.get_secret_value().isprintable():
            raise ValueError("bearer contains a control character, perhaps a line end")
        return self


class HttpTls(BaseModel):
    """How the server is recognised, and by what it recognises the worker."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    verify: bool = Field(
        default=True, description="Whether the certificate of the server is checked."
    )
    ca: str | None = Field(
        default=None,
        description="Certificates to trust instead of the usual ones: a PEM file or PEM text.",
    )
    cert: str | None = Field(
        default=None, description="The client certificate: a PEM file or PEM text."
    )
    key: SecretStr | None = Field(
        default=None,
        # A path may stand in a document.
        json_schema_extra={"format": "file-path"},
        description="Key of the client certificate, a PEM file or PEM text, unless `cert` has it.",
    )
    key_password: SecretStr | None = Field(default=None, description="Password of the key.")

    @model_validator(mode="after")
    def _belongs_together(self) -> HttpTls:
        if self.cert is None and (self.key is not None or self.key_password is not None):
            raise ValueError("key and key_password need cert")
        if self.ca is not None and not self.verify:
            raise ValueError("ca is of no use when verify is false")
        return self

    def without_identity(self) -> HttpTls:
        """Return the same without the client certificate, which was meant for one server."""
        return HttpTls(verify=self.verify, ca=self.ca)


class HttpRetry(BaseModel):
    """When a request is sent again, and after which waits."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    limit: int = Field(
        default=3, ge=1, le=MOST_RETRIES, description="How often at most it is sent again."
    )
    statuses: list[Status] = Field(
        default=_RETRIED, description="The statuses after which it is: codes and ranges."
    )
    errors: bool = Field(
        default=True,
        description="Whether it is after broken connections and timeouts of one exchange.",
    )
    wait: Duration = Field(
        default="500ms",
        description="The first wait; each further one is twice as long. Up to half of a wait is "
        "left out by chance.",
    )
    max_wait: Duration = Field(
        default="30s",
        description="The longest wait. A server that asks for a longer one with Retry-After is "
        "not asked again.",
    )


class HttpPlace(BaseModel):
    """A file: an artifact of the task, or a path on the worker."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, defer_build=True, json_schema_extra=_one_of("artifact", "path")
    )

    artifact: str | None = Field(default=None, description="Name of an artifact of the task.")
    path: str | None = Field(default=None, description="A path on the worker.")

    @model_validator(mode="after")
    def _one_place(self) -> HttpPlace:
        if (self.artifact is None) == (self.path is None):
            raise ValueError("give either artifact or path")
        return self


class HttpUpload(HttpPlace):
    """A file of a multipart form."""

    filename: str | None = Field(
        default=None, description="The name to tell the server, else the file's own."
    )
    content_type: _MediaType | None = Field(
        default=None,
        description="The media type to tell, else one that fits the name.",
    )


def place_of(value: str | HttpPlace) -> HttpPlace:
    """Return the place that an input names; a plain text is a path."""
    return HttpPlace(path=value) if isinstance(value, str) else value
