"""Secrets in values: a sealed token stands for each until its task is dispatched (decision 18).

A token is text, so that it may stand inside other text, in objects and in lists, and is passed on
and stored like any value. Only a token with the run's own seal counts. The seal is random and
nobody is shown it, so neither a document nor an executor can make one.

    secret.<seal>.<name>.<key>.<form>.<default>.

Every part consists of letters, digits, `_`, `-` and `~`: JSON, URLs, shells and Python's `repr`
leave such text as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from aether_core.expression import MISSING, EvaluationError, MissingReference, Reference
from aether_core.plan._sources import ValueSource
from aether_sdk import MASK, JsonValue

if TYPE_CHECKING:
    from aether_core.document import SecretKeyRef
    from aether_core.expression import Resolver

#: The name of the seal among a run's variables; no document can write such a reference.
SEAL_NAME: Final = "(seal)"
_SEAL: Final = Reference((SEAL_NAME,), 0, 0)

# Texts: patterns are compiled when the first secret needs them.
_ANY_SEAL: Final = "[0-9a-f]{32}"
_PART: Final = r"([A-Za-z0-9_~-]*)\."
_UNSAFE: Final = "[^A-Za-z0-9_-]"
_WRITTEN: Final = "(?:~[0-9a-f]{2})+"

#: What a value may be changed with, one text or number at a time.
Change: TypeAlias = Callable[[JsonValue], JsonValue]


class SecretToken(msgspec.Struct, frozen=True):
    """What stands in a value for a secret.

    Attributes:
        name: the secret.
        key: the key inside the secret.
        form: in which spelling the value stands there; empty for the value as it is.
        default: stands in when there is no such secret.
    """

    name: str
    key: str
    form: str = ""
    default: JsonValue | UnsetType = UNSET

    def text(self, seal: str) -> str:
        """Return the token as it stands in values."""
        default = "" if self.default is UNSET else msgspec.json.encode(self.default).decode()
        parts = (self.name, self.key, self.form, default)
        return f"secret.{seal}.{'.'.join(map(_written, parts))}."


def token_of(match: re.Match[str]) -> SecretToken:
    """Return the token that a pattern of `token_pattern` has found."""
    name, key, form, default = map(_read, match.groups())
    return SecretToken(name, key, form, msgspec.json.decode(default) if default else UNSET)


def token_pattern(seal: str) -> re.Pattern[str]:
    """Return what finds the tokens of a run in a text; its groups are the parts of a token."""
    return re.compile(rf"secret\.{seal}\.{_PART * 4}")


def _written(part: str) -> str:
    return re.sub(_UNSAFE, lambda found: "".join(f"~{b:02x}" for b in found[0].encode()), part)


def _read(part: str) -> str:
    return re.sub(_WRITTEN, lambda found: bytes.fromhex(found[0].replace("~", "")).decode(), part)


def from_secret(secret: SecretKeyRef, default: ValueSource | None) -> ValueSource:
    """Return a source for `valueFrom.secretKeyRef`; `default` is that of the same parameter."""

    def evaluate(resolve: Resolver) -> JsonValue:
        seal = resolve(_SEAL)
        if seal is MISSING:
            raise MissingReference(_SEAL)
        fallback = UNSET if default is None else _value_of(default, resolve)
        return SecretToken(secret.name, secret.key, default=fallback).text(str(seal))

    return ValueSource(evaluate, () if default is None else default.references)


def _value_of(default: ValueSource, resolve: Resolver) -> JsonValue | UnsetType:
    """Return a default's value; one that can't be told matters only if the secret is missing."""
    try:
        return default.evaluate(resolve)
    except (MissingReference, EvaluationError):
        return UNSET


def map_texts(value: JsonValue, change: Change) -> JsonValue:
    """Return a copy of JSON data with every text, number and key replaced by what it becomes."""
    match value:
        case dict():
            return {_as_key(change(key)): map_texts(item, change) for key, item in value.items()}
        case list():
            return [map_texts(item, change) for item in value]
        case None | bool():
            return value
        case _:
            return change(value)


def _as_key(value: JsonValue) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def without_tokens(value: JsonValue) -> JsonValue:
    """Return a value for a message: whatever looks like a token is masked."""
    tokens = token_pattern(_ANY_SEAL)
    return map_texts(value, lambda each: tokens.sub(MASK, each) if isinstance(each, str) else each)
