"""Artifacts: files and folders that travel beside the parameters of a task."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Artifact:
    """A named file or folder on this machine.

    Attributes:
        name: The name that the workflow declares.
        path: Where it is. An input lies in a folder of the attempt's own, which is removed when
            the attempt has ended; changing it there changes nothing for anybody else.
    """

    name: str
    path: str
