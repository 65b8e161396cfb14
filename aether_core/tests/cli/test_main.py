"""What holds for every command: help, wrong usage, failures, start-up."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aether_core.cli import _get, main
from aether_core.cli._commands import (
    COMMANDS,
    GROUPS,
    UNSUPPORTED_COMMANDS,
)
from aether_core.cli._parser import load_command

Aether = Callable[..., Any]

# What `aether --help` must not wait for.
_HEAVY = ("argparse", "asyncio", "msgspec", "pydantic", "sqlite3", "typing", "yaml")


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_lists_every_command_and_every_exit_status(
    aether: Aether, snapshot: Callable[[str, str], None], option: str
) -> None:
    outcome = aether(option)

    assert (outcome.status, outcome.err) == (0, "")
    assert all(f"\n  {name} " in outcome.out for name in COMMANDS)
    assert all(name in outcome.out for name in UNSUPPORTED_COMMANDS)
    snapshot("help.txt", outcome.out)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(
    aether: Aether, snapshot: Callable[[str, str], None], name: str
) -> None:
    outcome = aether(*name.split(), "--help")

    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.startswith(f"usage: aether {name}")
    snapshot(f"help-{name.replace(' ', '-')}.txt", outcome.out)


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_lists_its_commands(aether: Aether, group: str) -> None:
    outcome = aether(group, "--help")

    assert outcome.status == 0
    assert all(n in outcome.out for n in COMMANDS if n.startswith(group))


def test_operands_in_the_table_are_those_of_the_parsers() -> None:
    for name, (_, operands, _) in COMMANDS.items():
        shapes = {"+": "{} ...", "*": "[{} ...]", "?": "[{}]"}
        positional = [
            shapes.get(str(action.nargs), "{}").format(action.metavar)
            for action in load_command(name).parser()._actions
            if not action.option_strings
        ]

        assert " ".join(positional) == operands, name


def test_version_names_the_program(aether: Aether) -> None:
    outcome = aether("--version")

    assert outcome.status == 0
    assert outcome.out.startswith("aether ")


def test_without_arguments_those_of_the_process_are_taken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    threshold = gc.get_threshold()
    monkeypatch.setattr(sys, "argv", ["aether", "--version"])

    status = main()

    gc.unfreeze()
    gc.set_threshold(*threshold)
    assert status == 0
    assert capsys.readouterr().out.startswith("aether ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "a command is missing"),
        (["rnu"], "unknown command 'rnu'"),
        (["--store", "memory:", "list"], "unknown option '--store' before a command"),
        (["plugins"], "`aether plugins` has these commands: list, show, check"),
        (["plugins", "delete"], "unknown command 'plugins delete'"),
        (["cron", "foo"], "`aether cron` has these commands: create, list"),
        (["run"], "the following arguments are required: FILE"),
        (["run", "a.json", "--what"], "unrecognized arguments: --what"),
        (["run", "a.json", "--conc", "3"], "unrecognized arguments: --conc 3"),
        (["run", "a.json", "-p", "novalue"], "expected NAME=VALUE, got 'novalue'"),
        (["run", "a.json", "-p", "=5"], "expected NAME=VALUE, got '=5'"),
        (["run", "a.json", "--set", "x"], "expected NAME=VALUE, got 'x'"),
        (["run", "a.json", "--concurrency", "0"], "a whole number of at least 1, got '0'"),
        (["run", "a.json", "--concurrency", "-1"], "a whole number of at least 1, got '-1'"),
        (["run", "a.json", "--concurrency", "two"], "a whole number of at least 1, got 'two'"),
        (["run", "a.json", "--run-id", ""], "expected 1 to 200 printable characters"),
        (["run", "a.json", "--run-id", "a\nb"], "expected 1 to 200 printable characters"),
        (["run", "a.json", "--run-id", "x" * 201], "expected 1 to 200 printable characters"),
        (["run", "a.json", "--output", "xml"], "invalid choice: 'xml'"),
        (["list", "--phase", "Done"], "invalid choice: 'Done'"),
        (["list", "--limit", "9" * 30], "a whole number of at least 1"),
        (["executors", "describe", "x", "--schema", "--markdown"], "not allowed with"),
    ],
)
def test_wrong_usage_is_one_clear_message_and_status_2(
    aether: Aether, arguments: list[str], message: str
) -> None:
    outcome = aether(*arguments)

    assert (outcome.status, outcome.out) == (2, "")
    assert message in outcome.err
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["plugin"], 'Did you mean "plugins"?'),
        (["cron", "lsit"], 'Did you mean "list"?'),
        (["status", "r"], 'Did you mean "get"?'),
        (["version"], 'Did you mean "--version"?'),
        (["demo.yaml"], "`aether run demo.yaml` runs a document"),
        (["run", "a.json", "--stor=x"], 'Did you mean "--store"?'),
        (["run", "a.json", "--p", "n=1"], 'Did you mean "-p"?'),
        (["list", "--json"], 'Did you mean "--output json"?'),
        (["list", "--jsno"], "`aether list --help` shows what it takes"),
        (["run", "a.json", "n=1"], "given with -p: -p n=1"),
    ],
)
def test_what_nobody_knows_gets_a_hint(aether: Aether, arguments: list[str], hint: str) -> None:
    """Words of other programs are known too."""
    outcome = aether(*arguments)

    assert outcome.status == 2
    assert f"hint: {hint}" in outcome.err or hint in outcome.err.partition("hint: ")[2]


@pytest.mark.parametrize("words", [[], ["run"], ["cron"], ["cron", "list"]])
def test_help_is_a_command_too(aether: Aether, words: list[str]) -> None:
    assert aether("help", *words) == aether(*words, "--help")


@pytest.mark.parametrize("name", UNSUPPORTED_COMMANDS)
def test_planned_commands_say_that_they_are_not_supported_yet(aether: Aether, name: str) -> None:
    outcome = aether(name, "whatever", "--with", "--options")

    assert (outcome.status, outcome.out) == (2, "")
    assert f"`aether {name}` is not supported yet" in outcome.err


def _broken(_: object) -> int:
    raise ZeroDivisionError("first line\nsecond line")


def test_an_unexpected_exception_is_one_line_and_status_70(
    aether: Aether, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_get, "execute", _broken)

    outcome = aether("get", "x")

    assert (outcome.status, outcome.out) == (70, "")
    assert outcome.err == (
        "aether: internal error: ZeroDivisionError: first line\\nsecond line; please report it; "
        "run with AETHER_TRACEBACK=1 for the traceback\n"
    )


def test_the_traceback_comes_on_request(aether: Aether, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_get, "execute", _broken)
    monkeypatch.setenv("AETHER_TRACEBACK", "1")

    outcome = aether("get", "x")

    assert outcome.status == 70
    assert "Traceback (most recent call last)" in outcome.err


def _interrupted(_: object) -> int:
    raise KeyboardInterrupt


def test_an_interrupt_is_quiet(aether: Aether, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_get, "execute", _interrupted)

    assert aether("get", "x") == (130, "", "")


def test_nothing_heavy_is_imported_until_a_command_does_its_work(process: Aether) -> None:
    calls = [["--help"], ["--version"], ["nonsense"], ["worker"], ["plugins"]]
    calls += [[*name.split(), "--help"] for name in COMMANDS]
    snippet = f"""
