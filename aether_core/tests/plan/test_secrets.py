"""What stands for a secret in the values of a run, from binding to dispatch."""

from __future__ import annotations

import pytest

from aether_core.document import SecretKeyRef
from aether_core.expression import MISSING, MissingReference, Reference
from aether_core.plan import SEAL_NAME, SecretToken, map_texts, token_of, token_pattern
from aether_core.plan._secrets import from_secret
from aether_core.plan._sources import ValueSource, from_value

SEAL = "0123456789abcdef" * 2


def sealed(default: ValueSource | None = None) -> SecretToken:
    """Return the token that a parameter with this default gets."""

    def resolve(reference: Reference) -> object:
        return SEAL if reference.segments == (SEAL_NAME,) else MISSING

    text = from_secret(SecretKeyRef("git.hub", "api token"), default).evaluate(resolve)
    assert isinstance(text, str)
    match = token_pattern(SEAL).fullmatch(text)
    assert match is not None
    return token_of(match)


def test_a_token_names_the_secret() -> None:
    assert sealed() == SecretToken("git.hub", "api token")


def test_a_token_carries_the_default() -> None:
    assert sealed(from_value({"a": [1, None]})).default == {"a": [1, None]}


def test_a_default_without_value_matters_only_when_it_is_needed() -> None:
    assert sealed(from_value("{{ tasks.skipped.outputs.parameters.p }}")) == sealed()


def test_without_a_seal_there_is_no_token() -> None:
    """Text that anybody could write must never stand for a secret."""
    with pytest.raises(MissingReference):
        from_secret(SecretKeyRef("s", "k"), None).evaluate(lambda _: MISSING)


def test_keys_stay_text_whatever_becomes_of_them() -> None:
    assert map_texts({"a": ["b", 1, True, None]}, lambda _: None) == {
        "null": [None, None, True, None]
    }
