"""What an import does in an interpreter that has done nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_PROGRAM: Final = Path(__file__).with_name("_fresh.py")
_PATIENCE: Final = 30.0


@dataclass(frozen=True, slots=True)
class Probe:
    """What the import of an executor's module did.

    Attributes:
        error: What it raised; empty when it went well.
        printed: What went to stdout and stderr.
        acts: Further things that an import should not do, one phrase each.
        seconds: Processor time that it took.
        digests: Digests of the schemas of the executors in the module, by class; those that could
            not be made or asked are left out.
    """

    error: str = ""
    printed: str = ""
    acts: tuple[str, ...] = ()
    seconds: float = 0.0
    digests: Mapping[str, str] = field(default_factory=dict[str, str])


@lru_cache(maxsize=64)
def probe(module: str, seed: int) -> Probe:
    """Import a module in a fresh interpreter and make the schemas of its executors.

    Args:
        module: Full name of the module.
        seed: Seed for the hashes of texts, on which the order of sets depends.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-P", str(_PROGRAM), str(report), module]
        settings = {"PYTHONHASHSEED": str(seed), "PYTHONPATH": os.pathsep.join(sys.path)}
        # Files that end up beside the sources would be written at the import.
        settings["PYTHONDONTWRITEBYTECODE"] = "1"
        try:
            done = subprocess.run(  # noqa: S603 - this interpreter with our own program
                command,
                env={**os.environ, **settings},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=_PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Probe(error=f"did not come to an end within {_PATIENCE:g} s")
        printed = done.stdout.decode(errors="replace")
        if not report.exists():
            return Probe(error=f"the interpreter ended with status {done.returncode}: {printed}")
        found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
        found["acts"] = tuple(found["acts"])
        return Probe(**found, printed=printed)