import sys
from aether_core.cli import main
for arguments in {calls!r}:
    main(arguments)
heavy = ("asyncio", "pydantic", "sqlite3", "yaml", "aether_core.engine", "aether_core.check")
print()
print(*[name for name in heavy if name in sys.modules])
"""

    outcome = process("-c", snippet)

    assert outcome.out.splitlines()[-1] == ""


def test_help_imports_next_to_nothing(process: Aether) -> None:
    # -S and a bare path: what `site` and other packages import at start is not ours to judge.
    source = Path(sys.modules["aether_core.cli"].__file__ or "").parents[2]
    snippet = f"""
import sys
sys.path.insert(0, {str(source)!r})
from aether_core.cli import main
main(["--help"])
print()
print(*[name for name in {_HEAVY!r} if name in sys.modules], sep=",")
"""

    outcome = process("-c", f"import sys, subprocess\n{_isolated(snippet)}")

    assert outcome.out.splitlines()[-1] == ""


def _isolated(snippet: str) -> str:
    return f"sys.exit(subprocess.run([sys.executable, '-S', '-E', '-c', {snippet!r}]).returncode)"


@pytest.mark.parametrize("arguments", [["--help"], ["schema"]])
def test_a_reader_that_goes_away_is_no_error(arguments: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)

    done = subprocess.run(
        [sys.executable, "-m", "aether_core", *arguments],
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )

    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("arguments", [["--help"], ["list", "--output", "json"]])
def test_output_that_can_t_be_written_is_status_70(arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "aether_core", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert done.returncode == 70
    complaint = "aether: error: can't write the output: No space left on device\n"
    assert done.stderr.endswith(complaint)
    assert done.stderr.count("\n") == (1 if "--help" in arguments else 2)


def test_text_that_the_terminal_can_t_encode_is_escaped(process: Aether, work: Path) -> None:
    (work / "a.json").write_text('{"naïve…": 1}', encoding="utf-8")

    outcome = process(
        "validate", "a.json", env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    )

    assert outcome.status == 1
    assert "na\\xefve\\u2026" in outcome.out


def test_json_is_utf8_whatever_the_locale_says(work: Path) -> None:
    (work / "a.json").write_text('{"naïve": 1}', encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "aether_core", "validate", "a.json", "--output", "json"],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    )

    assert "naïve" in done.stdout.decode("utf-8")


def test_closed_standard_streams_are_no_error() -> None:
    shell = f"exec {sys.executable} -m aether_core --help >&- 2>&-"

    assert subprocess.run(["/bin/sh", "-c", shell], check=False).returncode == 0


@pytest.mark.parametrize(
    "arguments", [("get", "\udcff"), ("list", "--name", "\udcff"), ("run", "f", "-p", "a=\udcff")]
)
def test_an_argument_that_is_no_text_is_wrong_usage(
    aether: Aether, arguments: tuple[str, ...]
) -> None:
    outcome = aether(*arguments)

    assert (outcome.status, outcome.out) == (2, "")
    assert "not valid UTF-8" in outcome.err
