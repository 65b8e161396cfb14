"""Who owns the connections, and that calls share nothing else."""

from __future__ import annotations

import asyncio
import gc
import weakref
from typing import TYPE_CHECKING

import pytest

from aether_http import HttpExecutor, HttpPollExecutor
from aether_sdk import ExecuteRequest, Inputs

if TYPE_CHECKING:
    from typing import Any

    from aether_sdk import ExecOutputs, JsonValue


def request(**given: JsonValue) -> ExecuteRequest:
    return ExecuteRequest("task-1", "run-1", "fetch", inputs=Inputs.of(given))


def test_calls_of_one_loop_share_a_connection(site: Any) -> None:
    executor = HttpExecutor()

    async def run() -> None:
        for _ in range(3):
            await executor.execute(request(url=site.url))

    asyncio.run(run())

    assert (len(site.received), site.connections) == (3, 1)


def test_aclose_closes_the_connections_and_the_executor_stays_usable(site: Any) -> None:
    executor = HttpExecutor()

    async def run() -> None:
        await executor.execute(request(url=site.url))
        await executor.aclose()
        await executor.aclose()
        await executor.execute(request(url=site.url))

    asyncio.run(run())

    assert (len(site.received), site.connections) == (2, 2)


def test_both_executors_of_a_loop_share_a_connection(site: Any) -> None:
    """Whoever closes first takes nothing from the other; the last one closes the connection."""
    http, poll = HttpExecutor(), HttpPollExecutor()
    polled = request(url=site.url, until="status_code == `200`")

    async def run() -> None:
        await http.execute(request(url=site.url))
        await poll.execute(polled)
        await http.aclose()
        await poll.execute(polled)
        assert site.connections == 1
        await poll.aclose()
        await http.execute(request(url=site.url))

    asyncio.run(run())

    assert (len(site.received), site.connections) == (4, 2)


def test_an_executor_that_is_gone_keeps_no_connection_open(site: Any) -> None:
    executor = HttpExecutor()

    async def run() -> None:
        await HttpExecutor().execute(request(url=site.url))
        await executor.execute(request(url=site.url))
        gc.collect()
        await executor.aclose()
        await executor.execute(request(url=site.url))

    asyncio.run(run())

    assert (len(site.received), site.connections) == (3, 2)


def test_aclose_before_any_call_does_nothing() -> None:
    asyncio.run(HttpExecutor().aclose())


def test_each_loop_has_connections_of_its_own(site: Any) -> None:
    executor = HttpExecutor()

    for _ in range(3):
        asyncio.run(executor.execute(request(url=site.url)))

    assert (len(site.received), site.connections) == (3, 3)


def test_an_ended_loop_is_not_kept_alive(site: Any) -> None:
    executor = HttpExecutor()

    async def run() -> weakref.ref[asyncio.AbstractEventLoop]:
        await executor.execute(request(url=site.url))
        return weakref.ref(asyncio.get_running_loop())

    first = asyncio.run(run())
    asyncio.run(run())
    gc.collect()

    assert first() is None


def test_a_loop_that_closed_its_generators_gets_a_new_client(site: Any) -> None:
    executor = HttpExecutor()

    with asyncio.Runner() as runner:
        runner.run(executor.execute(request(url=site.url)))
        runner.run(runner.get_loop().shutdown_asyncgens())
        with pytest.warns(ResourceWarning, match="shutdown_asyncgens"):
            runner.run(executor.execute(request(url=site.url)))
        runner.run(executor.aclose())

    assert site.connections == 2


def test_cookies_of_one_call_do_not_reach_another(site: Any) -> None:
    site.answer = lambda _: site.Answer(headers=(("Set-Cookie", "session=secret; Path=/"),))
    executor = HttpExecutor()

    async def run() -> None:
        for _ in range(2):
            await executor.execute(request(url=site.url))

    asyncio.run(run())

    assert "cookie" not in site.received[1].headers


def test_cancelling_drops_the_exchange_and_leaves_the_client_usable(site: Any) -> None:
    def answer(got: Any) -> Any:
        if got.target == "/slow":
            site.over.wait(10)
        return site.Answer()

    site.answer = answer
    executor = HttpExecutor()

    async def run() -> ExecOutputs:
        task = asyncio.ensure_future(executor.execute(request(url=f"{site.url}/slow")))
        while not site.received:
            await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await executor.execute(request(url=site.url))

    assert asyncio.run(asyncio.wait_for(run(), timeout=10)).get("status_code") == 200


def test_many_calls_at_once_do_not_mix(site: Any) -> None:
    site.answer = lambda got: site.Answer(200, got.target.encode())
    executor = HttpExecutor()

    async def run() -> list[ExecOutputs]:
        calls = (executor.execute(request(url=f"{site.url}/{n}")) for n in range(30))
        return await asyncio.gather(*calls)

    results = asyncio.run(run())

    assert [result.get("body") for result in results] == [f"/{n}" for n in range(30)]
