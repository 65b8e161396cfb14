"""Header values that say who asks, and which requests are one and the same."""

from __future__ import annotations

import base64
import uuid
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from aether_http._options import HttpAuth
    from aether_sdk import ExecuteRequest

#: Names for keys that are derived from the id of a task.
_KEYS: Final = uuid.UUID("5f6d2a0e-4f0c-4be1-9a55-7a4f2a3c9d10")


def authorization(auth: HttpAuth) -> str:
    """Return the value of an Authorization header."""
    if auth.bearer is not None:
        return f"Bearer {auth.bearer.get_secret_value()}"
    password = "" if auth.password is None else auth.password.get_secret_value()
    return basic(str(auth.username), password)


def basic(username: str, password: str) -> str:
    """Return the value for basic authentication (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


def key_of(given: str | bool, request: ExecuteRequest) -> str:
    """Return the given idempotency key, or the one that all attempts of a task share."""
    if isinstance(given, str):
        return given
    return str(uuid.uuid5(_KEYS, f"{request.workflow_run_id}/{request.task_run_id}"))
