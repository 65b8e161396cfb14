"""Loading one plugin: import, ask its hook, check what it gives, register it.

Whatever a plugin does wrong ends here, as a record with a stage and a reason. Only
`KeyboardInterrupt` passes.
"""

from __future__ import annotations

import contextlib
import io
import time
from typing import TYPE_CHECKING, Final, cast

import msgspec

from aether_core.plugins._record import PluginRecord, PluginState
from aether_sdk import (
    ENTRY_POINT_GROUP,
    PROJECT_NAME,
    SUPPORTED_API_LEVELS,
    Executor,
    ExecutorAlreadyRegistered,
    SchemaError,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aether_core.plugins._discovery import Candidate
    from aether_core.plugins._registry import Registry

_LONGEST_REASON = 500
_HERE: Final = __file__.removesuffix("_loader.py")
_LONGEST_PRINTED = 60
#: Seconds that an import may take before it is remarked upon.
SLOW_IMPORT: Final = 2.0


class _StageFailed(Exception):  # a signal inside this module
    """Loading stopped at a stage for a reason that needs no traceback."""

    def __init__(self, stage: str, reason: str, state: PluginState = PluginState.FAILED) -> None:
        super().__init__(reason)
        self.stage = stage
        self.reason = reason
        self.state = state


def load_plugin(
    candidate: Candidate, registry: Registry, *, slow_import: float = SLOW_IMPORT
) -> PluginRecord:
    """Load a candidate and register its executors; return its record afterwards.

    Either all of the plugin's executors are registered or none. What the plugin prints while
    it loads is kept away from stdout, which belongs to the command's own output.

    Args:
        candidate: what to load.
        registry: takes the executors.
        slow_import: seconds from which on an import is remarked upon.
    """
    stage = "import"
    printed = io.StringIO()
    begun = time.perf_counter()
    try:
        with contextlib.redirect_stdout(printed):
            loaded: object = candidate.entry_point.load()
            took = time.perf_counter() - begun
            stage = "register"
            executors = _instances(_offered(loaded, candidate.record.name))
            stage = "api"
            _check_types(executors, candidate.record.name)
            _check_levels(executors)
            stage = "schema"
            _register_all(executors, registry, candidate.record)
    except _StageFailed as failed:
        return msgspec.structs.replace(
            candidate.record, state=failed.state, stage=failed.stage, reason=failed.reason
        )
    except (Exception, SystemExit) as error:  # noqa: BLE001  # a broken plugin must not hurt others
        return failed_record(candidate.record, stage, error)
    return msgspec.structs.replace(
        candidate.record,
        state=PluginState.LOADED,
        reason=_oddities(took if took >= slow_import else 0, printed.getvalue()),
        executors=tuple(executor.type for executor in executors),
    )


def _oddities(slow: float, printed: str) -> str:
    """Return what an author should know of a plugin that works; empty if there is nothing."""
    odd: list[str] = []
    if slow:
        odd.append(f"its import took {slow:.1f} s, which each run pays that uses it")
    if printed:
        odd.append(f"it printed {printed.strip()[:_LONGEST_PRINTED]!r} while it was loaded")
    return "; ".join(odd)


def failed_record(record: PluginRecord, stage: str, error: BaseException) -> PluginRecord:
    """Return the record of a plugin that raised something at a stage of its loading."""
    # Only failures need it; it costs start-up time.
    import traceback

    text = str(error) or "no message"
    where = _place(error)
    reason = f"{stage} failed: {type(error).__name__}: {text}{where}"[:_LONGEST_REASON]
    return msgspec.structs.replace(
        record,
        state=PluginState.FAILED,
        stage=stage,
        reason=reason,
        traceback="".join(traceback.format_exception(error)),
    )


def _place(error: BaseException) -> str:
    """Return the file and line of the plugin in which an error came up, if they are known."""
    if isinstance(error, SyntaxError) and error.filename is not None:
        return f" in {error.filename}"
    place = ""
    found = error.__traceback__
    while found is not None:
        file = found.tb_frame.f_code.co_filename
        # In the machinery of imports every missing module comes up.
        if "importlib" not in file and not file.startswith(_HERE):
            place = f" ({file}, line {found.tb_lineno})"
        found = found.tb_next
    return place


def _offered(loaded: object, name: str) -> list[object]:
    """Return what an entry point offers: its hook's answer, or itself if it is an executor."""
    executor_class = _executor_class(loaded)
    if executor_class is not None:
        return [executor_class]
    # pluggy is needed only where a hook is called.
    import pluggy

    from aether_sdk import hookspecs

    manager = pluggy.PluginManager(PROJECT_NAME)
    manager.add_hookspecs(hookspecs)
    manager.register(loaded, name=name)
    manager.check_pending()
    answers: list[object] = manager.hook.aether_executors()
    if not answers:
        reason = (
            f"the entry point of group {ENTRY_POINT_GROUP!r} names neither an Executor class nor "
            "something with the hook aether_executors() marked @aether_sdk.hookimpl"
        )
        raise _StageFailed("register", reason)
    offered = answers[0]
    if not isinstance(offered, list | tuple):
        kind = type(offered).__name__
        reason = f"aether_executors() must return a list of executors, got {kind}"
        raise _StageFailed("register", reason)
    return list(cast("list[object] | tuple[object, ...]", offered))


def _executor_class(offered: object) -> type[Executor] | None:
    if isinstance(offered, type) and issubclass(offered, Executor):
        return offered
    return None


def _instances(offered: Iterable[object]) -> list[Executor]:
    instances: list[Executor] = []
    for item in offered:
        executor_class = _executor_class(item)
        made = item if executor_class is None else executor_class()
        if not isinstance(made, Executor):
            reason = f"aether_executors() returned {made!r}, which is not an Executor"
            raise _StageFailed("register", reason[:_LONGEST_REASON])
        instances.append(made)
    if not instances:
        raise _StageFailed("register", "aether_executors() returned no executor")
    return instances


def _check_types(executors: list[Executor], name: str) -> None:
    """Refuse types that no workflow could find behind this entry point."""
    for executor in executors:
        executor_type = str(getattr(executor, "type", ""))
        if executor_type != name and not executor_type.startswith(f"{name}."):
            reason = (
                f"entry point {name!r} provides executor type {executor_type!r}; "
                f"the type must be {name!r} or begin with '{name}.'"
            )
            raise _StageFailed("register", reason)


def _check_levels(executors: list[Executor]) -> None:
    for executor in executors:
        if executor.api_level not in SUPPORTED_API_LEVELS:
            spoken = ", ".join(map(str, sorted(SUPPORTED_API_LEVELS)))
            reason = (
                f"executor {executor.type!r} needs API level {executor.api_level}, "
                f"this engine speaks {spoken}"
            )
            raise _StageFailed("api", reason, PluginState.INCOMPATIBLE)


def _register_all(executors: list[Executor], registry: Registry, record: PluginRecord) -> None:
    """Register all executors or, when one is refused, none of them."""
    added: list[str] = []
    try:
        for executor in executors:
            registry.register(executor, (record.distribution, record.version))
            added.append(executor.type)
    except ExecutorAlreadyRegistered as error:
        _withdraw(added, registry)
        raise _StageFailed("register", str(error), PluginState.CONFLICT) from None
    except SchemaError as error:
        _withdraw(added, registry)
        raise _StageFailed("schema", str(error)) from None
    except BaseException:
        _withdraw(added, registry)
        raise


def _withdraw(types: Iterable[str], registry: Registry) -> None:
    for executor_type in types:
        registry.withdraw(executor_type)
