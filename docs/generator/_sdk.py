"""Every public name of the SDK: docs/reference/sdk.md."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import aether_sdk
import aether_sdk.testing
from generator._docstring import markdown_of
from generator._markdown import fenced
from generator._source import Declaration, declarations

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Public names by subject.
SUBJECTS: Final[dict[str, str]] = {
    "Executors": "Executor ExecuteResult hookimpl",
    "What an executor is given": "ExecuteRequest Inputs Parameter Artifact Resources UNSET Unset",
    "Inputs and outputs as models": (
        "bind_inputs output_from DynamicOutputs ExecOutputs JsonValue json_value "
        "parse_duration DURATION_PATTERN"
    ),
    "How an attempt ends": (
        "TaskOutcome TaskFailed TaskError TaskTimeout TaskSuspended ExecCode Phase phase_of_code"
    ),
    "Schemas": "schema_of ExecutorSchema JsonSchema",
    "Errors": (
        "AetherError BindError BindProblem OutputError SchemaError PluginError "
        "ExecutorAlreadyRegistered UnknownExecutor"
    ),
    "For engines and tools": (
        "check_executor outcome_of outcome_of_error hookspec hookspecs API_LEVEL "
        "SUPPORTED_API_LEVELS ENTRY_POINT_GROUP PROJECT_NAME MASK"
    ),
}
TESTING_SUBJECTS: Final[dict[str, str]] = {
    "The contract": "ExecutorContract check_contract RULES Rule Finding Sample Limits",
    "Calls without an engine": "request_for run_request Attempt Ending Blocked",
    "Documents in memory": "run_document MissingPackage",
}
# Not declared like the others: read from the metadata of the distribution.
_PLAIN: Final = {"__version__"}

_HEAD: Final = """\
<!-- Written by docs/generate.py from the docstrings of the package; change them there. -->
# {title}

{text}
"""


def sdk_page() -> str:
    """Return the page of what plugins import."""
    text = (
        "What a plugin imports from `aether_sdk`, the distribution `aether-workflow-sdk`. "
        "[Writing an executor](../guide/writing-an-executor.md) shows it at work; "
        "[`aether_sdk.testing`](sdk-testing.md) has a page of its own."
    )
    return _page("The SDK", text, SUBJECTS, _folder(aether_sdk))


def testing_page() -> str:
    """Return the page of what tests of plugins import."""
    text = (
        "What the tests of a plugin import from `aether_sdk.testing`, with the extra `testing` of "
        "`aether-workflow-sdk`. [Testing an executor](../guide/testing-an-executor.md) shows it at "
        "work."
    )
    return _page("The SDK's tests", text, TESTING_SUBJECTS, _folder(aether_sdk.testing))


def undocumented_names() -> Iterator[str]:
    """Yield what is public in the SDK and not on its page, or there without a word about it."""
    for module, subjects in ((aether_sdk, SUBJECTS), (aether_sdk.testing, TESTING_SUBJECTS)):
        known = declarations(_folder(module))
        shown = {name for names in subjects.values() for name in names.split()}
        for name in sorted({*module.__all__} ^ (shown | ({*module.__all__} & _PLAIN))):
            yield f"{module.__name__}.{name} is public and on no page, or the other way round"
        for name in sorted(shown):
            if name not in known:
                yield f"{module.__name__}.{name} is declared in a way that the page can't show"
            elif not all(each.docstring for each in (known[name], *known[name].members)):
                yield f"{module.__name__}.{name}, or a member of it, has no docstring"


def _folder(module: object) -> Path:
    file: str = getattr(module, "__file__", "")
    return Path(file).parent


def _page(title: str, text: str, subjects: dict[str, str], folder: Path) -> str:
    known = declarations(folder)
    sections = (
        _section(subject, (known[name] for name in names.split()))
        for subject, names in subjects.items()
    )
    return "\n".join([_HEAD.format(title=title, text=text), *sections])


def _section(subject: str, declared: Iterable[Declaration]) -> str:
    return "\n".join([f"## {subject}\n", *(_entry(each, "###") for each in declared)])


def _entry(declared: Declaration, heading: str, owner: str = "") -> str:
    parts = [
        f"{heading} `{owner}{declared.name}`\n",
        fenced(declared.code, "python"),
        markdown_of(declared.docstring),
        *(_entry(each, f"{heading}#", f"{declared.name}.") for each in declared.members),
    ]
    return "\n".join(parts)
