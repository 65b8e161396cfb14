"""Mistakes in the structure of documents; see `_mistakes`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.simulation._mistakes import (
    ECHO,
    REMOVED,
    at_members,
    at_nodes,
    mistake,
    new_node,
    new_template,
    put,
)

if TYPE_CHECKING:
    from aether_core.simulation._mistakes import Found, Site

mistake("AE101", "unknown key in a task")(at_nodes("flavour", "mild"))
mistake("AE101", "unknown key in a template")(at_members("flavour", "mild"))
mistake("AE103", "timeout as a number")(at_members("timeout", 90))
mistake("AE109", "timeout without unit")(at_nodes("timeout", "90 seconds"))
mistake("AE103", "when as a number")(at_nodes("when", 1))
mistake("AE103", "retry as a number")(at_nodes("retry", 3))
mistake("AE103", "limit in quotes")(at_nodes("retry", {"limit": "3"}, "limit"))
mistake("AE109", "backoff without unit")(
    at_nodes("retry", {"limit": 1, "backoff": {"duration": "5"}}, "backoff", "duration")
)
mistake("AE104", "unknown jitter")(
    at_nodes(
        "retry", {"limit": 1, "backoff": {"duration": "5s", "jitter": "x"}}, "backoff", "jitter"
    )
)
mistake("AE103", "continueOn as a word")(at_nodes("continueOn", "failed"))
mistake("AE111", "negative concurrency")(at_members("concurrency", -1, "loop"))
mistake("AE108", "name with capitals")(new_node({"name": "New_Task", "executor": ECHO}, "name"))
mistake("AE117", "task that runs nothing")(new_node({"name": "idle-task"}))
mistake("AE102", "task without name")(new_node({"executor": ECHO}))
mistake("AE103", "task that is text")(new_node("build"))  # type: ignore[arg-type]  # the mistake
mistake("AE103", "template that is a number")(new_template(5))  # type: ignore[arg-type]  # same
mistake("AE112", "template without member")(new_template({}))
mistake("AE103", "executor as text")(
    new_node({"name": "short-executor", "executor": "echo"}, "executor")
)
mistake("AE102", "executor without type")(
    new_node({"name": "bare-executor", "executor": {"config": {}}}, "executor")
)
mistake("AE103", "config as a list")(
    new_node(
        {"name": "list-config", "executor": {"type": "echo", "config": [1]}}, "executor", "config"
    )
)
mistake("AE103", "dependencies as a number")(at_nodes("dependencies", 5))
mistake("AE103", "hooks as text")(at_nodes("hooks", "tell"))


@mistake("AE103", "one dependency as text")
def _one_dependency(site: Site) -> Found:
    for path, node, _ in site.nodes:
        if len(node.get("dependencies", ())) == 1:
            yield put((*path, "dependencies"), node["dependencies"][0])


@mistake("AE103", "parameters as an object")
def _parameters_as_object(site: Site) -> Found:
    for path, node, _ in site.nodes:
        if node.get("arguments", {}).get("parameters"):
            yield put((*path, "arguments", "parameters"), {"v": 1})


@mistake("AE103", "arguments as a list")
def _arguments_as_list(site: Site) -> Found:
    for path, node, _ in site.nodes:
        if node.get("arguments", {}).get("parameters"):
            yield put((*path, "arguments"), node["arguments"]["parameters"])


@mistake("AE103", "inputs as a number")
def _inputs_as_number(site: Site) -> Found:
    for _, path, member in site.members:
        if "inputs" in member:
            yield put((*path, "inputs"), 5)


@mistake("AE103", "outputs as a number")
def _outputs_as_number(site: Site) -> Found:
    for _, path, member in site.members:
        if "outputs" in member:
            yield put((*path, "outputs"), 5)


@mistake("AE103", "valueFrom as text")
def _source_as_text(site: Site) -> Found:
    for _, path, member in site.members:
        for number, each in enumerate(member.get("outputs", {}).get("parameters", ())):
            if "valueFrom" in each:
                yield put((*path, "outputs", "parameters", number, "valueFrom"), "tasks.a.phase")


@mistake("AE103", "arguments of the workflow as a list")
def _workflow_arguments(site: Site) -> Found:
    given = site.document["spec"].get("arguments", {}).get("parameters")
    if given:
        yield put(("spec", "arguments"), given)


@mistake("AE103", "artifact as text")
def _artifact_as_text(site: Site) -> Found:
    for path, node, _ in site.nodes:
        for number, _ in enumerate(node.get("arguments", {}).get("artifacts", ())):
            yield put((*path, "arguments", "artifacts", number), "report")


@mistake("AE103", "from as a number")
def _from_as_number(site: Site) -> Found:
    for path, node, _ in site.nodes:
        for number, each in enumerate(node.get("arguments", {}).get("artifacts", ())):
            if "from" in each:
                yield put((*path, "arguments", "artifacts", number, "from"), 5)


@mistake("AE102", "loop without body")
def _no_body(site: Site) -> Found:
    for kind, path, _ in site.members:
        if kind == "loop":
            yield put((*path, "body"), REMOVED, path)


@mistake("AE110", "dag without tasks")
def _no_tasks(site: Site) -> Found:
    for kind, path, _ in site.members:
        if kind == "dag":
            yield put((*path, "tasks"), [])


@mistake("AE102", "template without name")
def _no_template_name(site: Site) -> Found:
    for _, path, _ in site.members:
        yield put((*path, "name"), REMOVED, path)


@mistake("AE102", "parameter without name")
def _no_parameter_name(site: Site) -> Found:
    for _, path, member in site.members:
        for part in ("inputs", "outputs", "arguments"):
            for number, _ in enumerate(member.get(part, {}).get("parameters", ())):
                where = (*path, part, "parameters", number)
                yield put((*where, "name"), REMOVED, where)


@mistake("AE101", "misspelt dependencies")
def _misspelt_dependencies(site: Site) -> Found:
    for path, node, _ in site.nodes:
        if "dependencies" in node:
            wrong = (*path, "dependenciesx")
            yield wrong, (((*path, "dependencies"), REMOVED), (wrong, node["dependencies"]))


@mistake("AE101", "needs instead of dependencies")
def _needs(site: Site) -> Found:
    for path, node, _ in site.nodes:
        if "dependencies" in node:
            wrong = (*path, "needs")
            yield wrong, (((*path, "dependencies"), REMOVED), (wrong, node["dependencies"]))


@mistake("AE104", "unknown type")
def _unknown_type(site: Site) -> Found:
    for _, path, member in site.members:
        for number, each in enumerate(member.get("inputs", {}).get("parameters", ())):
            if "type" in each:
                yield put((*path, "inputs", "parameters", number, "type"), "nmbr")


@mistake("AE104", "unknown strategy")
def _unknown_strategy(site: Site) -> Found:
    for kind, path, _ in site.members:
        if kind == "loop":
            yield put((*path, "aggregate"), {"strategy": "merge"}, (*path, "aggregate", "strategy"))


@mistake("AE113", "loop of two modes")
def _two_modes(site: Site) -> Found:
    for kind, path, member in site.members:
        if kind == "loop" and "repeatCondition" not in member and not member.get("concurrency"):
            yield put((*path, "repeatCondition"), "loop_iter.index < 2", path)


@mistake("AE116", "parameter twice")
def _parameter_twice(site: Site) -> Found:
    for _, path, member in site.members:
        given = member.get("inputs", {}).get("parameters", [])
        if given:
            where = (*path, "inputs", "parameters", len(given))
            yield put(where, given[-1], (*where, "name"))


@mistake("AE105", "unknown apiVersion")
def _api_version(site: Site) -> Found:
    yield put(("apiVersion",), "aether/v2")


@mistake("AE103", "maxNestedDepth as text")
def _depth(site: Site) -> Found:
    yield put(("spec", "maxNestedDepth"), "deep")


@mistake("AE115", "two sources of one value")
def _two_sources(site: Site) -> Found:
    for kind, path, member in site.members:
        for number, each in enumerate(member.get("outputs", {}).get("parameters", ())):
            if kind == "dag" and "parameter" in each.get("valueFrom", {}):
                where = (*path, "outputs", "parameters", number, "valueFrom")
                yield put((*where, "expression"), "1", where)
