"""Says whether the metadata of built wheels and sdists are what users and installers need.

Beside the standard library it needs `packaging`, which checks the form of the metadata.

    python built_metadata.py FOLDER MEMBER...
"""

from __future__ import annotations

import re
import sys
import tarfile
import tomllib
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

from packaging.metadata import Metadata
from packaging.specifiers import SpecifierSet
from packaging.version import Version

SDK = "aether-workflow-sdk"
PYTHONS = SpecifierSet(">=3.11")
CLASSIFIERS = {
    "Development Status :: 3 - Alpha",
    "Programming Language :: Python :: 3",
    *(f"Programming Language :: Python :: 3.{minor}" for minor in range(11, 15)),
    # No index accepts an upload by accident.
    "Private :: Do Not Upload",
    "Typing :: Typed",
}


class Offer(NamedTuple):
    """What one distribution offers beside its package: entry points by group, and extras."""

    entries: dict[str, set[str]]
    extras: set[str]


OFFERS = {
    SDK: Offer({}, {"testing"}),
    "aether-workflow": Offer(
        {"console_scripts": {"aether"}, "aether.executors": {"await", "function"}}, {"new"}
    ),
    "aether-echo": Offer({"aether.executors": {"echo"}}, {"test"}),
    "aether-http": Offer({"aether.executors": {"http"}}, set()),
    "aether-shell": Offer({"aether.executors": {"shell", "script"}}, set()),
}


class Built(NamedTuple):
    """The archives of a member, opened.

    Attributes:
        member: its folder.
        metadata: what the wheel says.
        of_sdist: the same in the sdist, as text.
        of_wheel: the text that `metadata` are read from.
        entries: the entry points, by group.
        files: the names of the wheel's files.
    """

    member: Path
    metadata: Metadata
    of_sdist: str
    of_wheel: str
    entries: dict[str, dict[str, str]]
    files: list[str]


def open_built(member: Path, house: Path) -> Built:
    """Read wheel and sdist of a member.

    Raises:
        ExceptionGroup: the metadata have no valid form.
    """
    project = tomllib.loads((member / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    begin = f"{project['name'].replace('-', '_')}-{project['version']}"
    with tarfile.open(house / f"{begin}.tar.gz") as sdist:
        file = sdist.extractfile(f"{begin}/PKG-INFO")
        of_sdist = "" if file is None else file.read().decode()
    with ZipFile(house / f"{begin}-py3-none-any.whl") as wheel:
        files = wheel.namelist()
        texts = {n.partition("/")[2]: wheel.read(n).decode() for n in files if ".dist-info/" in n}
    parser = ConfigParser(delimiters=("=",))
    parser.read_string(texts.get("entry_points.txt", ""))
    entries = {group: dict(parser[group]) for group in parser.sections()}
    of_wheel = texts["METADATA"]
    return Built(member, Metadata.from_email(of_wheel), of_sdist, of_wheel, entries, files)


def problems_of_description(metadata: Metadata, readme: str) -> Iterator[str]:
    """Compare the long description with the README, and look for links that lead nowhere."""
    if metadata.description_content_type != "text/markdown" or metadata.description != readme:
        yield "does not describe itself with its README"
    for target in re.findall(r"\]\(([^)\s]+)", readme):
        if not target.startswith(("https://", "#")):
            yield f"its description links to {target}, which is only in the repository"


def problems_of_fields(metadata: Metadata) -> Iterator[str]:
    """Yield the fields that differ from what all members have in common."""
    if metadata.requires_python != PYTHONS:
        yield f"requires Python {metadata.requires_python}, expected {PYTHONS}"
    if metadata.license_expression != "Apache-2.0" or metadata.license_files != ["LICENSE"]:
        yield f"has the licence {metadata.license_expression} in {metadata.license_files}"
    classifiers = set(metadata.classifiers or ())
    yield from (f"lacks the classifier {name}" for name in sorted(CLASSIFIERS - classifiers))
    yield from (f"has the classifier {name}" for name in sorted(classifiers - CLASSIFIERS))
    if not metadata.summary or not (metadata.author or metadata.author_email):
        yield "has no summary or no author"


def problems_of_requirements(metadata: Metadata, sdk: Version) -> Iterator[str]:
    """Look at the range of SDKs, and that everything has a lower bound and comes from an index."""
    ranges = [each.specifier for each in metadata.requires_dist or () if each.name == SDK]
    if not ranges and metadata.name != SDK:
        yield f"does not require {SDK}"
    for each in ranges:
        following = Version(f"{sdk.major}.{sdk.minor + 1}")
        if sdk not in each or following in each:
            yield f"requires {SDK}{each}, expected a range with {sdk} and without {following}"
    for requirement in metadata.requires_dist or ():
        lower = {">=", "==", "~="} & {each.operator for each in requirement.specifier}
        if requirement.url or not lower:
            yield f"requires {requirement} without a lower bound"


def problems_of_offer(built: Built) -> Iterator[str]:
    """Compare entry points and extras with the table, and look whether their modules are there."""
    offer = OFFERS[built.metadata.name]
    entries = {group: set(names) for group, names in built.entries.items()}
    if entries != offer.entries:
        yield f"has the entry points {entries}, expected {offer.entries}"
    if set(built.metadata.provides_extra or ()) != offer.extras:
        yield f"has the extras {built.metadata.provides_extra}, expected {offer.extras}"
    for target in (target for names in built.entries.values() for target in names.values()):
        module = target.partition(":")[0].strip().replace(".", "/")
        if not {f"{module}.py", f"{module}/__init__.py"} & set(built.files):
            yield f"names {target} as an entry point, which it does not hold"


def problems_of(built: Built, sdk: Version) -> Iterator[str]:
    """Yield all that is wrong with one member, one line per problem."""
    metadata = built.metadata
    if built.of_sdist != built.of_wheel:
        yield "says something else in the sdist than in the wheel"
    if metadata.version != sdk:
        yield f"has the version {metadata.version}, the SDK {sdk}"
    yield from problems_of_fields(metadata)
    yield from problems_of_description(
        metadata, (built.member / "README.md").read_text(encoding="utf-8")
    )
    yield from problems_of_requirements(metadata, sdk)
    yield from problems_of_offer(built)


def main() -> None:
    """Print all problems and exit with 1 if there are any."""
    house, *members = map(Path, sys.argv[1:])
    all_built = {each.metadata.name: each for each in (open_built(m, house) for m in members)}
    if all_built.keys() != OFFERS.keys():
        sys.exit(f"the members are {sorted(all_built)}, expected {sorted(OFFERS)}")
    sdk = all_built[SDK].metadata.version
    found = [f"{n} {line}" for n, each in all_built.items() for line in problems_of(each, sdk)]
    sys.exit("\n".join(found) or 0)


if __name__ == "__main__":
    main()
