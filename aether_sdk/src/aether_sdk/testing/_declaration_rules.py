"""Rules about what the class says of itself, and about the package around it."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Final, cast

from aether_sdk._executor_check import check_executor
from aether_sdk._protocol import ENTRY_POINT_GROUP, PROJECT_NAME, SUPPORTED_API_LEVELS
from aether_sdk.testing._probe import probe
from aether_sdk.testing._rule import NothingToCheck, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aether_sdk._executor import Executor
    from aether_sdk.testing._subject import Subject

_SDK: Final = "aether-workflow-sdk"
_SEED: Final = 1


def _class(subject: Subject) -> Iterator[str]:
    try:
        made = subject.make()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - this is the finding
        yield f"making it raised {type(error).__name__}: {error}"
        return
    yield from (problem for problem in check_executor(made) if not problem.startswith(_ELSEWHERE))


#: Problems of the declaration that have a rule of their own.
_ELSEWHERE: Final = ("type:", "version:", "description:", "api_level:")


def _type(subject: Subject) -> Iterator[str]:
    executor = subject.executor
    yield from _problems(executor, "type:")
    other = getattr(subject.make(), "type", None)
    if other != executor.type:
        yield f"two instances have the types {executor.type!r} and {other!r}"
    if subject.schema.type != executor.type:
        yield f"the type is {executor.type!r}, but the schema's is {subject.schema.type!r}"


def _texts(subject: Subject) -> Iterator[str]:
    executor = subject.executor
    yield from _problems(executor, "version:", "description:")
    for name in ("version", "description"):
        if getattr(executor, name, None) == "":
            yield f"{name}: empty"


def _api_level(subject: Subject) -> Iterator[str]:
    executor = subject.executor
    problems = list(_problems(executor, "api_level:"))
    yield from problems
    if not problems and executor.api_level not in SUPPORTED_API_LEVELS:
        spoken = ", ".join(map(str, sorted(SUPPORTED_API_LEVELS)))
        yield f"api_level: {executor.api_level} is unknown, this SDK speaks {spoken}"


def _problems(executor: Executor, *beginnings: str) -> Iterator[str]:
    yield from (text for text in check_executor(executor) if text.startswith(beginnings))


def _entry_point(subject: Subject) -> Iterator[str]:
    if not subject.is_installed:
        message = "the executor belongs to no installed distribution (installed = False)"
        raise NothingToCheck(message)
    executor_type = subject.executor.type
    entries = [
        entry
        for entry in entry_points(group=ENTRY_POINT_GROUP)
        if executor_type == entry.name or executor_type.startswith(f"{entry.name}.")
    ]
    if not entries:
        first = executor_type.partition(".")[0]
        yield f"the group {ENTRY_POINT_GROUP!r} has no entry point called {first!r}"
        return
    found = [entry for entry in entries if type(subject.executor) in _classes(entry)]
    if not found:
        listed = ", ".join(f"{entry.name} = {entry.value}" for entry in entries)
        yield f"{listed}: does not lead to {type(subject.executor).__qualname__}"
    for entry in found:
        yield from _metadata(entry)


def _classes(entry: EntryPoint) -> list[type[object]]:
    """Return the classes of the executors that an entry point offers; none if it is broken."""
    try:
        loaded: object = entry.load()
        offered = [loaded] if isinstance(loaded, type) else list(_asked(loaded))
    except (Exception, SystemExit):  # noqa: BLE001 - what is broken leads to nothing
        return []
    return [item if isinstance(item, type) else type(item) for item in offered]


def _asked(loaded: object) -> Iterable[object]:
    # Late, because only this rule calls a hook.
    from pluggy import PluginManager

    from aether_sdk._hooks import hookspecs

    manager = PluginManager(PROJECT_NAME)
    manager.add_hookspecs(hookspecs)
    manager.register(loaded)
    answers = cast("list[Iterable[object]]", manager.hook.aether_executors())
    return [item for answer in answers for item in answer]


def _metadata(entry: EntryPoint) -> Iterator[str]:
    distribution = entry.dist
    if distribution is None:
        yield f"the entry point {entry.name!r} belongs to no distribution"
        return
    # Metadata without a name or a version is read as None, whatever the annotation says.
    metadata = distribution.metadata
    given = {key: metadata[key] for key in ("Name", "Version") if key in metadata}
    name = given.get("Name")
    if not name or not given.get("Version"):
        yield f"the distribution {name or entry.value!r} has no name or no version"
    required = distribution.requires or []
    if not any(line.replace("_", "-").lower().startswith(_SDK) for line in required):
        yield f"the distribution {name!r} does not say that it needs {_SDK}"


def _import(subject: Subject) -> Iterator[str]:
    module = type(subject.executor).__module__
    seen = probe(module, _SEED)
    if seen.error:
        yield f"the import of {module} failed: {seen.error}"
    if seen.printed:
        yield f"the import printed {seen.printed[:200]!r}"
    yield from (f"the import {act}" for act in seen.acts)
    if seen.seconds > subject.limits.load:
        limit = subject.limits.load
        yield f"the import took {seen.seconds:.1f} s of processor time, at most {limit:g} s"


DECLARATION_RULES: Final = (
    Rule(
        "class",
        "The executor is made without arguments and declares what `Executor` asks for.",
        "Derive from aether_sdk.Executor, define execute, and give Inputs and Outputs models.",
        _class,
    ),
    Rule(
        "type",
        "The type is a lower-case dotted name, and always the same.",
        "Write it as a text on the class; do not compute it.",
        _type,
    ),
    Rule(
        "texts",
        "Version and description are texts and not empty.",
        "Give the class a version and one sentence of description.",
        _texts,
    ),
    Rule(
        "api-level",
        "The API level is one that this SDK speaks.",
        "Leave api_level as it is, or install an SDK that knows it.",
        _api_level,
    ),
    Rule(
        "entry-point",
        "An entry point named after the type, or the first part of it, leads to the class.",
        'Add it to [project.entry-points."aether.executors"] and install the package again.',
        _entry_point,
    ),
    Rule(
        "import",
        "Importing the module is quick and does nothing else.",
        "Move what it does into execute, or into a function that execute calls.",
        _import,
    ),
)
