"""Loading files: whatever a path leads to, the answer is documents or clear diagnostics."""

from __future__ import annotations

import errno
import io
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from aether_core.document import Severity, Workflow, load_file, load_text
from aether_core.document._files import read_stdin, unreadable
from aether_core.document._limits import MAX_FILE_BYTES

if TYPE_CHECKING:
    from aether_core.document import Diagnostic


def _refusal(path: Path | str) -> Diagnostic:
    loaded = load_file(path)
    assert loaded.documents == ()
    assert len(loaded.diagnostics) == 1
    diagnostic = loaded.diagnostics[0]
    assert diagnostic.severity is Severity.ERROR
    assert diagnostic.file == str(path)
    return diagnostic


@pytest.mark.parametrize("name", ["w.json", "w.yaml", "w.yml", "w.JSON", "w.txt", "w"])
def test_a_file_is_loaded_whatever_its_suffix(
    workflow: dict[str, Any], tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    path.write_text(json.dumps(workflow))

    loaded = load_file(path)

    assert loaded.diagnostics == ()
    assert loaded.name == str(path)
    assert isinstance(loaded.documents[0].resource, Workflow)
    assert loaded.documents[0].value == workflow


def test_a_suffix_decides_the_format(tmp_path: Path) -> None:
    (tmp_path / "w.json").write_text("a: 1")
    (tmp_path / "w.yaml").write_text("{a: 1}")

    assert _refusal(tmp_path / "w.json").code == "AE008"
    assert load_file(tmp_path / "w.yaml").documents[0].value == {"a": 1}


def test_the_text_decides_where_the_suffix_does_not() -> None:
    assert load_text('\n {"a": 1}').documents[0].value == {"a": 1}
    assert load_text("a: 1").documents[0].value == {"a": 1}
    assert load_text("[1]").documents[0].value == [1]


def test_a_missing_file_is_a_diagnostic(tmp_path: Path) -> None:
    refusal = _refusal(tmp_path / "none.json")

    assert (refusal.code, refusal.line, refusal.column, refusal.path) == ("AE001", 1, 1, "")
    assert refusal.hint is not None


def test_a_directory_is_a_diagnostic(tmp_path: Path) -> None:
    assert _refusal(tmp_path).code == "AE002"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)

    assert _refusal(pipe).code == "AE002"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs devices")
@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_a_device_is_not_read(device: str) -> None:
    assert _refusal(device).code == "AE002"


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs a list of open files")
def test_a_refusal_leaves_no_file_open(tmp_path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))

    for path in (str(tmp_path), "/dev/null", str(tmp_path / "none")):
        load_file(path)

    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_loop_of_links_is_a_diagnostic(tmp_path: Path) -> None:
    link = tmp_path / "loop.json"
    link.symlink_to(link)

    assert _refusal(link).code == "AE003"


@pytest.mark.parametrize("path", ["a\0b.json", "x" * 5000])
def test_an_impossible_path_is_a_diagnostic(path: str) -> None:
    assert _refusal(path).code == "AE003"


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything"
)
def test_a_file_without_permission_is_a_diagnostic(tmp_path: Path) -> None:
    path = tmp_path / "secret.json"
    path.write_text("{}")
    path.chmod(0)

    assert _refusal(path).code == "AE003"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOENT, "AE001"),
        (errno.EISDIR, "AE002"),
        (errno.EACCES, "AE003"),
        (errno.EPERM, "AE003"),
        (errno.EIO, "AE003"),
    ],
)
def test_every_error_of_the_system_has_words(number: int, code: str) -> None:
    found = unreadable("x", OSError(number, os.strerror(number)))

    assert found.code == code
    assert "Errno" not in found.message


