"""`aether schema`: the JSON Schema of documents, or of one executor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aether_core.cli import _exits
from aether_core.cli._console import reserved_stdout, write_json
from aether_core.cli._options import installed_executors

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--executor",
        metavar="TYPE",
        help="print the schemas of this executor's inputs and outputs instead; null accepts "
        "anything",
    )
    what.add_argument(
        "--documents-only",
        action="store_true",
        help="leave out what the installed executors take; no plugin is loaded",
    )
    parser.add_argument(
        "--output", choices=("json",), default="json", help="a schema is always JSON"
    )


def execute(arguments: Namespace) -> int:
    """Print the schema; plugins that do not work are named on stderr.

    Raises:
        UsageError: no working plugin provides the type.
    """
    if arguments.documents_only:
        # Late: the other schemas need more than documents.
        from aether_core.document import document_schema

        write_json(document_schema())
        return _exits.OK
    with reserved_stdout():
        schema = _of_all() if arguments.executor is None else _of_one(arguments.executor)
    write_json(schema)
    return _exits.OK


def _of_all() -> dict[str, Any]:
    # Late: the schema of one executor needs no documents.
    from aether_core.cli._plugin_view import name_broken
    from aether_core.editor import editor_schema

    executors = installed_executors()
    name_broken(executors.load_all())
    return editor_schema(executors.registry.schemas())


def _of_one(executor_type: str) -> dict[str, Any]:
    # Late: documents have a schema without it.
    from aether_core.cli._executor_schema import schema_of_type

    return schema_of_type(executor_type, installed_executors()).to_json()
