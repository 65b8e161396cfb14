"""Refuses answers that no package can be made of. `aether new executor` asks `problem_of`, too."""

from __future__ import annotations

import json
import keyword
import re
import sys

# The file is valid Python before it is rendered as after it.
ANSWERS = r"""{{ cookiecutter | jsonify }}"""

NAME = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
#: Packages of other people have the first two names; the other two are the engine and its SDK.
FOREIGN = ("aether-core", "aether-sdk", "aether-workflow", "aether-workflow-sdk")
#: With longer ones the lines of the package would be too long for its own checks.
LONGEST = {"type": 24, "distribution": 40, "description": 80}


def problem_of(question: str, answer: str) -> str:
    """Return what is wrong with an answer, "" when nothing is."""
    if not answer:
        return f"{question}: needs an answer"
    if len(answer) > LONGEST.get(question, len(answer)):
        return f"{question}: at most {LONGEST[question]} characters"
    if question == "type" and not all(map(NAME.fullmatch, answer.split("."))):
        return (
            f"type: expected lower-case words such as slug or image.resize, each beginning with "
            f"a letter, got {answer!r}"
        )
    if question == "distribution":
        return distribution_problem(answer)
    if question == "description" and re.search(r'["\\{}\x00-\x1f\x7f]', answer):
        return "description: one line of text without quotation marks, backslashes and braces"
    return ""


def distribution_problem(answer: str) -> str:
    """Return what is wrong with the name of a distribution and of its package."""
    if not NAME.fullmatch(answer) or "_" in answer:
        return f"distribution: expected a name such as acme-slug, got {answer!r}"
    package = answer.replace("-", "_")
    if keyword.iskeyword(package) or package in sys.stdlib_module_names:
        return f"distribution: its package would be called {package}, as a part of Python is"
    if answer in FOREIGN:
        return f"distribution: {answer} is the name of another package"
    return ""


if __name__ == "__main__":
    found = [problem_of(name, str(answer)) for name, answer in json.loads(ANSWERS).items()]
    if any(found):
        sys.exit("\n".join(filter(None, found)))
