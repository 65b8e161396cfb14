"""No document that the checker accepts is refused by the schema of the installed executors."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it has no stubs

from aether_core.check import check_resource
from aether_core.document import Severity, decode, load_file
from aether_core.editor import editor_schema
from aether_core.plugins import InstalledExecutors
from aether_core.simulation import generate_document

ROOT = Path(__file__).parents[2]
OWN = ("examples", "docs/protocol", "tests/conformance/cases", "plugins")
PUBLIC = Path(os.environ.get("AETHER_CONFORMANCE", ROOT / "../shared/conformance")) / "aether-v1"
SUFFIXES = {".json", ".yaml", ".yml"}
GENERATED = 25


@pytest.fixture(scope="module")
def executors() -> InstalledExecutors:
    """Return the executors of all plugins, loaded."""
    found = InstalledExecutors()
    found.load_all()
    return found


@pytest.fixture(scope="module")
def validator(executors: InstalledExecutors) -> Any:
    """Return a validator of the schema that `aether schema` prints."""
    return Draft202012Validator(editor_schema(executors.registry.schemas()))


def accepted(folder: Path, executors: InstalledExecutors) -> Iterator[tuple[Path, Any]]:
    """Yield the documents below a folder that the checker accepts, with their files."""
    for file in sorted(folder.rglob("*")):
        if file.suffix not in SUFFIXES or "package" in file.name:
            continue
        for document in load_file(file).documents:
            resource = document.resource
            if resource is None or any(p.severity is Severity.ERROR for p in document.problems):
                continue
            problems = check_resource(resource, executors)
            if all(problem.severity is not Severity.ERROR for problem in problems):
                yield file, document.value


@pytest.mark.parametrize("folder", OWN)
def test_documents_of_this_repository(
    folder: str, executors: InstalledExecutors, validator: Any
) -> None:
    documents = list(accepted(ROOT / folder, executors))

    refused = [str(file) for file, value in documents if not validator.is_valid(value)]

    assert documents
    assert refused == []


@pytest.mark.skipif(not PUBLIC.is_dir(), reason="AETHER_CONFORMANCE names no public cases")
def test_public_documents(executors: InstalledExecutors, validator: Any) -> None:
    documents = list(accepted(PUBLIC / "examples", executors))

    refused = [file.name for file, value in documents if not validator.is_valid(value)]

    assert len(documents) >= 29
    assert refused == []


def test_generated_documents(executors: InstalledExecutors, validator: Any) -> None:
    """Those that the simulation plays."""
    for seed in range(GENERATED):
        document = generate_document(Random(seed))
        resource, _ = decode(document)
        problems = () if resource is None else check_resource(resource, executors)

        assert resource is not None
        assert all(problem.severity is not Severity.ERROR for problem in problems)
        assert validator.is_valid(document), json.dumps(document)
