"""Says whether built wheels hold what they must hold and nothing else.

python wheel_contents.py FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path
from zipfile import ZipFile

#: What `aether new executor` renders; it makes tests, too.
TEMPLATE = "aether_core/cli/_executor_template/"


def problems_of(wheel: Path) -> list[str]:
    """Return what is wrong with a wheel, one line per problem."""
    with ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = next(n for n in names if n.endswith(".dist-info/METADATA"))
        text = archive.read(metadata).decode()
    packages = {n.partition("/")[0] for n in names if ".dist-info/" not in n}
    problems = []
    if len(packages) != 1:
        problems.append(f"holds {sorted(packages)}, expected one package")
    if packages == {"aether_core"} and f"{TEMPLATE}cookiecutter.json" not in names:
        problems.append("lacks the template of plugins")
    problems += [f"{p} has no py.typed" for p in packages if f"{p}/py.typed" not in names]
    problems += [
        f"holds {name}"
        for name in names
        if ("tests" in Path(name).parts and not name.startswith(TEMPLATE))
        or name.endswith((".pyc", ".pth"))
    ]
    if "License-Expression: Apache-2.0" not in text:
        problems.append("its metadata names no licence")
    if "Classifier: Private :: Do Not Upload" not in text:
        problems.append("its metadata allows an upload by accident")
    return [f"{wheel.name} {problem}" for problem in problems]


if __name__ == "__main__":
    wheels = sorted(Path(sys.argv[1]).glob("aether_*.whl"))
    found = [line for wheel in wheels for line in problems_of(wheel)]
    sys.exit("\n".join(found) or (0 if wheels else "no wheels"))
