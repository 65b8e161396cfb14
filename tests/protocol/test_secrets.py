"""Where secrets go, and where they do not: decision 18."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from aether_core.secrets import StaticSecretProvider

VALUE = "correct-horse-battery"
SPEC = """
entrypoint: main
templates:
- dag:
    name: main
    tasks:
    - name: login
      retry: {limit: 1, expression: "true"}
      template: work
      arguments: {parameters: [{name: token, valueFrom: {secretKeyRef: {name: mail, key: token}}}]}
- task:
    name: work
    inputs: {parameters: [{name: token, type: string}]}
    executor:
      type: echo
      config: {code: 2, message: "rejected: {{ inputs.parameters.token }}",
               header: "Bearer {{ inputs.parameters.token }}"}
"""


def test_only_the_executor_sees_a_secret(live: Any, read: Any) -> None:
    """Decision 18: resolved at dispatch; neither stored nor shown by any view or event."""

    async def story(world: Any) -> None:
        secrets = StaticSecretProvider({"mail": {"token": VALUE}})
        async with world.engine(secrets=secrets) as engine:
            await engine.submit(read(SPEC), run_id="r")
            run = await engine.wait("r")
            stored = repr(
                (
                    await world.store.get_run("r"),
                    await world.store.get_tasks("r"),
                    await world.store.get_events("r", after=0, limit=1000),
                )
            )
            events = [event async for event in engine.events("r")]
        assert VALUE not in stored
        assert VALUE not in repr((run, events))
        given = [request.inputs.as_dict()["header"] for request in world.echo.requests]
        assert given == [f"Bearer {VALUE}"] * 2
        assert run.tasks[1].message == "rejected: ******"
        assert run.tasks[1].inputs["header"] == "Bearer ******"

    live(story)


def test_the_command_masks_secrets(aether: Any, write: Any, work: Path) -> None:
    """Decision 18: in its output, its errors and its file."""
    (work / "secrets.json").write_text(json.dumps({"mail": {"token": VALUE}}))
    (work / "secrets.json").chmod(0o600)

    outcome = aether("run", write(SPEC), "--run-id", "r", "--secrets", "secrets.json")
    views = [outcome, *(aether(command, "r") for command in ("get", "why", "watch"))]

    assert outcome.status == 1
    assert not [view for view in views if VALUE in view.out + view.err]
    files = [file for file in work.iterdir() if file.name != "secrets.json"]
    assert not [file for file in files if VALUE.encode() in file.read_bytes()]


def test_a_missing_secret_is_an_error(live: Any, read: Any) -> None:
    """Decision 18: the message names the secret, and nothing is executed."""

    async def story(world: Any) -> None:
        async with world.engine(secrets=StaticSecretProvider({})) as engine:
            await engine.submit(read(SPEC.replace("{limit: 1", "{limit: 0")), run_id="r")
            run = await engine.wait("r")
        assert run.tasks[1].phase == "Error"
        assert "mail" in run.tasks[1].message
        assert world.echo.requests == []

    live(story)
