"""Pages of the documentation that are made from the code, and what must be true of them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from generator._catalogue import repeated_codes, untitled_codes
from generator._diagnostics import diagnostics_page
from generator._errors import codes_without_example, errors_page
from generator._executors import EXECUTORS, READMES, executor_page, executors_index, readme
from generator._fields import fields_page, fields_without_example
from generator._sdk import sdk_page, testing_page, undocumented_names

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["DOCS", "PAGES", "problems"]

DOCS: Final = Path(__file__).parents[1]

#: What writes each page, by its path below docs/.
PAGES: Final[dict[str, Callable[[], str]]] = {
    "protocol/errors.md": errors_page,
    "protocol/fields.md": fields_page,
    "reference/diagnostics.md": diagnostics_page,
    "reference/sdk.md": sdk_page,
    "reference/sdk-testing.md": testing_page,
    "reference/executors/README.md": executors_index,
    **{f"reference/executors/{name}.md": partial(executor_page, name) for name in EXECUTORS},
    **{f"../{path}": partial(readme, path) for path in READMES},
}


def problems() -> list[str]:
    """Return what the code has and the documentation lacks, one line each."""
    return [
        *(f"{code} has no title" for code in untitled_codes()),
        *(f"{code} is the code of several error classes" for code in repeated_codes()),
        *(f"no example in docs/protocol/examples uses {use}" for use in fields_without_example()),
        *codes_without_example(),
        *undocumented_names(),
    ]
