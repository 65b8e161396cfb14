"""Secret providers of installed packages, chosen by the scheme of an address."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from aether_core.cli import main
from aether_core.plugins import (
    SECRET_GROUP,
    ExtensionError,
    PluginPolicy,
    is_secret_address,
    open_secrets,
)

Install = Callable[..., None]

SOURCE = """
from aether_sdk import AetherError

class Vault:
    def __init__(self, address):
        self.address = address

    async def get(self, name, key):
        return f"{self.address}/{name}/{key}"

class Refusal(AetherError):
    code = "ACME1"

def refuse(address):
    raise Refusal("no such host", hint="Mend the host.")

def fail(address):
    raise ValueError(address)

def nothing(address):
    return address

number = 5
"""


@pytest.fixture
def vault(install: Install) -> None:
    """A package with providers, most of which can't be used."""
    names = {"vault": "Vault", "refuse": "refuse", "fail": "fail", "nothing": "nothing"}
    entries = {scheme: f"fake_vault:{name}" for scheme, name in names.items()}
    entries |= {"number": "fake_vault:number", "gone": "fake_gone:Vault"}
    install("fake-vault", entries, "fake_vault", SOURCE, group=SECRET_GROUP)


@pytest.mark.usefixtures("vault")
def test_the_scheme_chooses_the_provider_which_gets_the_whole_address() -> None:
    """Nothing of a package is imported for a scheme that it does not have."""
    with pytest.raises(ExtensionError):
        open_secrets("other://host")
    assert "fake_vault" not in sys.modules

    provider = open_secrets("Vault://me:pw@host/a?b=c")

    assert asyncio.run(provider.get("git", "token")) == "Vault://me:pw@host/a?b=c/git/token"


@pytest.mark.usefixtures("vault")
@pytest.mark.parametrize(
    ("scheme", "reason"),
    [
        ("other", "no installed package provides secrets from addresses other://"),
        ("gone", "can't be used: import failed: ModuleNotFoundError: No module named 'fake_gone'"),
        ("number", "leads to 5, which can't be called"),
        ("refuse", "the secret provider 'refuse' refuses its address: no such host"),
        ("fail", "the secret provider 'fail' failed: ValueError"),
        ("nothing", "the secret provider 'nothing' gave str, which has no async method get()"),
    ],
)
def test_one_that_cannot_be_used_says_why_and_never_repeats_the_address(
    scheme: str, reason: str
) -> None:
    """An address may hold a password."""
    with pytest.raises(ExtensionError) as raised:
        open_secrets(f"{scheme}://me:hunter2@host")

    assert raised.value.message.endswith(reason)
    assert "hunter2" not in str(raised.value)


@pytest.mark.usefixtures("vault")
def test_a_distribution_that_is_not_allowed_is_not_asked() -> None:
    """The same switches hold as for executors."""
    with pytest.raises(ExtensionError, match="disabled"):
        open_secrets("vault://host", PluginPolicy(deny=frozenset({"fake-vault"})))


@pytest.mark.parametrize(
    ("text", "is_address"),
    [("vault://host", True), ("a+b.c-1://", True), ("secrets.yaml", False), ("./a://b", False),
     ("/etc/secrets", False), ("1a://b", False)],
)  # fmt: skip
def test_what_is_no_address_is_a_file(text: str, is_address: bool) -> None:
    """A path can always be written so that it is one."""
    assert is_secret_address(text) is is_address


DOCUMENT = """
apiVersion: aether/v1
kind: Workflow
metadata: {name: secret}
spec:
  entrypoint: main
  templates:
    - task:
        name: main
        inputs:
          parameters:
            - {name: token, type: string, valueFrom: {secretKeyRef: {name: git, key: token}}}
        executor: {type: echo}
        outputs:
          parameters: [{name: token, type: string}]
"""


@pytest.mark.usefixtures("vault")
def test_the_command_takes_an_address_for_its_secrets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What it prints holds no value; a scheme that nobody knows is wrong usage."""
    document = tmp_path / "secret.yaml"
    document.write_text(DOCUMENT, encoding="utf-8")
    command = ["run", str(document), "--store", "memory:", "--output", "json", "--secrets"]

    assert main([*command, "vault://host"]) == 0
    printed = capsys.readouterr().out
    assert json.loads(printed)["outputs"] == {"token": "******"}
    assert "host" not in printed
    assert main([*command, "nope://host"]) == 2
    assert "Known here: " in capsys.readouterr().err
