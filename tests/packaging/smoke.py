"""Runs the installed `aether` command of this interpreter's environment, far from the checkout.

    python smoke.py HATCHLING    the program that builds the plugin which the command makes

Standard library only: the environment holds our packages and what they declare, nothing else.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

DOCUMENT = {
    "apiVersion": "aether/v1",
    "kind": "Workflow",
    "metadata": {"name": "smoke"},
    "spec": {
        "entrypoint": "main",
        "templates": [
            {
                "dag": {
                    "name": "main",
                    "tasks": [
                        {"name": "ask", "template": "print"},
                        {
                            "name": "answer",
                            "dependencies": ["ask"],
                            "template": "repeat",
                            "arguments": {
                                "parameters": [
                                    {
                                        "name": "text",
                                        "value": "{{ tasks.ask.outputs.parameters.stdout }}",
                                    }
                                ]
                            },
                        },
                    ],
                    "outputs": {
                        "parameters": [
                            {
                                "name": "text",
                                "valueFrom": {"parameter": "tasks.answer.outputs.parameters.text"},
                            }
                        ]
                    },
                }
            },
            {
                "task": {
                    "name": "print",
                    "executor": {"type": "shell"},
                    "inputs": {"parameters": [{"name": "command", "value": ["echo", "from here"]}]},
                }
            },
            {
                "task": {
                    "name": "repeat",
                    "executor": {"type": "echo"},
                    "inputs": {"parameters": [{"name": "text", "type": "string"}]},
                }
            },
        ],
    },
}


def aether(*arguments: str, folder: str) -> str:
    """Run the command and return what it prints on stdout."""
    command = [str(Path(sys.executable).with_name("aether")), *arguments]
    environment = {**os.environ, "HOME": folder, "XDG_STATE_HOME": folder}
    answer = subprocess.run(  # the command that was just installed
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if answer.returncode:
        sys.exit(f"aether {' '.join(arguments)}: status {answer.returncode}\n{answer.stderr}")
    return answer.stdout


def build(builder: str, project: Path) -> list[str]:
    """Build a plugin and return the names of its archives."""
    answer = subprocess.run(
        [builder, "build"], cwd=project, capture_output=True, text=True, check=False
    )
    if answer.returncode:
        sys.exit(f"{builder} build: status {answer.returncode}\n{answer.stdout}{answer.stderr}")
    return sorted(path.name for path in project.joinpath("dist").iterdir())


def main() -> None:
    """Check the plugins, run a document, read the run back from the store, make a plugin."""
    (builder,) = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "smoke.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")
        aether("plugins", "check", folder=folder)
        run = json.loads(aether("run", "smoke.json", "--output", "json", folder=folder))
        stored = json.loads(aether("get", run["runId"], "--output", "json", folder=folder))
        aether("new", "executor", "aether-smoke", "--no-input", folder=folder)
        made = Path(folder, "aether-smoke/src/aether_smoke/py.typed").is_file()
        built = build(builder, Path(folder, "aether-smoke"))
    if run["outputs"] != {"text": "from here\n"} or stored != run:
        sys.exit(f"unexpected: {run}\nstored: {stored}")
    if not made:
        sys.exit("the template of plugins is not installed as a whole")
    if built != ["aether_smoke-0.1.0-py3-none-any.whl", "aether_smoke-0.1.0.tar.gz"]:
        sys.exit(f"the build of what it makes gave {built}")


if __name__ == "__main__":
    main()
