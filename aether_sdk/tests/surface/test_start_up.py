"""A plugin pays only for what it uses."""

from __future__ import annotations

import subprocess
import sys

import pytest

_DYNAMIC = """
from aether_sdk import Executor, check_executor
class Any(Executor):
    type = "any"
    def execute(self, request):
        return {"a": 1}
assert check_executor(Any()) == ()
assert Any().schema().inputs is None
"""


def _modules_after(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(*sys.modules, sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "code",
    [
        "import aether_sdk; aether_sdk.Executor; aether_sdk.outcome_of({'a': 1})",
        "import aether_sdk; aether_sdk.outcome_of_error(ValueError('no'))",
        "import aether_sdk; aether_sdk.hookimpl",
        "import aether_sdk; aether_sdk.schema_of(None, aether_sdk.DynamicOutputs, type='any')",
        _DYNAMIC,
    ],
)
def test_pydantic_is_not_imported_without_a_model(code: str) -> None:
    modules = _modules_after(code)

    assert "aether_sdk" in modules
    assert not modules & {"pydantic", "pydantic_core"}


def test_the_package_alone_imports_no_other_module_of_its_own() -> None:
    modules = _modules_after("import aether_sdk")

    assert {name for name in modules if name.startswith("aether_sdk")} == {"aether_sdk"}
    assert not modules & {"pluggy", "dataclasses", "inspect"}
