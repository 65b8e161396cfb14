"""Hints for names that nobody knows."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


#: What other programs call a command, for those who come from there.
_ELSEWHERE = {
    "approve": "resume",
    "apply": "submit",
    "check": "validate",
    "continue": "resume",
    "describe": "get",
    "exec": "run",
    "explain": "why",
    "follow": "watch",
    "kill": "cancel",
    "lint": "validate",
    "ls": "list",
    "ps": "list",
    "restart": "retry",
    "rm": "delete",
    "runs": "list",
    "show": "get",
    "start": "run",
    "status": "get",
    "stop": "cancel",
    "terminate": "cancel",
    "version": "--version",
}
_DOCUMENTS = (".yaml", ".yml", ".json")


def command_hint(name: str, known: Iterable[str]) -> str | None:
    """Return a hint at the command that somebody may mean by a word that is none."""
    if name.lower().endswith(_DOCUMENTS):
        return f"`aether run {name}` runs a document"
    meant = _ELSEWHERE.get(name)
    return f'Did you mean "{meant}"?' if meant else did_you_mean(name, known)


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """Return a hint at the known name that is nearest; None if none is near."""
    near = get_close_matches(name, sorted(known), n=1)
    return f'Did you mean "{near[0]}"?' if near else None


def option_hint(option: str, known: Iterable[str]) -> str | None:
    """Return a hint at the option that is nearest to one that nobody knows."""
    # Dashes make any two options look alike.
    names = {name.lstrip("-"): name for name in known}
    if option == "--json" and "output" in names:
        return 'Did you mean "--output json"?'
    near = get_close_matches(option.lstrip("-"), sorted(names), n=1)
    return f'Did you mean "{names[near[0]]}"?' if near else None
