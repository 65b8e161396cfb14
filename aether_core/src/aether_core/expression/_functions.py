"""The functions of the language (decision 8); all are pure and bounded.

`has` and `default` are not among them: they take a reference that may be missing, and are part of
the grammar.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

import msgspec

from aether_core.expression._evaluation import MAX_INTEGER, Fault, check_size
from aether_core.expression._operators import OPERATORS
from aether_core.expression._regex import search
from aether_core.expression._types import ANY, BOOL, INT, LIST, NUMBER, STRING, Type, list_of
from aether_core.expression._values import Kind, json_text, kind_of, member, plain, survey, text_of

if TYPE_CHECKING:
    from aether_core.expression._evaluation import Evaluation

#: Longest text that `int` and `float` read.
_MAX_DIGITS: Final = 400

Kinds: TypeAlias = frozenset[Kind]


class Function(msgspec.Struct, frozen=True):
    """A function of the language.

    Attributes:
        name: Its name.
        parameters: The names of its parameters, for messages.
        accepts: The kinds that each parameter takes; `run` may rely on them.
        run: The function itself; raises Fault when it can't.
        result: The static type of its result, from those of its arguments.
        items: For functions of one list, the kinds that the list's items may have; else None.
    """

    name: str
    parameters: tuple[str, ...]
    accepts: tuple[Kinds, ...]
    run: Callable[..., object]
    result: Callable[[Sequence[Type]], Type]
    items: Kinds | None = None

    @property
    def signature(self) -> str:
        """The function as one would call it, such as `split(text, separator)`."""
        return f"{self.name}({', '.join(self.parameters)})"

    def refusal(self, position: int, given: str) -> str:
        """Return the message for an argument of a kind that its parameter does not take."""
        *most, last = sorted(self.accepts[position])
        wanted = f"{', '.join(most)} or {last}" if most else last
        return f"{self.name}() takes {wanted} as {self.parameters[position]}, not {given}"


def _length(_: Evaluation, value: str) -> int:
    return len(value)


def _contains(evaluation: Evaluation, container: object, item: object) -> bool:
    return member(evaluation, item, container)


def _starts_with(_: Evaluation, text: str, prefix: str) -> bool:
    return text.startswith(prefix)


def _ends_with(_: Evaluation, text: str, suffix: str) -> bool:
    return text.endswith(suffix)


def _lower(_: Evaluation, text: str) -> str:
    return _checked(text.lower())


def _upper(_: Evaluation, text: str) -> str:
    return _checked(text.upper())


def _trim(_: Evaluation, text: str) -> str:
    return _checked(text.strip())


def _checked(text: str) -> str:
    check_size(len(text), "string")
    return text


def _split(evaluation: Evaluation, text: str, separator: str) -> list[str]:
    if not separator:
        raise Fault("the separator is empty", "split(text, ',') splits at commas")
    count = text.count(separator) + 1
    check_size(count, "list")
    evaluation.spend(count)
    return text.split(separator)


def _join(evaluation: Evaluation, items: list[object], separator: str) -> str:
    size, texts = 0, list[str]()
    for item in items:
        text = text_of(evaluation, item)
        size += len(text) + len(separator)
        check_size(size, "string")
        texts.append(text)
    evaluation.spend(size >> 3)
    return separator.join(texts)


def _keys(_: Evaluation, fields: dict[str, object]) -> list[str]:
    check_size(len(fields), "list")
    return list(fields)


def _values(_: Evaluation, fields: dict[str, object]) -> list[object]:
    check_size(len(fields), "list")
    return list(fields.values())


def _min(_: Evaluation, items: list[Any]) -> object:
    _check_comparable("min", items)
    return plain(min(items))


def _max(_: Evaluation, items: list[Any]) -> object:
    _check_comparable("max", items)
    return plain(max(items))


def _check_comparable(name: str, items: list[object]) -> None:
    if not items:
        raise Fault(f"the {name} of an empty list is not defined")
    kinds = set(map(kind_of, items))
    if kinds not in ({Kind.NUMBER}, {Kind.STRING}):
        raise Fault(f"{name}() takes a list of numbers only, or of strings only")


def _sum(evaluation: Evaluation, items: list[object]) -> object:
    total: object = 0
    for item in items:
        if kind_of(item) is not Kind.NUMBER:
            raise Fault(f"sum() takes a list of numbers only; it has {kind_of(item)}")
        total = OPERATORS["+"].run(evaluation, total, item)
    return total


def _int(_: Evaluation, value: float | str) -> int:
    text_fault = Fault("the text is not an integer", "int() reads texts such as '42' or '-7'")
    if isinstance(value, str) and not _is_short_ascii(value):
        raise text_fault
    try:
        number = int(value)
    except ValueError:
        raise text_fault from None
    except OverflowError:
        raise Fault("the number is infinite") from None
    if abs(number) >= MAX_INTEGER:
        raise Fault("the number is too large")
    return number


def _float(_: Evaluation, value: float | str) -> float:
    if isinstance(value, str) and not _is_short_ascii(value):
        raise Fault("the text is not a number")
    try:
        number = float(value)
    except ValueError:
        raise Fault("the text is not a number") from None
    except OverflowError:
        raise Fault("the number is too large") from None
    if not math.isfinite(number):
        raise Fault("the number is infinite or undefined")
    return number


def _is_short_ascii(text: str) -> bool:
    # Python reads 1_000 and digits of other scripts; documents should not depend on that.
    return len(text) <= _MAX_DIGITS and text.isascii() and "_" not in text


def _string(evaluation: Evaluation, value: object) -> str:
    return text_of(evaluation, value)


def _bool(_: Evaluation, value: float | str) -> bool:
    if not isinstance(value, str):
        return value != 0
    if value not in ("true", "false"):
        raise Fault("the text is neither 'true' nor 'false'")
    return value == "true"


def _from_json(evaluation: Evaluation, text: str) -> object:
    check_size(len(text), "value")
    evaluation.spend(len(text))
    try:
        value = cast("object", msgspec.json.decode(text))
    except (msgspec.MsgspecError, UnicodeEncodeError):
        raise Fault("the text is not JSON") from None
    except RecursionError:
        raise Fault("the JSON text is nested too deeply") from None
    survey(evaluation, value)
    return value


def _always(result: Type) -> Callable[[Sequence[Type]], Type]:
    return lambda _: result


def _item_type(arguments: Sequence[Type]) -> Type:
    item = arguments[0].items
    return item if item.kinds <= _ORDERED else ANY


def _sum_type(arguments: Sequence[Type]) -> Type:
    return INT if arguments[0].items == INT else NUMBER


_ANYTHING: Final = frozenset(Kind)
_TEXT: Final = frozenset({Kind.STRING})
_ITEMS: Final = frozenset({Kind.LIST})
_FIELDS: Final = frozenset({Kind.MAP})
_SIZED: Final = _TEXT | _ITEMS | _FIELDS
_NUMBERS: Final = frozenset({Kind.NUMBER})
_ORDERED: Final = _NUMBERS | _TEXT
_CONVERTIBLE: Final = frozenset({Kind.NUMBER, Kind.STRING, Kind.BOOL})

_ALL = (
    Function("length", ("value",), (_SIZED,), _length, _always(INT)),
    Function("contains", ("container", "item"), (_SIZED, _ANYTHING), _contains, _always(BOOL)),
    Function("startsWith", ("text", "prefix"), (_TEXT, _TEXT), _starts_with, _always(BOOL)),
    Function("endsWith", ("text", "suffix"), (_TEXT, _TEXT), _ends_with, _always(BOOL)),
    Function("matches", ("text", "pattern"), (_TEXT, _TEXT), search, _always(BOOL)),
    Function("lower", ("text",), (_TEXT,), _lower, _always(STRING)),
    Function("upper", ("text",), (_TEXT,), _upper, _always(STRING)),
    Function("trim", ("text",), (_TEXT,), _trim, _always(STRING)),
    Function("split", ("text", "separator"), (_TEXT, _TEXT), _split, _always(list_of(STRING))),
    Function("join", ("list", "separator"), (_ITEMS, _TEXT), _join, _always(STRING)),
    Function("keys", ("map",), (_FIELDS,), _keys, _always(list_of(STRING))),
    Function("values", ("map",), (_FIELDS,), _values, _always(LIST)),
    Function("min", ("list",), (_ITEMS,), _min, _item_type, _ORDERED),
    Function("max", ("list",), (_ITEMS,), _max, _item_type, _ORDERED),
    Function("sum", ("list",), (_ITEMS,), _sum, _sum_type, _NUMBERS),
    Function("int", ("value",), (_CONVERTIBLE,), _int, _always(INT)),
    Function("float", ("value",), (_CONVERTIBLE,), _float, _always(NUMBER)),
    Function("string", ("value",), (_ANYTHING,), _string, _always(STRING)),
    Function("bool", ("value",), (_CONVERTIBLE,), _bool, _always(BOOL)),
    Function("toJson", ("value",), (_ANYTHING,), json_text, _always(STRING)),
    Function("fromJson", ("text",), (_TEXT,), _from_json, _always(ANY)),
)

FUNCTIONS: Final = {function.name: function for function in _ALL}
