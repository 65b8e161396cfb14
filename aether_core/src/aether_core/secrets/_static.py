"""Secrets that are known from the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.document import closest
from aether_core.ports import SecretNotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class StaticSecretProvider:
    """Answers from a table.

    Args:
        values: by secret and key.
        name: what the table is called in messages, such as the path of its file.
    """

    def __init__(self, values: Mapping[str, Mapping[str, str]], name: str = "the table") -> None:
        self._values = values
        self._name = name

    def __repr__(self) -> str:
        # Without the values: this may end up in a log.
        return f"StaticSecretProvider(name={self._name!r})"

    async def get(self, name: str, key: str) -> str:
        """Return the value of one key of a secret.

        Raises:
            SecretNotFound: the table has no such secret or key.
        """
        secret = self._values.get(name)
        if secret is None:
            message = f"{self._name} has no secret {name!r}"
            raise SecretNotFound(message, hint=_did_you_mean(name, self._values))
        if key not in secret:
            message = f"secret {name!r} of {self._name} has no key {key!r}"
            raise SecretNotFound(message, hint=_did_you_mean(key, secret))
        return secret[key]


def _did_you_mean(name: str, known: Iterable[str]) -> str | None:
    near = closest(name, list(known))
    return None if near is None else f"Did you mean {near!r}?"
