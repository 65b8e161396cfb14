"""Secrets come from environment variables or a file; what is said of them holds no value."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from aether_core.ports import SecretNotFound, SecretProvider
from aether_core.secrets import (
    EnvSecretProvider,
    SecretsFileError,
    StaticSecretProvider,
    is_private,
    read_secrets,
)

VALUE = "hunter2-hunter2"


def ask(provider: SecretProvider, name: str, key: str) -> str:
    return asyncio.run(provider.get(name, key))


@pytest.mark.parametrize(
    ("name", "key", "variable"),
    [
        ("db", "password", "AETHER_SECRET_DB_PASSWORD"),
        ("git.hub", "api-token", "AETHER_SECRET_GIT_HUB_API_TOKEN"),
        ("Müller", "k2", "AETHER_SECRET_M_LLER_K2"),
    ],
)
def test_an_environment_variable_is_named_after_secret_and_key(
    name: str, key: str, variable: str
) -> None:
    assert ask(EnvSecretProvider({variable: VALUE}), name, key) == VALUE


def test_a_variable_that_is_not_set_is_named() -> None:
    with pytest.raises(SecretNotFound, match="AETHER_SECRET_DB_KEY is not set"):
        ask(EnvSecretProvider({"AETHER_SECRET_DB_PASSWORD": VALUE}), "db", "key")


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("s.json", '{"db": {"password": "%s"}, "empty": {}}'),
        ("s.yaml", "db:\n  password: %s\nempty: {}\n"),
        ("secrets", "# kept by hand\ndb: {password: '%s'}"),
    ],
)
def test_a_file_holds_values_by_secret_and_key(tmp_path: Path, file: str, text: str) -> None:
    path = tmp_path / file
    path.write_text(text % VALUE)

    assert ask(read_secrets(str(path)), "db", "password") == VALUE


@pytest.mark.parametrize(
    ("name", "key", "message", "hint"),
    [
        ("dbs", "password", "has no secret 'dbs'", "Did you mean 'db'?"),
        ("db", "pasword", "has no key 'pasword'", "Did you mean 'password'?"),
        ("unlike", "any", "has no secret 'unlike'", None),
    ],
)
def test_a_secret_that_is_not_there_is_named(
    name: str, key: str, message: str, hint: str | None
) -> None:
    values: Mapping[str, Mapping[str, str]] = {"db": {"password": VALUE}}

    with pytest.raises(SecretNotFound, match=message) as raised:
        ask(StaticSecretProvider(values), name, key)

    assert raised.value.hint == hint
    assert VALUE not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("db: {password: 5252}", "/db/password: expected text, got an integer"),
        ("db: {a: true, b: null}", "/db/a: expected text, got true or false; /db/b: .*, got null"),
        ("db: hunter2-hunter2", "/db: expected an object, got text"),
        ("- hunter2-hunter2", "expected an object, got a list"),
        ("hunter2-hunter2", "expected an object, got text"),
        ("db: {password: [hunter2-hunter2", "line 1, column [0-9]+: The text is not valid YAML"),
        ('{"db": {"password": "hunter2-hunter2}', "line 1, column [0-9]+: The text is not valid"),
        ("db: {password: hunter2-hunter2, password: b}", "A key is given twice"),
        ("a: {}\n---\nb: {}", "holds 2 documents, not one"),
        ("", "The file holds no document"),
        (f"# {'x' * (1 << 20)}", "has more than 1 MiB"),
    ],
)
def test_a_file_of_another_shape_is_refused_without_a_word_of_it(
    tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "secrets.yaml"
    path.write_text(text)

    with pytest.raises(SecretsFileError, match=message) as raised:
        read_secrets(str(path))

    assert str(path) in str(raised.value)
    assert "hunter2" not in f"{raised.value}{raised.value.hint}"
    assert "5252" not in str(raised.value)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing", Path("a\0b")):
        with pytest.raises(SecretsFileError, match="can't be read"):
            read_secrets(str(path))


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o640, 0o604, 0o666])
def test_a_file_is_private_when_its_owner_alone_may_use_it(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "secrets.json"
    path.write_text("{}")
    path.chmod(mode)

    assert is_private(str(path)) is (mode in {0o600, 0o400})


def test_what_is_no_file_is_left_to_whoever_reads_it(tmp_path: Path) -> None:
    assert is_private(str(tmp_path / "missing"))
    assert is_private(os.devnull)


def test_no_provider_shows_its_values() -> None:
    static = StaticSecretProvider({"db": {"password": VALUE}}, "s.json")
    env = EnvSecretProvider({"AETHER_SECRET_DB_PASSWORD": VALUE})

    assert (repr(static), repr(env)) == (
        "StaticSecretProvider(name='s.json')",
        "EnvSecretProvider()",
    )
