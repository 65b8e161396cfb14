"""Values of YAML scalars by the core schema of YAML 1.2.

Only `true` and `false` (also `True`, `TRUE` and so on) are booleans; dates, `1:30`, `yes` and
`1_000` are text; `0777` is the decimal number 777.
"""

from __future__ import annotations

import re
from typing import Any, Final

from aether_core.document import _codes
from aether_core.document._faults import json_number, number_fault
from aether_core.document._source import Fault, FaultError

_WORDS: Final[dict[str, bool | None]] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_NUMBER_START: Final = frozenset("+-.0123456789")
_INT: Final = re.compile(r"[-+]?[0-9]+")
_BASED: Final = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE: Final = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")

_TAG_PREFIX: Final = "tag:yaml.org,2002:"
_TAGGED: Final[dict[str, tuple[type, ...]]] = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "null": (type(None),),
}


def plain_value(text: str, start: int, end: int) -> Any:
    """Return the value of an unquoted scalar.

    Raises:
        FaultError: it is a number that JSON does not have.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_START:
        return text
    if _INT.fullmatch(text):
        value = json_number(text.lstrip("+"))
    elif _BASED.fullmatch(text) or _FLOAT.fullmatch(text):
        value = json_number(text)
    elif _NOT_FINITE.fullmatch(text):
        value = None
    else:
        return text
    if value is None:
        raise FaultError(number_fault(start, end))
    return value


def tagged_value(text: str, tag: str, start: int, end: int) -> Any:
    """Return the value of a scalar with a tag such as `!!int`.

    Raises:
        FaultError: the tag is not one of JSON's types, or the text is not of that type.
    """
    name = tag.removeprefix(_TAG_PREFIX)
    if name == "str" or tag == "!":
        return text
    if name not in _TAGGED:
        raise FaultError(tag_fault(tag, start, end))
    value = plain_value(text, start, end)
    if type(value) not in _TAGGED[name]:
        message = f"the value is not of the type that its tag !!{name} says"
        raise FaultError(Fault(_codes.TAG_REFUSED, message, start, end, "Remove the tag."))
    return value


def tag_fault(tag: str, start: int, end: int) -> Fault:
    """Return the fault of a tag that has no meaning here."""
    written = f"!!{tag.removeprefix(_TAG_PREFIX)}" if tag.startswith(_TAG_PREFIX) else tag
    message = f"the tag {written[:40]} is not allowed"
    hint = "Remove the tag: values are text, numbers, booleans, null, lists and objects."
    return Fault(_codes.TAG_REFUSED, message, start, end, hint)
