"""What a run knows of secrets goes out as values and comes back as tokens."""

from __future__ import annotations

import base64
import html
import json
from typing import Any
from urllib.parse import quote, quote_plus

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aether_core.engine.sealing._mask import Mask
from aether_core.engine.sealing._sealing import Sealing
from aether_core.plan import SecretToken
from aether_sdk import MASK, JsonValue

SEAL = "0123456789abcdef" * 2
OTHER_SEAL = "f" * 32

_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_secrets = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="*"), min_size=8, max_size=40
)


def _json(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    leaves = st.none() | st.booleans() | st.integers() | texts
    return st.recursive(
        leaves, lambda each: st.lists(each, max_size=3) | st.dictionaries(texts, each, max_size=3)
    )


def _all_texts(value: Any) -> list[str]:
    match value:
        case dict():
            return [*value, *(text for item in value.values() for text in _all_texts(item))]
        case list():
            return [text for item in value for text in _all_texts(item)]
        case str():
            return [value]
        case _:
            return [json.dumps(value)]


def sealing(**values: str) -> Sealing:
    """Return a run that knows these values, each as the key `k` of a secret."""
    known = Sealing(SEAL)
    for name, value in values.items():
        known.learn((name, "k"), value)
    return known


@st.composite
def _values_around(draw: Any) -> tuple[str, Any]:
    secret = draw(_secrets)
    parts = st.lists(st.sampled_from([secret, " ", "Bearer ", "x", ""]) | _texts, max_size=4)
    return secret, draw(_json(parts.map("".join)))


@settings(max_examples=80, deadline=None)
@given(_values_around())
def test_no_value_survives_and_all_of_it_comes_back(drawn: tuple[str, Any]) -> None:
    """Decision 18: sealed data holds the value nowhere; unsealed it is what it was."""
    secret, value = drawn
    run = sealing(db=secret)

    sealed = run.sealed(value)
    found, is_broken = run.secrets_in(sealed)
    again, missing = run.unsealed({"value": sealed}, {("db", "k"): secret})

    assert all(secret not in text for text in _all_texts(sealed))
    assert found <= {("db", "k")}
    assert (again["value"], missing, is_broken) == (value, set(), False)
    shown = Mask(SEAL).values({"value": sealed})
    assert all(SEAL not in text and secret not in text for text in _all_texts(shown))


@pytest.mark.parametrize(
    "spell",
    [
        lambda value: json.dumps(value)[1:-1],
        lambda value: msgspec.json.encode(value).decode()[1:-1],
        lambda value: json.dumps(value)[1:-1].replace("<", "\\u003c").replace(">", "\\u003e"),
        lambda value: repr(value)[1:-1],
        html.escape,
        quote,
        quote_plus,
        lambda value: quote(value, safe=""),
        lambda value: base64.b64encode(value.encode()).decode(),
        lambda value: base64.urlsafe_b64encode(value.encode()).decode().rstrip("="),
        lambda value: value.strip(),
    ],
)
def test_other_spellings_are_sealed_and_come_back_as_they_were(spell: Any) -> None:
    secret = ' Ünsafe/"pass"\tword?<>~ '  # noqa: S105  # a sample
    text = f"before[{spell(secret)}]after"
    run = sealing(db=secret)

    sealed = run.sealed_text(text)

    assert spell(secret) not in sealed
    assert Mask(SEAL).text(sealed) == f"before[{MASK}]after"
    assert run.unsealed({"": sealed}, {("db", "k"): secret})[0] == {"": text}


def test_a_value_in_other_letters_is_hidden() -> None:
    """Programs write methods in capitals and names of hosts in small letters."""
    secret = "ZQ9-hidden-Token!"  # noqa: S105  # a sample
    texts: list[JsonValue] = [secret, secret.lower(), f"<{secret.upper()}>", secret.title()]
    run = sealing(db=secret)

    sealed = run.sealed(texts)

    assert Mask(SEAL).values({"": sealed}) == {"": [MASK, MASK, f"<{MASK}>", MASK]}
    again, _ = run.unsealed({"": sealed}, {("db", "k"): secret})
    # All small letters and all capitals can be had from the value, other mixtures can't.
    assert again == {"": [*texts[:3], MASK]}


def test_a_name_of_a_secret_may_be_its_value_in_other_letters() -> None:
    run = sealing(kingfisher="KINGFISHER", Production="production")

    sealed = run.sealed(["KINGFISHER production", "Kingfisher"])

    assert run.secrets_in(sealed) == ({("kingfisher", "k"), ("Production", "k")}, False)
    assert Mask(SEAL).values({"": sealed}) == {"": [f"{MASK} {MASK}", MASK]}


def test_a_short_value_in_mixed_letters_is_a_word_like_others() -> None:
    run = sealing(db="secret")

    assert run.sealed_text("Secrets") == "Secrets"
    assert Mask(SEAL).text(run.sealed_text("secrets")) == f"{MASK}s"


@pytest.mark.parametrize("user", ["u:", "us:", "use:", "user:", ""])
def test_base64_of_a_longer_text_gives_nothing_away(user: str) -> None:
    """As in the header of HTTP basic authentication."""
    secret = "correct horse battery staple"  # noqa: S105  # a sample
    header = "Basic " + base64.b64encode(f"{user}{secret}!".encode()).decode()
    run = sealing(db=secret)

    sealed = run.sealed_text(header)

    shown = Mask(SEAL).text(sealed)
    # Left are the characters that also depend on what stands before and behind.
    left = shown.removeprefix("Basic ").replace(MASK, "")
    assert MASK in shown
    assert len(left) <= len(user) * 4 / 3 + 6
    assert run.unsealed({"": sealed}, {("db", "k"): secret})[0] == {"": header}


def test_each_line_of_a_key_is_sealed_by_itself() -> None:
    key = "-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END KEY-----\n"

    sealed = sealing(tls=key).sealed(["bad key: kqhkiG9w0BAQEF", key.strip()])

    assert Mask(SEAL).values({"": sealed}) == {"": [f"bad key: {MASK}", MASK]}


@pytest.mark.parametrize(("cut", "is_much"), [(16, False), (20, True), (30, True)])
def test_what_is_left_of_a_value_where_text_was_cut_is_masked(cut: int, is_much: bool) -> None:
    """Executors and the broker shorten long messages; at least half a value counts as one."""
    secret = "0Nce-upon-a-midnight-dreary-we-wrote"  # noqa: S105  # a sample
    head, tail = secret[:cut], secret[-cut:]
    texts: list[JsonValue] = [
        f"said {head}",
        f"said {head}… (9000 characters)",
        f"{tail} said",
        f"…{tail}",
    ]

    shown = Mask(SEAL).values({"": sealing(db=secret).sealed(texts)})[""]

    masked = [f"said {MASK}", f"said {MASK}… (9000 characters)", f"{MASK} said", f"…{MASK}"]
    assert shown == (masked if is_much else texts)


def test_the_rest_of_a_value_that_repeats_itself_is_found() -> None:
    secret = "abcdabcd-1234-abcdabcd"  # noqa: S105  # a sample

    shown = sealing(db=secret).sealed("abcdabcd-12 abcdabcd-123")

    assert Mask(SEAL).values({"": shown}) == {"": f"abcdabcd-12 {MASK}"}


def test_numbers_and_keys_are_sealed_too() -> None:
    run = sealing(pin="52525252", user="root-user")

    sealed = run.sealed({"root-user": [52525252, 5252525, True, None, 1.5]})

    assert Mask(SEAL).values({"": sealed}) == {"": {MASK: [MASK, 5252525, True, None, 1.5]}}


def test_a_very_short_value_is_sealed_only_where_it_stands_alone() -> None:
    """Otherwise it would be found in every word."""
    run = sealing(port="80", empty="")

    sealed = run.sealed(["80", 80, "port 80 of 8080", ""])

    assert Mask(SEAL).values({"": sealed}) == {"": [MASK, MASK, "port 80 of 8080", ""]}


def test_the_line_end_behind_a_value_is_not_part_of_what_is_looked_for() -> None:
    """Files of secrets often have one."""
    assert Mask(SEAL).text(sealing(db="pw52\n").sealed_text("my pw52!")) == f"my {MASK}!"


def test_the_longer_of_two_values_that_begin_alike_is_meant() -> None:
    run = sealing(short="abcdefgh", long="abcdefgh-and-more")

    again, _ = run.unsealed(
        {"": run.sealed("abcdefgh abcdefgh-and-more")},
        {("short", "k"): "12345678", ("long", "k"): "longlong"},
    )

    assert again == {"": "12345678 longlong"}


def test_a_forged_token_stays_text() -> None:
    """Neither a document nor an executor knows the seal."""
    forged = SecretToken("db", "k").text(OTHER_SEAL)
    run = sealing(db="hunter2-hunter2")

    assert run.secrets_in([forged]) == (set(), False)
    assert run.unsealed({"": forged}, {("db", "k"): "hunter2-hunter2"}) == ({"": forged}, set())
    assert Mask(SEAL).text(forged) == forged


@given(st.tuples(_texts, _texts, _json(_texts)))
@settings(max_examples=60, deadline=None)
def test_any_name_and_default_can_stand_in_a_token(parts: tuple[str, str, Any]) -> None:
    name, key, default = parts
    run = Sealing(SEAL)
    token = SecretToken(name, key, default=default).text(SEAL)

    assert token.isascii()
    assert json.loads(json.dumps(token)) == repr(token)[1:-1] == quote(token, safe="") == token
    assert run.secrets_in({"a": [f"x{token}y"]}) == ({(name, key)}, False)
    assert run.unsealed({"": token}, {(name, key): "v"}) == ({"": "v"}, set())
    assert run.unsealed({"": token}, {}) == ({"": default}, set())


def test_a_default_may_be_another_secret() -> None:
    run = Sealing(SEAL)
    fallback = SecretToken("old", "k").text(SEAL)
    token = SecretToken("new", "k", default=f"v1:{fallback}").text(SEAL)

    assert run.secrets_in(token) == ({("new", "k"), ("old", "k")}, False)
    assert run.unsealed({"": token}, {("old", "k"): "o"}) == ({"": "v1:o"}, set())
    assert run.unsealed({"": token}, {("new", "k"): "n"}) == ({"": "n"}, set())
    assert run.unsealed({"": f"<{token}>"}, {}) == ({"": f"<v1:{MASK}>"}, {("old", "k")})


def test_a_default_inside_a_text_is_written_as_json() -> None:
    token = SecretToken("db", "k", default=None).text(SEAL)

    assert Sealing(SEAL).unsealed({"": [f"-{token}-", token]}, {}) == (
        {"": ["-null-", None]},
        set(),
    )


@pytest.mark.parametrize("spoil", [str.upper, lambda t: t[:40], lambda t: t.split(".")])
def test_what_an_expression_left_of_a_token_is_noticed_and_hidden(spoil: Any) -> None:
    run = sealing(db="hunter2-hunter2")
    spoilt = spoil(f"{SEAL} {SecretToken('db', 'k').text(SEAL)}")

    assert run.secrets_in(spoilt)[1]
    assert SEAL not in str(Mask(SEAL).values({"": spoilt})).lower()


def test_a_value_that_changed_meanwhile_is_recognised_in_both_forms() -> None:
    """The provider is asked again for each attempt, so a secret may change within a run."""
    run = sealing(db="first-value")
    run.learn(("db", "k"), "second-value")

    sealed = run.sealed(["first-value", "second-value"])

    assert Mask(SEAL).values({"": sealed}) == {"": [MASK, MASK]}
