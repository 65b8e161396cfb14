"""Whether the checker tells all problems at once: planted mistakes, and what is reported."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from random import Random
from typing import TYPE_CHECKING, Any

import msgspec

# Both fill the catalogue.
from aether_core.check import check_resource
from aether_core.document import Severity, json_pointer, load_text
from aether_core.simulation import _mistakes_of_references, _mistakes_of_structure
from aether_core.simulation._documents import generate_document
from aether_core.simulation._mistakes import CATALOGUE, Mistake, mistakes_of, planted, site_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from aether_core.check import ExecutorCatalog
    from aether_core.document import Diagnostic
    from aether_core.simulation._mistakes import Document, Path

__all__ = ["PlantingReport", "run_planting"]

_MODULES = (_mistakes_of_references, _mistakes_of_structure)
_FEWEST, _MOST = 2, 4
#: Of this many documents one is an example, the others are generated.
_EXAMPLE = 8


#: Parts whose names can't be read, so that any unknown name of that sort may be theirs.
_NAMELESS_TEMPLATE = frozenset(
    {"template without name", "template without member", "template that is a number"}
)
_NAMELESS_TASK = frozenset({"task without name", "task that is text", "dag without tasks"})
_LOST_CALL = frozenset(
    {"task that is text", "dag without tasks", "unknown template", "unknown body"}
    | {"loop without body", "template without name"}
)

#: What may be missed: these kinds of mistakes, beside one of those, and why.
_EXCUSES: tuple[tuple[frozenset[str], frozenset[str], str], ...] = (
    (
        frozenset(
            {"unknown template", "unknown body", "unknown template of a hook"}
            | {
                "unknown entrypoint of the workflow",
                "hook that is no task",
                "phaseConditions at a call",
            }
            | {"two templates of one name"}
        ),
        _NAMELESS_TEMPLATE,
        "the name may be that of the template whose name can't be read",
    ),
    (
        frozenset({"unknown task", "unknown dependency", "unknown entrypoint of a dag"}),
        _NAMELESS_TASK,
        "the name may be that of the task whose name can't be read",
    ),
    (
        frozenset({"unknown input", "unknown output", "parameter twice"}),
        frozenset(
            {"parameter without name", "parameters as an object", "arguments as a list"}
            | {"inputs as a number", "outputs as a number"}
        ),
        "the name may be that of the parameter whose name can't be read",
    ),
    (
        frozenset({"argument of the wrong type", "unknown output"}),
        frozenset(
            {"unknown type", "template without name", "inputs as a number"}
            | {"parameter without name"}
        ),
        "what the template takes or gives can't be read",
    ),
    (
        frozenset({"task that is not upstream"}),
        frozenset({"dependencies as a number", "unknown dependency", "circle"}),
        "what the task waits for can't be told",
    ),
    (
        frozenset({"loop_iter outside of loops", "unknown input"}),
        _LOST_CALL,
        "a call whose template is not known may be a call of this one",
    ),
)


class PlantingReport(msgspec.Struct):
    """What was planted, and what came back."""

    documents: int = 0
    planted: int = 0
    found: int = 0
    excused: Counter[str] = msgspec.field(default_factory=Counter[str])
    kinds: set[str] = msgspec.field(default_factory=set[str])
    pairs: set[tuple[str, str]] = msgspec.field(default_factory=set[tuple[str, str]])
    findings: list[str] = msgspec.field(default_factory=list[str])

    def text(self) -> str:
        """Return the report for people."""
        lines = [
            f"{self.documents} documents; {len(self.kinds)} of {len(CATALOGUE)} kinds of mistakes, "
            f"{len(self.pairs)} pairs of kinds",
            f"{self.planted} planted, {self.found} found at their place",
            *(f"excused {count}: {reason}" for reason, count in self.excused.most_common()),
            f"findings: {len(self.findings)}",
        ]
        return "\n".join([*lines, *(f"  {each}" for each in self.findings[:50])])


def run_planting(
    seeds: Iterable[int],
    catalog: ExecutorCatalog,
    examples: Sequence[Document] = (),
    *,
    watch: Callable[[PlantingReport], None] | None = None,
) -> PlantingReport:
    """Plant mistakes in a document for each seed, and compare with what is reported.

    Args:
        seeds: one for each document.
        catalog: has the executors `echo` and `http`, and those of the examples.
        examples: valid documents to take besides generated ones.
        watch: called after each document.
    """
    report = PlantingReport()
    for seed in seeds:
        random = Random(seed)  # noqa: S311  # no secret
        is_example = bool(examples) and seed % _EXAMPLE == 0
        document = random.choice(examples) if is_example else generate_document(random)
        mistakes = _chosen(random, document)
        _compare(seed, document, mistakes, catalog, report)
        if watch is not None:
            watch(report)
    return report


def _chosen(random: Random, document: Document) -> list[Mistake]:
    """Return mistakes of different kinds whose places do not touch."""
    site = site_of(document)
    wanted = random.randint(_FEWEST, _MOST)
    chosen: list[Mistake] = []
    for kind in random.sample(sorted(CATALOGUE), len(CATALOGUE)):
        found = mistakes_of(site, kind)
        random.shuffle(found)
        fitting = [each for each in found if not any(map(each.touches, chosen))]
        chosen += fitting[:1]
        if len(chosen) == wanted:
            break
    return chosen


def _compare(
    seed: int,
    document: Document,
    mistakes: list[Mistake],
    catalog: ExecutorCatalog,
    report: PlantingReport,
) -> None:
    kinds = sorted(each.kind for each in mistakes)
    report.documents += 1
    report.planted += len(mistakes)
    report.kinds.update(kinds)
    report.pairs.update(combinations(kinds, 2))
    text, lines = written(planted(document, mistakes))
    errors = diagnosed(text, catalog)
    shown = {(each.code, each.path): each for each in errors}
    for mistake in mistakes:
        key = (mistake.code, json_pointer(mistake.path))
        diagnostic = shown.pop(key, None)
        if diagnostic is not None and diagnostic.line in lines[mistake.path]:
            report.found += 1
            continue
        reason = _excuse(mistake.kind, kinds) if diagnostic is None else None
        if reason is not None:
            report.excused[reason] += 1
        else:
            report.findings.append(f"seed {seed}: missed {key}: {mistake.kind} with {kinds}")
    for diagnostic in shown.values():
        words = f"{diagnostic.code} {diagnostic.path}: {diagnostic.message}"
        report.findings.append(f"seed {seed}: extra {words}, with {kinds}")


def _excuse(missed: str, kinds: Sequence[str]) -> str | None:
    """Return why a mistake may be missed beside the others, or None when it may not."""
    for these, beside, reason in _EXCUSES:
        if missed in these and not beside.isdisjoint(kinds):
            return reason
    return None


def diagnosed(text: str, catalog: ExecutorCatalog) -> list[Diagnostic]:
    """Return every error of a text, as `aether validate` does."""
    loaded = load_text(text, format="json")
    found = [*loaded.diagnostics]
    for each in loaded.documents:
        if each.draft is not None:
            found += each.diagnose(check_resource(each.draft, catalog))
    return [each for each in found if each.severity is Severity.ERROR]


def written(document: Document) -> tuple[str, dict[Path, range]]:
    """Return a document as JSON with a line for each value, and the lines of each path.

    What is said of an object points at its key or at its first member.
    """
    lines: list[str] = []
    places: dict[Path, range] = {}
    _write(document, (), "", lines, places)
    return "\n".join(lines), places


def _members(value: Any) -> list[tuple[str | int, Any]]:
    return [*value.items()] if hasattr(value, "items") else [*enumerate(value)]


def _write(value: Any, path: Path, lead: str, lines: list[str], places: dict[Path, range]) -> None:
    places[path] = range(len(lines) + 1, len(lines) + (3 if isinstance(value, dict) else 2))
    if not isinstance(value, dict | list) or not value:
        lines.append(lead + msgspec.json.encode(value).decode())
        return
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    lines.append(lead + opening)
    inner = _members(value)
    for number, (step, part) in enumerate(inner):
        name = f'"{step}": ' if isinstance(step, str) else ""
        _write(part, (*path, step), name, lines, places)
        if number < len(inner) - 1:
            lines[-1] += ","
    lines.append(closing)
