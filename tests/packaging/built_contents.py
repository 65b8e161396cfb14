"""Says whether built wheels and sdists hold what they must hold and nothing else.

A wheel holds the package, an sdist also its tests; the files are those of the checkout. A wheel
that was built from an sdist holds exactly what the one from the checkout holds. Standard library
only.

    python built_contents.py FOLDER FOLDER_OF_WHEELS_FROM_SDISTS MEMBER...
"""

from __future__ import annotations

import sys
import tarfile
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

#: What `aether new executor` renders, where it is in the checkout and in the wheel.
TEMPLATE = "cookiecutter-executor"
INSTALLED_TEMPLATE = "aether_core/cli/_executor_template"

#: What of a member comes along in its sdist, beside the package.
ALONG = {"LICENSE", "README.md", "example.yaml", "pyproject.toml", "tests", TEMPLATE}
#: What builders add: the metadata, and the list of files that they ignored.
ADDED = {"PKG-INFO", ".gitignore"}
NEEDED = {"LICENSE", "README.md", "pyproject.toml", "PKG-INFO"}
#: What may belong to a package; another kind of file has to be allowed here first.
CODE = {".py", ".typed"}
#: What is hidden and yet no stray: the template has them.
HIDDEN = {".github", ".gitignore"}
STRAYS = {"__pycache__", ".pyc", ".pyo", ".pth", ".db", ".log", ".orig", ".rej"}


def is_stray(name: str) -> bool:
    """Tell whether a file is a cache, hidden, or left behind by a tool."""
    path = PurePosixPath(name)
    hidden = any(part.startswith(".") for part in path.parts if part not in HIDDEN)
    return hidden or bool({path.suffix, *path.parts} & STRAYS)


def files_below(folder: Path) -> dict[str, bytes]:
    """Return the contents of all files that belong to a folder of the checkout."""
    names = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    return {
        name: path.read_bytes()
        for name, path in names.items()
        if path.is_file() and not is_stray(name)
    }


def files_of(archive: Path) -> dict[str, bytes]:
    """Return the contents of the files in a wheel, or below the one folder of an sdist."""
    if archive.suffix == ".whl":
        with ZipFile(archive) as wheel:
            return {name: wheel.read(name) for name in wheel.namelist()}
    with tarfile.open(archive) as sdist:
        read = {member.name: sdist.extractfile(member) for member in sdist}
        return {name.partition("/")[2]: file.read() for name, file in read.items() if file}


def differences(found: Mapping[str, bytes], expected: Mapping[str, bytes]) -> Iterator[str]:
    """Yield what an archive lacks, what it holds beside, and what has other contents."""
    yield from (f"lacks {name}" for name in sorted(expected.keys() - found.keys()))
    yield from (f"holds {name}" for name in sorted(found.keys() - expected.keys()))
    both = sorted(found.keys() & expected.keys())
    yield from (f"has another {name}" for name in both if found[name] != expected[name])


def problems_of_wheel(files: Mapping[str, bytes], member: Path) -> Iterator[str]:
    """Compare with the member's package; metadata may hold the licence and nothing unknown."""
    code = files_below(member / "src")
    yield from (f"would hold {name}" for name in code if PurePosixPath(name).suffix not in CODE)
    template = files_below(member / TEMPLATE)
    code |= {f"{INSTALLED_TEMPLATE}/{name}": content for name, content in template.items()}
    package = {name: content for name, content in files.items() if ".dist-info/" not in name}
    yield from differences(package, code)
    if not any(name.count("/") == 1 and name.endswith("/py.typed") for name in package):
        yield "lacks py.typed"
    about = {name.partition("/")[2] for name in files.keys() - package.keys()}
    needed = {"METADATA", "WHEEL", "RECORD", "licenses/LICENSE"}
    yield from (f"lacks {name} in its metadata" for name in sorted(needed - about))
    yield from (f"holds {name}" for name in sorted(about - needed - {"entry_points.txt"}))


def problems_of_sdist(files: Mapping[str, bytes], member: Path) -> Iterator[str]:
    """Compare with the member: all of its code, what comes along, and no strays."""
    code = {f"src/{name}": content for name, content in files_below(member / "src").items()}
    template = files_below(member / TEMPLATE)
    code |= {f"{TEMPLATE}/{name}": content for name, content in template.items()}
    yield from (f"lacks {name}" for name in sorted(NEEDED - files.keys()))
    if not any(name.startswith("tests/") for name in files):
        yield "lacks tests"
    beside = {name: content for name, content in files.items() if name not in ADDED}
    for name in sorted(beside):
        if is_stray(name) or name.partition("/")[0] not in {*ALONG, "src"}:
            yield f"holds {name}"
    yield from differences({n: files[n] for n in files if n in code or n.startswith("src/")}, code)


def problems_of(member: Path, built: Path, from_sdists: Path) -> Iterator[str]:
    """Yield what is wrong with the archives of one member, one line per problem."""
    project = tomllib.loads((member / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    begin = f"{project['name'].replace('-', '_')}-{project['version']}"
    wheel, sdist = f"{begin}-py3-none-any.whl", f"{begin}.tar.gz"
    paths = (built / wheel, built / sdist, from_sdists / wheel)
    missing = [f"{path} was not built" for path in paths if not path.is_file()]
    if missing:
        yield from missing
        return
    files, sources, again = map(files_of, paths)
    yield from (f"{wheel} {problem}" for problem in problems_of_wheel(files, member))
    yield from (f"{sdist} {problem}" for problem in problems_of_sdist(sources, member))
    yield from (f"{wheel} from {sdist} {problem}" for problem in differences(again, files))


def main() -> None:
    """Print all problems and exit with 1 if there are any."""
    built, from_sdists, *members = map(Path, sys.argv[1:])
    found = [line for member in members for line in problems_of(member, built, from_sdists)]
    sys.exit("\n".join(found) or (0 if members else "no members"))


if __name__ == "__main__":
    main()
