"""What stands in a draft for a part whose meaning is not clear.

A draft goes on around such a part. In its place stands the least that may be there: a template, a
task or a parameter whose name nobody knows. Checks that miss a name take that one for it, so that
one mistake is not reported again wherever something refers to the part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aether_core.document._limited import BROKEN
from aether_core.document._models import WorkflowSpec, WorkflowTemplateRef
from aether_core.document._policies import HookRef, Hooks, Retry
from aether_core.document._templates import ExecutorRef, Template
from aether_core.document._unnamed import unnamed
from aether_core.document._values import Arguments, InputsDecl, OutputsDecl

if TYPE_CHECKING:
    import msgspec

    from aether_core.document._shapes import Alternative, Field, Shape

#: Optional keys that others ask about: without them something elsewhere would look wrong.
_ASKED_FOR: Final = frozenset(
    {
        *("arguments", "inputs", "outputs", "parameters", "artifacts", "valueFrom", "from"),
        *("source", "config", "templates", "dag", "task", "loop", "template", "dependencies"),
        *("workflowTemplateRef", "hooks", "maxNestedDepth", "maxIterations", "limit"),
    }
)
#: Keys that are not needed beside others of the same object.
_LEFT_OUT: Final[dict[type[msgspec.Struct], tuple[str, ...]]] = {
    Template: ("dag", "loop"),
    WorkflowSpec: ("workflowTemplateRef",),
    # These have no effect in a workflow.
    Hooks: ("onSuspend", "onResume"),
}

#: Objects that are often written as the one value in them, with its key and its type.
_SHORT_FORMS: Final[dict[type[msgspec.Struct] | None, tuple[str, type]]] = {
    ExecutorRef: ("type", str),
    HookRef: ("template", str),
    WorkflowTemplateRef: ("name", str),
    Retry: ("limit", int),
    Arguments: ("parameters", list),
    InputsDecl: ("parameters", list),
    OutputsDecl: ("parameters", list),
}


class Holes:
    """Makes what stands for parts that can't be read, each with a name of its own."""

    def __init__(self) -> None:
        self._count = 0

    def name(self) -> str:
        """Return a new name that nothing has."""
        self._count += 1
        return unnamed(self._count)

    def instead(self, key: str, field: Field) -> Any:
        """Return what stands for the value of a key, or BROKEN when nothing can."""
        if field.required or _is_asked_for(key, field.shape):
            return self.of(field.shape)
        return field.default

    def of(self, shape: Shape) -> Any:
        """Return what stands for a value of a shape, or BROKEN when nothing can."""
        alternative = shape.alternatives[0]
        if len(alternative.choices) == 1:
            return alternative.choices[0]
        if alternative.sort == "text":
            return self.name()
        if alternative.sort == "a whole number":
            # The largest limit forbids nothing.
            return alternative.constraints.le
        if alternative.sort == "a list" and alternative.item is not None:
            part = self.of(alternative.item)
            return part if part is BROKEN else (part,)
        if alternative.struct is not None:
            return self._object(alternative, alternative.struct)
        return {self.name(): None} if alternative.item is not None else BROKEN

    def _object(self, alternative: Alternative, struct: type[msgspec.Struct]) -> Any:
        parts = {
            field.attribute: self.instead(key, field)
            for key, field in alternative.fields.items()
            if key not in _LEFT_OUT.get(struct, ())
        }
        return BROKEN if BROKEN in parts.values() else struct(**parts)


def _is_asked_for(key: str, shape: Shape) -> bool:
    return key in _ASKED_FOR or shape.alternatives[0].struct is HookRef


def reading_of(value: Any, shape: Shape) -> tuple[Any, str | int] | None:
    """Return what a value of the wrong sort was most likely meant to be; None for nothing.

    One item is taken for a list of it, and one value for the object that says nothing else.

    Returns:
        The value as it should be written, and the step in it that leads to the value given.
    """
    alternative = shape.alternatives[0]
    key, kind = _SHORT_FORMS.get(alternative.struct, ("", type(None)))
    if key and isinstance(value, kind) and value and not isinstance(value, bool):
        return ({key: value}, key) if kind is not list or _holds_objects(value) else None
    if alternative.sort == "a list" and alternative.item is not None:
        item = alternative.item.alternatives[0]
        is_one = item.sort == "text" and isinstance(value, str) and bool(value)
        if is_one or (item.struct is not None and isinstance(value, dict) and "name" in value):
            return [value], 0
    return None


def _holds_objects(values: Any) -> bool:
    return all(isinstance(each, dict) for each in values)
