"""From documents to their graph: templates are opened wherever they are called."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

import msgspec

from aether_core.document import CronWorkflow
from aether_core.graph._model import Graph, GraphEdge, GraphNode, LoopFacts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aether_core.document import (
        ContinueOn,
        Dag,
        Hooks,
        Loop,
        Resource,
        Retry,
        Task,
        Template,
        WorkflowSpec,
    )

#: Nodes from which on further templates are not opened: calls of calls may be without number.
MOST_NODES: Final = 1000


def graph_of(resources: Sequence[Resource], *, most: int = MOST_NODES) -> Graph:
    """Return the graph of the resources of a file.

    Args:
        resources: of any kind, without errors of structure. More than one stand side by side,
            each in a box of its own.
        most: nodes from which on no further template is opened. Those called at the same depth
            are opened in order, outer ones before inner ones, so the cut is the same each time.
    """
    builder = _Builder(most)
    for number, resource in enumerate(resources):
        parent = None
        if len(resources) > 1:
            parent = f"{number + 1}"
            name = f"{resource.kind} {resource.metadata.name}"
            builder.add(GraphNode(id=parent, kind="document", name=name))
        builder.add_document(resource, parent)
    return builder.graph()


class _Builder:
    """Opens templates, outer ones first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._nodes: dict[str, GraphNode] = {}
        self._edges: dict[GraphEdge, None] = {}
        self._templates: dict[str, Template] = {}
        #: Containers whose inside has not been drawn yet.
        self._unopened: deque[str] = deque()

    def graph(self) -> Graph:
        return Graph(tuple(self._nodes.values()), tuple(self._edges))

    def add(self, node: GraphNode) -> None:
        self._nodes[node.id] = node

    def add_document(self, resource: Resource, parent: str | None) -> None:
        spec = resource.spec.workflow_spec if isinstance(resource, CronWorkflow) else resource.spec
        self._templates = {}
        for template in spec.templates:
            self._templates.setdefault(template.name, template)
        for name in _roots(spec):
            self._hooks(spec.hooks, self._call(name, None, parent))
        if spec.workflow_template_ref is not None and not spec.templates:
            self._call(spec.workflow_template_ref.name, None, parent)
        while self._unopened:
            self._open(self._unopened.popleft())

    def _call(self, template: str, site: Task | None, parent: str | None) -> GraphNode:
        """Add the node of a call; what is inside comes later."""
        name = template if site is None else site.name
        known = self._templates.get(template)
        node = GraphNode(
            id=name if parent is None else f"{parent}/{name}",
            kind="unknown" if known is None else known.kind,
            name=name,
            parent=parent,
            template=template,
        )
        if known is not None:
            node = self._described(node, known, site)
        self.add(node)
        if known is not None:
            at_site = site.hooks if site is not None else None
            self._hooks(at_site or known.member.hooks, node)
            if known.task is None:
                self._unopened.append(node.id)
        return node

    def _described(self, node: GraphNode, template: Template, site: Task | None) -> GraphNode:
        """Return the node with what its template and its call site say, the site first."""
        task, loop = template.task, template.loop
        owners = [owner for owner in (site, task) if owner is not None]
        retry = next((owner.retry for owner in owners if owner.retry is not None), None)
        at_site = site.timeout if site is not None else None
        return msgspec.structs.replace(
            node,
            executor=_executor(task),
            loop=None if loop is None else _loop_facts(loop),
            timeout=at_site or template.timeout,
            retry=_limit(retry),
        )

    def _inline(self, site: Task, parent: str) -> GraphNode:
        """Add a node that has its executor itself."""
        node = GraphNode(
            id=f"{parent}/{site.name}",
            kind="task",
            name=site.name,
            parent=parent,
            executor=_executor(site),
            timeout=site.timeout,
            retry=_limit(site.retry),
        )
        self.add(node)
        self._hooks(site.hooks, node)
        return node

    def _open(self, node_id: str) -> None:
        node = self._nodes[node_id]
        template = self._templates[node.template or ""]
        inside = len(template.dag.tasks) if template.dag is not None else 1
        # At the top everything is opened: a graph of one closed box would say nothing.
        is_top = node.parent is None or self._nodes[node.parent].kind == "document"
        if not is_top and len(self._nodes) + inside > self._most:
            self.add(msgspec.structs.replace(node, closed=inside))
        elif template.dag is not None:
            self._open_dag(template.dag, node)
        elif template.loop is not None:
            self._call(template.loop.body, None, node.id)

    def _open_dag(self, dag: Dag, node: GraphNode) -> None:
        running = _running(dag)
        for site in dag.tasks:
            made = (
                self._inline(site, node.id)
                if site.template is None
                else self._call(site.template, site, node.id)
            )
            more = {
                "when": site.when,
                "continue_on": _tolerated(site.continue_on or dag.continue_on),
                "left_out": site.name not in running,
            }
            self.add(msgspec.structs.replace(made, **more))
        known = {site.name for site in dag.tasks}
        for site in dag.tasks:
            for name in site.dependencies:
                if name in known:
                    self._edges[GraphEdge(f"{node.id}/{name}", f"{node.id}/{site.name}")] = None

    def _hooks(self, hooks: Hooks | None, owner: GraphNode) -> None:
        """Add a node for each template that hooks of the owner run; owners may share it."""
        by_template: dict[str, list[str]] = {}
        for key, hook in hooks.declared() if hooks is not None else ():
            by_template.setdefault(hook.template, []).append(key)
        for template, keys in by_template.items():
            # `#` is in no name, so a hook is never taken for a task.
            name = f"{template}#{'+'.join(keys)}"
            node_id = name if owner.parent is None else f"{owner.parent}/{name}"
            known = self._templates.get(template)
            node = GraphNode(
                id=node_id,
                kind="hook",
                name=template,
                parent=owner.parent,
                template=template,
                executor=_executor(known.task if known is not None else None),
                hooks=tuple(keys),
            )
            self._nodes.setdefault(node_id, node)
            self._edges[GraphEdge(owner.id, node_id, "hook")] = None


