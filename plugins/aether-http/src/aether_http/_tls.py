"""TLS contexts, each made once: reading certificates takes longer than a local exchange."""

from __future__ import annotations

import os
import ssl
import tempfile
from contextlib import ExitStack
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import httpx

if TYPE_CHECKING:
    from pydantic import SecretStr

    from aether_http._options import HttpTls


class _Options(NamedTuple):
    verify: bool
    ca: str | None
    cert: str | None
    key: str | None
    password: str


class CertificateError(Exception):
    """A certificate or a key that cannot be used."""


def context_of(tls: HttpTls | None) -> ssl.SSLContext:
    """Return the context for the options of a request.

    Raises:
        CertificateError: a file cannot be read, or is no certificate or key.
    """
    if tls is None:
        return default_context()
    key, password = _revealed(tls.key), _revealed(tls.key_password)
    # A file may be renewed under its name, and then its time is another.
    stamps = tuple(_stamp(text) for text in (tls.ca, tls.cert, key))
    return _context(_Options(tls.verify, tls.ca, tls.cert, key, password or ""), stamps)


@cache
def default_context() -> ssl.SSLContext:
    """Return the context for requests without options: the certificates that httpx trusts."""
    return httpx.create_ssl_context()


@lru_cache(maxsize=32)
def _context(options: _Options, _: tuple[int, ...]) -> ssl.SSLContext:
    context = _trusting(options)
    if options.cert is not None:
        _identify(context, options, options.cert)
    return context


def _trusting(options: _Options) -> ssl.SSLContext:
    if options.ca is None:
        return httpx.create_ssl_context(verify=options.verify)
    try:
        text = options.ca if _is_pem(options.ca) else Path(options.ca).read_text(encoding="ascii")
        return ssl.create_default_context(cadata=text.encode("ascii").decode())
    except (OSError, ValueError) as error:
        raise CertificateError(f"tls.ca cannot be used: {_reason(error)}") from error


def _identify(context: ssl.SSLContext, options: _Options, cert: str) -> None:
    try:
        with ExitStack() as stack:
            chain = _as_file(cert, stack)
            key = None if options.key is None else _as_file(options.key, stack)
            _load(context, chain, key, options.password)
    except (OSError, ValueError) as error:
        message = f"tls.cert and tls.key cannot be used: {_reason(error)}"
        raise CertificateError(message) from error


def _load(context: ssl.SSLContext, chain: str, key: str | None, password: str) -> None:
    is_asked = False

    def answer() -> str:
        nonlocal is_asked
        is_asked = True
        return password

    try:
        # Without a function, OpenSSL would ask for a missing password at the terminal.
        context.load_cert_chain(chain, key, password=answer)
    except (ssl.SSLError, ValueError) as error:
        if isinstance(error, ssl.SSLError) and error.reason == "KEY_VALUES_MISMATCH":
            raise CertificateError("tls.key is not the key of tls.cert") from error
        if not is_asked:
            raise
        # OpenSSL says of both only that something about PEM went wrong.
        what = "is probably wrong" if password else "is missing"
        message = f"tls.key_password {what}: the key is encrypted"
        raise CertificateError(message) from error


def _as_file(text: str, stack: ExitStack) -> str:
    """Return the path of a file; PEM text gets one that only its owner can read, for a moment."""
    if not _is_pem(text):
        return text
    handle, path = tempfile.mkstemp(prefix="aether-", suffix=".pem")
    stack.callback(os.unlink, path)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
    return path


def _is_pem(text: str) -> bool:
    return "-----BEGIN" in text


def _stamp(text: str | None) -> int:
    if text is None or _is_pem(text):
        return 0
    try:
        return Path(text).stat().st_mtime_ns
    except (OSError, ValueError):
        # Reading it will say why.
        return 0


def _revealed(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, ssl.SSLError):
        # OpenSSL's own words for it are "PEM lib".
        return "what is needed is not there as PEM, or damaged"
    # A text error would quote the file, and that may hold a key.
    return (error.strerror or "not readable") if isinstance(error, OSError) else "not PEM text"
