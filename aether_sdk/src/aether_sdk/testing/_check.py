"""All rules, and one executor against all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_sdk.testing._call_rules import CALL_RULES
from aether_sdk.testing._declaration_rules import DECLARATION_RULES
from aether_sdk.testing._limits import Limits
from aether_sdk.testing._output_rules import OUTPUT_RULES
from aether_sdk.testing._readme_rule import README_RULES
from aether_sdk.testing._rule import NothingToCheck, Rule
from aether_sdk.testing._schema_rules import SCHEMA_RULES
from aether_sdk.testing._secret_rules import SECRET_RULES
from aether_sdk.testing._subject import Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from aether_sdk.testing._rule import Finding
    from aether_sdk.testing._samples import Sample

#: Every rule of the contract, in the order in which they are checked.
RULES: Final[tuple[Rule, ...]] = (
    *DECLARATION_RULES,
    *SCHEMA_RULES,
    *CALL_RULES,
    *OUTPUT_RULES,
    *SECRET_RULES,
    *README_RULES,
)
_DEFAULT_LIMITS: Final = Limits()


def check_contract(
    executor: Callable[[], object],
    samples: Iterable[Sample] = (),
    *,
    is_installed: bool = True,
    limits: Limits = _DEFAULT_LIMITS,
    project: Path | None = None,
    rules: Iterable[Rule] = RULES,
) -> list[Finding]:
    """Return what an executor breaks of the contract; empty when it keeps all of it.

    The samples are really executed, many times. Rules that have nothing to look at, for want of a
    sample of some kind, find nothing.

    Args:
        executor: The executor's class, or a function that makes an instance.
        samples: Calls that the author vouches for.
        is_installed: Whether an installed distribution has an entry point for it.
        limits: How long things may take.
        project: The folder of the executor's project, where its README is.
        rules: Those to check, all by default.

    Raises:
        MissingPackage: the extra `testing` is not installed.
    """
    subject = Subject(executor, samples, limits, is_installed=is_installed, project=project)
    found: list[Finding] = []
    for rule in rules:
        try:
            found += rule.findings(subject)
        except NothingToCheck:
            continue
    return found
