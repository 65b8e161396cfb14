"""The executor: from inputs to an exchange, and from the answer to a result."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aether_http._models import HttpInputs, HttpOutputs
from aether_http._statuses import describe, is_expected
from aether_sdk import ExecCode, Executor, bind_inputs

if TYPE_CHECKING:
    from aether_http._calls import Call, Sleep
    from aether_http._clients import ClientPool
    from aether_http._models import RequestInputs
    from aether_sdk import ExecOutputs, ExecuteRequest


class Connections:
    """The share of one executor in the connections that all of an event loop have in common.

    They are opened when the first request needs them.
    """

    def __init__(self) -> None:
        self._pool: ClientPool | None = None

    async def call(self, inputs: RequestInputs, request: ExecuteRequest, sleep: Sleep) -> Call:
        """Return a call that goes over the connections of the running event loop.

        Raises:
            TaskError: the worker's settings do not allow any.
        """
        if self._pool is None:
            # aiohttp and httpx take longer to import than all of the rest; a run without this
            # executor, and every listing of executors, goes without them.
            from aether_http._clients import POOL

            self._pool = POOL
        return await self._pool.call(self, inputs, request, sleep)

    async def aclose(self) -> None:
        """Give up the share in the connections of the running event loop; the last closes them."""
        if self._pool is not None:
            await self._pool.leave(self)


class ConnectedExecutor(Executor):
    """An executor that shares the connections of its event loop.

    Args:
        sleep: Waits between requests.
    """

    def __init__(self, *, sleep: Sleep = asyncio.sleep) -> None:
        """Make an executor without connections."""
        self._connections = Connections()
        self._sleep = sleep

    async def aclose(self) -> None:
        """Give up the connections of the running event loop. The executor stays usable."""
        await self._connections.aclose()


class HttpExecutor(ConnectedExecutor):
    """Sends one HTTP request; the executors of an event loop share its connections.

    The event loop closes its connections when it shuts down. `aclose` does it earlier, once no
    other executor uses them.

    Args:
        sleep: Waits between retries.
    """

    type = "http"
    version = "1.1"
    description = "Sends an HTTP request"
    Inputs = HttpInputs
    Outputs = HttpOutputs

    async def execute(self, request: ExecuteRequest) -> ExecOutputs:
        """Run one attempt. Cancelling it drops the connection.

        Raises:
            BindError: the inputs do not fit.
            TaskError: no answer came, or one that cannot be used.
            TaskTimeout: a limit of time passed.
        """
        inputs = bind_inputs(request.inputs, HttpInputs)
        call = await self._connections.call(inputs, request, self._sleep)
        answer, remark = await call.answer()
        status = answer.status_code
        if is_expected(status, inputs.statuses):
            return call.report(answer)
        expected = describe(inputs.statuses)
        message = f"{call.target} answered {status}, expected {expected}{remark}"
        return call.report(answer, code=ExecCode.FAILED, message=message)
