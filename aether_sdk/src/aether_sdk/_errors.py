"""Every error of the SDK, in one tree that says what happens next.

    AetherError                     root; message, hint, and a stable code on the class
    ├── TaskOutcome                 raised by an executor to end its attempt
    │   ├── TaskFailed              the work was done and the answer is no; not retried by default
    │   ├── TaskError               the work could not be done; retried by default
    │   ├── TaskTimeout             the work took too long; retried by default
    │   └── TaskSuspended           the work waits for a resume from outside
    ├── BindError                   inputs that do not fit the input model (also ValueError)
    ├── OutputError                 a value that JSON cannot carry (also TypeError)
    ├── SchemaError                 a declaration that no schema can be made of (also TypeError)
    └── PluginError                 something is wrong with an executor or its package
        ├── ExecutorAlreadyRegistered   a second executor of one type (also ValueError)
        └── UnknownExecutor         no executor of that type (also LookupError)

Cancellation is not in the tree: it is `asyncio.CancelledError`, and an executor lets it pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from aether_sdk._codes import ExecCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class AetherError(Exception):
    """Root of all errors of this project.

    Attributes:
        code: Stable short name of the class, for documentation and programs.
        message: What went wrong, and where.
        hint: What to do next, if that is known. A traceback shows it as a note.
    """

    code: ClassVar[str] = "aether"

    def __init__(self, message: str = "", *, hint: str | None = None) -> None:
        super().__init__(message)
        # Authors pass on caught errors as the message too.
        self.message = str(message)
        self.hint = hint
        if hint:
            self.add_note(f"Hint: {hint}")

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[object, ...]:
        # Constructors differ, so a copy must not call them; errors do travel between processes.
        return _restored, (type(self), self.args, self.__dict__)


def _restored(
    cls: type[AetherError], args: tuple[object, ...], state: Mapping[str, object]
) -> AetherError:
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class TaskOutcome(AetherError):
    """An outcome that an executor raises instead of returning it.

    Attributes:
        exec_code: The code that the attempt reports.
        outputs: Output parameters that the attempt reports all the same.
    """

    code: ClassVar[str] = "task-outcome"
    exec_code: ClassVar[ExecCode] = ExecCode.ERROR

    def __init__(
        self,
        message: str = "",
        *,
        outputs: Mapping[str, object] | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.outputs: Mapping[str, object] = {} if outputs is None else outputs


class TaskFailed(TaskOutcome):
    """The work was done and its result is bad. Not retried unless the workflow says so."""

    code: ClassVar[str] = "task-failed"
    exec_code: ClassVar[ExecCode] = ExecCode.FAILED


class TaskError(TaskOutcome):
    """The work could not be done. Retried if the task has retries left."""

    code: ClassVar[str] = "task-error"
    exec_code: ClassVar[ExecCode] = ExecCode.ERROR


class TaskTimeout(TaskOutcome):
    """The work took longer than it may. Retried if the task has retries left."""

    code: ClassVar[str] = "task-timeout"
    exec_code: ClassVar[ExecCode] = ExecCode.TIMEOUT


class TaskSuspended(TaskOutcome):
    """The task waits until somebody resumes it; then it is executed again from the start."""

    code: ClassVar[str] = "task-suspended"
    exec_code: ClassVar[ExecCode] = ExecCode.SUSPENDED


class BindProblem(NamedTuple):
    """One input that does not fit.

    Attributes:
        path: JSON path of the value, such as `$.headers.x[0]`; `$` for the inputs as a whole.
        message: What is wrong with it, never the value itself.
        expected: What would have been right; empty when `message` says it.
    """

    path: str
    message: str
    expected: str = ""

    def __str__(self) -> str:
        wanted = f", expected {self.expected}" if self.expected else ""
        return f"{self.path}: {self.message}{wanted}"


class BindError(AetherError, ValueError):
    """Inputs that do not fit the input model.

    Attributes:
        problems: Every problem found, in the order of the model's fields.
        model_name: Name of the input model; the text leaves it out, since users do not know it.
    """

    code: ClassVar[str] = "bind"

    def __init__(
        self,
        problems: Iterable[BindProblem],
        *,
        model_name: str = "the input model",
        whose: str = "",
        hint: str | None = None,
    ) -> None:
        """Make the error.

        Args:
            problems: Every problem found.
            model_name: Name of the input model.
            whose: What takes the inputs, as a user knows it, such as `the function 'f'`.
            hint: What to do about it.
        """
        self.problems = tuple(problems)
        self.model_name = model_name
        listed = "; ".join(str(problem) for problem in self.problems)
        subject = f"inputs do not fit {whose}".rstrip()
        super().__init__(f"{subject}: {listed}", hint=hint)


class OutputError(AetherError, TypeError):
    """A value that cannot become an output because JSON cannot carry it.

    Attributes:
        path: JSON path of the value, such as `$.items[2].when`; `$` for the result as a whole.
        reason: What is wrong with it.
    """

    code: ClassVar[str] = "output"

    def __init__(self, reason: str, *, path: str = "$", hint: str | None = None) -> None:
        super().__init__(reason if path == "$" else f"{path}: {reason}", hint=hint)
        self.path = path
        self.reason = reason


class SchemaError(AetherError, TypeError):
    """An `Inputs` or `Outputs` declaration that no JSON Schema can be made of.

    Attributes:
        executor_type: The executor whose declaration it is; empty when it is not known.
    """

    code: ClassVar[str] = "schema"

    def __init__(self, message: str, *, executor_type: str = "", hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.executor_type = executor_type


class PluginError(AetherError):
    """Something is wrong with an executor or with the package that brings it."""

    code: ClassVar[str] = "plugin"


class ExecutorAlreadyRegistered(PluginError, ValueError):
    """A second executor claims a type.

    Attributes:
        executor_type: The type that is taken.
    """

    code: ClassVar[str] = "executor-already-registered"

    def __init__(self, executor_type: str, *, hint: str | None = None) -> None:
        super().__init__(f'executor type "{executor_type}" already registered', hint=hint)
        self.executor_type = executor_type


class UnknownExecutor(PluginError, LookupError):
    """No executor of that type is registered.

    Attributes:
        executor_type: The type that was asked for.
    """

    code: ClassVar[str] = "unknown-executor"

    def __init__(self, executor_type: str, *, hint: str | None = None) -> None:
        super().__init__(f"unknown executor type: {executor_type}", hint=hint)
        self.executor_type = executor_type
