"""Facts about this installation: distributions, where they came from, the command on PATH."""

from __future__ import annotations

import os
import re
import shutil
import sys
import sysconfig
from collections import defaultdict
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from aether_core.cli._options import without_password
from aether_core.cli._version import DISTRIBUTION

if TYPE_CHECKING:
    from collections.abc import Iterable

#: The distributions that the command is made of.
OWN_DISTRIBUTIONS = (DISTRIBUTION, "aether-workflow-sdk")
#: What they stand on; their versions belong into a report of a fault.
_FOUNDATIONS = ("google-re2", "msgspec", "platformdirs", "pluggy", "pydantic", "PyYAML")
_GROUP_PREFIX = "aether."
_LONGEST_SCRIPT = 1 << 20

#: `ours` belongs to this interpreter, `other` to another installation of this project,
#: `foreign` is somebody else's program, `absent` means that PATH has no `aether`.
CommandState: TypeAlias = Literal["ours", "other", "foreign", "absent"]


class Installed(msgspec.Struct, frozen=True):
    """A distribution on the path.

    Attributes:
        location: the folder it was found in.
        origin: URL that it was installed from; None when it was installed by its name.
        editable: whether it runs from a checkout.
    """

    name: str
    version: str
    location: str
    origin: str | None
    editable: bool


class FoundCommand(msgspec.Struct, frozen=True):
    """What a shell starts for `aether`."""

    path: str | None
    state: CommandState


class _Origin(msgspec.Struct):
    """The part of `direct_url.json` that matters here."""

    url: str
    dir_info: dict[str, object] = {}


def find_installed() -> tuple[Installed, ...]:
    """Return our distributions and those of plugins, sorted by name; duplicates are included."""
    found = {
        (_normalised(name), _location(each)): _installed(name, each)
        for each in distributions()
        if (name := _name(each)) and _concerns_us(name, each)
    }
    return tuple(found[key] for key in sorted(found))


def duplicates(installed: Iterable[Installed]) -> dict[str, list[Installed]]:
    """Return the distributions that are on the path more than once, by name."""
    groups: defaultdict[str, list[Installed]] = defaultdict(list)
    for each in installed:
        groups[_normalised(each.name)].append(each)
    return {name: group for name, group in groups.items() if len(group) > 1}


def foundation_versions() -> dict[str, str]:
    """Return the versions of the packages that the engine stands on."""
    wanted = {_normalised(name): name for name in _FOUNDATIONS}
    found: dict[str, str] = {}
    for each in distributions():
        name = wanted.get(_normalised(_name(each)))
        if name is not None:
            found.setdefault(name, _version(each))
    return dict(sorted(found.items(), key=lambda item: item[0].lower()))


def find_command() -> FoundCommand:
    """Return which `aether` is first on PATH, and whose it is."""
    path = shutil.which("aether")
    return FoundCommand(path, "absent" if path is None else _owner(Path(path)))


def _owner(path: Path) -> CommandState:
    try:
        with path.open("rb") as file:
            script = file.read(_LONGEST_SCRIPT)
    except OSError:
        return "foreign"
    if b"aether_core" not in script:
        return "foreign"
    scripts = Path(sysconfig.get_path("scripts"))
    is_here = path.parent.resolve() == scripts.resolve()
    return "ours" if is_here or os.fsencode(sys.executable) in script else "other"


def _concerns_us(name: str, distribution: Distribution) -> bool:
    return _normalised(name) in OWN_DISTRIBUTIONS or any(
        entry.group.startswith(_GROUP_PREFIX) for entry in distribution.entry_points
    )


def _installed(name: str, distribution: Distribution) -> Installed:
    origin = _origin(distribution)
    return Installed(
        name=name,
        version=_version(distribution),
        location=_location(distribution),
        origin=None if origin is None else without_password(origin.url),
        editable=origin is not None and origin.dir_info.get("editable") is True,
    )


def _origin(distribution: Distribution) -> _Origin | None:
    text = distribution.read_text("direct_url.json")
    try:
        return msgspec.json.decode(text, type=_Origin) if text else None
    except msgspec.MsgspecError:
        return None


def _name(distribution: Distribution) -> str:
    return _field(distribution, "Name")


def _version(distribution: Distribution) -> str:
    return _field(distribution, "Version")


def _field(distribution: Distribution, key: str) -> str:
    """Return a field of the metadata; empty where a damaged installation lacks it."""
    values = distribution.metadata.get_all(key)
    return str(values[0]) if values else ""


def _location(distribution: Distribution) -> str:
    return str(distribution.locate_file(""))


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
