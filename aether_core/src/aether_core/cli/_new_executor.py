"""`aether new executor`: a new plugin package from the template."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from aether_core.cli import _exits
from aether_core.cli._console import write_json, write_text
from aether_core.cli._errors import UsageError
from aether_core.cli._new_answers import ask, refuse_unknown, take
from aether_core.cli._new_template import Template
from aether_core.cli._options import add_output, installed_executors, pair
from aether_core.cli._style import is_terminal

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from aether_core.cli._new_template import Question

#: Beginnings of distributions' names that say nothing about the executor.
_PREFIXES = ("aether-executor-", "aether-")


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "folder",
        metavar="DIR",
        nargs="?",
        help="where the package goes: a folder that is empty or not there yet, after which package "
        "and executor are called if nothing else is said (default: one called as the package)",
    )
    parser.add_argument(
        "--set",
        dest="answers",
        metavar="QUESTION=ANSWER",
        action="append",
        default=[],
        type=pair,
        help="answer a question of the template; may be repeated",
    )
    parser.add_argument(
        "--no-input",
        action="store_true",
        help="ask nothing, take defaults; so it is when stdin is no terminal",
    )
    add_output(parser)
    questions = Template.of_executors().questions
    width = max(len(question.name) for question in questions)
    parser.epilog = "questions:\n" + "\n".join(
        f"  {question.name:{width}}  {question.full_text}" for question in questions
    )


def execute(arguments: Namespace) -> int:
    """Make the package and say how to go on."""
    template = Template.of_executors()
    given = dict(arguments.answers)
    refuse_unknown(given, template.questions)
    if arguments.folder is not None:
        _refuse_used(Path(arguments.folder))
    rule = _Rule(template)
    fill = take if arguments.no_input or not is_terminal(sys.stdin) else ask
    answers = fill(template, given, _named_after(arguments.folder), rule.problem)
    folder = Path(arguments.folder or answers["distribution"])
    _refuse_used(folder)
    template.render(answers, folder)
    if arguments.output == "json":
        write_json({"folder": str(folder), "answers": answers})
    else:
        write_text(template.next_steps(folder, answers))
    return _exits.OK


class _Rule:
    """The template's rule for answers, and that names must not be taken in this environment."""

    def __init__(self, template: Template) -> None:
        self._template = template
        self._records = installed_executors().records()

    def problem(self, question: Question, answer: str) -> str:
        """Return what is wrong with an answer, "" when nothing is."""
        problem = self._template.problem(question, answer)
        if problem or question.name not in {"type", "distribution"}:
            return problem
        entry = answer.partition(".")[0]
        for record in self._records:
            if question.name == "type" and record.name == entry:
                return f"type: {entry} belongs to the installed package {record.distribution}"
            if question.name == "distribution" and record.distribution == answer:
                return f"distribution: {answer} is installed already"
        return ""


def _named_after(folder: str | None) -> dict[str, str]:
    """Return the answers that a folder's name suggests."""
    if folder is None:
        return {}
    name = re.sub("[^a-z0-9]+", "-", Path(folder).resolve().name.lower()).strip("-")
    prefix = next((prefix for prefix in _PREFIXES if name.startswith(prefix)), "")
    suggested = {"type": name.removeprefix(prefix), "distribution": name}
    return {question: answer for question, answer in suggested.items() if answer}


def _refuse_used(folder: Path) -> None:
    try:
        used = folder.exists() and next(folder.iterdir(), None) is not None
    except NotADirectoryError:
        used = True
    except OSError as error:
        message = f"can't look into {folder}: {error.strerror}"
        raise UsageError(message) from error
    if used:
        message = f"{folder} is there already, and not an empty folder"
        raise UsageError(message, hint="Name another folder, or empty it.")
