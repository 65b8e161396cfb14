"""Certificates: whose are trusted, and which one is shown."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from aether_http._options import HttpTls
from aether_http._tls import CertificateError, context_of
from aether_sdk import ExecCode

if TYPE_CHECKING:
    from aether_sdk import JsonValue


@pytest.fixture
def strict_site(authority: trustme.CA, serving: Any) -> Iterator[Any]:
    """A server that asks for the certificate of its clients."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    with serving(context) as site:
        yield site


@pytest.fixture
def identity(authority: trustme.CA) -> dict[str, JsonValue]:
    """A client certificate as PEM text."""
    made = authority.issue_cert("client.example")
    return {
        "cert": "".join(part.bytes().decode() for part in made.cert_chain_pems),
        "key": made.private_key_pem.bytes().decode(),
    }


def test_an_unknown_authority_is_an_error_that_says_why(worker: Any, secure_site: Any) -> None:
    result = worker.run({"url": secure_site.url, "retry": 3})

    assert result.code == ExecCode.ERROR
    assert result.message.startswith(f"GET {secure_site.url}: cannot connect: ")
    assert "certificate verify failed" in result.message
    assert worker.waits == []


def test_an_authority_can_be_given_as_text_or_file(
    worker: Any, secure_site: Any, ca: str, tmp_path: Path
) -> None:
    file = tmp_path / "ca.pem"
    file.write_text(ca, encoding="ascii")

    as_text = worker.run({"url": secure_site.url, "tls": {"ca": ca}})
    as_file = worker.run({"url": secure_site.url, "tls": {"ca": str(file)}})

    assert (as_text.code, as_file.code) == (ExecCode.SUCCEEDED, ExecCode.SUCCEEDED)


def test_a_certificate_for_another_host_is_an_error(worker: Any, secure_site: Any, ca: str) -> None:
    url = secure_site.url.replace("127.0.0.1", "localhost")

    result = worker.run({"url": url, "tls": {"ca": ca}})

    assert result.code == ExecCode.ERROR
    assert "Hostname mismatch" in result.message


def test_checking_can_be_switched_off(worker: Any, secure_site: Any) -> None:
    secure_site.answer = lambda _: secure_site.Answer(200, b"here")

    result = worker.run({"url": secure_site.url, "tls": {"verify": False}})

    assert result.get("body") == "here"


def test_a_client_certificate_is_shown(
    worker: Any, strict_site: Any, ca: str, identity: dict[str, JsonValue]
) -> None:
    without = worker.run({"url": strict_site.url, "tls": {"ca": ca}})
    shown = worker.run({"url": strict_site.url, "tls": {"ca": ca, **identity}})

    assert (without.code, shown.code) == (ExecCode.ERROR, ExecCode.SUCCEEDED)
    assert without.message.startswith(f"GET {strict_site.url}: ")


def test_a_client_certificate_is_not_shown_to_another_origin(
    worker: Any,
    site: Any,
    strict_site: Any,
    ca: str,
    identity: dict[str, JsonValue],
) -> None:
    site.answer = lambda _: site.Answer(302, headers=(("Location", strict_site.url),))

    result = worker.run({"url": site.url, "tls": {"ca": ca, **identity}})

    assert result.code == ExecCode.ERROR
    assert not strict_site.received


def test_files_of_a_client_certificate_are_read(
    worker: Any, strict_site: Any, ca: str, identity: dict[str, JsonValue], tmp_path: Path
) -> None:
    file = tmp_path / "client.pem"
    file.write_text(f"{identity['cert']}{identity['key']}", encoding="ascii")

    assert (
        worker.run({"url": strict_site.url, "tls": {"ca": ca, "cert": str(file)}}).code
        == ExecCode.SUCCEEDED
    )


def encrypted(key: str) -> str:
    """Return a key as PEM text that takes the password `s3cr3t`."""
    made = serialization.load_pem_private_key(key.encode(), None)
    return made.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"s3cr3t"),
    ).decode()


def test_an_encrypted_key_is_read_with_its_password(
    worker: Any, strict_site: Any, ca: str, identity: dict[str, str], tmp_path: Path
) -> None:
    """Whether it is in a file of its own, text, or in one file with the certificate."""
    key = encrypted(identity["key"])
    file = tmp_path / "key.pem"
    file.write_text(key, encoding="ascii")
    both = tmp_path / "both.pem"
    both.write_text(identity["cert"] + key, encoding="ascii")
    cert = identity["cert"]

    for given in (
        {"cert": cert, "key": key},
        {"cert": cert, "key": str(file)},
        {"cert": str(both)},
    ):
        tls = {"ca": ca, "key_password": "s3cr3t", **given}
        assert worker.run({"url": strict_site.url, "tls": tls}).code == ExecCode.SUCCEEDED


def test_a_key_that_cannot_be_used_is_an_error_that_names_the_input(
    authority: trustme.CA, identity: dict[str, str]
) -> None:
    cert, key = identity["cert"], identity["key"]
    other = authority.issue_cert("other.example").private_key_pem.bytes().decode()
    complaint = "tls.key_password {}: the key is encrypted"
    cases = [
        ({"key": encrypted(key), "key_password": "wr0ng"}, complaint.format("is probably wrong")),
        (
            {"key": encrypted(key), "key_password": "w" * 2000},
            complaint.format("is probably wrong"),
        ),
        ({"key": encrypted(key)}, complaint.format("is missing")),
        ({"key": encrypted(other), "key_password": "s3cr3t"}, "tls.key is not the key of tls.cert"),
        ({}, "tls.cert and tls.key cannot be used: what is needed is not there as PEM, or damaged"),
    ]

    for given, message in cases:
        with pytest.raises(CertificateError) as caught:
            context_of(HttpTls.model_validate({"cert": cert, **given}))
        assert str(caught.value) == message


def test_text_leaves_no_file_behind(
    identity: dict[str, JsonValue], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    context_of(HttpTls.model_validate(identity))

    assert not list(tmp_path.iterdir())


def test_a_context_is_made_once_until_a_file_is_renewed(ca: str, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text(ca, encoding="ascii")
    tls = HttpTls(ca=str(file))

    first, again = context_of(tls), context_of(HttpTls(ca=str(file)))
    os.utime(file, (1, 1))
    renewed = context_of(tls)

    assert first is again
    assert renewed is not first


@pytest.mark.parametrize(
    ("tls", "complaint"),
    [
        ({"ca": "/no/such"}, "tls.ca cannot be used: No such file or directory"),
        ({"ca": "-----BEGIN nothing"}, "tls.ca cannot be used: "),
        ({"ca": "-----BEGIN läuft"}, "tls.ca cannot be used: not PEM text"),
        ({"cert": "/no/such"}, "tls.cert and tls.key cannot be used: "),
        ({"cert": "-----BEGIN s3cr3t", "key": "-----BEGIN s3cr3t"}, "tls.cert and tls.key"),
        ({"cert": "a\0b"}, "tls.cert and tls.key cannot be used: "),
        ({"key": "s3cr3t"}, "key and key_password need cert"),
        ({"ca": "/x/ca.pem", "verify": False}, "ca is of no use when verify is false"),
        ({"verfy": False}, "unknown input"),
    ],
)
def test_unusable_certificates_are_an_error_that_does_not_tell_the_key(
    worker: Any, secure_site: Any, tls: JsonValue, complaint: str
) -> None:
    result = worker.run({"url": secure_site.url, "tls": tls})

    assert result.code == ExecCode.ERROR
    assert complaint in result.message
    assert "s3cr3t" not in result.message
    assert not secure_site.received
