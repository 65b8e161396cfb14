"""Custom variables: given ones, sources of them, and which of them wins."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from aether_core.engine import DocumentRejected
from aether_sdk import JsonValue


class Source:
    """A source that counts how often it was asked; an error among its values is raised."""

    def __init__(self, namespace: str, values: Mapping[str, JsonValue] | Exception) -> None:
        self._namespace = namespace
        self._values = values
        self.asked = 0

    def namespace(self) -> str:
        return self._namespace

    def variables(self) -> Mapping[str, JsonValue]:
        self.asked += 1
        if isinstance(self._values, Exception):
            raise self._values
        return self._values


class NeverLookedInto:
    """Sources that must not even be listed."""

    def __iter__(self) -> Iterator[Source]:
        raise AssertionError("nobody refers to a custom variable")


def task(text: str) -> dict[str, Any]:
    """Return a task that shows a value."""
    return {"name": "a", "executor": {"type": "echo", "config": {"v": text}}}


def test_a_run_without_custom_variables_does_not_look_for_sources(house: Any, flow: Any) -> None:
    async def story() -> None:
        async with house().engine(variable_sources=NeverLookedInto()) as engine:
            document = flow(task("{{ system.os }} {{ deploy.region }}"))
            run_id = await engine.submit(document, variables={"deploy.region": "eu"})
            assert (await engine.wait(run_id)).phase == "Succeeded"

    asyncio.run(story())


def test_a_source_is_asked_once_and_only_for_its_namespace(house: Any, flow: Any) -> None:
    """Its values are stored with the run, so that a restart sees the same ones."""
    deploy = Source("deploy", {"deploy.region": "eu", "deploy.size": {"nodes": 3}})
    other = Source("other", RuntimeError("not asked"))

    async def story() -> None:
        home = house()
        async with home.engine(variable_sources=[deploy, other]) as engine:
            text = "{{ deploy.region }}/{{ deploy.size.nodes }}"
            run_id = await engine.submit(flow(task(text), {**task(text), "name": "b"}))
            ended = await engine.wait(run_id)
            stored = await home.store.get_run(run_id)
        assert ended.tasks[1].outputs == ended.tasks[2].outputs == {"v": "eu/3"}
        assert {**stored.variables, "system.os": "", "system.arch": ""} == {
            "deploy.region": "eu",
            "deploy.size": {"nodes": 3},
            "system.os": "",
            "system.arch": "",
        }

    asyncio.run(story())

    assert (deploy.asked, other.asked) == (1, 0)


def test_given_variables_win_name_by_name_and_later_sources_win(house: Any, flow: Any) -> None:
    sources = [
        Source("deploy", {"deploy.a": 1, "deploy.b": 1, "deploy.c": 1}),
        Source("deploy", {"deploy.b": 2, "deploy.c": 2}),
    ]

    async def story() -> None:
        async with house().engine(variable_sources=sources) as engine:
            document = flow(task("{{ deploy.a }}{{ deploy.b }}{{ deploy.c }}"))
            run_id = await engine.submit(document, variables={"deploy.c": 3})
            assert (await engine.wait(run_id)).tasks[1].outputs == {"v": "123"}

    asyncio.run(story())


def test_workflow_arguments_see_variables_of_sources(house: Any, flow: Any) -> None:
    argument = {"name": "where", "valueFrom": {"parameter": "deploy.region"}}
    document = flow(task("{{ workflow.parameters.where }}"), arguments={"parameters": [argument]})

    async def story() -> None:
        sources = [Source("deploy", {"deploy.region": "eu"})]
        async with house().engine(variable_sources=sources) as engine:
            run_id = await engine.submit(document)
            assert (await engine.wait(run_id)).tasks[1].outputs == {"v": "eu"}

    asyncio.run(story())


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (RuntimeError("no network"), "source 'deploy' failed: RuntimeError: no network"),
        ({"deploy.x": float("inf")}, "returned a bad value for deploy.x"),
        ({"deploy..x": 1}, "returned the name 'deploy..x'"),
        ({"region": 1}, "its names look like deploy.region"),
    ],
)
def test_a_broken_source_refuses_the_document_that_needs_it(
    house: Any, flow: Any, values: Any, words: str
) -> None:
    """With a diagnostic, not a traceback; nothing is stored, and others don't care."""

    async def story() -> None:
        async with house().engine(variable_sources=[Source("deploy", values)]) as engine:
            with pytest.raises(DocumentRejected) as caught:
                await engine.submit(flow(task("{{ deploy.region }}")))
            (diagnostic,) = caught.value.diagnostics
            assert diagnostic.code == "AE230"
            assert words in diagnostic.message
            assert await engine.list() == []
            run_id = await engine.submit(flow(task("plain")))
            assert (await engine.wait(run_id)).phase == "Succeeded"

    asyncio.run(story())
