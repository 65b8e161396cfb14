"""Properties that hold for every expression, every value and every text."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import cast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aether_core.expression import (
    ANY,
    BOOL,
    INT,
    MAP,
    MISSING,
    NULL,
    NUMBER,
    STRING,
    EvaluationError,
    Expression,
    ExpressionError,
    MissingReference,
    Reference,
    Resolver,
    Type,
    compile_expression,
    compile_reference,
    compile_template,
    list_of,
    walk,
)
from aether_core.expression._functions import FUNCTIONS
from aether_core.expression._nodes import (
    And,
    Arithmetic,
    Call,
    Compare,
    Conditional,
    Default,
    Has,
    Index,
    ListDisplay,
    Literal,
    MapDisplay,
    Negate,
    Node,
    Not,
    Or,
    descendants,
)
from aether_core.expression._parser import parse
from aether_core.expression._reference import KEYWORDS, PHASE_NAMES, quoted
from aether_core.expression._types import join

FEW = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
NAMES = st.sampled_from(["a", "b-c", "items", "m", "in", "Running", "x1", "tasks"])
SEGMENTS = st.one_of(st.sampled_from(["a", "k", "1st", "b c", "-", ""]), st.integers(0, 3))
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-9, 9),
    st.sampled_from([10**30, 0.5, -2.0, 1e300, 5.0]),
    st.sampled_from(["", "a", "k", "true", "12", "Succeeded", "é"]),
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(["a", "k", "b c"]), inner, max_size=3),
    ),
    max_leaves=6,
)
DATA = st.dictionaries(NAMES, JSON, min_size=4)


def reference_of(name: str, rest: list[str | int]) -> Reference:
    return Reference((name, *rest), 0, 0)


REFERENCES = st.builds(reference_of, NAMES, st.lists(SEGMENTS, max_size=2))
LITERALS = st.builds(
    Literal,
    st.just(0),
    st.just(0),
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(0, 10**20),
        st.floats(0, 1e300),
        TEXTS,
        st.sampled_from(["a", "k", "Succeeded", "12"]),
    ),
)


def indexed(base: Node, keys: list[Node]) -> Node:
    # A constant key would become part of a bare reference.
    return Index(0, 0, ListDisplay(0, 0, (base,)), tuple(keys))


def computed_path(base: Reference, keys: list[Node]) -> Index:
    first = keys[0]
    computed = Negate(0, 0, first) if isinstance(first, Literal) else first
    return Index(0, 0, base, (computed, *keys[1:]))


def arithmetic(symbols: list[str], operands: list[Node]) -> Node:
    count = min(len(symbols), len(operands) - 1)
    return Arithmetic(0, 0, tuple(operands[: count + 1]), tuple(symbols[:count]))


def call(name: str, arguments: list[Node]) -> Node:
    return Call(0, 0, name, tuple(arguments[: len(FUNCTIONS[name].parameters)]))


def conditional(pairs: list[tuple[Node, Node]], otherwise: Node) -> Node:
    conditions, results = zip(*pairs, strict=True)
    return Conditional(0, 0, tuple(conditions), tuple(results), otherwise)


def branches(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    many = st.lists(inner, min_size=2, max_size=3)
    paths = st.one_of(REFERENCES, st.builds(computed_path, REFERENCES, many))
    comparisons = st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "in"])
    return st.one_of(
        many.map(lambda items: ListDisplay(0, 0, tuple(items))),
        st.dictionaries(TEXTS, inner, max_size=2).map(
            lambda fields: MapDisplay(0, 0, tuple(fields), tuple(fields.values()))
        ),
        st.builds(computed_path, REFERENCES, many),
        st.builds(indexed, inner, many),
        st.builds(Not, st.just(0), st.just(0), inner),
        st.builds(Negate, st.just(0), st.just(0), inner),
        many.map(lambda operands: And(0, 0, tuple(operands))),
        many.map(lambda operands: Or(0, 0, tuple(operands))),
        st.builds(Compare, st.just(0), st.just(0), comparisons, inner, inner),
        st.builds(arithmetic, st.lists(st.sampled_from("+-"), min_size=1), many),
        st.builds(arithmetic, st.lists(st.sampled_from("*/%"), min_size=1), many),
        st.builds(conditional, st.lists(st.tuples(inner, inner), min_size=1, max_size=2), inner),
        st.builds(call, st.sampled_from(sorted(FUNCTIONS)), many),
        st.builds(Has, st.just(0), st.just(0), paths),
        st.builds(Default, st.just(0), st.just(0), paths, inner),
    )


NODES: st.SearchStrategy[Node] = st.recursive(
    st.one_of(LITERALS, REFERENCES), branches, max_leaves=8
)

# How tightly a node binds; an operand needs at least what its place asks for.
CONDITIONAL, OR, AND, COMPARE, ADD, MULTIPLY, UNARY, ATOM = range(1, 9)


def printed(node: Node, needed: int = 0) -> str:
    """Write a node with no more parentheses than its place asks for."""
    strength, text = spelled(node)
    return text if strength >= needed else f"({text})"


def spelled(node: Node) -> tuple[int, str]:  # noqa: PLR0912  # one case per kind of node
    match node:
        case Literal():
            return ATOM, literal(node)
        case Reference():
            first = str(node.segments[0])
            bare = first not in KEYWORDS and (len(node.segments) > 1 or first not in PHASE_NAMES)
            return ATOM, node.text if bare else f"{{{{ {node.text} }}}}"
        case ListDisplay():
            return ATOM, f"[{', '.join(map(printed, node.items))}]"
        case MapDisplay():
            values = zip(node.keys, map(printed, node.values), strict=True)
            return ATOM, f"{{ {', '.join(f'{quoted(key)}: {value}' for key, value in values)} }}"
        case Index():
            return ATOM, printed(node.base, ATOM) + "".join(
                f"[{printed(key)}]" for key in node.keys
            )
        case Not():
            return UNARY, "!" + printed(node.operand, UNARY)
        case Negate():
            return UNARY, "-" + printed(node.operand, UNARY)
        case And():
            return AND, " && ".join(printed(operand, COMPARE) for operand in node.operands)
        case Or():
            return OR, " or ".join(printed(operand, AND) for operand in node.operands)
        case Compare():
            left, right = printed(node.left, ADD), printed(node.right, ADD)
            return COMPARE, f"{left} {node.operator} {right}"
        case Arithmetic():
            strength = ADD if node.operators[0] in "+-" else MULTIPLY
            first, *rest = [printed(operand, strength + 1) for operand in node.operands]
            steps = zip(node.operators, rest, strict=True)
            return strength, first + "".join(f" {symbol} {operand}" for symbol, operand in steps)
        case Conditional():
            tests = [printed(test, OR) for test in node.conditions]
            pairs = zip(tests, map(printed, node.results), strict=True)
            chain = "".join(f"{test} ? {result} : " for test, result in pairs)
            return CONDITIONAL, chain + printed(node.otherwise, OR)
        case Call():
            return ATOM, f"{node.function}({', '.join(map(printed, node.arguments))})"
        case Has():
            return ATOM, f"has({printed(node.path)})"
        case Default():
            return ATOM, f"default({printed(node.path)}, {printed(node.fallback)})"


def literal(node: Literal) -> str:
    if isinstance(node.value, str):
        return quoted(node.value)
    if node.value is None or isinstance(node.value, bool):
        return {None: "null", True: "true", False: "false"}[node.value]
    return repr(node.value)


def shape(value: object) -> object:
    """Return a node without its offsets, and values so that 1, 1.0 and true differ."""
    if isinstance(value, tuple):
        return tuple(map(shape, cast("tuple[object, ...]", value)))
    fields = getattr(value, "__struct_fields__", None)
    if fields is None:
        return repr(value)
    kept = [name for name in fields if name not in ("start", "end")]
    return (type(value).__name__, *(shape(getattr(value, name)) for name in kept))


def resolver(data: dict[str, object]) -> Resolver:
    return lambda reference: walk(data, reference.segments)


def compiled(node: Node) -> Expression | None:
    """Return the node compiled, or None for the one thing that only the compiler refuses."""
    try:
        return compile_expression(printed(node))
    except ExpressionError as error:
        if "bad pattern" not in error.message:
            raise
        return None


Declared = EvaluationError | MissingReference


def error_of(run: Callable[[Resolver], object], data: dict[str, object]) -> Declared | None:
    """Return the declared error that an evaluation ends with; others are raised."""
    try:
        run(resolver(data))
    except (EvaluationError, MissingReference) as error:
        return error
    return None


def syntax_error_of(run: Callable[[str], object], text: str) -> ExpressionError | None:
    try:
        run(text)
    except ExpressionError as error:
        return error
    return None


def type_of_value(value: object) -> Type:
    match value:
        case None:
            return NULL
        case bool():
            return BOOL
        case int():
            return INT
        case float():
            return NUMBER
        case str():
            return STRING
        case list():
            return list_of(join(map(type_of_value, cast("list[object]", value))))
        case _:
            return MAP


def type_of(data: dict[str, object], reference: Reference) -> Type:
    value = walk(data, reference.segments)
    return ANY if value is MISSING else type_of_value(value)


@FEW
@given(NODES)
def test_printed_tree_is_parsed_to_the_same_tree(node: Node) -> None:
    assert shape(parse(printed(node))) == shape(node)


@FEW
@given(NODES)
def test_every_node_knows_where_it_stands(node: Node) -> None:
    text = printed(node)

    for found, _ in descendants(parse(text)):
        part = text[found.start : found.end]
        assert part == part.strip() != ""
        if isinstance(found, Reference):
            assert shape(compile_reference(part)) == shape(found)
        elif not isinstance(found, Literal) or not isinstance(found.value, str):
            assert shape(parse(part)) == shape(found)


@FEW
@given(NODES, DATA)
def test_evaluation_raises_declared_errors_only(node: Node, data: dict[str, object]) -> None:
    expression = compiled(node)
    if expression is None:
        return

    for run in (expression.evaluate, expression.test):
        error = error_of(run, data)
        if isinstance(error, EvaluationError):
            assert 0 <= error.start < error.end <= len(expression.text)
        assert not isinstance(error, MissingReference) or error.reference in expression.required


@FEW
@given(NODES, DATA)
def test_static_type_agrees_with_the_value(node: Node, data: dict[str, object]) -> None:
    expression = compiled(node)
    if expression is None:
        return
    static_type, problems = expression.check(lambda reference: type_of(data, reference))
    lazy = (And, Or, Conditional, Has, Default)
    runs_all = not any(isinstance(found, lazy) for found, _ in descendants(node))

    try:
        value = expression.evaluate(resolver(data))
    except (EvaluationError, MissingReference):
        return

    assert static_type.accepts(value)
    assert not (runs_all and any(problem.certain for problem in problems))


@FEW
@given(NODES, st.sampled_from([ANY, STRING, INT, list_of(STRING)]))
def test_problems_point_into_the_text(node: Node, known: Type) -> None:
    expression = compiled(node)
    if expression is None:
        return

    for problem in expression.check(lambda _: known)[1]:
        assert 0 <= problem.start < problem.end <= len(expression.text)


SOUP = """
    a b-c 1 2.5 'x' "y" ( ) [ ] { } {{ }} . .k , : ? ! - + * / % < > <= == != && || and or not in
    true null Failed has( default( length( matches( = & | ' # \\ é
"""
TOKENS = st.sampled_from([*SOUP.split(), "\n"])


@FEW
@given(st.one_of(st.text(max_size=40), st.lists(TOKENS, max_size=14).map(" ".join)))
def test_parser_raises_nothing_but_expression_errors(text: str) -> None:
    for compile_text in (compile_expression, compile_reference):
        error = syntax_error_of(compile_text, text)
        assert error is None or 0 <= error.start <= error.end <= len(text)


@FEW
@given(
    st.one_of(
        st.text(max_size=40),
        st.lists(
            st.one_of(TOKENS, st.sampled_from(["{{", "{{ a }}", "\\", "}}"])), max_size=12
        ).map("".join),
    ),
    JSON,
)
def test_template_raises_declared_errors_only(text: str, value: object) -> None:
    template = None
    with suppress(ExpressionError):
        template = compile_template(text)

    if template is None:
        return
    result = template.render(lambda _: value)
    assert isinstance(result, str) or len(template.references) == 1


@FEW
@given(st.lists(st.sampled_from(["{", "}", "\\", "a", "{{", "\\{{"]), max_size=10).map("".join))
def test_every_text_can_be_written_as_a_template(text: str) -> None:
    escaped = re.sub(r"(\\*)\{\{", r"\1\1\\{{", text)

    template = compile_template(escaped)

    rendered = escaped if template is None else template.render(lambda _: MISSING)
    assert rendered == text


@FEW
@given(JSON)
def test_json_text_reads_back_as_the_same_value(value: object) -> None:
    outcome = compile_expression("fromJson(toJson(v)) == v").evaluate(lambda _: value)

    assert outcome is True


@FEW
@given(st.lists(SEGMENTS, max_size=4))
def test_spelling_of_a_reference_reads_back(rest: list[str | int]) -> None:
    reference = Reference(("a", *rest), 0, 0)

    assert compile_reference(reference.text).segments == reference.segments
