"""Proves what the template makes in fresh environments, as a new author meets it.

    python prove.py CHECKOUT FOLDER [WORD ...]    only variants whose names hold all the words

For each variant, in an environment of its own: four commands from nothing to a plugin that passes
its tests, then its own checks, the command's view of it, its example, its wheel and its sdist.
With uv on the PATH, uv installs; at last pip does the four commands once, as the guide shows them.
Standard library only.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from itertools import product
from pathlib import Path

LIMIT = 60.0
OURS = ("aether-workflow-sdk", "aether-workflow")
#: The key that the example of a variant with secrets asks for.
SECRET = {"AETHER_SECRET_EXAMPLE_KEY": "open sesame"}


class Variant:
    """One variant in a folder of its own, with an environment of its own.

    Args:
        checkout: root of the repository.
        place: where the folder is made.
        answers: answers of the template's questions.
        as_guided: whether to do the four commands only, and with pip even if there is uv.
    """

    def __init__(
        self, checkout: Path, place: Path, answers: dict[str, str], *, as_guided: bool = False
    ) -> None:
        self.checkout = checkout
        self.uses_uv = shutil.which("uv") is not None and not as_guided
        self.as_guided = as_guided
        self.answers = answers
        self.name = f"{answers['execute']}-{answers['outputs']}" + (
            "-secrets" if answers["secrets"] == "yes" else ""
        )
        self.place = place / self.name
        self.distribution = f"my-{self.name}"
        self.folder = self.place / self.distribution

    def run(self, *command: str, cwd: Path | None = None) -> str:
        """Run a program of the environment and return its stdout; exit when it fails."""
        programs = self.place / "env/bin"
        kept = {key: value for key, value in os.environ.items() if not key.startswith("AETHER_")}
        environment = {
            **kept,
            **SECRET,
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }
        done = subprocess.run(
            command,
            executable=shutil.which(command[0], path=environment["PATH"]),
            cwd=cwd or self.place,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(f"{self.name}: {' '.join(command)}\n{done.stdout}{done.stderr}")
        return done.stdout

    def install(self, *requirements: str) -> None:
        """Install packages into the environment."""
        python = str(self.place / "env/bin/python")
        pip = ("uv", "pip", "install", "--python", python) if self.uses_uv else ("pip", "install")
        self.run(*pip, "-q", *requirements)

    def four_commands(self) -> None:
        """Go from nothing to a plugin of one's own that passes its tests."""
        core, sdk = self.checkout / "aether_core", self.checkout / "aether_sdk"
        answers = [f"--set={name}={answer}" for name, answer in self.answers.items()]
        # All that is ours in one command, by path: an index might have strangers' packages.
        self.install(f"{sdk}[testing]", f"{core}[new]")
        self.run("aether", "new", "executor", self.distribution, "--no-input", *answers)
        self.install("-e", f"./{self.distribution}[test]")
        self.run("pytest", "-q", self.distribution)

    def checks(self) -> None:
        """Hold the package against its own checks, and look at it through the command."""
        guard = str(self.checkout / "tests/packaging/origin_guard.py")
        self.run("python", guard, "installed", str(self.checkout), *OURS)
        self.run("ruff", "check", cwd=self.folder)
        self.run("ruff", "format", "--check", cwd=self.folder)
        self.run("mypy", "src", "tests", cwd=self.folder)
        listed = json.loads(self.run("aether", "executors", "list", "--output", "json"))
        wanted = (self.distribution, self.distribution)
        if wanted not in [(each["type"], each["distribution"]) for each in listed]:
            sys.exit(f"{self.name}: not among the executors: {listed}")
        self.run("aether", "plugins", "check")
        self.run("aether", "run", f"{self.distribution}/example.yaml", "--store", "memory:")

    def builds(self) -> None:
        """Build wheel and sdist, and look what they hold."""
        self.install("hatchling")
        self.run("hatchling", "build", cwd=self.folder)
        package = self.distribution.replace("-", "_")
        (wheel,) = self.folder.glob("dist/*.whl")
        (sdist,) = self.folder.glob("dist/*.tar.gz")
        with zipfile.ZipFile(wheel) as archive:
            names = {name for name in archive.namelist() if ".dist-info/" not in name}
        if names != {f"{package}/{name}" for name in ("__init__.py", "_executor.py", "py.typed")}:
            sys.exit(f"{self.name}: the wheel holds {sorted(names)}")
        with tarfile.open(sdist) as archive:
            kept = {name.partition("/")[2] for name in archive.getnames()}
        wanted = {"CHANGELOG.md", "LICENSE", "README.md", "example.yaml", "noxfile.py"}
        missing = {*wanted, "tests/test_contract.py"} - kept
        if missing:
            sys.exit(f"{self.name}: the sdist lacks {sorted(missing)}")

    def prove(self) -> float:
        """Do all of it, tell how long it took, and return that in seconds."""
        self.place.mkdir(parents=True)
        pip = ["--without-pip"] if self.uses_uv else []
        environment = str(self.place / "env")
        subprocess.run([sys.executable, "-m", "venv", *pip, environment], check=True)
        begin, used = time.monotonic(), processor_seconds()
        self.four_commands()
        own = time.monotonic() - begin
        if not self.as_guided:
            self.checks()
            self.builds()
        whole = time.monotonic() - begin
        told = f"{self.name} with {'uv' if self.uses_uv else 'pip'}"
        used = processor_seconds() - used
        sys.stdout.write(
            f"{told:30} four commands {own:5.1f} s, all {whole:5.1f} s, processor {used:5.1f} s\n"
        )
        sys.stdout.flush()
        shutil.rmtree(self.place)
        return whole


def processor_seconds() -> float:
    """Return the processor time of all programs that were run; it hardly depends on others."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Prove each variant; exit with a message when one fails or takes too long."""
    checkout, place = (Path(argument).resolve() for argument in sys.argv[1:3])
    shutil.rmtree(place, ignore_errors=True)
    names = ("execute", "outputs", "secrets")
    variants = [
        Variant(checkout, place, dict(zip(names, answers, strict=True)))
        for answers in product(("async", "plain"), ("typed", "dynamic"), ("no", "yes"))
    ]
    variants.append(Variant(checkout, place, variants[0].answers, as_guided=True))
    chosen = [v for v in variants if all(word in v.name.split("-") for word in sys.argv[3:])]
    slow = [variant.name for variant in chosen if variant.prove() > LIMIT]
    if slow:
        sys.exit(f"more than {LIMIT:.0f} s: {', '.join(slow)}")


if __name__ == "__main__":
    main()
