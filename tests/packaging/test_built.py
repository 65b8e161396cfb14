"""The looks at built archives notice what should not be in them, and what is missing."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
from pathlib import Path
from zipfile import ZipFile

import pytest

SCRIPTS = Path(__file__).parent
PROJECT = """
[project]
name = "aether-shell"
version = "0.1.0"
"""
README = "# aether-shell\n"
METADATA = """\
Metadata-Version: 2.4
Name: aether-shell
Version: 0.1.0
"""
SOURCES = {"LICENSE": "free", "README.md": README, "pyproject.toml": PROJECT}
CODE = {"aether_shell/__init__.py": "A = 1\n", "aether_shell/py.typed": ""}
ABOUT = {"METADATA": METADATA, "WHEEL": "", "RECORD": "", "licenses/LICENSE": "free"}


class Archives:
    """A member, its wheel, its sdist and the wheel from that, as files that a test may change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.wheel = {**CODE, **{f"aether_shell-0.1.0.dist-info/{n}": t for n, t in ABOUT.items()}}
        self.again = dict(self.wheel)
        code = {f"src/{name}": text for name, text in CODE.items()}
        self.member = {**SOURCES, **code, "tests/test_it.py": "assert True\n"}
        self.sdist = {**self.member, "PKG-INFO": METADATA, ".gitignore": "*.db\n"}

    def look(self) -> list[str]:
        """Write everything and return what the script says."""
        for name, text in self.member.items():
            path = self.folder / "member" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        for place, files in (("house", self.wheel), ("again", self.again)):
            (self.folder / place).mkdir()
            with ZipFile(self.folder / place / "aether_shell-0.1.0-py3-none-any.whl", "w") as wheel:
                for name, text in files.items():
                    wheel.writestr(name, text)
        with tarfile.open(self.folder / "house/aether_shell-0.1.0.tar.gz", "w:gz") as sdist:
            for name, text in self.sdist.items():
                entry = tarfile.TarInfo(f"aether_shell-0.1.0/{name}")
                entry.size = len(text)
                sdist.addfile(entry, io.BytesIO(text.encode()))
        places = [str(self.folder / name) for name in ("house", "again", "member")]
        command = [sys.executable, str(SCRIPTS / "built_contents.py"), *places]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        lines = answer.stderr.splitlines()
        assert answer.returncode == bool(lines)
        return lines


@pytest.fixture
def archives(tmp_path: Path) -> Archives:
    """Archives that hold what they must hold."""
    return Archives(tmp_path)


def test_whole_archives_pass(archives: Archives) -> None:
    assert archives.look() == []


def test_everything_that_a_wheel_lacks_or_holds_beside_is_said(archives: Archives) -> None:
    """Tests, caches, another package, other code than the checkout's, no licence."""
    archives.wheel |= {"tests/test_it.py": "", "aether_shell/__pycache__/a.pyc": "", "other.py": ""}
    archives.wheel["aether_shell/__init__.py"] = "A = 2\n"
    del archives.wheel["aether_shell-0.1.0.dist-info/licenses/LICENSE"]
    archives.again = archives.wheel

    begin = "aether_shell-0.1.0-py3-none-any.whl"
    assert archives.look() == [
        f"{begin} holds aether_shell/__pycache__/a.pyc",
        f"{begin} holds other.py",
        f"{begin} holds tests/test_it.py",
        f"{begin} has another aether_shell/__init__.py",
        f"{begin} lacks licenses/LICENSE in its metadata",
    ]


def test_everything_that_an_sdist_lacks_or_holds_beside_is_said(archives: Archives) -> None:
    """No licence, no tests, a folder of nobody, a cache, a module that was forgotten."""
    for name in ("LICENSE", "tests/test_it.py", "src/aether_shell/py.typed"):
        del archives.sdist[name]
    archives.sdist |= {"notes/a.txt": "", "tests/.mypy_cache/x": ""}

    begin = "aether_shell-0.1.0.tar.gz"
    assert archives.look() == [
        f"{begin} lacks LICENSE",
        f"{begin} holds notes/a.txt",
        f"{begin} holds tests/.mypy_cache/x",
        f"{begin} lacks src/aether_shell/py.typed",
    ]


def test_a_package_without_its_mark_of_types_is_noticed(archives: Archives) -> None:
    del archives.member["src/aether_shell/py.typed"], archives.sdist["src/aether_shell/py.typed"]
    del archives.wheel["aether_shell/py.typed"], archives.again["aether_shell/py.typed"]

    assert archives.look() == ["aether_shell-0.1.0-py3-none-any.whl lacks py.typed"]


def test_a_wheel_from_the_sdist_that_differs_is_noticed(archives: Archives) -> None:
    """In a file that only one holds, and in the contents of one that both hold."""
    archives.again["aether_shell/__init__.py"] = "A = 3\n"
    del archives.again["aether_shell/py.typed"]

    begin = "aether_shell-0.1.0-py3-none-any.whl from aether_shell-0.1.0.tar.gz"
    assert archives.look() == [
        f"{begin} lacks aether_shell/py.typed",
        f"{begin} has another aether_shell/__init__.py",
    ]


def test_every_member_has_the_licence() -> None:
    """A copy each, since an sdist can't reach out of its folder."""
    root = SCRIPTS.parents[1]
    members = [file.parent for file in root.glob("aether_*/pyproject.toml")]
    members += [file.parent for file in root.glob("plugins/*/pyproject.toml")]

    whole = (root / "LICENSE").read_bytes()
    assert len(members) >= 5
    assert [m.name for m in members if (m / "LICENSE").read_bytes() != whole] == []
