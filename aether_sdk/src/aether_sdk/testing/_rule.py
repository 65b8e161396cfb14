"""Rules of the executor contract, and what breaks them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aether_sdk.testing._subject import Subject


class NothingToCheck(Exception):  # a signal between a rule and who runs it
    """A rule has nothing to look at, and its text says what it would need."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        code: Short stable name.
        text: What it asks for, one sentence.
        hint: What to do about a finding.
        check: Yields one message for each thing that breaks the rule; may raise `NothingToCheck`.
    """

    code: str
    text: str
    hint: str
    check: Callable[[Subject], Iterable[str]]

    def findings(self, subject: Subject) -> tuple[Finding, ...]:
        """Return what breaks the rule.

        Raises:
            NothingToCheck: there is nothing to look at.
        """
        messages = dict.fromkeys(self.check(subject))
        return tuple(Finding(self.code, self.text, message, self.hint) for message in messages)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that breaks a rule.

    Attributes:
        code: The rule's short name.
        rule: What the rule asks for.
        message: What breaks it, and where.
        hint: What to do about it.
    """

    code: str
    rule: str
    message: str
    hint: str

    def __str__(self) -> str:
        return f"{self.code}: {self.message}\n  rule: {self.rule}\n  hint: {self.hint}"
