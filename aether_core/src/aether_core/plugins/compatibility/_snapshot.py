"""Schemas of executors that were kept in a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, TypeAlias

import msgspec

from aether_sdk import ExecutorSchema, PluginError


class _Kept(msgspec.Struct):
    """An executor as `aether executors describe --output json` prints it; more keys are fine."""

    type: str
    inputs: dict[str, Any] | None
    outputs: dict[str, Any] | None
    version: str = ""
    description: str = ""


_Snapshot: TypeAlias = _Kept | list[_Kept]
_DECODER: Final[msgspec.json.Decoder[_Snapshot]] = msgspec.json.Decoder(_Snapshot)


def read_snapshot(path: str) -> dict[str, ExecutorSchema]:
    """Return the executors of a file by type.

    Args:
        path: a file with what `aether executors describe TYPE --output json` printed, or with a
            JSON array of such objects.

    Raises:
        PluginError: the file can't be read, or holds something else.
    """
    hint = "Keep one with `aether executors describe TYPE --output json`."
    try:
        kept = _DECODER.decode(Path(path).read_bytes())
    except OSError as error:
        raise PluginError(f"{path} can't be read: {error.strerror}") from error
    except msgspec.MsgspecError as error:
        raise PluginError(f"{path} holds no schemas of executors: {error}", hint=hint) from error
    executors = kept if isinstance(kept, list) else [kept]
    return {
        each.type: ExecutorSchema(
            each.type, each.version, each.description, each.inputs, each.outputs
        )
        for each in executors
    }
