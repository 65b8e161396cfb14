"""Mistakes in what a well-formed document says; see `_mistakes`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.simulation._mistakes import (
    ECHO,
    at_nodes,
    mistake,
    new_node,
    new_template,
    put,
)

if TYPE_CHECKING:
    from aether_core.simulation._mistakes import Found, Site

mistake("AE201", "unknown template")(
    new_node({"name": "lost-task", "template": "no-such-thing"}, "template")
)
mistake("AE401", "unknown executor")(
    new_node({"name": "odd-task", "executor": {"type": "ecko"}}, "executor", "type")
)
mistake("AE403", "missing executor input")(
    new_node({"name": "fetch-task", "executor": {"type": "http"}})
)
mistake("AE402", "unknown executor input")(
    new_node(
        {
            "name": "odd-input",
            "executor": {"type": "http", "config": {"url": "https://a.b", "vrb": 1}},
        },
        *("executor", "config", "vrb"),
    )
)
mistake("AE404", "wrong executor input")(
    new_node(
        {"name": "bad-input", "executor": {"type": "http", "config": {"url": ["a"]}}},
        *("executor", "config", "url"),
    )
)
mistake("AE301", "when that is no expression")(at_nodes("when", "1 =="))
mistake("AE304", "clash of types")(at_nodes("when", "true && (1 - 'a') == 0"))
mistake("AE305", "when that is a number")(at_nodes("when", "1 + 1"))
mistake("AE221", "unknown task")(at_nodes("when", "tasks.no-such.phase == Failed"))
mistake("AE227", "unknown name")(at_nodes("when", "nothing == 1"))
mistake("AE226", "unknown argument")(at_nodes("when", "workflow.parameters.no-such == 1"))
mistake("AE302", "placeholder without end")(
    new_node(
        {"name": "open-text", "executor": {"type": "echo", "config": {"v": "{{ workflow"}}},
        *("executor", "config", "v"),
    )
)
mistake("AE303", "reference that is none")(
    new_node(
        {
            "name": "bad-ref",
            "executor": ECHO,
            "inputs": {"parameters": [{"name": "v", "valueFrom": {"parameter": "a b"}}]},
        },
        *("inputs", "parameters", 0, "valueFrom", "parameter"),
    )
)
mistake("AE306", "value of the wrong type")(
    new_node(
        {
            "name": "bad-value",
            "executor": ECHO,
            "inputs": {"parameters": [{"name": "v", "type": "int", "value": "x"}]},
        },
        *("inputs", "parameters", 0, "value"),
    )
)
mistake("AE307", "value that is not in the enum")(
    new_node(
        {
            "name": "not-listed",
            "executor": ECHO,
            "inputs": {"parameters": [{"name": "v", "enum": [1, 2], "value": 3}]},
        },
        *("inputs", "parameters", 0, "value"),
    )
)
mistake("AE228", "loop_iter outside of loops")(
    new_template(
        {
            "dag": {
                "name": "no-loop",
                "tasks": [{"name": "a", "executor": ECHO, "when": "loop_iter.index == 1"}],
            }
        },
        *("dag", "tasks", 0, "when"),
    )
)
mistake("AE205", "template that calls itself")(
    new_template(
        {"dag": {"name": "endless", "tasks": [{"name": "a", "template": "endless"}]}},
        *("dag", "tasks", 0, "template"),
    )
)
mistake("AE201", "unknown template of a hook")(
    at_nodes("hooks", {"onExit": {"template": "no-such-hook"}}, "onExit", "template")
)
mistake("AE213", "task that waits for itself")(
    new_node({"name": "selfish", "executor": ECHO, "dependencies": ["selfish"]}, "dependencies", 0)
)
mistake("AE242", "artifact from nowhere")(
    new_template(
        {
            "dag": {
                "name": "no-file",
                "tasks": [{"name": "a", "executor": ECHO}],
                "outputs": {"artifacts": [{"name": "f"}]},
            }
        },
        *("dag", "outputs", "artifacts", 0),
    )
)


@mistake("AE212", "unknown dependency")
def _unknown_dependency(site: Site) -> Found:
    for path, node, dag in site.nodes:
        given = node.get("dependencies", [])
        if given and "entrypoints" not in dag:
            where = (*path, "dependencies", len(given))
            yield put(where, "no-such-task")


@mistake("AE214", "circle")
def _circle(site: Site) -> Found:
    for kind, path, member in site.members:
        numbers = {node["name"]: number for number, node in enumerate(member.get("tasks", ()))}
        for node in member.get("tasks", ()) if kind == "dag" else ():
            for name in node.get("dependencies", ()):
                first = (*path, "tasks", numbers[name])
                if "dependencies" not in member["tasks"][numbers[name]]:
                    where = (*first, "dependencies")
                    yield put(where, [node["name"]], (*where, 0))


@mistake("AE211", "two tasks of one name")
def _task_twice(site: Site) -> Found:
    for kind, path, member in site.members:
        if kind == "dag":
            where = (*path, "tasks", len(member["tasks"]))
            again = {"name": member["tasks"][0]["name"], "executor": ECHO}
            yield put(where, again, (*where, "name"))


@mistake("AE202", "two templates of one name")
def _template_twice(site: Site) -> Found:
    where = ("spec", "templates", len(site.members))
    for _, _, member in site.members:
        again = {"task": {"name": member["name"], "executor": ECHO}}
        yield put(where, again, (*where, "task", "name"))


@mistake("AE201", "unknown body")
def _unknown_body(site: Site) -> Found:
    for kind, path, _ in site.members:
        if kind == "loop":
            yield put((*path, "body"), "no-such-body")


@mistake("AE201", "unknown entrypoint of the workflow")
def _unknown_entry(site: Site) -> Found:
    yield put(("spec", "entrypoint"), "no-such-entry")


@mistake("AE216", "unknown entrypoint of a dag")
def _unknown_dag_entry(site: Site) -> Found:
    for kind, path, member in site.members:
        if kind == "dag" and "entrypoints" not in member:
            names = [each["name"] for each in member["tasks"] if "dependencies" not in each]
            entries = [*names, "no-such-task"]
            yield put((*path, "entrypoints"), entries, (*path, "entrypoints", len(names)))


@mistake("AE222", "task that is not upstream")
def _not_upstream(site: Site) -> Found:
    for path, node, dag in site.nodes:
        later = [each for each in dag["tasks"] if node["name"] in each.get("dependencies", ())]
        if later and "when" not in node:
            yield put((*path, "when"), f"tasks.{later[0]['name']}.phase == Failed")


@mistake("AE225", "unknown input")
def _unknown_input(site: Site) -> Found:
    # The items of a loop may bring any input along.
    bodies = {member["body"] for kind, _, member in site.members if kind == "loop"}
    for path, node, dag in site.nodes:
        if "when" not in node and dag["name"] not in bodies:
            yield put((*path, "when"), "inputs.parameters.no-such == 1")


@mistake("AE223", "unknown output")
def _unknown_output(site: Site) -> Found:
    for path, node, dag in site.nodes:
        for name in node.get("dependencies", ()) if "when" not in node else ():
            callee = next(each for each in dag["tasks"] if each["name"] == name)
            if site.kind_of(callee.get("template", "")) == "dag":
                yield put((*path, "when"), f"tasks.{name}.outputs.parameters.no-such == 1")


@mistake("AE306", "argument of the wrong type")
def _wrong_argument(site: Site) -> Found:
    for path, node, _ in site.nodes:
        if not site.kind_of(node.get("template", "")):
            continue
        declared = site.named(node["template"]).get("inputs", {}).get("parameters", [])
        given = node.get("arguments", {}).get("parameters", [])
        typed = [each["name"] for each in declared if each.get("type") == "int"]
        if typed and typed[0] not in [each["name"] for each in given[1:]] and given:
            where = (*path, "arguments", "parameters", 0)
            yield put(where, {"name": typed[0], "value": "x"}, (*where, "value"))


@mistake("AE204", "phaseConditions at a call")
def _phases_at_call(site: Site) -> Found:
    for path, node, _ in site.nodes:
        if "template" in node:
            yield put((*path, "phaseConditions"), {"failed": "code == 2"})


@mistake("AE203", "hook that is no task")
def _hook_not_a_task(site: Site) -> Found:
    dag = next((each["name"] for kind, _, each in site.members if kind == "dag"), None)
    for path, node, _ in site.nodes if dag else ():
        if "hooks" not in node:
            value = {"onStart": {"template": dag}}
            yield put((*path, "hooks"), value, (*path, "hooks", "onStart", "template"))


@mistake("AE301", "phaseConditions that are no expression")
def _phases(site: Site) -> Found:
    for _, path, member in site.members:
        if "phaseConditions" not in member:
            where = (*path, "phaseConditions")
            yield put(where, {"failed": "phase = 1"}, (*where, "failed"))
