"""Every check of this repository, for people and for CI.

`nox` runs the default sessions, `nox -l` lists all of them, `nox -s NAME` runs one.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

import nox
from nox.command import CommandFailed

ROOT: Final = Path(__file__).parent
PROJECT: Final = nox.project.load_toml(ROOT / "pyproject.toml")
PYTHONS: Final = ["3.11", "3.12", "3.13", "3.14"]

nox.needs_version = ">=2025.5.1"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_venv = "yes"
nox.options.error_on_missing_interpreters = False
# A Python that the machine lacks is skipped, not fetched from somewhere.
nox.options.download_python = "never"


class Member(NamedTuple):
    """A package of this repository."""

    distribution: str
    package: str
    path: str

    @property
    def sources(self) -> str:
        """The folder of its code."""
        return f"{self.path}/src/{self.package}"


MEMBERS: Final = (
    Member("aether-workflow-sdk", "aether_sdk", "aether_sdk"),
    Member("aether-workflow", "aether_core", "aether_core"),
    Member("aether-echo", "aether_echo", "plugins/aether-echo"),
    Member("aether-http", "aether_http", "plugins/aether-http"),
    Member("aether-shell", "aether_shell", "plugins/aether-shell"),
)
SDK: Final = MEMBERS[0]
CORE: Final = MEMBERS[1]
PLUGINS: Final = MEMBERS[2:]
GUARD: Final = "tests/packaging/origin_guard.py"

BENCHMARKS: Final = (
    "startup", "plugins", "throughput", "loops", "cron_week", "reach", "shell", "http_requests",
)  # fmt: skip

# Lines of a Python file: beyond this it holds more than one idea (CONTRIBUTING).
LONGEST_FILE: Final = 500
COVERAGE_FLOOR: Final = 90
# Of these one is run on each Python but the newest, another one on each.
PARTS: Final = 8


def reveal_interpreters() -> list[str]:
    """Put the folders of Pythons that no command on the PATH starts in front of it.

    pyenv's own commands on the PATH start only the versions that are switched on.

    Returns:
        The declared versions that this machine has.
    """
    found: list[str] = []
    for version in PYTHONS:
        name = f"python{version}"
        command = shutil.which(name)
        if command is None or Path(command).parent.name == "shims":
            behind = [folder for folder in os.get_exec_path() if Path(folder).name != "shims"]
            places = [f"{sys.base_prefix}/bin", *behind, *pyenv_folders(version)]
            folder = next((f for f in places if os.access(Path(f, name), os.X_OK)), None)
            if folder is None:
                continue
            os.environ["PATH"] = os.pathsep.join([folder, os.environ["PATH"]])
        found.append(version)
    return found


def pyenv_folders(version: str) -> list[str]:
    """Return the `bin` folders of a version's releases in pyenv, the newest release first."""
    roots = {Path(folder).parent for folder in os.get_exec_path() if Path(folder).name == "shims"}
    roots.add(Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser())
    releases = [folder for root in roots for folder in root.glob(f"versions/{version}.*/bin")]
    return [str(folder) for folder in sorted(releases, key=release_number, reverse=True)]


def release_number(folder: Path) -> tuple[int, ...]:
    """Return the numbers in the name of a pyenv version, such as (3, 13, 0)."""
    return tuple(int(part) for part in folder.parent.name.split(".") if part.isdecimal())


def follow_pip() -> None:
    """Let uv use the index that pip is set up to use; uv does not read pip's settings."""
    if "UV_DEFAULT_INDEX" in os.environ or "UV_INDEX_URL" in os.environ:
        return
    command = [sys.executable, "-m", "pip", "config", "list"]
    settings = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found = re.findall(r"\.index-url='([^']+)'", settings)
    if found:
        os.environ["UV_DEFAULT_INDEX"] = os.environ.get("PIP_INDEX_URL") or str(found[-1])


follow_pip()
# Hundreds of processes would compile everything anew without bytecode.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
AVAILABLE: Final = reveal_interpreters()
# One is enough, since measuring costs time; the newest one measures fastest.
MEASURED: Final = AVAILABLE[-1] if AVAILABLE else PYTHONS[0]

# The newest Python only; `nox -s tests` has the others as well.
nox.options.sessions = ["lint", "typing", f"tests-{MEASURED}", "editor", "plugins", "packaging"]


def group(*names: str) -> list[str]:
    """Return the requirements of dependency groups of the root pyproject.toml."""
    return list(nox.project.dependency_groups(PROJECT, *names))


def install_checkout(session: nox.Session, *requirements: str) -> None:
    """Install all members as editable, and further requirements, in one command; look at it."""
    session.install("-r", "requirements-dev.txt", *requirements)
    check_origins(session, *MEMBERS)


