"""Which hosts requests may reach, as the operator of a server says it in one setting.

Names are judged as they stand in the URL, addresses as they are dialled: the address that was
judged is the one that is connected to, so that a name that answers differently the next time
(DNS rebinding) gains nothing.
"""

from __future__ import annotations

import os
import re
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final

SETTING: Final = "AETHER_HTTP_ALLOW"

_PUBLIC: Final = "public"
_NAME: Final = r"(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*"
#: The prefix under which IPv6 networks reach IPv4 hosts (RFC 6052).
_TRANSLATED: Final = IPv6Network("64:ff9b::/96")

_Address = IPv4Address | IPv6Address


class HostNotAllowedError(Exception):
    """The setting does not let requests reach a host."""

    def __init__(self, host: str, address: str = "") -> None:
        where = f"{host} ({address})" if address and address != host else host
        super().__init__(f"{SETTING} does not allow requests to {where}")


class PolicyError(Exception):
    """The setting cannot be read."""


class Policy:
    """What may be reached: names, networks, and all public addresses if it says so.

    Args:
        setting: `public`, names such as `api.example.com` or `*.example.com`, and networks such
            as `10.1.0.0/16`, separated by commas.

    Raises:
        PolicyError: a part of the setting is none of these.
    """

    def __init__(self, setting: str) -> None:
        parts = [part.strip().lower() for part in setting.split(",")]
        self._has_public = _PUBLIC in parts
        self._names: set[str] = set()
        self._networks: list[IPv4Network | IPv6Network] = []
        for part in filter(None, parts):
            if part != _PUBLIC:
                self._add(part)

    def _add(self, part: str) -> None:
        try:
            self._networks.append(ip_network(part))
        except ValueError as error:
            if not re.fullmatch(_NAME, part) or _ends_in_a_number(part):
                message = (
                    f"{SETTING}: {part!r} is neither public nor a host name nor a network ({error})"
                )
                raise PolicyError(message) from None
            self._names.add(part)

    def admits_name(self, host: str) -> bool:
        """Return whether a host may be reached wherever it is."""
        labels = host.lower().rstrip(".").split(".")
        wider = ("*." + ".".join(labels[start:]) for start in range(1, len(labels)))
        return ".".join(labels) in self._names or any(name in self._names for name in wider)

    def admits_address(self, address: str) -> bool:
        """Return whether an address may be reached."""
        plain = _unwrapped(ip_address(address))
        if self._has_public and plain.is_global and not plain.is_multicast:
            return True
        return any(plain in network for network in self._networks)

    def check_literal(self, host: str) -> None:
        """Judge a host that is written as an address; names are judged when they are looked up.

        Raises:
            HostNotAllowedError: the address may not be reached, or it is written in a way that
                systems read differently.
        """
        try:
            literal = ip_address(host)
        except ValueError:
            if _ends_in_a_number(host):
                raise HostNotAllowedError(host) from None
            return
        if not self.admits_address(str(literal)):
            raise HostNotAllowedError(host)


def policy_of_environment() -> Policy | None:
    """Return what the environment says; None without the setting, and everything is allowed.

    Raises:
        PolicyError: the setting cannot be read.
    """
    setting = os.environ.get(SETTING)
    return None if setting is None else Policy(setting)


def _ends_in_a_number(host: str) -> bool:
    """Return whether some systems read a host as an address: `127.1`, `0x7f.1`, `2130706433`."""
    last = host.rstrip(".").rpartition(".")[2]
    return re.fullmatch(r"\d+|0[xX][0-9a-fA-F]*", last) is not None


def _unwrapped(address: _Address) -> _Address:
    """Return the IPv4 address that an IPv6 address leads to, else the address itself."""
    if isinstance(address, IPv6Address):
        if address in _TRANSLATED:
            return IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address.sixtofour or address
    return address
