"""The executor: from inputs to an exchange, and from the answer to a result."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aether_http._models import HttpInputs, HttpOutputs
from aether_http._statuses import describe, is_expected
from aether_sdk import ExecCode, Executor, TaskError, TaskTimeout, bind_inputs, output_from

if TYPE_CHECKING:
    import httpx

    from aether_http._clients import ClientPool
    from aether_sdk import ExecOutputs, ExecuteRequest


class HttpExecutor(Executor):
    """Sends one HTTP request; connections are pooled for each event loop.

    The event loop closes its connections when it shuts down, `aclose` does it earlier.
    """

    type = "http"
    version = "1.0"
    description = "Sends an HTTP request"
    Inputs = HttpInputs
    Outputs = HttpOutputs

    def __init__(self) -> None:
        """Make an executor without connections."""
        self._pool: ClientPool | None = None

    async def execute(self, request: ExecuteRequest) -> ExecOutputs:
        """Run one attempt. Cancelling it drops the connection.

        Raises:
            BindError: the inputs do not fit.
            TaskError: no answer came, or one that is too long.
            TaskTimeout: the exchange took longer than the `timeout` input.
        """
        # httpx takes longer to import than all of the rest; a run without this executor, and
        # every listing of executors, goes without it.
        from aether_http._wording import label

        inputs = bind_inputs(request.inputs, HttpInputs)
        target = label(inputs.method, inputs.url)
        outputs = await self._exchange(inputs, target)
        if is_expected(outputs.status_code, inputs.statuses):
            return output_from(outputs)
        message = f"{target} answered {outputs.status_code}, expected {describe(inputs.statuses)}"
        return output_from(outputs, code=ExecCode.FAILED, message=message)

    async def aclose(self) -> None:
        """Close the connections of the running event loop. The executor stays usable."""
        if self._pool is not None:
            await self._pool.aclose()

    async def _exchange(self, inputs: HttpInputs, target: str) -> HttpOutputs:
        # Late, for the reason given in `execute`.
        from aether_http import _exchange
        from aether_http._wording import cause

        try:
            async with asyncio.timeout(inputs.seconds):
                return await _exchange.exchange(await self._client(), inputs)
        except TimeoutError as error:
            message = f"{target}: no complete answer within {inputs.seconds:g}s"
            raise TaskTimeout(message) from error
        except _exchange.BodyTooLargeError as error:
            limit = inputs.max_response_bytes
            message = f"{target}: the body is longer than max_response_bytes ({limit})"
            raise TaskError(message) from error
        except _exchange.FAILURES as error:
            message = f"{target}: {cause(error, inputs.url)}"
            raise TaskError(message) from error

    async def _client(self) -> httpx.AsyncClient:
        if self._pool is None:
            # Late, for the reason given in `execute`.
            from aether_http._clients import ClientPool

            self._pool = ClientPool()
        return await self._pool.client()
