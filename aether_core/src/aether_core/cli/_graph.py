"""`aether graph`: the documents of a file as a picture, or as nodes and edges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.cli import _exits
from aether_core.cli._console import note, reserved_stdout, write_json, write_text
from aether_core.cli._options import add_output

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Sequence

    from aether_core.cli._documents import Given
    from aether_core.document import Resource
    from aether_core.engine import Templates
    from aether_core.graph import Graph
    from aether_sdk import ExecutorSchema

_FORMATS: Final = ("mermaid", "dot", "svg")
# Executors and what this version can't run yet say nothing about the shape of a document.
_NO_MATTER: Final = ("AE4", "AE9")


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("file", metavar="FILE", help="a JSON or YAML file; - is stdin")
    parser.add_argument(
        "templates",
        metavar="TEMPLATES",
        nargs="*",
        default=[],
        help="further files, with WorkflowTemplates that it refers to",
    )
    parser.add_argument(
        "--format",
        choices=_FORMATS,
        default=_FORMATS[0],
        help="mermaid for Markdown pages (default), dot for Graphviz, svg for a picture",
    )
    add_output(parser)


def execute(arguments: Namespace) -> int:
    """Draw the documents; errors in them are those of `aether validate`."""
    # Late: a wrong option needs no document.
    from aether_core.cli._documents import read_documents, templates_of
    from aether_core.graph import graph_of

    files = dict.fromkeys((arguments.file, *arguments.templates))
    given = [read_documents(file) for file in files]
    templates = templates_of(given)
    if not _is_sound(given, templates):
        _refuse(given, templates, as_json=arguments.output == "json")
        return _exits.USAGE
    graph = graph_of(_resources(given[0], templates))
    if arguments.output == "json":
        write_json(graph)
    else:
        write_text(_renderer(arguments.format)(graph))
        _warn(graph, arguments.format)
    return _exits.OK


class _NoExecutors:
    """A catalog in which every type is unknown, so that no plugin is imported."""

    def get_schema(self, executor_type: str) -> ExecutorSchema | None:
        return None

    def explain(self, executor_type: str) -> tuple[str, str | None]:
        return "unknown", None


def _is_sound(given: Sequence[Given], templates: Templates) -> bool:
    # Late: as above.
    from aether_core.cli._diagnostic_formats import has_errors
    from aether_core.cli._documents import every_problem

    found = [
        diagnostic
        for each in given
        for diagnostic in every_problem(each, _NoExecutors(), None, templates=templates)
    ]
    return not has_errors(d for d in found if not d.code.startswith(_NO_MATTER))


def _resources(given: Given, templates: Templates) -> list[Resource]:
    """Return the documents of a file; a template that one of them refers to is joined with it."""
    # Late: as above.
    from aether_core.document import WorkflowTemplate
    from aether_core.engine import Resolved, follow_reference, reference_of

    used = {reference_of(document) for document in given.loaded.documents}
    resources: list[Resource] = []
    for document in given.loaded.documents:
        found = Resolved(document.resource, (), document.diagnose)
        resource = follow_reference(found, document.value, templates, required=False).resource
        if resource is None:
            continue
        name = (resource.metadata.name, resource.metadata.effective_namespace)
        if not isinstance(resource, WorkflowTemplate) or name not in used:
            resources.append(resource)
    return resources


def _refuse(given: Sequence[Given], templates: Templates, *, as_json: bool) -> None:
    # Late: most documents are sound.
    from aether_core.cli._admission import Refused
    from aether_core.cli._documents import every_problem
    from aether_core.cli._options import installed_executors

    with reserved_stdout():
        catalog = installed_executors()
        found = [every_problem(each, catalog, None, templates=templates) for each in given]
    # A template's problem shows in the workflow that refers to it, too.
    diagnostics = tuple(dict.fromkeys(diagnostic for each in found for diagnostic in each))
    Refused(given, diagnostics).show(as_json=as_json)


def _renderer(form: str) -> Callable[[Graph], str]:
    # Late: a refused document needs none of them.
    from aether_core.graph import to_dot, to_mermaid, to_svg

    return {"mermaid": to_mermaid, "dot": to_dot, "svg": to_svg}[form]


def _warn(graph: Graph, form: str) -> None:
    """Say what a reader of the picture could not know."""
    # Late: as above.
    from aether_core.graph import MERMAID_EDGES

    closed = sum(node.closed is not None for node in graph.nodes)
    if closed:
        note(f"the graph is large: {closed} dags or loops are drawn without what is inside them")
    if form == "mermaid" and len(graph.edges) > MERMAID_EDGES:
        note(
            f"the graph has {len(graph.edges)} edges; Mermaid draws {MERMAID_EDGES} unless it is "
            "configured otherwise (maxEdges), dot and svg have no such limit"
        )
