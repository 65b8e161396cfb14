"""What every store must do, as checks that a store's own tests run.

A check is an async function named after its guarantee. It takes a function that returns a store,
not opened yet, and raises `AssertionError` if the store does not keep the guarantee. With pytest:

    from aether_core.stores import conformance

    @pytest.mark.parametrize("check", conformance.CHECKS, ids=conformance.name_of)
    def test_conformance(check: conformance.Check, tmp_path: Path) -> None:
        asyncio.run(check(lambda: MyStore(tmp_path / "data")))

The first store that the function returns must be empty. A store that outlives its process runs
DURABLE_CHECKS as well: there, every call must return a store of the same data.
"""

from __future__ import annotations

from typing import Final

from aether_core.stores.conformance._commands import COMMAND_CHECKS
from aether_core.stores.conformance._commits import COMMIT_CHECKS
from aether_core.stores.conformance._crons import CRON_CHECKS
from aether_core.stores.conformance._durability import DURABLE_CHECKS
from aether_core.stores.conformance._expect import Check, StoreFactory, name_of
from aether_core.stores.conformance._owners import OWNER_CHECKS
from aether_core.stores.conformance._reads import READ_CHECKS
from aether_core.stores.conformance._templates import TEMPLATE_CHECKS
from aether_core.stores.conformance._values import VALUE_CHECKS

#: The checks for every store.
CHECKS: Final[tuple[Check, ...]] = (
    *COMMIT_CHECKS,
    *READ_CHECKS,
    *VALUE_CHECKS,
    *OWNER_CHECKS,
    *COMMAND_CHECKS,
    *CRON_CHECKS,
    *TEMPLATE_CHECKS,
)

__all__ = ["CHECKS", "DURABLE_CHECKS", "Check", "StoreFactory", "name_of"]
