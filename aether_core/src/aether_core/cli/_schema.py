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
    parser.add_argument(
        "--executor",
        metavar="TYPE",
        help="print the schemas of this executor's inputs and outputs instead; null accepts "
        "anything",
    )
    parser.add_argument(
        "--output", choices=("json",), default="json", help="a schema is always JSON"
    )


def execute(arguments: Namespace) -> int:
    """Print the schema.

    Raises:
        UsageError: no working plugin provides the type.
    """
    if arguments.executor is None:
        write_json(_of_documents())
        return _exits.OK
    # Late: documents have a schema without any executor.
    from aether_core.cli._executor_schema import schema_of_type

    with reserved_stdout():
        schema = schema_of_type(arguments.executor, installed_executors()).to_json()
    write_json(schema)
    return _exits.OK


def _of_documents() -> dict[str, Any]:
    # Late: the schema of an executor needs no documents.
    from aether_core.document import document_schema

    return document_schema()
