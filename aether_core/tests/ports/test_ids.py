"""The default ids and the clock."""

from __future__ import annotations

import uuid

from aether_core.ports import SystemClock, uuid7


def test_ids_are_uuids_of_version_seven_in_order_of_time() -> None:
    """Decision 29: well formed, unique, and sorted by the time of their creation."""
    before = SystemClock().now() // 1000
    ids = [uuid7() for _ in range(200)]
    after = SystemClock().now() // 1000

    parsed = [uuid.UUID(text) for text in ids]
    stamps = [value.int >> 80 for value in parsed]
    assert len(set(ids)) == len(ids)
    assert {value.version for value in parsed} == {7}
    assert {value.variant for value in parsed} == {uuid.RFC_4122}
    assert stamps == sorted(stamps)
    assert before <= stamps[0] <= stamps[-1] <= after
