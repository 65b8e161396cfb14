"""The rules as tests for pytest. Importing this module imports pytest."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

import pytest

from aether_sdk.testing._check import RULES
from aether_sdk.testing._document import run_document
from aether_sdk.testing._limits import Limits
from aether_sdk.testing._readme_rule import project_of
from aether_sdk.testing._rule import NothingToCheck, Rule
from aether_sdk.testing._subject import Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from aether_core.engine import WorkflowExecution
    from aether_sdk._executor import Executor
    from aether_sdk._json_value import JsonValue
    from aether_sdk.testing._samples import Sample

#: What a class that derives from the contract must leave as it is.
_FIXED: Final = ("test_contract", "test_known_failures_are_rules")


class ExecutorContract:
    """Derive from it a class whose name begins with `Test`; pytest shows one test per rule.

    Override the fixture `samples`. It may ask for fixtures of its own, such as a local server.
    A rule for which there is nothing to look at is skipped, and the reason says what it needs.

    Attributes:
        executor: The executor's class.
        is_installed: Whether an installed distribution has an entry point for it.
        limits: How long things may take.
        known_failures: Rules that the executor breaks for now, and why. One that it does not
            break, or that does not exist, fails.
    """

    executor: ClassVar[type[Executor]]
    is_installed: ClassVar[bool] = True
    limits: ClassVar[Limits] = Limits()
    known_failures: ClassVar[Mapping[str, str]] = {}

    def __init_subclass__(cls) -> None:
        """Refuse a class that has put something else in the place of the checks.

        Raises:
            TypeError: it has, or one of its bases.
        """
        super().__init_subclass__()
        for name in _FIXED:
            if getattr(cls, name) is not getattr(ExecutorContract, name):
                message = (
                    f"{cls.__qualname__} overrides {name}, so that rules would go unchecked. A "
                    "rule that the executor breaks for now belongs into known_failures, with a "
                    'reason: known_failures = {"RULE": "why"}'
                )
                raise TypeError(message)

    def make(self) -> Executor:
        """Return an instance; override it when the class needs arguments."""
        return type(self).executor()

    @pytest.fixture
    def samples(self) -> Sequence[Sample]:
        """Calls that the author vouches for."""
        return ()

    @pytest.fixture
    def run_document(self) -> Callable[..., WorkflowExecution]:
        """Runs the text or file of a document with this executor, in memory."""

        def run(
            document: str | Path,
            *,
            arguments: Mapping[str, JsonValue] | None = None,
            secrets: Mapping[str, Mapping[str, str]] | None = None,
        ) -> WorkflowExecution:
            return run_document(document, self.make(), arguments=arguments, secrets=secrets)

        return run

    @final
    @pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.code) for rule in RULES])
    def test_contract(
        self, rule: Rule, samples: Sequence[Sample], request: pytest.FixtureRequest
    ) -> None:
        """The executor keeps the rule."""
        cls = type(self)
        subject = Subject(
            self.make,
            samples,
            cls.limits,
            is_installed=cls.is_installed,
            project=project_of(request.path),
        )
        try:
            findings = rule.findings(subject)
        except NothingToCheck as nothing:
            pytest.skip(str(nothing))
        reason = cls.known_failures.get(rule.code)
        if findings and reason:
            pytest.xfail(reason)
        if reason:
            pytest.fail(f"{rule.code} holds now; take it out of known_failures", pytrace=False)
        if findings:
            pytest.fail("\n".join(map(str, findings)), pytrace=False)

    @final
    def test_known_failures_are_rules(self) -> None:
        """Each name in `known_failures` is that of a rule, and has a reason."""
        codes = {rule.code for rule in RULES}
        wrong = [
            code for code, why in type(self).known_failures.items() if code not in codes or not why
        ]
        if wrong:
            pytest.fail(f"no rule, or no reason: {', '.join(wrong)}", pytrace=False)
