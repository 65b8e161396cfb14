"""The executor keeps the contract."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from aether_http import HttpExecutor, HttpPollExecutor
from aether_sdk import ExecCode
from aether_sdk.testing import ExecutorContract, Sample

DOCUMENT = """
apiVersion: aether/v1
kind: Workflow
metadata: {name: fetch}
spec:
  entrypoint: fetch
  templates:
  - task:
      name: fetch
      executor: {type: http, config: {url: URL}}
      outputs: {parameters: [{name: status_code}]}
"""


@pytest.fixture
def deaf() -> Iterator[str]:
    """The URL of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


class TestHttp(ExecutorContract):
    """One test per rule."""

    executor = HttpExecutor

    @pytest.fixture
    def samples(self, site: Any, deaf: str) -> Sequence[Sample]:
        site.answer = lambda got: site.Answer(404 if got.target == "/no" else 200, got.body)
        return [
            Sample({"url": f"{site.url}/a"}, varying={"elapsed_ms"}),
            Sample(
                {"url": f"{site.url}/b", "method": "POST", "json": {"a": [1]}},
                varying={"elapsed_ms"},
            ),
            Sample(
                {"url": f"{site.url}/c", "headers": {"Authorization": "Bearer wind-and-water"}},
                secrets={"headers"},
                varying={"elapsed_ms"},
            ),
            Sample({"url": f"{site.url}/no"}, code=ExecCode.FAILED),
            Sample({"url": deaf}, is_endless=True),
            Sample({"url": site.url, "max_response_bytes": -1}, refused_at="$.max_response_bytes"),
        ]

    def test_a_document_runs(self, run_document: Callable[..., Any], site: Any) -> None:
        pytest.importorskip("aether_core", reason="needs the engine")

        assert run_document(DOCUMENT.replace("URL", site.url)).outputs == {"status_code": 200}


class TestHttpPoll(ExecutorContract):
    """One test per rule, for polling."""

    executor = HttpPollExecutor

    @pytest.fixture
    def samples(self, site: Any, deaf: str) -> Sequence[Sample]:
        site.answer = lambda got: site.Answer(200, b'{"state": "done"}')
        done = {"url": site.url, "until": "json.state == 'done'"}
        return [
            Sample(done, varying={"elapsed_ms"}),
            Sample(
                {**done, "headers": {"Authorization": "Bearer wind-and-water"}},
                secrets={"headers"},
                varying={"elapsed_ms"},
            ),
            Sample({**done, "fail_when": "`true`"}, code=ExecCode.FAILED),
            Sample(
                {**done, "until": "`false`", "interval": "1ms", "give_up_after": "20ms"},
                code=ExecCode.TIMEOUT,
                varying={"elapsed_ms", "polls"},
            ),
            Sample({**done, "until": "`false`"}, is_endless=True),
            Sample({**done, "url": deaf}, is_endless=True),
            Sample({**done, "until": "[["}, refused_at="$.until"),
        ]