def _roots(spec: WorkflowSpec) -> list[str]:
    """Return the templates to begin with: the entrypoint, or those that nothing here calls."""
    if spec.entrypoint is not None:
        return [spec.entrypoint]
    called = {name for template in spec.templates for name in _callees(template)}
    names = list(dict.fromkeys(template.name for template in spec.templates))
    return [name for name in names if name not in called] or names


def _callees(template: Template) -> Iterator[str]:
    """Yield the templates that a template calls, those of its hooks included."""
    owners: list[Dag | Loop | Task] = [template.member]
    if template.loop is not None:
        yield template.loop.body
    if template.dag is not None:
        owners += template.dag.tasks
        yield from (site.template for site in template.dag.tasks if site.template is not None)
    for owner in owners:
        if owner.hooks is not None:
            yield from (hook.template for _, hook in owner.hooks.declared())


def _running(dag: Dag) -> set[str]:
    """Return the names of the tasks that `entrypoints` do not leave out."""
    if dag.entrypoint_names is None:
        return {site.name for site in dag.tasks}
    dependants: dict[str, list[str]] = {}
    for site in dag.tasks:
        for name in site.dependencies:
            dependants.setdefault(name, []).append(site.name)
    queue = list(dict.fromkeys(dag.entrypoint_names))
    seen = set(queue)
    for name in queue:
        fresh = [each for each in dependants.get(name, ()) if each not in seen]
        seen.update(fresh)
        queue.extend(fresh)
    return seen


def _executor(task: Task | None) -> str | None:
    return task.executor.type if task is not None and task.executor is not None else None


def _limit(retry: Retry | None) -> int | None:
    return retry.limit or None if retry is not None else None


def _tolerated(continue_on: ContinueOn | None) -> tuple[str, ...]:
    flags: dict[str, bool] = {} if continue_on is None else msgspec.structs.asdict(continue_on)
    return tuple(name for name, is_set in flags.items() if is_set)


def _loop_facts(loop: Loop) -> LoopFacts:
    return LoopFacts(
        items=None if loop.items is None else len(loop.items),
        items_from=loop.items_from,
        repeat_condition=loop.repeat_condition,
        concurrency=loop.concurrency or None,
        max_iterations=loop.max_iterations or None,
    )
