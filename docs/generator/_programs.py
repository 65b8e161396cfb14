"""Programs that raise errors, run and shown."""

from __future__ import annotations

import asyncio
import inspect
import tempfile
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, TypeAlias

from aether_sdk import AetherError
from generator import _raising, _raising_engine

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from types import ModuleType

#: What the programs of the engine begin with.
SHARED: Final = (
    _raising_engine.engine_on,
    _raising_engine.workflow,
    _raising_engine.schedule_of,
)


#: A program, which may have to be awaited, and may return diagnostics.
Program: TypeAlias = (
    "Callable[[], Awaitable[Sequence[Reported] | None] | Sequence[Reported] | None]"
)


class Reported(Protocol):
    """A problem or a diagnostic."""

    @property
    def code(self) -> str:
        """Its code."""
        ...

    @property
    def message(self) -> str:
        """What is wrong."""
        ...


class Shown(NamedTuple):
    """A program and what comes out.

    Attributes:
        program: The function.
        subjects: The class of the error that was raised, or the codes of the diagnostics.
        said: What these say.
    """

    program: str
    subjects: tuple[str, ...]
    said: str


def programs() -> dict[str, Shown]:
    """Return each program as it runs now, by the code of diagnostics or the name of a class."""
    modules = (_raising, _raising_engine)
    return {code: _shown(f) for module in modules for code, f in _functions(module).items()}


def _functions(module: ModuleType) -> dict[str, Program]:
    return {
        _subject(name): function
        for name, function in vars(module).items()
        if inspect.isfunction(function)
        and function.__module__ == module.__name__
        and function not in SHARED
    }


def _subject(name: str) -> str:
    """Return what a program is about: `AE124` for ae124, `RunNotFound` for run_not_found."""
    return name.upper() if name[-1].isdecimal() else name.title().replace("_", "")


def _shown(function: Program) -> Shown:
    source = inspect.getsource(function)
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        try:
            answer = function()
            found = asyncio.run(_awaited(answer)) if inspect.isawaitable(answer) else answer
        except AetherError as error:
            hint = f"\nHint: {error.hint}" if error.hint else ""
            # The folder is another one each time.
            message = error.message.replace(str(Path(folder).resolve()), "/bakery")
            name = type(error).__name__
            return Shown(source, (name,), f"{name}: {message}{hint}")
    said = "\n".join(f"{each.code}: {each.message}" for each in found or ())
    return Shown(source, tuple(each.code for each in found or ()), said)


async def _awaited(answer: Awaitable[Sequence[Reported] | None]) -> Sequence[Reported] | None:
    return await answer
