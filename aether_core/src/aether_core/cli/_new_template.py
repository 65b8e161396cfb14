"""The template of a plugin package: its questions, and what it makes of the answers.

It is an ordinary template of cookiecutter, which renders it here as well.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from aether_core.cli._errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType

_WHEEL = Path(__file__).with_name("_executor_template")
# An editable install runs from a checkout, where the template lies beside the packages.
_CHECKOUT = Path(__file__).parents[4] / "cookiecutter-executor"


class Question(msgspec.Struct, frozen=True):
    """A question of the template.

    Attributes:
        choices: the answers there are; empty when any text may be one.
    """

    name: str
    text: str
    choices: tuple[str, ...]

    @property
    def full_text(self) -> str:
        """The question with the answers there are."""
        return f"{self.text} ({', '.join(self.choices)})" if self.choices else self.text


class Template:
    """A template in a folder.

    Args:
        folder: the template's own folder, the one with `cookiecutter.json`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        described = msgspec.json.decode(folder.joinpath("cookiecutter.json").read_bytes())
        texts: dict[str, str] = described.pop("__prompts__")
        self.questions = tuple(
            Question(name, text, _choices(described[name])) for name, text in texts.items()
        )
        self._rule: Callable[[str, str], str] = self._hook("pre_gen_project", "problem_of")

    @classmethod
    def of_executors(cls) -> Template:
        """Return the template that comes with this package."""
        return cls(_WHEEL if _WHEEL.is_dir() else _CHECKOUT)

    def problem(self, question: Question, answer: str) -> str:
        """Return what is wrong with an answer, "" when nothing is."""
        if question.choices and answer not in question.choices:
            return f"{question.name}: expected {' or '.join(question.choices)}, got {answer!r}"
        return self._rule(question.name, answer)

    def completed(self, answers: Mapping[str, str]) -> dict[str, Any]:
        """Return these answers and the template's own for all other questions.

        The answers must be free of problems.

        Raises:
            UsageError: cookiecutter is not installed.
        """
        described = str(self._folder / "cookiecutter.json")
        context = _cookiecutter("generate").generate_context(described, extra_context=dict(answers))
        return dict(_cookiecutter("prompt").prompt_for_config(context, no_input=True))

    def render(self, answers: Mapping[str, str], folder: Path) -> None:
        """Write the package into a folder, which may exist.

        Raises:
            UsageError: the folder can't be written, or cookiecutter is not installed.
        """
        # Late: a mistake in the options needs none of it.
        import shutil
        from tempfile import TemporaryDirectory

        generate = _cookiecutter("generate").generate_files
        context = {"cookiecutter": self.completed(answers)}
        with TemporaryDirectory() as temporary:
            # Its hooks have nothing to add: the answers have passed the rule of the one, and the
            # commands that the other one shows are for the folder where the package goes.
            made = generate(self._folder, context, temporary, accept_hooks=False)
            try:
                shutil.copytree(made, folder, dirs_exist_ok=True)
            except (OSError, shutil.Error) as error:
                message = f"can't write the package into {folder}: {error}"
                raise UsageError(message) from error

    def next_steps(self, folder: Path, answers: Mapping[str, str]) -> str:
        """Return what was made, and the commands that one can go on with."""
        text: str = self._hook("post_gen_project", "next_steps")(folder, answers)
        return text

    def _hook(self, name: str, function: str) -> Callable[..., Any]:
        """Return a function of a hook, which cookiecutter's own command runs as a program."""
        # Late: only a template is read this way.
        from runpy import run_path

        found: Callable[..., Any] = run_path(str(self._folder / "hooks" / f"{name}.py"))[function]
        return found


def _choices(default: str | list[str]) -> tuple[str, ...]:
    """Return the choices of a question, which the template lists where others have a default."""
    return () if isinstance(default, str) else tuple(default)


def _cookiecutter(part: str) -> ModuleType:
    try:
        # By name: the package has no types, and it comes with the extra `new` only.
        return import_module(f"cookiecutter.{part}")
    except ModuleNotFoundError as error:
        message = f"`aether new` needs the package cookiecutter: {error}"
        hint = f"Install it: {sys.executable} -m pip install cookiecutter"
        raise UsageError(message, hint=hint) from error
