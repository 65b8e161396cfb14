"""Checks of stored WorkflowTemplates."""

from __future__ import annotations

from typing import Final

import msgspec

from aether_core.stores.conformance._expect import Check, StoreFactory, expect, opened
from aether_core.stores.conformance._samples import START, a_template


async def template_is_kept_by_namespace_and_name(factory: StoreFactory) -> None:
    """A template is read as it was put; another name or namespace is another template."""
    async with opened(factory) as store:
        expect("before", await store.get_template("report", "default"), None)
        here, there = (
            a_template(),
            msgspec.structs.replace(a_template("report", "b"), document="{}"),
        )
        await store.put_template(here)
        await store.put_template(there)

        expect("here", await store.get_template("report", "default"), here)
        expect("there", await store.get_template("report", "b"), there)
        expect("nowhere", await store.get_template("report", "c"), None)
        expect("other name", await store.get_template("REPORT", "default"), None)


async def newer_template_replaces_the_older(factory: StoreFactory) -> None:
    """A template that is put again replaces the one of its name, and no other."""
    async with opened(factory) as store:
        other = a_template("other")
        await store.put_template(a_template())
        await store.put_template(other)
        newer = msgspec.structs.replace(a_template(), document='{"new": 1}', updated_at=START + 1)
        await store.put_template(newer)

        expect("the template", await store.get_template("report", "default"), newer)
        expect("all", await store.list_templates(), [other, newer])


async def templates_are_listed_by_namespace_and_name(factory: StoreFactory) -> None:
    """The order is that of the names, not that of writing."""
    async with opened(factory) as store:
        expect("none", await store.list_templates(), [])
        for name, namespace in (("b", "y"), ("a", "y"), ("c", "x"), ("B", "y")):
            await store.put_template(a_template(name, namespace))
        order = [(record.namespace, record.name) for record in await store.list_templates()]
        expect("order", order, [("x", "c"), ("y", "B"), ("y", "a"), ("y", "b")])


async def deleted_template_is_gone(factory: StoreFactory) -> None:
    """Only the template that is named goes; there is nothing to delete twice."""
    async with opened(factory) as store:
        for namespace in ("a", "b"):
            await store.put_template(a_template("report", namespace))
        expect("deleted", await store.delete_template("report", "a"), True)
        expect("deleted again", await store.delete_template("report", "a"), False)

        expect("the template", await store.get_template("report", "a"), None)
        expect("left", await store.list_templates(), [a_template("report", "b")])


TEMPLATE_CHECKS: Final[tuple[Check, ...]] = (
    template_is_kept_by_namespace_and_name,
    newer_template_replaces_the_older,
    templates_are_listed_by_namespace_and_name,
    deleted_template_is_gone,
)
