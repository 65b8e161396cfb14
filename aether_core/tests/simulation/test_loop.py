"""Virtual time: nothing waits, everything happens in its order, and real I/O still works."""

from __future__ import annotations

import asyncio
import sys
import time

import pytest

from aether_core.simulation import NEW_YEAR, Stalled, VirtualClock, VirtualLoop, run_simulated

HOUR = 3600.0


def test_a_year_of_timers_takes_no_time() -> None:
    async def main() -> int:
        clock = VirtualClock()
        for _ in range(365):
            await asyncio.sleep(24 * HOUR)
        return clock.now()

    began = time.monotonic()
    ended = run_simulated(main())

    assert ended == NEW_YEAR + 365 * 24 * 3600 * 1_000_000
    assert time.monotonic() - began < 5


def test_timers_ring_in_the_order_of_their_times() -> None:
    rung: list[tuple[str, float]] = []

    async def ring(name: str, after: float) -> None:
        await asyncio.sleep(after)
        rung.append((name, asyncio.get_running_loop().time()))

    async def main() -> None:
        await asyncio.gather(ring("late", 7200.5), ring("soon", 0.000_001), ring("hour", HOUR))

    run_simulated(main())

    assert rung == [("soon", 0.000_001), ("hour", HOUR), ("late", 7200.5)]


def test_a_timeout_is_virtual_too() -> None:
    async def main() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(HOUR):
                await asyncio.Event().wait()
        return asyncio.get_running_loop().time()

    assert run_simulated(main()) == HOUR


def test_the_clock_calls_back_at_the_microsecond() -> None:
    called: list[int] = []

    async def main() -> None:
        clock = VirtualClock()
        clock.call_at(NEW_YEAR + 1_000_003, lambda: called.append(clock.now()))
        clock.call_at(NEW_YEAR - 5, lambda: called.append(clock.now()))
        withdraw = clock.call_at(NEW_YEAR + 7, lambda: called.append(0))
        withdraw()
        await asyncio.sleep(2)

    run_simulated(main())

    assert called == [NEW_YEAR, NEW_YEAR + 1_000_003]


def test_the_start_can_be_chosen() -> None:
    async def main() -> int:
        return VirtualClock().now()

    assert run_simulated(main(), start=42) == 42


def test_time_waits_for_the_threads_of_the_loop() -> None:
    """A thread that takes real time does not see hours go by."""

    async def main() -> tuple[float, str]:
        loop = asyncio.get_running_loop()
        clock = asyncio.create_task(asyncio.sleep(24 * HOUR))
        answer = await asyncio.to_thread(lambda: (time.sleep(0.01), "done")[1])
        clock.cancel()
        return loop.time(), answer

    assert run_simulated(main()) == (0.0, "done")


def test_a_thread_does_not_hold_time_up_for_ever() -> None:
    async def main() -> None:
        async with asyncio.timeout(HOUR):
            await asyncio.to_thread(time.sleep, 0.2)

    with pytest.raises(TimeoutError):
        run_simulated(main())


def test_processes_and_pipes_work() -> None:
    async def main() -> tuple[bytes, float]:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", "print('hi')", stdout=asyncio.subprocess.PIPE
        )
        out, _ = await child.communicate()
        return out, asyncio.get_running_loop().time()

    out, passed = run_simulated(main())

    assert out.split() == [b"hi"]
    assert passed == 0.0


def test_sockets_work() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readline())
        writer.close()

    async def main() -> bytes:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"ping\n")
        line = await reader.readline()
        writer.close()
        await writer.wait_closed()
        server.close()
        return line

    assert run_simulated(main()) == b"ping\n"


def test_waiting_for_what_never_comes_is_an_error() -> None:
    """A simulation that hangs says so instead of hanging the test."""

    async def main() -> None:
        await asyncio.Event().wait()

    with pytest.raises(Stalled, match="never comes"):
        run_simulated(main())


def test_everything_of_a_moment_happens_before_the_next_one() -> None:
    """`before_jump` sees each time when nothing more can happen at it."""
    seen: list[tuple[float, int]] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        count = 0
        loop.before_jump = lambda: seen.append((loop.time(), count))
        for _ in range(3):
            count += 1
            await asyncio.sleep(0)
        await asyncio.sleep(1)
        count += 1
        await asyncio.sleep(1)
        loop.before_jump = None

    run_simulated(main())

    assert seen == [(0.0, 3), (1.0, 4)]


def test_the_clock_needs_a_virtual_loop() -> None:
    async def main() -> None:
        VirtualClock()

    with pytest.raises(TypeError, match="run_simulated"):
        asyncio.run(main())
