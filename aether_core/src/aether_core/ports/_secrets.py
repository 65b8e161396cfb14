"""The secret provider port: where `secretKeyRef` gets its values (ports.md 5.3, decision 18)."""

from __future__ import annotations

from typing import Protocol

from aether_sdk import AetherError


class SecretNotFound(AetherError):
    """There is no such secret, or it can't be read; the message never holds a value."""

    code = "AE830"


class SecretProvider(Protocol):
    """Answers for secrets; asked only right before a task goes to a worker."""

    async def get(self, name: str, key: str) -> str:
        """Return the value of one key of a secret.

        Raises:
            SecretNotFound: there is no such secret or key.
        """
        ...
