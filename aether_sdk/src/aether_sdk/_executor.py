"""The class that an author of executors derives from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from aether_sdk._kinds import DynamicOutputs
from aether_sdk._protocol import API_LEVEL

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping

    from pydantic import BaseModel

    from aether_sdk._executor_schema import ExecutorSchema
    from aether_sdk._kinds import DataclassInstance
    from aether_sdk._outputs import ExecOutputs
    from aether_sdk._request import ExecuteRequest

    #: What `Executor.execute` may return, at once or from a coroutine.
    ExecuteResult: TypeAlias = (
        ExecOutputs | BaseModel | DataclassInstance | Mapping[str, object] | None
    )
else:
    # Its parts are not imported, and an author's annotation may be evaluated.
    ExecuteResult = object

# `type` is an attribute of the class below, and would hide the builtin in its annotations.
_Model: TypeAlias = type[object]


class Executor(ABC):
    """One kind of work that a workflow's tasks can name.

    One instance serves all tasks of its type, also at the same time: keep no state of a task in it.

    Attributes:
        type: Name used in documents, lower-case and dotted: `http`, `http.poll`.
        version: Version of the executor, free text.
        description: One sentence for people.
        api_level: Level of the contract that the executor was written for.
        Inputs: Pydantic model, dataclass or TypedDict of the inputs; `DynamicOutputs` accepts all.
        Outputs: The same for the outputs; `DynamicOutputs` leaves them to each run.
    """

    type: ClassVar[str] = ""
    version: ClassVar[str] = "1.0"
    description: ClassVar[str] = ""
    api_level: ClassVar[int] = API_LEVEL
    Inputs: ClassVar[_Model] = DynamicOutputs
    Outputs: ClassVar[_Model] = DynamicOutputs

    @abstractmethod
    def execute(self, request: ExecuteRequest) -> ExecuteResult | Awaitable[ExecuteResult]:
        """Run one attempt; `async def` or plain `def`, which the engine runs in a thread.

        Let `asyncio.CancelledError` pass: it is how a deadline or a cancelled run ends the attempt.

        Raises:
            TaskFailed: The result is bad; not retried by default.
            TaskSuspended: The task waits for a resume.
            TaskTimeout: It took too long.
            BindError: The inputs do not fit.
            Exception: Anything else is reported as an error and retried if retries are left.
        """

    async def aclose(self) -> None:  # noqa: B027 - most have nothing to release
        """Release what calls share: pooled connections, sessions. Here there is nothing.

        Called on the event loop of the calls when the last engine there that made some closes; it
        gets 5 seconds. The executor stays usable: what a later call needs, it opens again.
        """

    def schema(self) -> ExecutorSchema:
        """Return the description of this executor, made from `Inputs` and `Outputs`.

        Raises:
            SchemaError: A declaration is not a class that a JSON Schema can be made of.
        """
        # Late, because an executor that is only listed needs no schema.
        from aether_sdk._schema import schema_of

        return schema_of(
            self.Inputs,
            self.Outputs,
            type=self.type,
            version=self.version,
            description=self.description,
        )
