"""`aether cron update`: replace the document of a schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.cli import _exits
from aether_core.cli._console import complain, reserved_stdout, write_json, write_text
from aether_core.cli._cron_book import add_storing, change
from aether_core.cli._safe_text import one_line

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "name", metavar="NAME", nargs="?", help="the schedule's name, if you want it compared"
    )
    parser.add_argument("file", metavar="FILE", help="the new document, JSON or YAML; - is stdin")
    add_storing(parser)


def execute(arguments: Namespace) -> int:
    """Check the document and change the schedule of its name."""
    # Late: a wrong option needs no engine.
    from aether_core.cli._admission import Refused
    from aether_core.cli._cron_files import admit_cron_file

    with reserved_stdout():
        try:
            admitted = admit_cron_file(arguments.file, show_warnings=arguments.output == "text")
        except Refused as refused:
            refused.show(as_json=arguments.output == "json")
            return _exits.USAGE
        own, wanted = admitted.cron.metadata.name, arguments.name
        if wanted not in {None, own}:
            hint = "A schedule keeps its name; delete it and create another one instead."
            complain(f"the document is of {own!r}, not of {one_line(wanted)!r}", hint)
            return _exits.USAGE
        cron = change(arguments, lambda book: book.update(admitted))
    if arguments.output == "json":
        write_json(cron)
        return _exits.OK
    # Late: programs that read JSON need none of it.
    from aether_core.cli._cron_text import next_text

    write_text(f"schedule {cron.name} is updated; next: {next_text(cron)}\n")
    return _exits.OK
