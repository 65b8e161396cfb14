"""Bounds on what is read: a document that is larger than these is refused."""

from __future__ import annotations

from typing import Final

#: Bytes of one file.
MAX_FILE_BYTES: Final = 4 * 1024 * 1024
#: Objects and lists inside each other.
MAX_DEPTH: Final = 100
#: Values of one file; an alias counts as everything that it stands for.
MAX_VALUES: Final = 200_000
#: Documents of one file.
MAX_DOCUMENTS: Final = 100
#: Digits of a whole number; more would not survive a conversion to a float.
MAX_DIGITS: Final = 300
#: Problems of one kind of reading fault that are reported for one file.
MAX_FAULTS: Final = 100
#: Problems of the shape of one document that are reported.
MAX_PROBLEMS: Final = 1_000
