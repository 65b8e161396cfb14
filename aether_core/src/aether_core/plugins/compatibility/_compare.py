"""What changed between two versions of an executor's schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from aether_core.plugins.compatibility._coverage import covers, significant
from aether_core.plugins.compatibility._rules import Change, change

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from aether_core.plugins.compatibility._coverage import Schema
    from aether_sdk import ExecutorSchema

_LONGEST_TYPE: Final = 100
# What is compared for itself.
_TAKEN_APART: Final = frozenset({"additionalProperties", "properties", "required", "type"})


def compare_executors(
    old: Mapping[str, ExecutorSchema], new: Mapping[str, ExecutorSchema]
) -> list[Change]:
    """Return what changed between two sets of executors, by type, what breaks first."""
    found: list[Change] = []
    for name in sorted({*old, *new}):
        if name not in new:
            found.append(change("removed-executor", name))
        elif name not in old:
            found.append(change("added-executor", name))
        else:
            found += compare_schemas(old[name], new[name])
    return sorted(found, key=lambda each: not each.breaking)


def compare_schemas(old: ExecutorSchema, new: ExecutorSchema) -> list[Change]:
    """Return what changed between two versions of one executor, in the order of its schemas.

    Words for people, such as titles and descriptions, do not count.
    """
    return [*_inputs(old, new), *_outputs(old, new)]


def _inputs(old: ExecutorSchema, new: ExecutorSchema) -> Iterator[Change]:
    if old.inputs is None or new.inputs is None:
        if old.inputs is not new.inputs:
            yield change(
                "closed-inputs" if old.inputs is None else "opened-inputs", new.type, "inputs"
            )
        return
    both = _Both(old.inputs, new.inputs, new.type, "input")
    yield from both.removed()
    for name in both.added_names():
        is_required = name in both.new_required
        yield both.change("new-required-input" if is_required else "added-input", name)
    for name in both.shared_names():
        yield from both.requirement(name)
        yield from both.values(name)
        yield from both.default(name)
    yield from both.conditions()
    if _is_closed(new.inputs) != _is_closed(old.inputs):
        yield change(
            "closed-inputs" if _is_closed(new.inputs) else "opened-inputs", new.type, "inputs"
        )


def _outputs(old: ExecutorSchema, new: ExecutorSchema) -> Iterator[Change]:
    if old.outputs is None or new.outputs is None:
        if old.outputs is not new.outputs:
            rule = "closed-outputs" if old.outputs is None else "opened-outputs"
            yield change(rule, new.type, "outputs")
        return
    both = _Both(old.outputs, new.outputs, new.type, "output")
    yield from both.removed()
    for name in both.added_names():
        yield both.change("added-output", name)
    for name in both.shared_names():
        yield from both.requirement(name)
        yield from both.values(name)


class _Both:
    """The old and the new schema of the inputs, or of the outputs."""

    def __init__(self, old: Schema, new: Schema, executor: str, noun: str) -> None:
        self._old = old
        self._new = new
        self._executor = executor
        self._noun = noun
        self._old_members: Schema = old.get("properties", {})
        self._new_members: Schema = new.get("properties", {})
        self._old_required = frozenset[str](old.get("required", ()))
        self.new_required = frozenset[str](new.get("required", ()))

    def change(self, rule: str, name: str, message: str = "") -> Change:
        return change(rule, self._executor, f"{self._noun}s.{name}", message)

    def removed(self) -> Iterator[Change]:
        for name in self._old_members:
            if name not in self._new_members:
                yield self.change(f"removed-{self._noun}", name)

    def added_names(self) -> Iterable[str]:
        return [name for name in self._new_members if name not in self._old_members]

    def shared_names(self) -> Iterable[str]:
        return [name for name in self._old_members if name in self._new_members]

    def requirement(self, name: str) -> Iterator[Change]:
        was, now = name in self._old_required, name in self.new_required
        if was != now:
            yield self.change(f"{'required' if now else 'optional'}-{self._noun}", name)

    def values(self, name: str) -> Iterator[Change]:
        """Yield whether fewer values are accepted, or more; both at once count as what breaks."""
        old, new = self._old_members[name], self._new_members[name]
        wider = covers(new, old, (self._new, self._old))
        narrower = covers(old, new, (self._old, self._new))
        if wider and narrower:
            return
        if wider == narrower:
            word = "narrowed" if self._noun == "input" else "widened"
        else:
            word = "widened" if wider else "narrowed"
        yield self.change(f"{word}-{self._noun}", name, f"was {_words(old)}, is {_words(new)}")

    def default(self, name: str) -> Iterator[Change]:
        old, new = _default(self._old_members[name]), _default(self._new_members[name])
        if old != new:
            yield self.change("changed-default", name, f"was {old}, is {new}")

    def conditions(self) -> Iterator[Change]:
        """Yield what else the inputs have to meet, such as that one of two is given."""
        old, new = _conditions(self._old), _conditions(self._new)
        if old == new:
            return
        is_less = all(old.get(word) == value for word, value in new.items())
        rule = "removed-input-rule" if is_less else "new-input-rule"
        yield change(rule, self._executor, "inputs", f"was {_text(old)}, is {_text(new)}")


def _is_closed(schema: Schema) -> bool:
    return schema.get("additionalProperties") is False


def _conditions(schema: Schema) -> Schema:
    return {w: v for w, v in significant(schema).items() if w not in _TAKEN_APART}


def _default(schema: Schema | bool) -> str:
    if isinstance(schema, dict) and "default" in schema:
        return _text(schema["default"])
    return "none"


def _words(schema: Schema | bool) -> str:
    """Return a schema as short JSON, without what people read elsewhere."""
    return _text(significant(schema) if isinstance(schema, dict) else schema)


def _text(value: Any) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= _LONGEST_TYPE else f"{text[:_LONGEST_TYPE]}…"
