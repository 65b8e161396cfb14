"""Whether a request is sent again, and after which wait. Waiting itself is done elsewhere."""

from __future__ import annotations

import random
import ssl
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

import httpx

from aether_http._options import in_seconds
from aether_http._statuses import is_expected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aether_http._exchange import Answer
    from aether_http._models import RequestInputs

#: Methods that may be repeated without harm (RFC 9110, section 9.2.2).
_IDEMPOTENT: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
#: Statuses with which a server says that it did nothing.
_REFUSED: Final[list[int | str]] = [429, 503]
#: Failures before anything was sent.
_UNSENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError)
#: Failures that would come back each time.
_LASTING: Final = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)


class Retries:
    """What the `retry` input says, for one request.

    A request that may have been acted upon is repeated only if its method or an idempotency key
    makes that harmless.

    Attributes:
        used: How often the request was sent again.
    """

    def __init__(self, inputs: RequestInputs) -> None:
        self._rule = inputs.retries
        self._inputs = inputs
        self._waits = _backoff(inputs)
        self.used = 0

    def after_error(self, error: BaseException) -> float | None:
        """Return the wait after a failed exchange, None to give up."""
        rule = self._rule
        if rule is None or not rule.errors or not self._may_pass(error):
            return None
        if not self._is_harmless and not isinstance(error, _UNSENT):
            return None
        return self._next()

    def after_answer(self, answer: Answer) -> float | None:
        """Return the wait after an answer, None to take it as it is."""
        status = answer.status_code
        rule = self._rule
        if rule is None or not is_expected(status, rule.statuses):
            return None
        if not self._is_harmless and not is_expected(status, _REFUSED):
            return None
        asked = retry_after(answer)
        if asked is None:
            return self._next()
        # Asking earlier than that would be of no use, and against what the server wishes.
        return None if asked > in_seconds(rule.max_wait) else self._next(asked)

    @property
    def _is_harmless(self) -> bool:
        inputs = self._inputs
        if inputs.method in _IDEMPOTENT or inputs.idempotency_key:
            return True
        return "idempotency-key" in {name.lower() for name in inputs.headers}

    def _may_pass(self, error: BaseException) -> bool:
        if isinstance(error, TimeoutError):
            return True
        if not isinstance(error, httpx.TransportError) or isinstance(error, _LASTING):
            return False
        return not _is_about_certificates(error)

    def _next(self, asked: float | None = None) -> float | None:
        wait = next(self._waits, None)
        if wait is None:
            return None
        self.used += 1
        return wait if asked is None else asked


def retry_after(answer: Answer) -> float | None:
    """Return the seconds that a server asks to wait, None if it does not (RFC 9110, 10.2.3)."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    until = _instant(text)
    if until is None:
        return None
    # By the server's own clock, which the worker's need not follow.
    now = _instant(answer.headers.get("date", ""))
    return max(0.0, until - (time.time() if now is None else now))


def _instant(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError, TypeError):
        return None


def _backoff(inputs: RequestInputs) -> Iterator[float]:
    """Yield the waits: each twice as long as the one before, within the longest one."""
    rule = inputs.retries
    if rule is None:
        return
    longest = in_seconds(rule.max_wait)
    wait = in_seconds(rule.wait)
    for _ in range(rule.limit):
        # By chance, so that tasks that failed together do not come back together.
        yield min(wait, longest) * random.uniform(0.5, 1)  # noqa: S311 - not a secret
        wait = min(wait * 2, longest)


def _is_about_certificates(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return True
        cause = cause.__cause__
    return False
