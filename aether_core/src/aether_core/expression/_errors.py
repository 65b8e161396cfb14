"""What can go wrong with an expression, a reference or a placeholder.

    AetherError
    ├── ExpressionError       the text is not an expression; found before anything runs
    ├── EvaluationError       the values do not fit the operation
    └── MissingReference      a reference has no value

All three point into the text they come from. Messages of the last two never hold a value, since a
value may be a secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from aether_sdk import AetherError

if TYPE_CHECKING:
    from aether_core.expression._reference import Reference


class ExpressionError(AetherError):
    """A text that is not a valid expression, reference or template.

    Attributes:
        start: Offset of the first offending character.
        end: Offset behind the last one; equal to `start` when something is missing there.
    """

    code: ClassVar[str] = "expression"

    def __init__(self, message: str, *, start: int, end: int, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.start = start
        self.end = end


class EvaluationError(AetherError):
    """An operation met values that it does not work on, or a bound of the language.

    Attributes:
        start: Offset of the first character of the operation or operand.
        end: Offset behind its last character.
    """

    code: ClassVar[str] = "evaluation"

    def __init__(self, message: str, *, start: int, end: int, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.start = start
        self.end = end


class MissingReference(AetherError):
    """A reference that has no value where it is needed.

    Attributes:
        reference: The reference, with its offsets.
    """

    code: ClassVar[str] = "missing-reference"

    def __init__(self, reference: Reference) -> None:
        super().__init__(f"{reference.text} has no value", hint=reference.hint)
        self.reference = reference
