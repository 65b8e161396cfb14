"""The guard against packages of other people notices each way in which they can come in."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

GUARD = Path(__file__).with_name("origin_guard.py")


def put(site: Path, name: str, url: str | None) -> None:
    """Write the metadata of an installed distribution."""
    info = site / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    if url is not None:
        (info / "direct_url.json").write_text(json.dumps({"url": url, "dir_info": {}}))


def guard(*arguments: str) -> tuple[int, str]:
    """Run the guard; return its status and what it says."""
    command = [sys.executable, str(GUARD), *arguments]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return answer.returncode, answer.stderr


def installed(site: Path, checkout: Path, *names: str) -> tuple[int, str]:
    """Run the guard over a folder of distributions."""
    return guard("installed", str(checkout), *names, "--path", str(site))


def test_packages_of_the_checkout_pass(tmp_path: Path) -> None:
    """Distributions that were installed from below the checkout are fine."""
    put(tmp_path / "site", "aether-workflow", (tmp_path / "code/aether_core").as_uri())
    put(tmp_path / "site", "httpx", None)

    status, said = installed(tmp_path / "site", tmp_path / "code", "aether-workflow")

    assert (status, said) == (0, "")


def test_a_forged_origin_is_noticed(tmp_path: Path) -> None:
    """An origin outside the checkout fails, also where its path only begins like it."""
    put(tmp_path / "site", "aether-workflow", (tmp_path / "code-of-others/core").as_uri())
    put(tmp_path / "site", "aether-echo", "https://example.org/code/aether_echo.whl")

    status, said = installed(tmp_path / "site", tmp_path / "code", "aether-workflow", "aether-echo")

    assert status == 1
    assert "code-of-others" in said
    assert "example.org" in said


def test_a_package_from_an_index_is_noticed(tmp_path: Path) -> None:
    """A distribution without a recorded origin came from an index."""
    put(tmp_path / "site", "aether-workflow", None)

    status, said = installed(tmp_path / "site", tmp_path / "code", "aether-workflow")

    assert status == 1
    assert "index" in said


def test_a_strangers_package_is_noticed(tmp_path: Path) -> None:
    """Whatever else is called aether-something is not ours, however it spells it."""
    put(tmp_path / "site", "Aether_Core", (tmp_path / "code/aether_core").as_uri())

    status, said = installed(tmp_path / "site", tmp_path / "code", "aether-workflow")

    assert status == 1
    assert "aether-core does not belong here" in said
    assert "aether-workflow is not installed" in said


def test_a_plan_with_a_package_from_an_index_is_noticed(tmp_path: Path) -> None:
    """What pip would take from an index is found before it is installed."""

    def item(name: str, url: str, *, direct: bool) -> dict[str, object]:
        return {"metadata": {"name": name}, "download_info": {"url": url}, "is_direct": direct}

    ours = (tmp_path / "code/aether_core").as_uri()
    plan = {
        "install": [
            item("aether-workflow", ours, direct=True),
            item("aether-workflow-sdk", "https://example.org/sdk.whl", direct=False),
            item("aether-core", "https://example.org/core.whl", direct=False),
            item("httpx", "https://example.org/httpx.whl", direct=False),
        ]
    }
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    arguments = [str(tmp_path / "code"), str(tmp_path / "plan.json")]

    status, said = guard("report", *arguments, "aether-workflow", "aether-workflow-sdk")

    assert status == 1
    assert len(said.splitlines()) == 2


def test_the_members_are_those_of_the_workspace() -> None:
    """The list of editable installs and the members' metadata name the same packages."""
    root = Path(__file__).parents[2]
    listed = [
        line.removeprefix("-e ./")
        for line in (root / "requirements-dev.txt").read_text().splitlines()
        if line.startswith("-e ")
    ]

    members = [
        file.parent.relative_to(root).as_posix()
        for pattern in ("aether_*/pyproject.toml", "plugins/*/pyproject.toml")
        for file in root.glob(pattern)
    ]

    assert sorted(listed) == sorted(members)
