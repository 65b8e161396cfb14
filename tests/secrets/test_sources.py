"""Where the command takes secrets from, and what it says when there are none."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from aether_core.cli import main

VALUE = "x7Qp-a-long-secret"
VARIABLE = "AETHER_SECRET_VAULT_PASS_WORD"
DOCUMENT = """
apiVersion: aether/v1
kind: Workflow
metadata: {name: secret}
spec:
  entrypoint: main
  templates:
    - task:
        name: main
        executor: {type: echo}
        inputs:
          parameters:
            - {name: token, valueFrom: {secretKeyRef: {name: vault, key: pass-word}}}
"""


class Outcome(NamedTuple):
    """What a command did."""

    status: int
    out: str
    err: str


Aether = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a folder with a document that needs a secret, a store and an environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AETHER_STORE", "sqlite:///runs.db")
    monkeypatch.setenv("AETHER_PLUGINS_ALLOW", "aether-echo")
    for name in (VARIABLE, "AETHER_SECRETS"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "secret.yaml").write_text(DOCUMENT, encoding="utf-8")
    return tmp_path


@pytest.fixture
def aether(capsys: pytest.CaptureFixture[str]) -> Aether:
    """Run the command in this process; nothing that it writes may hold the value."""

    def run(*arguments: str) -> Outcome:
        capsys.readouterr()
        status = main(arguments)
        outcome = Outcome(status, *capsys.readouterr())
        assert VALUE not in outcome.out + outcome.err
        return outcome

    return run


@pytest.mark.parametrize("by", ["option", "variable"])
def test_secrets_come_from_a_file(
    work: Path, aether: Aether, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    """Who else may read it is told, unless nothing shall be."""
    file = work / "secrets.yaml"
    file.write_text(json.dumps({"vault": {"pass-word": VALUE}}))
    file.chmod(0o600)
    if by == "variable":
        monkeypatch.setenv("AETHER_SECRETS", str(file))
    run = ["run", "secret.yaml", *(["--secrets", str(file)] if by == "option" else [])]

    ran = aether(*run)

    assert ran.status == 0, ran.err
    assert "warning" not in ran.err
    file.chmod(0o644)
    assert f"warning: others may read the secrets file {file}" in aether(*run).err
    assert "warning" not in aether(*run, "-q").err


def test_a_secrets_file_that_cannot_be_used_is_wrong_usage(work: Path, aether: Aether) -> None:
    """Nothing is started, and no word of the file is shown."""
    (work / "secrets.json").write_text(json.dumps({"vault": {"pass-word": [VALUE]}}))

    refused = aether("run", "secret.yaml", "--secrets", "secrets.json")

    assert refused.status == 2
    assert "/vault/pass-word: expected text, got a list" in refused.err
    assert not (work / "runs.db").exists()


@pytest.mark.parametrize(
    "command",
    [("run", "secret.yaml"), ("resume", "r"), ("retry", "r"), ("recover",), ("cancel", "r")],
)
def test_every_command_that_executes_takes_a_secrets_file(
    aether: Aether, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv(VARIABLE, VALUE)
    assert aether("run", "secret.yaml").status == 0

    outcome = aether(*command, "--secrets", "missing.json")

    assert outcome.status == 2
    assert "the secrets file missing.json can't be read: No such file" in outcome.err


def test_a_secret_that_is_not_set_names_its_variable(aether: Aether) -> None:
    ran = aether("run", "secret.yaml")

    assert ran.status == 1
    assert 'no value for secret "vault", key "pass-word"' in ran.err
    assert f"{VARIABLE} is not set" in ran.err


def test_the_document_of_the_guide_is_valid(
    work: Path, aether: Aether, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AETHER_PLUGINS_ALLOW", "aether-http")
    page = (Path(__file__).parents[2] / "docs/guide/secrets.md").read_text(encoding="utf-8")
    (work / "guide.yaml").write_text(page.split("```yaml\n")[1].split("```", maxsplit=1)[0])

    assert aether("validate", "guide.yaml", "--strict").status == 0
