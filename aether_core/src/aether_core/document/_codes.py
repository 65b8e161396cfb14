"""Codes of the problems that this room reports: AE0xx reading, AE1xx structure."""

from __future__ import annotations

from typing import Final

FILE_MISSING: Final = "AE001"
NOT_A_FILE: Final = "AE002"
FILE_UNREADABLE: Final = "AE003"
FILE_TOO_LARGE: Final = "AE004"
NOT_UTF8: Final = "AE005"
NOT_TEXT: Final = "AE006"
EMPTY_FILE: Final = "AE007"
JSON_SYNTAX: Final = "AE008"
YAML_SYNTAX: Final = "AE009"
DUPLICATE_KEY: Final = "AE010"
KEY_NOT_TEXT: Final = "AE011"
TAG_REFUSED: Final = "AE012"
MERGE_KEY: Final = "AE013"
BAD_ALIAS: Final = "AE014"
TOO_DEEP: Final = "AE015"
TOO_MANY_VALUES: Final = "AE016"
TOO_MANY_DOCUMENTS: Final = "AE017"
BAD_NUMBER: Final = "AE018"
BAD_CHARACTER: Final = "AE019"
TAB_INDENT: Final = "AE020"
AFTER_THE_END: Final = "AE021"

UNKNOWN_KEY: Final = "AE101"
MISSING_KEY: Final = "AE102"
WRONG_TYPE: Final = "AE103"
UNKNOWN_CHOICE: Final = "AE104"
API_VERSION_UNKNOWN: Final = "AE105"
KIND_UNKNOWN: Final = "AE106"
NOT_AN_OBJECT: Final = "AE107"
BAD_NAME: Final = "AE108"
BAD_DURATION: Final = "AE109"
EMPTY: Final = "AE110"
OUT_OF_RANGE: Final = "AE111"
TEMPLATE_MEMBER: Final = "AE112"
LOOP_MODE: Final = "AE113"
LOOP_SETTING: Final = "AE114"
VALUE_SOURCE: Final = "AE115"
DUPLICATE_PARAMETER: Final = "AE116"
NOTHING_TO_RUN: Final = "AE117"
BAD_SCHEDULE: Final = "AE118"
BAD_TIME_ZONE: Final = "AE119"
BAD_TIME: Final = "AE120"
TIMES_REVERSED: Final = "AE121"
NO_EFFECT: Final = "AE122"
UNUSUAL_NUMBER: Final = "AE123"
NOT_JSON: Final = "AE124"

_TITLES: Final[dict[str, str]] = {
    FILE_MISSING: "The file does not exist.",
    NOT_A_FILE: "The path is not a regular file.",
    FILE_UNREADABLE: "The file can't be read.",
    FILE_TOO_LARGE: "The file is larger than a document may be.",
    NOT_UTF8: "The file is not UTF-8 text.",
    NOT_TEXT: "The file holds binary data.",
    EMPTY_FILE: "The file holds no document.",
    JSON_SYNTAX: "The text is not valid JSON.",
    YAML_SYNTAX: "The text is not valid YAML.",
    DUPLICATE_KEY: "A key is given twice in one object.",
    KEY_NOT_TEXT: "A key is not text.",
    TAG_REFUSED: "A YAML tag is not part of JSON.",
    MERGE_KEY: "YAML merge keys are not supported.",
    BAD_ALIAS: "A YAML alias has no usable anchor.",
    TOO_DEEP: "Objects and lists are nested too deeply.",
    TOO_MANY_VALUES: "The file holds too many values.",
    TOO_MANY_DOCUMENTS: "The file holds too many documents.",
    BAD_NUMBER: "A number can't be represented.",
    BAD_CHARACTER: "A character is not allowed.",
    TAB_INDENT: "YAML is indented with a tab.",
    AFTER_THE_END: "Something follows the end of a JSON document.",
    UNKNOWN_KEY: "The key is not known.",
    MISSING_KEY: "A key is missing.",
    WRONG_TYPE: "The value has the wrong type.",
    UNKNOWN_CHOICE: "The value is not one of the allowed ones.",
    API_VERSION_UNKNOWN: "The apiVersion is not supported.",
    KIND_UNKNOWN: "The kind is not known.",
    NOT_AN_OBJECT: "The document is not an object.",
    BAD_NAME: "The name breaks the naming rule.",
    BAD_DURATION: "The duration can't be read.",
    EMPTY: "The value must not be empty.",
    OUT_OF_RANGE: "The number is out of range.",
    TEMPLATE_MEMBER: "A template is exactly one of dag, task and loop.",
    LOOP_MODE: "A loop has exactly one of items, itemsFrom and repeatCondition.",
    LOOP_SETTING: "A setting does not fit the kind of loop.",
    VALUE_SOURCE: "valueFrom has exactly one source.",
    DUPLICATE_PARAMETER: "A parameter is given twice in one list.",
    NOTHING_TO_RUN: "A task says neither which template nor which executor runs.",
    BAD_SCHEDULE: "The schedule can't be read, or nothing would ever start.",
    BAD_TIME_ZONE: "The time zone is not known.",
    BAD_TIME: "The time can't be read.",
    TIMES_REVERSED: "The end is not after the start.",
    NO_EFFECT: "The key has no effect here.",
    UNUSUAL_NUMBER: "The number is outside its usual range.",
    NOT_JSON: "The value is not JSON data.",
}


def problem_titles() -> dict[str, str]:
    """Return the title of every code of this room, in order of codes."""
    return dict(_TITLES)
