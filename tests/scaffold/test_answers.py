"""`aether new executor`: which answers it takes, from whom, and where the package goes."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from aether_core.cli import _new_template

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "cookiecutter-executor"

New = Callable[..., Any]


def test_the_template_asks_at_most_seven_questions() -> None:
    described = json.loads((TEMPLATE / "cookiecutter.json").read_text("utf-8"))
    questions = [name for name in described if not name.startswith("_")]

    assert len(questions) <= 7
    assert list(described["__prompts__"]) == questions


def test_a_folder_s_name_is_enough(new: New, work: Path) -> None:
    outcome = new("acme-slug", "--no-input", "--output", "json")

    assert outcome.status == 0
    assert json.loads(outcome.out) == {
        "folder": "acme-slug",
        "answers": {
            "type": "acme-slug",
            "distribution": "acme-slug",
            "description": "Executes acme-slug tasks",
            "license": "Apache-2.0",
            "execute": "async",
            "outputs": "typed",
            "secrets": "no",
        },
    }
    assert (work / "acme-slug/src/acme_slug/_executor.py").is_file()


@pytest.mark.parametrize("prefix", ["aether-", "aether-executor-"])
def test_the_type_leaves_out_what_every_plugin_is_called(new: New, prefix: str) -> None:
    outcome = new(f"{prefix}slug", "--no-input", "--output", "json")

    answers = json.loads(outcome.out)["answers"]
    assert (answers["type"], answers["distribution"]) == ("slug", f"{prefix}slug")


def test_without_a_folder_the_package_s_name_is_the_folder(new: New, work: Path) -> None:
    outcome = new("--no-input", "--set", "type=image.resize")

    assert outcome.status == 0
    assert (work / "aether-executor-image-resize/pyproject.toml").is_file()
    entries = (work / "aether-executor-image-resize/pyproject.toml").read_text("utf-8")
    assert '\nimage = "aether_executor_image_resize"\n' in entries


def test_text_for_people_says_how_to_go_on(new: New) -> None:
    outcome = new("a b", "--no-input", "--set", "secrets=yes")

    assert outcome.status == 0
    assert "made the package a-b with the executor a-b in a b" in outcome.out
    assert "pytest 'a b'" in outcome.out
    assert "AETHER_SECRET_EXAMPLE_KEY=" in outcome.out


@pytest.mark.parametrize(
    ("folder", "reason"), [("2024", "type: expected lower-case words"), ("a" * 30, "type: at most")]
)
def test_a_folder_s_name_that_gives_no_type_is_refused_with_the_reason(
    new: New, work: Path, folder: str, reason: str
) -> None:
    outcome = new(folder, "--no-input")

    assert outcome.status == 2
    assert reason in outcome.err
    assert list(work.iterdir()) == []


def test_an_empty_folder_is_filled(new: New, work: Path) -> None:
    work.joinpath("Empty_1").mkdir()

    assert new("Empty_1", "--no-input").status == 0
    assert (work / "Empty_1/src/empty_1/py.typed").is_file()


@pytest.mark.parametrize("used", ["full", "full/file"])
def test_a_folder_with_something_in_it_is_left_alone(new: New, work: Path, used: str) -> None:
    work.joinpath("full").mkdir()
    work.joinpath("full/file").write_text("mine")

    outcome = new(used, "--no-input", "--set", "type=slug", "--set", "distribution=slug")

    assert outcome.status == 2
    assert f"{used} is there already" in outcome.err
    assert [path.name for path in work.joinpath("full").iterdir()] == ["file"]


def test_a_folder_that_can_t_be_looked_into_is_a_clear_error(new: New) -> None:
    outcome = new("a" * 300, "--no-input")

    assert outcome.status == 2
    assert "can't look into" in outcome.err


def test_a_folder_that_can_t_be_written_is_a_clear_error(new: New, work: Path) -> None:
    work.joinpath("file").write_text("")

    outcome = new("file/slug", "--no-input")

    assert outcome.status == 2
    assert "can't write the package into file/slug" in outcome.err


def test_an_answer_that_only_a_person_can_give_is_named(new: New, work: Path) -> None:
    outcome = new("--no-input")

    assert outcome.status == 2
    assert "no answer for type" in outcome.err
    assert "--set type=" in outcome.err
    assert list(work.iterdir()) == []


def test_nobody_is_asked_when_stdin_is_no_terminal(work: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "aether_core", "new", "executor"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "no answer for type" in done.stderr
    assert list(work.iterdir()) == []


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bytes], int]]:
    """Put a terminal in place of stdin, and type there."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs) as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        yield partial(os.write, ours)
    os.close(ours)


def test_a_person_is_asked_again_until_the_answer_will_do(
    new: New, work: Path, types: Callable[[bytes], int]
) -> None:
    types(b"\nSlug\nslug\n\n\nGPL\nMIT\nplain\n\n\n")

    outcome = new("2024", "--set", "outputs=dynamic")

    assert outcome.status == 0
    assert "type: needs an answer" in outcome.err
    assert "type: expected lower-case words" in outcome.err
    assert "license: expected Apache-2.0 or MIT or Proprietary, got 'GPL'" in outcome.err
    assert "typed by models" not in outcome.err
    assert (work / "2024/LICENSE").read_text("utf-8").startswith("MIT License")
    package = work / "2024/src/aether_executor_slug"
    assert "    def execute" in package.joinpath("_executor.py").read_text("utf-8")


