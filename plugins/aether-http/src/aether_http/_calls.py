"""A call: a request, sent again as often as it has to be, until there is something to report."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx

from aether_http._exchange import FAILURES, exchange
from aether_http._extraction import ExtractionError, extracted, holds
from aether_http._retries import Retries
from aether_http._wording import cause, label, late
from aether_sdk import ExecOutputs, Parameter, TaskError, TaskTimeout

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import TypeGuard

    from aether_http._exchange import Answer
    from aether_http._models import RequestInputs
    from aether_http._transport import Transport
    from aether_sdk import ExecuteRequest, JsonValue, TaskOutcome

    Sleep = Callable[[float], Awaitable[None]]


class Call:
    """One request and what became of it.

    Args:
        transport: Sends it.
        inputs: What to send, and what is expected.
        request: The task.
        sleep: Waits for so many seconds.
    """

    def __init__(
        self,
        transport: Transport,
        inputs: RequestInputs,
        request: ExecuteRequest,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._transport = transport
        self._inputs = inputs
        self._request = request
        self._sleep = sleep

    @property
    def target(self) -> str:
        """Method and url, as messages begin; most calls need none."""
        return label(self._inputs.method, self._inputs.url)

    async def answer(self) -> tuple[Answer, str]:
        """Return the final answer, and a remark on what came before it.

        Raises:
            TaskError: no answer came, or one that cannot be used.
            TaskTimeout: a limit of time passed.
        """
        retries = Retries(self._inputs)
        while True:
            try:
                async with asyncio.timeout(self._inputs.seconds):
                    answer = await exchange(self._transport, self._inputs, self._request)
            except (TimeoutError, *FAILURES) as error:
                wait = retries.after_error(error)
                if wait is None:
                    raise self._outcome(error, _remark(retries)) from error
                what = self._what(error)
            else:
                wait = retries.after_answer(answer)
                if wait is None:
                    return answer, _remark(retries)
                what = f"answered {answer.status_code}"
            self._request.log(f"request {retries.used}: {what}, the next one in {wait:.3g} s")
            await self._sleep(wait)

    def report(self, answer: Answer, *, code: int = 0, message: str = "") -> ExecOutputs:
        """Return the outputs of an answer, with the values that are extracted from it.

        Raises:
            TaskError: an expression does not fit the answer.
        """
        values = answer.as_dict()
        if self._inputs.extract:
            try:
                values |= extracted(self._inputs.extract, answer.json)
            except ExtractionError as error:
                raise TaskError(f"{self.target}: {error}", outputs=values) from error
        # All of these are JSON already, which a conversion would only find out again.
        parameters = tuple(Parameter(name, value) for name, value in values.items())
        return ExecOutputs(code, message, parameters)

    def holds(self, condition: str, seen: dict[str, JsonValue]) -> bool:
        """Return whether a condition over an answer's outputs holds.

        Raises:
            TaskError: it does not fit them.
        """
        try:
            return holds(condition, seen)
        except ExtractionError as error:
            raise TaskError(f"{self.target}: {error}", outputs=seen) from error

    def _outcome(self, error: Exception, remark: str) -> TaskOutcome:
        message = f"{self.target}: {self._what(error)}{remark}"
        return TaskTimeout(message) if _is_late(error) else TaskError(message)

    def _what(self, error: Exception) -> str:
        return late(error, self._inputs) if _is_late(error) else cause(error, self._inputs.url)


def _is_late(error: Exception) -> TypeGuard[TimeoutError | httpx.TimeoutException]:
    return isinstance(error, (TimeoutError, httpx.TimeoutException))


def _remark(retries: Retries) -> str:
    if not retries.used:
        return ""
    return f" (after {retries.used} {'retry' if retries.used == 1 else 'retries'})"
