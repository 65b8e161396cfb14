"""What a document may say to one executor, as definitions of a JSON Schema.

A task hands over values in `inputs.parameters` and in `executor.config`, and a node of a dag in
`arguments.parameters` too. Each rule below refuses only what the checker refuses wherever the task
is called from.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from aether_core.check import ObjectSchema
from aether_core.editor._building import (
    Schema,
    as_list,
    every,
    exactly,
    has,
    pattern_of,
    ref,
    schemas,
    unless,
    unused,
    within,
)
from aether_core.editor._literals import Literals
from aether_core.expression import from_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aether_sdk import ExecutorSchema

#: True of a value with a placeholder in one of its texts, so that nobody knows yet what it is.
HOLDS_PLACEHOLDER: Final = "HoldsPlaceholder"
#: True of a task whose config or artifacts may refer to its inputs, so that these may be mere
#: variables.
MAY_USE_INPUTS: Final = "MayUseInputs"

_KINDS: Final = (
    *("any", "array", "bool", "boolean", "float"),
    *("int", "integer", "number", "object", "string"),
)
_PARAMETER_NAME: Final = re.compile(r"[a-z0-9_]([-a-z0-9_]*[a-z0-9_])?")


def shared_definitions() -> dict[str, Schema]:
    """Return what the definitions of all executors refer to."""
    inside = ref(HOLDS_PLACEHOLDER)
    return {
        HOLDS_PLACEHOLDER: {
            "anyOf": [
                {"type": "string", "pattern": r"\{\{"},
                {"type": "array", "contains": inside},
                {"type": "object", "not": {"additionalProperties": {"not": inside}}},
            ]
        },
        MAY_USE_INPUTS: {
            "anyOf": [has(inside, "executor", "config"), has(inside, "inputs", "artifacts")]
        },
    }


class ExecutorRules:
    """The definitions of one executor.

    Attributes:
        definitions: Schemas by name.
        task: Name of the rule of a task that uses the executor.
        node: Name of the further rule of a node of a dag.
        needs: Name of the rule of a task to which nobody else gives anything.
    """

    def __init__(self, schema: ExecutorSchema, inputs: ObjectSchema) -> None:
        self.type = schema.type
        self.task = f"executor.{schema.type}"
        self.node = f"node.{schema.type}"
        self.needs = f"needs.{schema.type}"
        self._list = f"inputs.{schema.type}"
        self._inputs = inputs
        literals = Literals(schema.type, inputs)
        names = [name for name in inputs.properties if _PARAMETER_NAME.fullmatch(name)]
        self._values = {name: literals.of(name) for name in inputs.properties}
        self._parameters = names
        self._keys: dict[str, str] = {}
        for name in inputs.properties:
            self._keys[name] = unused(f"input.{schema.type}.{name}", self._keys.values())
        self.definitions: dict[str, Schema] = {
            **{self._keys[name]: self._value(name) for name in inputs.properties},
            **{key: rule for name in names for key, rule in _naming(name).items()},
            self._list: self._names(),
            f"{self._list}.value": self._argument(),
            f"{self._list}.declared": self._declaration(),
            self.task: every([*self._of_config(), *self._of_inputs()]),
            self.needs: every(list(self._needs())),
            self.node: every([*self._of_arguments(), ref(self.needs)]),
            **literals.definitions,
        }

    def _value(self, name: str) -> Schema:
        """Return the schema of what may be written for an input."""
        literal = self._values[name]
        shown = {
            "title": f"{self.type}: {name}",
            **_remarks(self._inputs.properties[name]),
            **_proposals(literal),
        }
        return {**shown, **unless(ref(HOLDS_PLACEHOLDER), literal)} if literal else shown

    def _names(self) -> Schema:
        """Return the schema of the names of inputs."""
        about = {name: _remarks(self._inputs.properties[name]) for name in self._parameters}
        return {
            "enum": self._parameters,
            "markdownEnumDescriptions": [
                ("**required** " if name in self._inputs.required else "")
                + str(about[name].get("description", ""))
                for name in self._parameters
            ],
            "errorMessage": self._no_such_input,
        }

    @property
    def _no_such_input(self) -> str:
        names = ", ".join(sorted(self._inputs.properties)) or "no inputs"
        return f'The executor "{self.type}" has no such input. It has: {names}.'

    def _argument(self) -> Schema:
        """Return the schema of one value that is handed over."""
        return {
            "properties": {"name": {"anyOf": [ref(self._list), {}]}},
            **every(
                [
                    {"if": ref(_is(name)), "then": within(self._ref(name), "value")}
                    for name in self._parameters
                ]
            ),
        }

    def _declaration(self) -> Schema:
        """Return the schema of one declared input."""
        return {
            "allOf": [
                ref(f"{self._list}.value"),
                *(
                    {"if": ref(_is(name)), "then": {"properties": rules}}
                    for name in self._parameters
                    if (rules := self._declared(name))
                ),
            ]
        }

    def _declared(self, name: str) -> Schema:
        rules: Schema = {}
        if self._values[name]:
            rules["default"] = self._ref(name)
        kinds = self._inputs.type_of(name).kinds
        fitting = [each for each in _KINDS if from_name(each).kinds & kinds]
        if len(fitting) < len(_KINDS):
            rules["type"] = {"anyOf": [{"enum": fitting}, ref("NullOrEmpty")]}
        return rules

    def _ref(self, name: str) -> Schema:
        return ref(self._keys[name])

    def _of_config(self) -> Iterator[Schema]:
        """Yield what holds for `executor.config`."""
        names = self._inputs.properties
        for name in names:
            rule = within(self._ref(name), "executor", "config", name)
            # A parameter of the same name wins, so that the value here counts for nothing.
            is_parameter = name in self._parameters
            yield unless(has(ref(_gives(name)), "inputs"), rule) if is_parameter else rule
        if self._inputs.is_closed:
            known: Schema = {
                # A pattern, since editors would propose properties.
                "patternProperties": {pattern_of(names): {}},
                "additionalProperties": False,
                "errorMessage": self._no_such_input,
            }
            foreign = has({"not": {"enum": self._parameters}}, "name")
            declares_others = has({"type": "array", "contains": foreign}, "inputs", "parameters")
            yield unless(declares_others, within(known, "executor", "config"))

    def _of_inputs(self) -> Iterator[Schema]:
        """Yield what holds for `inputs.parameters`."""
        declared = {"items": ref(f"{self._list}.declared")}
        yield within(declared, "inputs", "parameters")
        if self._inputs.is_closed:
            yield self._known_names("inputs")

    def _of_arguments(self) -> Iterator[Schema]:
        """Yield what holds for `arguments.parameters`."""
        given = {"items": ref(f"{self._list}.value")}
        yield within(given, "arguments", "parameters")
        if self._inputs.is_closed:
            yield self._known_names("arguments")

    def _known_names(self, key: str) -> Schema:
        names = {"items": within(ref(self._list), "name")}
        return unless(ref(MAY_USE_INPUTS), within(names, key, "parameters"))

    def _needs(self) -> Iterator[Schema]:
        """Yield what must be given."""
        for name in sorted(self._inputs.required):
            message = f'The executor "{self.type}" requires the input "{name}".'
            yield self._need([name], message)
        for names in _alternatives(self._inputs.schema):
            listed = ", ".join(f'"{name}"' for name in names)
            yield self._need(names, f'The executor "{self.type}" needs one of {listed}.')

    def _need(self, names: list[str], message: str) -> Schema:
        given = [
            has(ref(_gives(name)), key)
            for name in names
            if name in self._parameters
            for key in ("inputs", "arguments")
        ]
        each: list[Schema] = [{"required": [name], "errorMessage": message} for name in names]
        config: Schema = {"type": "object", "errorMessage": message}
        config |= each[0] if len(each) == 1 else {"anyOf": each}
        rule = {
            "required": ["config"],
            "errorMessage": message,
            "properties": {"config": config},
        }
        here = within(rule, "executor")
        return unless({"anyOf": given}, here) if given else here


def rules_of(schema: ExecutorSchema) -> ExecutorRules | None:
    """Return the rules of an executor; None when it takes anything."""
    return None if schema.inputs is None else ExecutorRules(schema, ObjectSchema(schema.inputs))


def _is(name: str) -> str:
    return f"is.{name}"


def _gives(name: str) -> str:
    return f"gives.{name}"


def _naming(name: str) -> dict[str, Schema]:
    """Return the schemas of parameters of a name, and of inputs or arguments that have one."""
    some = {"type": "array", "contains": ref(_is(name))}
    return {_is(name): has(exactly(name), "name"), _gives(name): has(some, "parameters")}


def _proposals(literal: Schema) -> Schema:
    """Return a schema that refuses nothing and lets editors propose the values of enums."""
    choices = [literal, *literal.get("anyOf", ())]
    values = [value for choice in choices for value in choice.get("enum", ())]
    return {"anyOf": [{"enum": values}, {}]} if values else {}


def _remarks(schema: Schema) -> Schema:
    """Return what editors show and propose."""
    found: Schema = {}
    if isinstance(schema.get("description"), str):
        found["description"] = schema["description"]
        if "`" in schema["description"]:
            found["markdownDescription"] = schema["description"]
    if isinstance(schema.get("default"), str | int | float) and schema["default"] != "":
        found["default"] = schema["default"]
    if isinstance(schema.get("examples"), list):
        found["examples"] = schema["examples"]
    return found


def _alternatives(schema: Schema) -> Iterator[list[str]]:
    """Yield the names of which one at least must be given, for each such rule of a schema."""
    for branch in schemas(schema.get("allOf")):
        yield from _alternatives(branch)
    for keyword in ("anyOf", "oneOf"):
        required = [as_list(branch.get("required")) for branch in schemas(schema.get(keyword))]
        if required and all(len(names) == 1 for names in required):
            yield list(dict.fromkeys(str(name) for [name] in required))
