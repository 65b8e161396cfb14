"""What people see in an editor: the schema with a real YAML language server, over its protocol."""

from __future__ import annotations

import json
import re
from pathlib import Path
from textwrap import dedent
from typing import Protocol

import pytest

ROOT = Path(__file__).parents[2]


class Finding(Protocol):
    """What the server says about a line."""

    @property
    def line(self) -> int: ...

    @property
    def message(self) -> str: ...


class Server(Protocol):
    """The language server; `‸` in a text is the cursor."""

    def diagnose(self, text: str, name: str = ...) -> list[Finding]:
        """Return what is wrong with a document."""
        ...

    def complete(self, text: str) -> dict[str, str]:
        """Return the proposals with their descriptions."""
        ...

    def hover(self, text: str) -> str:
        """Return what is shown."""
        ...


HEAD = """\
apiVersion: aether/v1
kind: Workflow
metadata: {name: w}
spec:
  entrypoint: main
  templates:
    - task:
        name: main
"""


def task(body: str) -> str:
    """Return a workflow of one task; its body begins in line 9."""
    return HEAD + "".join(f"        {line}\n" for line in dedent(body).strip("\n").split("\n"))


def giving(executor_type: str, parameter: str) -> str:
    """Return a workflow whose task gives one input."""
    body = f"""
        executor:
          type: {executor_type}
        inputs:
          parameters:
            - {parameter}
    """
    return task(body)


def test_types_of_executors_are_proposed_with_their_descriptions(server: Server) -> None:
    """Built-in ones, those of our plugins, and one of another package."""
    found = server.complete(task("executor:\n  type: ‸"))

    assert {"await", "echo", "function", "http", "http.poll", "script", "shell"} <= found.keys()
    assert found["acme.tea"] == "Makes a pot of tea"


@pytest.mark.parametrize(
    ("executor_type", "has", "lacks"),
    [
        ("http", {"url", "method", "headers"}, {"script", "until", "leaves"}),
        ("http.poll", {"url", "until"}, {"script", "leaves"}),
        ("shell", {"command", "script", "stdin"}, {"url", "leaves"}),
        ("acme.tea", {"leaves", "grams"}, {"url", "command"}),
    ],
)
def test_names_of_inputs_are_proposed_by_type(
    server: Server, executor_type: str, has: set[str], lacks: set[str]
) -> None:
    as_parameter = server.complete(giving(executor_type, "name: ‸"))
    as_config = server.complete(task(f"executor:\n  type: {executor_type}\n  config:\n    ‸"))

    for found in (as_parameter, as_config):
        assert has <= found.keys()
        assert not lacks & found.keys()


def test_values_are_proposed(server: Server) -> None:
    """Those of enums, of true and false, and defaults; never null."""
    in_config = "executor:\n  type: shell\n  config:\n    stdout_format: ‸"

    assert "GET" in server.complete(giving("http", "{name: method, value: ‸}"))
    assert server.complete(task(in_config)).keys() == {"text", "lines", "json"}
    assert server.complete(giving("acme.tea", "{name: leaves, value: ‸}")).keys() == {
        "assam",
        "sencha",
    }
    assert server.complete(giving("shell", "{name: clean_env, value: ‸}")).keys() == {
        "true",
        "false",
    }


def test_declared_types_are_proposed_as_far_as_they_fit(server: Server) -> None:
    found = list(server.complete(giving("acme.tea", "{name: leaves, type: ‸}")))

    assert found[:2] == ["any", "string"]
    assert "null" not in found


def test_descriptions_are_shown(server: Server) -> None:
    """Of an executor, of an input's value, and of an input in config."""
    config = "executor:\n  type: acme.tea\n  config:\n    gra‸ms: 2"

    assert "Makes a pot of tea" in server.hover(task("executor:\n  type: acme‸.tea"))
    assert "to use." in server.hover(giving("acme.tea", "{name: leaves, val‸ue: assam}"))
    assert "How much of them." in server.hover(task(config))
    assert "**required** The *leaves* to use." in server.hover(giving("acme.tea", "name: lea‸ves"))


