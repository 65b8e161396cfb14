"""Arguments of the engine that are something else than they should be: a `TypeError` in words.

Mistakes in documents are diagnostics; these are mistakes of the program that embeds the engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, cast

from aether_core.document import LoadedDocument
from aether_core.engine._admission import Admitted

if TYPE_CHECKING:
    from aether_core.engine._submission import Request


def require_parts(parts: Mapping[str, tuple[object, str]]) -> None:
    """Check what an engine is made of.

    Args:
        parts: each by the name of its argument, with a method that it must have.

    Raises:
        TypeError: one of them has no such method.
    """
    for name, (value, method) in parts.items():
        if not callable(getattr(value, method, None)) or isinstance(value, type):
            raise TypeError(
                f"{name} must be an object with a method {method}(), got {_words(value)}"
            )


def require_sources(sources: object) -> None:
    """Check the variable sources of an engine, unless it finds them when it needs them.

    Raises:
        TypeError: they are not a list of sources.
    """
    given = sources
    wanted = "variable_sources must be a list of objects with namespace() and variables()"
    if isinstance(sources, str | bytes | Mapping) or not isinstance(sources, Iterable):
        raise TypeError(f"{wanted}, got {_words(given)}")
    for source in cast("list[object]", sources) if isinstance(sources, list | tuple) else ():
        methods = (getattr(source, name, None) for name in ("namespace", "variables"))
        if isinstance(source, type) or not all(map(callable, methods)):
            raise TypeError(f"{wanted}; one of them is {_words(source)}")


def require_request(document: object, request: Request) -> None:
    """Check what is submitted.

    Raises:
        TypeError: the document is no document, or a value beside it is of the wrong type.
    """
    if not isinstance(document, Admitted | LoadedDocument | Mapping):
        raise TypeError(
            "a document must be plain data (a dict), a document of load_file or load_text, "
            f"or what admit returned, got {_words(document)}"
        )
    given: dict[str, object] = {"arguments": request.arguments, "variables": request.variables}
    for name, value in given.items():
        if value is not None and not isinstance(value, Mapping):
            raise TypeError(f"{name} must be a dict of values by name, got {_words(value)}")
    if request.run_id is not None:
        require_run_id(request.run_id)


def require_payload(payload: object) -> None:
    """Check the values that a resume brings.

    Raises:
        TypeError: they are not a mapping.
    """
    if payload is not None and not isinstance(payload, Mapping):
        raise TypeError(f"a payload must be a dict of values by name, got {_words(payload)}")


def require_run_id(run_id: object) -> None:
    """Check the id of a run.

    Raises:
        TypeError: it is not text.
        ValueError: it is empty.
    """
    if not isinstance(run_id, str):
        raise TypeError(f"a run id must be text, got {_words(run_id)}")
    if not run_id:
        raise ValueError("a run id must not be empty")


def _words(value: object) -> str:
    if isinstance(value, type):
        return f"the class {value.__name__}; make an object of it"
    return "None" if value is None else f"a value of type {type(value).__name__}"
