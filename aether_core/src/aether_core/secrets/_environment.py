"""Secrets in environment variables (cli.md): `AETHER_SECRET_<NAME>_<KEY>`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from aether_core.ports import SecretNotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What the names of all these variables begin with.
SECRET_PREFIX: Final = "AETHER_SECRET_"  # noqa: S105  # a name, not a secret


class EnvSecretProvider:
    """Answers from environment variables, looked up anew each time.

    The key `api-token` of the secret `git.hub` is in `AETHER_SECRET_GIT_HUB_API_TOKEN`: capital
    letters, and `_` for whatever is neither a letter from A to Z nor a digit.

    Args:
        environ: the variables, such as `os.environ`.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def __repr__(self) -> str:
        # Without the values: this may end up in a log.
        return "EnvSecretProvider()"

    async def get(self, name: str, key: str) -> str:
        """Return the value of one key of a secret.

        Raises:
            SecretNotFound: there is no such variable.
        """
        variable = SECRET_PREFIX + re.sub("[^A-Z0-9]", "_", f"{name}_{key}".upper())
        value = self._environ.get(variable)
        if value is None:
            raise SecretNotFound(f"the environment variable {variable} is not set")
        return value
