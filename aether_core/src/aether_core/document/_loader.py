"""Loading documents from files and text; a user's mistake is a diagnostic, never an exception."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import msgspec

from aether_core.document import _codes
from aether_core.document._decode import Examined, examine_json
from aether_core.document._files import STDIN, read_file, read_stdin, too_large
from aether_core.document._json import read_json
from aether_core.document._limits import MAX_FILE_BYTES
from aether_core.document._models import Resource
from aether_core.document._nodes import Node
from aether_core.document._problem import Diagnostic, Path, Problem
from aether_core.document._source import Fault, Source, by_place, file_diagnostic
from aether_core.document._text import source_of_bytes, source_of_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aether_core.document._reading import ReadDocument, Reading

Format: TypeAlias = Literal["json", "yaml"]

_FORMATS: Final[dict[str, Format]] = {"json": "json", "yaml": "yaml", "yml": "yaml"}
_STDIN_NAME: Final = "<stdin>"


class LoadedDocument(msgspec.Struct, frozen=True):
    """One document of a file.

    Attributes:
        index: its number in the file, from 0.
        value: the document as plain data, as it is written.
        resource: the decoded document, when neither it nor its file has an error.
        draft: the document as far as its meaning is clear, for further checks; never to be run.
            It lacks nothing that a resource has, but its names may break the naming rule.
        problems: what is wrong with its structure; also the first fault of its file, if any.
    """

    index: int
    value: Any
    resource: Resource | None
    draft: Resource | None
    problems: tuple[Problem, ...]
    _source: Source
    _node: Callable[[], Node]
    _renames: Mapping[Path, str | None]

    def diagnose(self, problems: Iterable[Problem]) -> tuple[Diagnostic, ...]:
        """Return problems of this document with their places, in the order of the text."""
        return by_place([self._diagnostic(problem) for problem in problems])

    def _diagnostic(self, problem: Problem) -> Diagnostic:
        # Imported late: only a document with a problem needs it.
        from aether_core.document._positions import locate

        path = self._written_path(problem.path)
        found = _value_at(self.value, path) if problem.span is not None else None
        text = found if isinstance(found, str) else None
        start, end = locate(self._source, self._node(), problem, path, text)
        return self._source.diagnostic(problem, path, start, end)

    def _written_path(self, path: Path) -> Path:
        """Return a path with its misspelt keys as they are written."""
        if not self._renames:
            return path
        written = (self._renames.get(path[: at + 1], step) for at, step in enumerate(path))
        return tuple(step for step in written if step is not None)


class Loaded(msgspec.Struct, frozen=True):
    """What a file or a text holds.

    Attributes:
        name: what the file is called in diagnostics.
        documents: the documents that could be read, in order.
        diagnostics: what kept the text from being read, and what is wrong with the structure of
            each document, in the order of the text.
    """

    name: str
    documents: tuple[LoadedDocument, ...]
    diagnostics: tuple[Diagnostic, ...]


def load_file(path: str | os.PathLike[str]) -> Loaded:
    """Load the documents of a file; `-` is standard input.

    The format follows the suffix (`.json`, `.yaml`, `.yml`), or else the text. A JSON file holds
    one document, a YAML file any number, separated by `---`.
    """
    name = os.fspath(path)
    if name == STDIN:
        name = _STDIN_NAME
        data = read_stdin(name)
    else:
        data = read_file(name)
    if isinstance(data, Diagnostic):
        return Loaded(name, (), (data,))
    return load_text(data, name=name, format=_FORMATS.get(name.rpartition(".")[2].lower()))


def load_text(text: str | bytes, *, name: str = "<text>", format: Format | None = None) -> Loaded:
    """Load the documents of a text.

    Args:
        text: characters, or bytes of UTF-8.
        name: what to call the text in diagnostics.
        format: `json` or `yaml`; None looks at the text: JSON begins with a bracket.
    """
    if len(text) > MAX_FILE_BYTES:
        return Loaded(name, (), (too_large(name),))
    found = source_of_bytes(name, text) if isinstance(text, bytes) else source_of_text(name, text)
    if isinstance(found, Diagnostic):
        return Loaded(name, (), (found,))
    if not found.text.strip():
        return Loaded(name, (), (_empty(name),))
    return _load(found, format or _format_of(found.text))


def _format_of(text: str) -> Format:
    return "json" if text.lstrip()[:1] in {"{", "["} else "yaml"


def _load(source: Source, form: Format) -> Loaded:
    reading = read_json(source) if form == "json" else _read_yaml(source)
    if not reading.documents and not reading.faults:
        return Loaded(source.name, (), (_empty(source.name),))
    diagnostics = [source.fault_diagnostic(fault) for fault in reading.faults]
    documents: list[LoadedDocument] = []
    for read in reading.documents:
        examined = examine_json(read.value)
        document = _document(source, len(documents), read, examined)
        diagnostics.extend(document.diagnose(examined.problems))
        documents.append(_refused(document, source, reading.faults))
    return Loaded(source.name, tuple(documents), by_place(diagnostics))


def _read_yaml(source: Source) -> Reading:
    # Imported late: only YAML input needs it, and it costs start-up time.
    from aether_core.document._yaml import read_yaml

    return read_yaml(source)


def _document(source: Source, index: int, read: ReadDocument, examined: Examined) -> LoadedDocument:
    return LoadedDocument(
        index,
        read.value,
        examined.resource,
        examined.draft,
        examined.problems,
        source,
        read.node,
        examined.renames,
    )


def _refused(document: LoadedDocument, source: Source, faults: tuple[Fault, ...]) -> LoadedDocument:
    """Return a document of a text with faults: it has an error of its own, so nothing runs it."""
    if not faults:
        return document
    fault = faults[0]
    line, _ = source.place(fault.start)
    message = f"{fault.message} (line {line} of the file)"
    problem = Problem(fault.code, message, (), hint=fault.hint)
    problems = (problem, *document.problems)
    return msgspec.structs.replace(document, resource=None, problems=problems)


def _empty(name: str) -> Diagnostic:
    hint = "Begin with the keys apiVersion, kind, metadata and spec."
    return file_diagnostic(name, _codes.EMPTY_FILE, "the file holds no document", hint)


def _value_at(value: Any, path: Path) -> Any:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value