def test_a_file_at_the_limit_is_read_and_one_above_is_not(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_bytes(b"a: 1\n#" + b"x" * (MAX_FILE_BYTES - 6))
    assert load_file(path).documents[0].value == {"a": 1}

    path.write_bytes(b"a: 1\n#" + b"x" * (MAX_FILE_BYTES - 5))
    assert _refusal(path).code == "AE004"


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs such a file")
def test_a_file_that_hides_its_size_is_bounded_too() -> None:
    loaded = load_file("/proc/self/status")

    assert [each.code for each in loaded.diagnostics if each.code < "AE1"] in ([], ["AE020"])


@pytest.mark.parametrize("text", ["x" * (MAX_FILE_BYTES + 1), b"x" * (MAX_FILE_BYTES + 1)])
def test_text_has_the_same_limit(text: str | bytes) -> None:
    assert load_text(text).diagnostics[0].code == "AE004"


@pytest.mark.parametrize(
    ("data", "code", "message"),
    [
        ("{}".encode("utf-16"), "AE005", "UTF-16"),
        (b"\xfe\xff\0{", "AE005", "UTF-16"),
        ("{}".encode("utf-32"), "AE005", "UTF-32"),
        (b"\0\0\xfe\xff", "AE005", "UTF-32"),
        (b"\x7fELF\0\0\xff", "AE006", "binary"),
        ("{}".encode("utf-16-le"), "AE006", "binary"),
        (b"", "AE007", "no document"),
        (b"\xef\xbb\xbf", "AE007", "no document"),
        (b" \r\n\t\n", "AE007", "no document"),
        (b"# only a comment\n", "AE007", "no document"),
        (b"---\n---\n...\n", "AE007", "no document"),
    ],
)
def test_what_is_not_text_is_one_diagnostic(data: bytes, code: str, message: str) -> None:
    loaded = load_text(data, name="x")

    assert loaded.documents == ()
    assert [each.code for each in loaded.diagnostics] == [code]
    assert message in loaded.diagnostics[0].message


def test_a_byte_that_is_not_utf_8_has_its_place() -> None:
    found = load_text("a: é\nb: ".encode() + b"\xff\n").diagnostics[0]

    assert (found.code, found.line, found.column) == ("AE005", 2, 4)
    assert "0xff" in found.message


def test_characters_that_no_file_can_hold_are_refused() -> None:
    assert load_text("a: \0").diagnostics[0].code == "AE006"
    found = load_text("a:\n  \ud800").diagnostics[0]
    assert (found.code, found.line, found.column) == ("AE019", 2, 3)


def test_a_byte_order_mark_is_dropped() -> None:
    assert load_text("\ufeff{}").documents[0].value == {}
    assert load_text(b"\xef\xbb\xbfa: 1").documents[0].value == {"a": 1}


class _Stdin:
    """What a program has as standard input."""

    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", _Stdin(b"a: [1\n"))

    loaded = load_file("-")

    assert loaded.name == "<stdin>"
    assert loaded.diagnostics[0].file == "<stdin>"
    assert loaded.diagnostics[0].code == "AE009"


def test_standard_input_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", _Stdin(b"x" * (MAX_FILE_BYTES + 1)))

    assert load_file("-").diagnostics[0].code == "AE004"


def test_a_program_without_standard_input_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)

    assert load_file("-").diagnostics[0].code == "AE003"


def test_a_closed_standard_input_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = _Stdin(b"")
    stdin.buffer.close()
    monkeypatch.setattr(sys, "stdin", stdin)

    found = read_stdin("x")

    assert not isinstance(found, bytes)
    assert found.code == "AE003"


def test_warnings_do_not_keep_a_document_from_running(workflow: dict[str, Any]) -> None:
    workflow["spec"]["priority"] = 2000

    loaded = load_text(json.dumps(workflow))

    assert [each.severity.value for each in loaded.diagnostics] == ["warning"]
    assert loaded.documents[0].resource is not None


def test_a_fault_of_the_file_keeps_every_document_from_running(workflow: dict[str, Any]) -> None:
    text = json.dumps(workflow)

    loaded = load_text(f"--- {text}\n--- {{a: 1, a: 2}}\n", format="yaml")

    first = loaded.documents[0]
    assert first.resource is None
    assert first.draft is not None
    assert first.problems[0].code == "AE010"
    assert "line 2 of the file" in first.problems[0].message
    assert [each.code for each in loaded.diagnostics].count("AE010") == 1


def test_diagnostics_are_the_json_of_the_command() -> None:
    found = msgspec.to_builtins(load_text("[").diagnostics[0])

    assert found == {
        "code": "AE008",
        "severity": "error",
        "message": "expected a value, found the end of the text",
        "file": "<text>",
        "line": 1,
        "column": 2,
        "endLine": 1,
        "endColumn": 2,
        "path": "",
        "hint": "The text is cut off, or a bracket is not closed.",
    }
