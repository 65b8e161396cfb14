"""How large an artifact may be; the same bounds hold when it is packed and when it is fetched."""

from __future__ import annotations

from typing import Final

import msgspec

from aether_core.ports import ArtifactError

_GIB: Final = 1024**3


class Limits(msgspec.Struct, frozen=True):
    """Bounds for one artifact."""

    #: Bytes, packed as well as unpacked.
    max_bytes: int = 16 * _GIB
    #: Files, folders and links inside it.
    max_members: int = 200_000
    #: Seconds after which a silent server is given up.
    patience: float = 60.0


class Budget:
    """What is left of the limits while a folder or an archive is gone through."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._members = 0
        self._bytes = 0

    def take(self, size: int) -> None:
        """Count one more member of that many bytes.

        Raises:
            ArtifactError: that is more than an artifact may have.
        """
        self._members += 1
        self._bytes += size
        if self._members > self._limits.max_members:
            message = f"has more than {self._limits.max_members:,} files and folders"
            raise ArtifactError(message)
        if self._bytes > self._limits.max_bytes:
            raise too_large(self._limits)


def too_large(limits: Limits) -> ArtifactError:
    """Return the error of an artifact with too many bytes."""
    return ArtifactError(f"is larger than {limits.max_bytes:,} bytes")
