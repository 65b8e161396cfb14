"""The expression language of documents: conditions, computed values, references, placeholders.

One language everywhere (decision 8): parsed once, typed before anything runs, compiled to
functions, and bounded in what an evaluation may cost. This room knows nothing of documents: a
resolver answers references.
"""

from __future__ import annotations

from aether_core.expression._errors import EvaluationError, ExpressionError, MissingReference
from aether_core.expression._expression import Expression, compile_expression
from aether_core.expression._inference import TypeProblem
from aether_core.expression._reference import MISSING, Missing, Reference, Resolver, walk
from aether_core.expression._regex import is_portable_pattern, may_match
from aether_core.expression._template import Template, compile_reference, compile_template
from aether_core.expression._types import (
    ANY,
    BOOL,
    INT,
    LIST,
    MAP,
    NULL,
    NUMBER,
    STRING,
    Type,
    TypeName,
    from_name,
    list_of,
    one_of,
)

__all__ = [
    "ANY",
    "BOOL",
    "INT",
    "LIST",
    "MAP",
    "MISSING",
    "NULL",
    "NUMBER",
    "STRING",
    "EvaluationError",
    "Expression",
    "ExpressionError",
    "Missing",
    "MissingReference",
    "Reference",
    "Resolver",
    "Template",
    "Type",
    "TypeName",
    "TypeProblem",
    "compile_expression",
    "compile_reference",
    "compile_template",
    "from_name",
    "is_portable_pattern",
    "list_of",
    "may_match",
    "one_of",
    "walk",
]
