"""What the template makes is a plugin that works, whatever the answers are.

Installing it with pip takes longer: that is the session `scaffold` of nox.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest

from aether_core.cli import main

FILES = [
    ".github/workflows/checks.yml",
    ".gitignore",
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "example.yaml",
    "noxfile.py",
    "pyproject.toml",
    "src/PACKAGE/__init__.py",
    "src/PACKAGE/_executor.py",
    "src/PACKAGE/py.typed",
    "tests/test_contract.py",
    "tests/test_executor.py",
]


def answers_of_variants() -> list[dict[str, str]]:
    """Return the answers for each variant; names and licenses vary along with them."""
    choices = product(("async", "plain"), ("typed", "dynamic"), ("no", "yes"))
    found = [
        {
            "type": f"made{number}.{execute}-{outputs}",
            "distribution": f"acme-made{number}-{execute}",
            "license": ("Apache-2.0", "MIT", "Proprietary")[number % 3],
            "execute": execute,
            "outputs": outputs,
            "secrets": secrets,
        }
        for number, (execute, outputs, secrets) in enumerate(choices)
    ]
    # As long and as short as names may be: where lines must be broken depends on it.
    found[1].update(type="m" * 24, distribution="a" + "-1" * 19 + "2", description="D" * 80)
    found[7].update(type="m" * 23 + "2", distribution="b" + "-1" * 19 + "2", description="D" * 80)
    found[0].update(type="m", distribution="c", description="D")
    return found


ANSWERS = answers_of_variants()
#: Each answer once or twice, for what takes long; the session `scaffold` of nox has all of them.
SOME = (0, 3, 5, 6)
FEW = (3, 5)
EACH = pytest.mark.parametrize(
    "number",
    range(len(ANSWERS)),
    ids=[f"{a['execute']}-{a['outputs']}-secrets-{a['secrets']}" for a in ANSWERS],
)


class Variant(NamedTuple):
    """A package that the template made."""

    folder: Path
    answers: Mapping[str, str]

    @property
    def sources(self) -> Path:
        """The folder that holds the package."""
        return self.folder / "src"

    @property
    def package(self) -> str:
        """The name to import."""
        return self.answers["distribution"].replace("-", "_")


@pytest.fixture(scope="module")
def variants(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sequence[Variant]]:
    """All variants, for the time of this module installed as far as imports and metadata go."""
    made = [Variant(tmp_path_factory.mktemp("made") / "it", answers) for answers in ANSWERS]
    for variant in made:
        options = [f"--set={name}={answer}" for name, answer in variant.answers.items()]
        assert main(["new", "executor", str(variant.folder), "--no-input", *options]) == 0
        install(variant)
    kept = sys.path[:]
    sys.path[:0] = [str(variant.sources) for variant in made]
    yield made
    sys.path[:] = kept


def install(variant: Variant) -> None:
    """Write the metadata that an installer would write beside the package."""
    text = (variant.folder / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    place = variant.sources / f"{variant.package}-{project['version']}.dist-info"
    place.mkdir()
    needs = "".join(f"Requires-Dist: {need}\n" for need in project["dependencies"])
    head = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    place.joinpath("METADATA").write_text(head + needs)
    ((group, entries),) = project["entry-points"].items()
    lines = "".join(f"{name} = {target}\n" for name, target in entries.items())
    place.joinpath("entry_points.txt").write_text(f"[{group}]\n{lines}")


def tool(
    variants: Sequence[Variant], *arguments: str, cwd: Path
) -> subprocess.CompletedProcess[str]:
    """Run a module of this interpreter with all variants importable."""
    path = os.pathsep.join(str(variant.sources) for variant in variants)
    return subprocess.run(
        [sys.executable, "-B", "-m", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": path, "MYPYPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


@EACH
def test_the_files_are_these_and_no_mark_of_the_template_is_left(
    variants: Sequence[Variant], number: int
) -> None:
    variant = variants[number]
    files = [path for path in variant.folder.rglob("*") if path.is_file()]
    made = [path for path in files if ".dist-info" not in str(path)]

    names = sorted(str(path.relative_to(variant.folder)) for path in made)
    assert names == [name.replace("PACKAGE", variant.package) for name in FILES]
    for path in made:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\{\{|\{%|%\}|cookiecutter|[ \t]$|\n\n\n\n", text, re.MULTILINE)
        assert not text or (text.endswith("\n") and not text.endswith("\n\n"))
        if path.suffix == ".py":
            compile(text, str(path), "exec")


def test_ruff_finds_nothing_and_would_format_nothing(
    variants: Sequence[Variant], tmp_path: Path
) -> None:
    folders = [str(variant.folder) for variant in variants]

    for command in (["check"], ["format", "--check"]):
        done = tool([], "ruff", *command, "--no-cache", *folders, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_sources_are_strictly_typed(variants: Sequence[Variant], tmp_path: Path) -> None:
    packages = [word for number in SOME for word in ("-p", variants[number].package)]

    done = tool(variants, "mypy", "--strict", "--config-file=", *packages, cwd=tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr


def test_their_own_tests_pass(variants: Sequence[Variant], tmp_path: Path) -> None:
    files = [f"{variant.folder}/tests/test_executor.py" for variant in variants]
    files += [f"{variants[number].folder}/tests/test_contract.py" for number in FEW]
    options = ["-q", "-p", "no:cacheprovider", "--import-mode=importlib", f"--rootdir={tmp_path}"]

    done = tool(variants, "pytest", *options, *files, cwd=tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


def test_the_command_lists_them(
    variants: Sequence[Variant], capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()

    assert main(["executors", "list", "--output", "json"]) == 0

    listed = {(each["type"], each["distribution"]) for each in json.loads(capsys.readouterr().out)}
    assert {(v.answers["type"], v.answers["distribution"]) for v in variants} <= listed


@EACH
def test_the_example_runs(
    variants: Sequence[Variant],
    number: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AETHER_SECRET_EXAMPLE_KEY", "open sesame")
    capsys.readouterr()

    status = main(
        ["run", f"{variants[number].folder}/example.yaml", "--store=memory:", "--output=json"]
    )

    told = capsys.readouterr().out
    typed, secrets = (variants[number].answers[name] for name in ("outputs", "secrets"))
    expected = {
        ("typed", "no"): {"result"},
        ("typed", "yes"): {"signature"},
        ("dynamic", "no"): {"text"},
        ("dynamic", "yes"): {"text", "signature"},
    }
    assert status == 0
    assert set(json.loads(told)["outputs"]) == expected[typed, secrets]
    assert "open sesame" not in told


def test_nox_has_sessions_for_tests_lint_and_build(
    variants: Sequence[Variant], tmp_path: Path
) -> None:
    noxfile = str(variants[0].folder / "noxfile.py")

    done = tool([], "nox", "--list", "--json", "-f", noxfile, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert {each["name"] for each in json.loads(done.stdout)} == {"tests", "lint", "build"}


@EACH
def test_the_block_in_the_readme_is_what_the_command_tells(
    variants: Sequence[Variant], number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    readme = (variants[number].folder / "README.md").read_text(encoding="utf-8")
    ((command, block),) = re.findall(r"<!-- aether (.*) -->\n(.*)<!-- end -->", readme, re.DOTALL)
    capsys.readouterr()

    assert main(command.split()) == 0

    assert block == capsys.readouterr().out
