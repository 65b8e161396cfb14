"""The numbers and names that an executor plugin and the engine agree on."""

from __future__ import annotations

from typing import Final

#: Level of the executor contract described here. It rises when plugins would have to change.
API_LEVEL: Final = 1

#: Levels that an engine built on this SDK can drive.
SUPPORTED_API_LEVELS: Final = frozenset({1})

#: Entry-point group in which a distribution announces its executors.
ENTRY_POINT_GROUP: Final = "aether.executors"

#: Project name of the pluggy markers.
PROJECT_NAME: Final = "aether"

#: What stands in the place of a secret in everything that people or files can see.
MASK: Final = "******"
