"""Name look-up that drops the addresses which may not be reached."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from aether_http._policy import HostNotAllowedError

if TYPE_CHECKING:
    from aether_http._policy import Policy


class JudgingResolver(AbstractResolver):
    """Looks names up as the system does; what it returns is what gets dialled."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._system = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a host that may be reached.

        Raises:
            HostNotAllowedError: none of them may.
            OSError: the name cannot be looked up.
        """
        found = await self._system.resolve(host, port, family)
        if self._policy.admits_name(host):
            return found
        allowed = [each for each in found if self._policy.admits_address(each["host"])]
        if not allowed:
            raise HostNotAllowedError(host, ", ".join(each["host"] for each in found))
        return allowed

    async def close(self) -> None:
        """Release what the look-up holds."""
        await self._system.close()