def check_origins(session: nox.Session, *members: Member) -> None:
    """Fail unless exactly these packages of ours are installed, each from this checkout."""
    session.run(
        "python", GUARD, "installed", str(ROOT), *(m.distribution for m in members), silent=True
    )


@nox.session
def lint(session: nox.Session) -> None:
    """Style, spelling, import floors, file lengths, generated pages."""
    install_checkout(session, *group("lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("codespell")
    session.run("lint-imports", "--no-cache")
    check_lengths(session)
    session.run("python", "docs/generate.py", "--check")


def check_lengths(session: nox.Session) -> None:
    """Fail if a Python file is longer than a file may be."""
    folders = ["aether_sdk", "aether_core", "plugins", "tests", "docs", "examples", "benchmarks"]
    files = [ROOT / "noxfile.py", *(p for f in folders for p in ROOT.joinpath(f).rglob("*.py"))]
    for file in files:
        lines = len(file.read_text(encoding="utf-8").splitlines())
        if lines > LONGEST_FILE:
            session.error(f"{file.relative_to(ROOT)} has {lines} lines, at most {LONGEST_FILE}")


@nox.session
def typing(session: nox.Session) -> None:
    """Both type checkers, strict, over all sources and scripts."""
    install_checkout(session, *group("typing", "test"))
    # aether_sdk/tests/typing holds right and wrong uses of the SDK, which only a checker can test.
    scripts = ["noxfile.py", "docs", "tests", "aether_sdk/tests/typing"]
    folders = [*scripts, *(member.sources for member in MEMBERS)]
    # Each of them uses one core, pyright for longer.
    with ThreadPoolExecutor() as both:
        slow = both.submit(session.run, "pyright", silent=True)
        session.run("mypy", "--no-incremental", *folders)
    slow.result()


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """The suite: all of it on the newest Python, a part of it on each other.

    `nox -s tests-3.11 -- -q` runs all of it there too.
    """
    install_checkout(session, *group("test"))
    # Four on two cores: many tests wait for processes.
    options = session.posargs or ["-q", "-n", "4"]
    if session.python != MEASURED and not session.posargs:
        others = [version for version in PYTHONS if version != MEASURED]
        number = others.index(str(session.python)) + 1
        options = [*options, f"--part={number}/{PARTS}"]
    session.run("pytest", *options)


@nox.session(python=AVAILABLE[0] if AVAILABLE else PYTHONS[0])
def lowest(session: nox.Session) -> None:
    """The suite with the lowest versions that the members declare, on the oldest Python."""
    session.install("uv")
    chosen = Path(session.create_tmp()).resolve() / "lowest.txt"
    session.run(
        "uv", "pip", "compile", "-q", "--resolution", "lowest-direct", "-o", str(chosen),
        "--extra", "new", "--extra", "testing", "--no-emit-package", SDK.distribution,
        "--python-version", str(session.python), *(f"{m.path}/pyproject.toml" for m in MEMBERS),
    )  # fmt: skip
    install_checkout(session, *group("test"), "-c", str(chosen))
    session.run("pytest", *(session.posargs or ["-q", "-n", "4"]))


@nox.session(python=MEASURED)
def coverage(session: nox.Session) -> None:
    """The whole suite with branch coverage, and the least of it per package."""
    install_checkout(session, *group("test"))
    packages = [f"--cov={member.package}" for member in MEMBERS]
    options = session.posargs or ["-q", "-n", "2"]
    session.run("pytest", *options, *packages, "--cov-branch", "--cov-report=")
    for member in MEMBERS:
        session.run(
            "coverage", "report", f"--include={member.sources}/*",
            f"--fail-under={COVERAGE_FLOOR}", "--skip-covered", "--show-missing",
        )  # fmt: skip


@nox.session
def editor(session: nox.Session) -> None:
    """The schema for editors with a YAML language server, over its protocol; needs npm."""
    npm = shutil.which("npm")
    if npm is None:
        session.skip("npm is not installed, and the YAML language server comes from there")
    install_checkout(session, *group("test"))
    place = Path(session.create_tmp()).resolve() / "server"
    place.mkdir(exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / "tests/editor" / name, place)
    options = ["--no-audit", "--no-fund", "--prefix", str(place)]
    session.run(npm, "ci", *options, external=True, silent=True)
    server = str(place / "node_modules/.bin/yaml-language-server")
    # The server looks for documents in no folder whose name begins with a dot, such as .nox.
    env = {"AETHER_YAML_LANGUAGE_SERVER": server, "TMPDIR": tempfile.gettempdir()}
    session.run("pytest", "-q", "tests/editor/test_language_server.py", *session.posargs, env=env)


@nox.session
@nox.parametrize("plugin", [nox.param(member, id=member.distribution) for member in PLUGINS])
def plugins(session: nox.Session, plugin: Member) -> None:
    """One plugin with the SDK and nothing else of ours."""
    session.install("-e", SDK.path, "-e", plugin.path, *group("plugin"))
    check_origins(session, SDK, plugin)
    # -P: without it the checkout's own folders would pass for packages.
    session.run("python", "-P", "tests/packaging/plugin_alone.py", plugin.package)
    # The root conftest.py needs the engine.
    # What takes long needs no second look without the engine.
    options = ["-q", "-k", "package or schema", f"--confcutdir={plugin.path}"]
    session.run(
        "pytest", *options, *(f"{plugin.path}/tests/test_{n}.py" for n in ("package", "contract"))
    )


@nox.session
def packaging(session: nox.Session) -> None:
    """Wheels and sdists of all members, an install by name without an index, a run with it."""
    session.install("pip", "uv", "hatchling", "packaging", "readme-renderer[md]")
    house = Path(session.create_tmp()).resolve() / "house"
    again, fresh = house.with_name("from-sdists"), house.with_name("fresh")
    for folder in (house, again):
        shutil.rmtree(folder, ignore_errors=True)
    for member in MEMBERS:
        with session.chdir(member.path):
            session.run("hatchling", "build", "-d", str(house), silent=True)
            session.run("python", "-m", "readme_renderer", "README.md", "-o", os.devnull)
    fetch_requirements(session, house)
    only_house = ("-q", "--no-index", "--find-links", str(house))
    for sdist in house.glob("aether_*.tar.gz"):
        # As an install of it begins: the build backend comes from the wheelhouse, too.
        session.run("uv", "build", *only_house, "--wheel", "-o", str(again), str(sdist))
    members = [member.path for member in MEMBERS]
    session.run("python", "tests/packaging/built_contents.py", str(house), str(again), *members)
    session.run("python", "tests/packaging/built_metadata.py", str(house), *members)
    session.run("python", "-m", "venv", "--clear", "--without-pip", str(fresh))
    python = str(fresh / "bin/python")
    names = [*(member.distribution for member in MEMBERS), f"{CORE.distribution}[new]"]
    session.run("uv", "pip", "install", "--python", python, *only_house, *names)
    # Not in the fresh environment, where it could stand in for a dependency that is not declared.
    builder = f"{session.bin}/hatchling"
    session.run(python, "tests/packaging/smoke.py", builder, external=True)


def fetch_requirements(session: nox.Session, house: Path) -> None:
    """Plan an install of all members by path, and download what it takes from an index.

    Fails if that includes one of the members. What `aether new` needs comes along, and what builds
    sdists.
    """
    plan = house.with_name("plan.json")
    paths = [f"./{member.path}" for member in MEMBERS]
    session.run(
        "python", "-m", "pip", "install", "-qq", "--dry-run", "--ignore-installed",
        "--no-build-isolation", "--report", str(plan), *paths, f"./{CORE.path}[new]", "hatchling",
    )  # fmt: skip
    names = [member.distribution for member in MEMBERS]
    session.run("python", GUARD, "report", str(ROOT), str(plan), *names)
    planned = json.loads(plan.read_text(encoding="utf-8"))["install"]
    urls = [item["download_info"]["url"] for item in planned if not item["is_direct"]]
    session.run("python", "-m", "pip", "download", "-qq", "--no-deps", "-d", str(house), *urls)


@nox.session
def scaffold(session: nox.Session) -> None:
    """Every variant of the plugin template, installed, checked and built; `-- plain secrets`."""
    session.install("uv")
    place = Path(session.create_tmp()) / "variants"
    session.run("python", "tests/scaffold/prove.py", str(ROOT), str(place), *session.posargs)


@nox.session
def demo(session: nox.Session) -> None:
    """The example examples/site-check, from end to end."""
    install_checkout(session)
    folder = Path(session.create_tmp()) / "site-check"
    session.run("python", "examples/site-check/demo.py", str(folder))


@nox.session
def bench(session: nox.Session) -> None:
    """The measurements in benchmarks/, which need a quiet machine."""
    install_checkout(session, *group("plugin"))
    missed: list[str] = []
    for name in BENCHMARKS:
        try:
            # The first run, which is not counted, writes the bytecode.
            session.run("python", f"benchmarks/{name}.py", *session.posargs)
        except CommandFailed:
            missed.append(name)
    if missed:
        session.error(f"missed their bars: {', '.join(missed)}")


@nox.session
def campaign(session: nox.Session) -> None:
    """Generated documents against the engine in virtual time; `-- --documents N --seed S`."""
    install_checkout(session)
    options = session.posargs or ["--documents", "100000"]
    session.run("python", "-m", "aether_core.simulation", *options)
