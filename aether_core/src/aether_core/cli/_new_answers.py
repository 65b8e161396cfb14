"""The answers to a template's questions: given, asked for at the terminal, or taken as they are."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from aether_core.cli._console import note, write_error
from aether_core.cli._errors import UsageError
from aether_core.cli._suggestion import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from aether_core.cli._new_template import Question, Template

    #: Returns what is wrong with an answer, "" when nothing is.
    Rule = Callable[[Question, str], str]


def refuse_unknown(names: Iterable[str], questions: Iterable[Question]) -> None:
    """Do nothing when all names are those of questions.

    Raises:
        UsageError: one is not.
    """
    known = [question.name for question in questions]
    for name in names:
        if name not in known:
            message = f"the template has no question {name!r}; it asks for {', '.join(known)}"
            raise UsageError(message, hint=did_you_mean(name, known))


def take(
    template: Template, given: Mapping[str, str], defaults: Mapping[str, str], rule: Rule
) -> dict[str, str]:
    """Return an answer to each question, without asking anybody.

    Args:
        template: whose questions they are.
        given: answers that the user gave.
        defaults: answers that come before the template's own defaults.
        rule: tells what is wrong with an answer.

    Raises:
        UsageError: a question has no answer, or an answer does not do; all of them are named.
    """
    wanted = [question.name for question in template.questions]
    answers = {**template.completed({}), **defaults, **given}
    missing = [name for name in wanted if not answers[name]]
    if missing:
        message = f"no answer for {', '.join(missing)}, and nobody to ask"
        raise UsageError(message, hint=f"Add --set {missing[0]}=... to the command.")
    settled = {name: answers[name] for name in wanted if name in given or name in defaults}
    _refuse(template, settled, rule)
    answers = template.completed(settled)
    _refuse(template, answers, rule)
    return {name: answers[name] for name in wanted}


def ask(
    template: Template, given: Mapping[str, str], defaults: Mapping[str, str], rule: Rule
) -> dict[str, str]:
    """Return an answer to each question; those that are not given are asked for on stderr.

    Raises:
        UsageError: a given answer does not do, or the input came to its end.
    """
    _refuse(template, given, rule)
    answers = dict(given)
    for question in template.questions:
        if question.name not in given:
            default = defaults.get(question.name, "")
            if rule(question, default):
                default = template.completed(answers)[question.name]
            answers[question.name] = _ask(question, default, rule)
    return answers


def _ask(question: Question, default: str, rule: Rule) -> str:
    shown = f" [{default}]" if default else ""
    while True:
        write_error(f"{question.full_text}{shown}: ")
        line = sys.stdin.readline()
        if not line:
            note("")
            message = "no more answers, nothing was made"
            raise UsageError(message)
        answer = line.strip() or default
        problem = rule(question, answer)
        if not problem:
            return answer
        note(f"  {problem}")


def _refuse(template: Template, answers: Mapping[str, str], rule: Rule) -> None:
    problems = [
        rule(question, answers[question.name])
        for question in template.questions
        if question.name in answers
    ]
    found = "; ".join(filter(None, problems))
    if found:
        raise UsageError(found)
