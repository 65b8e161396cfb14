"""The hook notifier port: who is told when a hook fires (ports.md 5.5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from aether_core.kernel import NotifyHook

#: Called after the commit, on the event loop; it must neither block nor raise.
HookNotifier: TypeAlias = Callable[[NotifyHook], None]