TEA = 'The executor "acme.tea" has no such input. It has: grams, leaves.'
MISTAKES = {
    "unknown type": (
        "executor:\n  type: htpp",
        10,
        "No executor of this type is installed. Installed are: acme.tea, await, echo,",
    ),
    "unknown input": (
        "executor: {type: acme.tea}\ninputs:\n  parameters:\n"
        "    - {name: leaves, value: assam}\n    - {name: garms, value: 3}",
        13,
        TEA,
    ),
    "unknown key": (
        "executor:\n  type: acme.tea\n  config:\n    leaves: assam\n    garms: 3",
        13,
        TEA,
    ),
    "wrong type": (
        "executor:\n  type: shell\n  config:\n    command: ls\n    max_output_bytes: many",
        13,
        'Incorrect type. Expected "integer".',
    ),
    "wrong value": (
        "executor:\n  type: acme.tea\n  config:\n    leaves: mint",
        12,
        'Value is not accepted. Valid values: "assam", "sencha".',
    ),
    "out of range": (
        "executor:\n  type: acme.tea\n  config:\n    leaves: assam\n    grams: 0",
        13,
        "Value is below the exclusive minimum of 0.",
    ),
    "missing input": (
        "executor:\n  type: script\n  config:\n    runtime: python3",
        11,
        'The executor "script" requires the input "source".',
    ),
    "nothing to do": (
        "executor:\n  type: shell",
        9,
        'The executor "shell" needs one of "command", "script".',
    ),
    "wrong text for function": (
        "executor:\n  type: function\ninputs:\n  parameters: [{name: function, value: 3}]",
        12,
        'Incorrect type. Expected "string".',
    ),
    "wrong declared type": (
        "executor: {type: http}\ninputs:\n  parameters:\n"
        "    - {name: url, type: string, value: http://x}\n"
        "    - {name: headers, type: string, value: '{{ workflow.parameters.h }}'}",
        13,
        'Value is not accepted. Valid values: "any", "object".',
    ),
}


def test_patterns_are_explained_and_keys_of_an_empty_document_proposed(server: Server) -> None:
    text = HEAD.replace("name: w", "name: W").replace("spec:", "spec:\n  timeout: 5 minutes")
    body = "        executor: {type: echo}\n"

    assert [(found.line, found.message[:30]) for found in server.diagnose(text + body)] == [
        (3, "Expected lower-case letters, d"),
        (5, "Expected a duration such as 50"),
    ]
    assert {"apiVersion", "kind", "metadata", "spec"} <= server.complete("‸").keys()


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_shown_in_its_line(server: Server, name: str) -> None:
    body, line, message = MISTAKES[name]

    [found] = server.diagnose(task(body))

    assert found.line == line
    assert found.message.startswith(message)


def test_good_documents_show_nothing(server: Server) -> None:
    """The examples, but for the one that is full of mistakes."""
    files = [file for file in sorted(ROOT.glob("examples/*.yaml")) if file.stem != "mistakes"]

    found = {file.name: server.diagnose(file.read_text(encoding="utf-8")) for file in files}

    assert len(files) > 3
    assert {name: each for name, each in found.items() if each} == {}


def test_placeholders_and_mere_variables_show_nothing(server: Server) -> None:
    body = """
        executor:
          type: acme.tea
          config:
            leaves: assam
            grams: "{{ inputs.parameters.amount }}"
        inputs:
          parameters:
            - {name: amount, value: 3}
    """

    assert server.diagnose(task(body)) == []


def test_the_page_shows_what_the_editor_says(server: Server) -> None:
    """Its document, and a line for each mistake, which the page may cut short."""
    page = (ROOT / "docs/guide/editor.md").read_text(encoding="utf-8")
    [document] = re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    [shown] = re.findall(r"^```text\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)

    found = [f"{each.line}: {each.message}" for each in server.diagnose(document, "other.yaml")]

    lines = [line.removesuffix("…") for line in shown.splitlines()]
    assert len(found) == len(lines)
    assert all(said.startswith(line) for said, line in zip(found, lines, strict=True))


def test_the_page_names_the_version_that_is_tested() -> None:
    pinned = json.loads((ROOT / "tests/editor/package.json").read_text(encoding="utf-8"))
    page = (ROOT / "docs/guide/editor.md").read_text(encoding="utf-8")

    assert f"version {pinned['dependencies']['yaml-language-server']} " in page


@pytest.mark.parametrize("place", ["aether.schema.json", "absolute"])
def test_a_line_in_the_document_names_the_schema(server: Server, schema: Path, place: str) -> None:
    """A path next to the document, or a URL; no setting is needed."""
    where = schema.as_uri() if place == "absolute" else place
    line = f"# yaml-language-server: $schema={where}\n"
    text = task("executor:\n  type: nope")

    assert server.diagnose(text, "other.yaml") == []
    [found] = server.diagnose(line + text, "other.yaml")

    assert found.line == 11
