"""Documents with mistakes, and what the command says about them.

`docs/protocol/mistakes` has a file for each code, named after it. Its first line may name the
command, as in `# $ aether run AE503.yaml -p bred=rye`; without it, the file is validated.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

from aether_core.cli import main
from generator._unusual import UNUSUAL

MISTAKES: Final = Path(__file__).parents[1] / "protocol/mistakes"

_COMMAND: Final = re.compile(r"\A# \$ (aether .+)\n")
_REPORTED: Final = re.compile(r"^\S.*?: (?:error|warning) (AE\d{3}): ", re.MULTILINE)


class Mistake(NamedTuple):
    """A mistake, shown.

    Attributes:
        source: The document as it is written, or words about what can't be shown.
        language: The document's language; empty for words.
        command: What was typed.
        printed: What the command answered.
    """

    source: str
    language: str
    command: str
    printed: str

    @property
    def codes(self) -> list[str]:
        """The codes that were reported, in order."""
        return _REPORTED.findall(self.printed)


def mistakes() -> dict[str, Mistake]:
    """Return the mistake for each code, as the command reports it now."""
    written = {path.stem: path for path in sorted(MISTAKES.iterdir())}
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        shown = {code: _written(path) for code, path in written.items()}
        for code, unusual in UNUSUAL.items():
            for name, content in unusual.files.items():
                _put(Path(name), content)
            printed = _printed(unusual.command)
            shown[code] = Mistake(unusual.words, "", unusual.command, printed)
    return shown


def _put(path: Path, content: bytes) -> None:
    if path.is_file():
        path.unlink()
    if content:
        path.write_bytes(content)
    else:
        path.mkdir(exist_ok=True)


def _written(path: Path) -> Mistake:
    text = path.read_text(encoding="utf-8")
    Path(path.name).write_text(text, encoding="utf-8")
    found = _COMMAND.match(text)
    command = found.group(1) if found else f"aether validate {path.name}"
    return Mistake(text, path.suffix[1:], command, _printed(command))


def _printed(command: str) -> str:
    """Return what a command prints on both streams, without the summary at its end."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    arguments = shlex.split(command)[1:]
    environment = dict(os.environ)
    os.environ["AETHER_STORE"] = "memory:"
    try:
        with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
            main(arguments)
    finally:
        os.environ.clear()
        os.environ.update(environment)
    lines = _bytes_of(stream).decode().splitlines()
    kept = [line for line in lines if not re.match(r"(no|\d+) documents?: ", line)]
    return "\n".join(kept)


def _bytes_of(stream: io.TextIOWrapper) -> bytes:
    stream.flush()
    stream.seek(0)
    return bytes(stream.buffer.read())
