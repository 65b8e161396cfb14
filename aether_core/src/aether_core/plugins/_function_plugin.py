"""The `function` executor as a plugin; a module of its own, since most runs do not need it."""

from __future__ import annotations

import os

from aether_core.executors import FunctionExecutor, Functions
from aether_core.plugins._discovery import PluginPolicy
from aether_core.plugins._functions import installed_functions


class InstalledFunctionExecutor(FunctionExecutor):
    """Calls functions of installed distributions, as far as the environment allows them."""

    def __init__(self) -> None:
        policy = PluginPolicy.from_environment(os.environ)
        super().__init__(Functions(installed_functions(policy)))
