"""Mistakes in how the command was used.

AetherError
└── UsageError      the command can't do what the arguments say; exit status 2
"""

from __future__ import annotations

from aether_sdk import AetherError


class UsageError(AetherError):
    """The command can't do what its arguments say."""

    code = "AE820"
