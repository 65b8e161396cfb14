"""The document of a run as a picture, coloured by what became of its tasks."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from aether_core.graph import to_svg
from aether_core.kernel import HOOK_SCOPE
from aether_core.report._order import path_of, worst
from aether_core.report._text import phase_class

if TYPE_CHECKING:
    from aether_core.graph import Graph
    from aether_core.report._model import Report
    from aether_sdk import Phase

# A picture of more is neither drawn quickly nor read.
_MOST_NODES: Final = 500
_ITERATION: Final = re.compile(r"\[\d+\]")


def picture_html(report: Report) -> str:
    """Return the picture; '' if there is nothing to draw."""
    graph = report.graph
    if graph is None or not graph.nodes:
        return ""
    if len(graph.nodes) > _MOST_NODES:
        return f"<p>The document has more than {_MOST_NODES} tasks; they are not drawn.</p>\n"
    marks = {node: phase_class(phase) for node, phase in _phases(report, graph).items()}
    return f'<div class="graph">{to_svg(graph, report.run.workflow, marks=marks)}</div>\n'


def _phases(report: Report, graph: Graph) -> dict[str, Phase]:
    """Return a phase by node: of iterations, and of tasks that a retry repeated, the worst."""
    found: defaultdict[str, list[Phase]] = defaultdict(list)
    entry = graph.nodes[0].id
    for task in report.run.tasks:
        if task.scope == HOOK_SCOPE:
            continue
        path = _ITERATION.sub("", path_of(task))
        found[f"{entry}/{path}" if task.depth else entry].append(task.phase)
    return {node: worst(phases) for node, phases in found.items()}
