"""What the schemas of our executors say: docs/reference/executors, and blocks in READMEs.

A block is what `aether executors describe TYPE --markdown` prints, between two comments:

    <!-- aether executors describe TYPE --markdown -->
    <!-- end -->
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aether_core.cli._executor_text import executor_markdown
from aether_core.plugins import InstalledExecutors, PluginPolicy
from generator._markdown import table

if TYPE_CHECKING:
    from aether_sdk import ExecutorSchema

ROOT: Final = Path(__file__).parents[2]

#: Every executor of this repository, with the page that says more about it.
EXECUTORS: Final = {
    "await": "docs/guide/built-in-executors.md",
    "echo": "plugins/aether-echo/README.md",
    "function": "docs/guide/built-in-executors.md",
    "http": "plugins/aether-http/README.md",
    "http.poll": "plugins/aether-http/README.md",
    "script": "plugins/aether-shell/README.md",
    "shell": "plugins/aether-shell/README.md",
}
#: The pages that have blocks.
READMES: Final = sorted({page for page in EXECUTORS.values() if page.startswith("plugins/")})

_BLOCK: Final = re.compile(
    r"(<!-- aether executors describe (\S+) --markdown -->\n).*?(<!-- end -->)", re.DOTALL
)
INDEX: Final = """\
# Executors

Written by `docs/generate.py` from the schemas of the executors in this repository; change them
there. `aether executors describe TYPE` says the same of any executor that is installed.
"""


@cache
def _installed() -> InstalledExecutors:
    # Whatever else is installed here, and whatever the environment says.
    distributions = ("aether-workflow", "aether-echo", "aether-http", "aether-shell")
    return InstalledExecutors(PluginPolicy(allow=frozenset(distributions)))


def schema_of_type(executor_type: str) -> ExecutorSchema:
    """Return the schema of an executor of this repository.

    Raises:
        LookupError: it can't be used; the message says why.
    """
    schema = _installed().get_schema(executor_type)
    if schema is None:
        raise LookupError(_installed().explain(executor_type)[0])
    return schema


def executors_index() -> str:
    """Return the page that lists all executors."""
    rows = (
        (f"[`{name}`]({name}.md)", _installed().origin(name)[0], schema.description)
        for name, schema in ((name, schema_of_type(name)) for name in EXECUTORS)
    )
    return f"{INDEX}\n{table(('Type', 'Package', 'What it does'), rows)}"


def executor_page(executor_type: str) -> str:
    """Return the page of one executor."""
    more = f"[More about it](../../../{EXECUTORS[executor_type]}).\n"
    head = "<!-- Written by docs/generate.py from the executor's schema; change it there. -->\n"
    return f"{head}\n{executor_markdown(schema_of_type(executor_type))}\n{more}"


def readme(path: str) -> str:
    """Return a README with its blocks as the schemas are now.

    Args:
        path: below the root of the repository.

    Raises:
        LookupError: a block names an executor that can't be used, or an executor has no block.
    """
    text = (ROOT / path).read_text(encoding="utf-8")
    shown = {match[2] for match in _BLOCK.finditer(text)}
    for name, page in EXECUTORS.items():
        if page == path and name not in shown:
            message = f"{path} has no block for the executor {name!r}"
            raise LookupError(message)
    return _BLOCK.sub(_filled, text)


def _filled(block: re.Match[str]) -> str:
    return f"{block[1]}{executor_markdown(schema_of_type(block[2]))}{block[3]}"