def test_a_folder_s_name_is_offered_to_a_person(
    new: New, work: Path, types: Callable[[bytes], int]
) -> None:
    types(b"\n" * 7)

    outcome = new("aether-slug")

    assert outcome.status == 0
    assert "[slug]: " in outcome.err
    assert (work / "aether-slug/src/aether_slug").is_dir()


def test_a_person_who_leaves_gets_nothing(
    new: New, work: Path, types: Callable[[bytes], int]
) -> None:
    types(b"slug\n\x04")

    outcome = new()

    assert outcome.status == 2
    assert "no more answers" in outcome.err
    assert list(work.iterdir()) == []


def test_a_bad_answer_is_refused_before_anybody_is_asked(
    new: New, types: Callable[[bytes], int]
) -> None:
    types(b"\n" * 7)

    outcome = new("slug", "--set", "license=GPL")

    assert outcome.status == 2
    assert "Type that documents name" not in outcome.err


TAKEN = ["aether-core", "aether-sdk", "aether-workflow", "aether-workflow-sdk", "aether-http"]
BAD = {
    "type": ["", "Slug", "2x", "a..b", "a b", "é", "-a", "a-", "x" * 25, "http", "await", "http.x"],
    "distribution": ["", "Acme", "a_b", "2x", "json", "class", "../a", "a" * 41, *TAKEN],
    "description": ["", 'a "b"', "a\\b", "{{ cookiecutter }}", "two\nlines", "x" * 81],
    "license": ["", "GPL"],
    "execute": ["sync"],
    "outputs": ["Typed"],
    "secrets": ["true"],
}


@pytest.mark.parametrize(
    ("question", "answer"), [(name, answer) for name, answers in BAD.items() for answer in answers]
)
def test_a_bad_answer_is_refused_by_the_question_s_name(
    new: New, work: Path, question: str, answer: str
) -> None:
    outcome = new("slug", "--no-input", "--set", f"{question}={answer}")

    assert outcome.status == 2
    assert question in outcome.err
    assert "Traceback" not in outcome.err
    assert list(work.iterdir()) == []


def test_all_bad_answers_are_named_at_once(new: New) -> None:
    outcome = new("slug", "--no-input", "--set", "type=A", "--set", "execute=sync")

    assert re.search("type: .*; execute: ", outcome.err)


def test_an_unknown_question_is_refused_with_the_ones_there_are(new: New) -> None:
    outcome = new("slug", "--no-input", "--set", "licence=MIT")

    assert outcome.status == 2
    assert "it asks for type, distribution" in outcome.err
    assert 'Did you mean "license"?' in outcome.err


def test_help_lists_the_questions(capsys: pytest.CaptureFixture[str], new: New) -> None:
    outcome = new("--help")

    assert outcome.status == 0
    assert re.search(r"^  license +License \(Apache-2.0, MIT, Proprietary\)$", outcome.out, re.M)


def test_without_cookiecutter_the_command_says_how_to_get_it(
    new: New, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cookiecutter.generate", None)

    outcome = new("slug", "--no-input")

    assert outcome.status == 2
    assert "needs the package cookiecutter" in outcome.err
    assert "-m pip install cookiecutter" in outcome.err
    assert list(work.iterdir()) == []


def test_only_the_package_is_written(new: New, work: Path) -> None:
    """By itself cookiecutter keeps earlier answers in the home folder."""
    assert new("slug", "--no-input").status == 0

    assert [path.name for path in work.iterdir()] == ["slug"]


def test_plain_cookiecutter_makes_the_same(new: New, work: Path) -> None:
    answers = ["type=slug", "distribution=acme-slug", "outputs=dynamic"]
    assert new("ours", *(f"--set={answer}" for answer in answers), "--no-input").status == 0

    done = cookiecutter(work, *answers)

    assert done.returncode == 0, done.stderr
    ours, theirs = contents(work / "ours"), contents(work / "theirs/acme-slug")
    assert ours == theirs


@pytest.mark.parametrize("secrets", ["no", "yes"])
def test_plain_cookiecutter_says_how_to_go_on_as_the_command_does(
    new: New, work: Path, secrets: str
) -> None:
    answers = ["type=slug", "distribution=acme-slug", f"secrets={secrets}"]
    folder = work / "theirs/acme-slug"

    told = cookiecutter(work, *answers).stdout

    folder.rename(work / "kept")
    ours = new(str(folder), *(f"--set={answer}" for answer in answers), "--no-input")
    assert told == ours.out
    assert len(re.findall("^  .*(?:pip install|pytest|aether run) ", told, re.MULTILINE)) == 3


def test_plain_cookiecutter_refuses_the_same_answers(work: Path) -> None:
    done = cookiecutter(work, "type=Slug", "distribution=json", 'description=a "b"')

    assert done.returncode != 0
    assert {"type", "distribution", "description"} <= {
        line.partition(":")[0] for line in done.stderr.splitlines()
    }
    assert not (work / "theirs/json").exists()


def cookiecutter(work: Path, *answers: str) -> subprocess.CompletedProcess[str]:
    """Render the template with cookiecutter's own command."""
    work.joinpath("theirs").mkdir()
    command = ["cookiecutter", "--no-input", "--output-dir", "theirs", str(TEMPLATE), *answers]
    return subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, check=False
    )


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_engine_s_folder_has_the_template_too() -> None:
    """Its wheel and its sdist are built from there."""
    assert (ROOT / "aether_core/cookiecutter-executor").resolve() == TEMPLATE
    assert _new_template.Template.of_executors().questions
