"""Secret providers: adapters of the secret provider port."""

from __future__ import annotations

from aether_core.secrets._environment import SECRET_PREFIX, EnvSecretProvider
from aether_core.secrets._file import SecretsFileError, is_private, read_secrets
from aether_core.secrets._static import StaticSecretProvider

__all__ = [
    "SECRET_PREFIX",
    "EnvSecretProvider",
    "SecretsFileError",
    "StaticSecretProvider",
    "is_private",
    "read_secrets",
]
