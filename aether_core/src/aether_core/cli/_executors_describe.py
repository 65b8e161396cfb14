"""`aether executors describe`: inputs and outputs of one executor."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from aether_core.cli import _exits
from aether_core.cli._console import reserved_stdout, write_json, write_text
from aether_core.cli._executor_schema import schema_of_type
from aether_core.cli._options import add_output, installed_executors

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from aether_core.plugins import InstalledExecutors
    from aether_sdk import ExecutorSchema


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("type", metavar="TYPE", help="an executor type, such as http")
    add_output(parser)
    other = parser.add_mutually_exclusive_group()
    other.add_argument("--schema", action="store_true", help="print only the JSON Schemas")
    other.add_argument("--markdown", action="store_true", help="print a page of documentation")


def execute(arguments: Namespace) -> int:
    """Describe the executor.

    Raises:
        UsageError: no working plugin provides the type.
    """
    with reserved_stdout():
        executors = installed_executors()
        schema = schema_of_type(arguments.type, executors)
        origin = _origin(arguments.type, executors)
    if arguments.schema:
        write_json({"inputs": schema.inputs, "outputs": schema.outputs})
    elif arguments.output == "json":
        write_json({**schema.to_json(), **origin, "digest": schema.digest})
    else:
        write_text(_page(schema, origin, markdown=arguments.markdown))
    return _exits.OK


def _origin(executor_type: str, executors: InstalledExecutors) -> dict[str, Any]:
    for record in executors.records():
        if executor_type in record.executors and executors.registry.get(executor_type):
            return {"plugin": record.name, "distribution": record.distribution}
    return {"plugin": "", "distribution": ""}


def _page(schema: ExecutorSchema, origin: dict[str, Any], *, markdown: bool) -> str:
    # Late: programs that read JSON need none of it.
    from aether_core.cli._executor_text import executor_markdown, executor_text
    from aether_core.cli._style import Style

    if markdown:
        return executor_markdown(schema)
    return executor_text(schema, origin["distribution"], Style.of(sys.stdout))
