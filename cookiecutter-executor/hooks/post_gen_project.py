"""Says how to go on with the package. `aether new executor` says `next_steps`, too."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# The file is valid Python before it is rendered as after it.
ANSWERS = r"""{{ cookiecutter | jsonify }}"""


def next_steps(folder: Path, answers: Mapping[str, str]) -> str:
    """Return what was made in a folder, and three commands that one can go on with."""
    where = shlex.quote(str(folder))
    takes_secrets = answers["secrets"] == "yes"
    environment = 'AETHER_SECRET_EXAMPLE_KEY="open sesame" ' if takes_secrets else ""
    return (
        f"made the package {answers['distribution']} with the executor {answers['type']} "
        f"in {folder}\n\n"
        "What you can do next:\n"
        f"  pip install -e {shlex.quote(f'{folder.resolve()}[test]')}\n"
        f"  pytest {where}\n"
        f"  {environment}aether run {where}/example.yaml\n"
    )


if __name__ == "__main__":
    sys.stdout.write(next_steps(Path.cwd(), json.loads(ANSWERS)))
