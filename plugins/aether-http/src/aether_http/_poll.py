"""The executor `http.poll`: asks again and again until an answer fulfils a condition."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from pydantic import Field, field_validator

from aether_http._executor import ConnectedExecutor
from aether_http._models import HttpOutputs, RequestInputs, is_expression
from aether_http._options import Duration, in_seconds
from aether_http._statuses import describe, is_expected
from aether_sdk import ExecCode, ExecOutputs, Parameter, TaskTimeout, bind_inputs

if TYPE_CHECKING:
    from collections.abc import Callable

    from aether_http._calls import Call, Sleep
    from aether_http._exchange import Answer
    from aether_sdk import ExecuteRequest, JsonValue


#: What conditions are about.
_SEEN: Final = ("status_code", "headers", "body", "json", "url", "elapsed_ms")


class HttpPollInputs(RequestInputs):
    """The inputs of one call of `http.poll`. A null counts as not given."""

    until: str = Field(
        description="JMESPath expression over `status_code`, `headers`, `body` and `json` of an "
        "answer; polling ends well when it finds something that is neither false nor empty."
    )
    fail_when: str | None = Field(
        default=None, description="Such an expression; polling ends as Failed when it holds."
    )
    interval: Duration = Field(
        default="5s",
        description="Wait between two requests; a longer Retry-After of an answer is respected.",
    )
    give_up_after: Duration = Field(
        default="10m", description="How long polling may take in all before it is a Timeout."
    )

    @field_validator("until", "fail_when")
    @classmethod
    def _is_expression(cls, value: str | None) -> str | None:
        return value if value is None else _about_an_answer(is_expression(value))


def _about_an_answer(text: str) -> str:
    # Late, for the reason given in `Connections.call`.
    from aether_http._extraction import fields_of

    fields = fields_of(text)
    if fields and not any(mark in text for mark in ("@", "*")) and fields.isdisjoint(_SEEN):
        named = ", ".join(sorted(fields))
        message = f"{text!r} looks at {named}, but an answer has {', '.join(_SEEN)}"
        raise ValueError(message)
    return text


class HttpPollOutputs(HttpOutputs):
    """The last answer of the server."""

    polls: int = Field(description="How many answers there were, retries not counted.")


class HttpPollExecutor(ConnectedExecutor):
    """Sends an HTTP request until its answer fulfils a condition.

    Args:
        sleep: Waits between requests.
    """

    type = "http.poll"
    version = "1.0"
    description = "Sends an HTTP request again and again until a condition holds"
    Inputs = HttpPollInputs
    Outputs = HttpPollOutputs

    async def execute(self, request: ExecuteRequest) -> ExecOutputs:
        """Run one attempt. Cancelling it drops the connection.

        Raises:
            BindError: the inputs do not fit.
            TaskError: no answer came, or one that cannot be used.
            TaskTimeout: a limit of time passed.
        """
        inputs = bind_inputs(request.inputs, HttpPollInputs)
        call = await self._connections.call(inputs, request, self._sleep)
        polling = _Polling(inputs, call, self._sleep, request.log)
        try:
            async with asyncio.timeout(in_seconds(inputs.give_up_after)):
                return await polling.run()
        except TimeoutError as error:
            raise polling.given_up() from error


class _Polling:
    """What one attempt has seen so far."""

    def __init__(
        self, inputs: HttpPollInputs, call: Call, sleep: Sleep, log: Callable[[str], object]
    ) -> None:
        self._log = log
        self._inputs = inputs
        self._call = call
        self._sleep = sleep
        self._last: Answer | None = None
        self._polls = 0

    async def run(self) -> ExecOutputs:
        # Late, for the reason given in `Connections.call`.
        from aether_http._retries import retry_after

        while True:
            answer, remark = await self._call.answer()
            self._last = answer
            self._polls += 1
            outcome = self._judged(answer, remark)
            if outcome is not None:
                return outcome
            wait = max(in_seconds(self._inputs.interval), retry_after(answer) or 0)
            said = f"answer {self._polls}: {answer.status_code}, the condition does not hold yet"
            self._log(f"{said}, the next one in {wait:.3g} s")
            await self._sleep(wait)

    def given_up(self) -> TaskTimeout:
        """Return the error of a condition that did not come to hold in time."""
        inputs, count = self._inputs, self._polls
        message = (
            f"{self._call.target}: the condition {inputs.until!r} did not hold within "
            f"{inputs.give_up_after} ({count} answer{'s' if count != 1 else ''})"
        )
        outputs = {} if self._last is None else self._report(self._last).as_dict()
        return TaskTimeout(message, outputs=outputs)

    def _judged(self, answer: Answer, remark: str) -> ExecOutputs | None:
        """Return the outcome that an answer decides; None to ask again."""
        inputs, target = self._inputs, self._call.target
        if not is_expected(answer.status_code, inputs.statuses):
            expected = describe(inputs.statuses)
            message = f"{target} answered {answer.status_code}, expected {expected}{remark}"
            return self._report(answer, ExecCode.FAILED, message)
        seen: dict[str, JsonValue] = answer.as_dict()
        if inputs.fail_when is not None and self._call.holds(inputs.fail_when, seen):
            message = f"{target}: the condition {inputs.fail_when!r} (fail_when) holds"
            return self._report(answer, ExecCode.FAILED, message)
        return self._report(answer) if self._call.holds(inputs.until, seen) else None

    def _report(
        self, answer: Answer, code: ExecCode = ExecCode.SUCCEEDED, message: str = ""
    ) -> ExecOutputs:
        outputs = self._call.report(answer, code=code, message=message)
        polls = Parameter("polls", self._polls)
        return ExecOutputs(code, message, (*outputs.parameters, polls))
