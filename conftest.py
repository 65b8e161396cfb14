"""Guards the suite against testing anything but the installed packages.

The folders `aether_core` and `aether_sdk` share their names with the packages inside them, so an
uninstalled checkout would import them as empty namespaces. Importing the packages here, before
any test module, also keeps pytest from making such namespaces itself.
"""

from __future__ import annotations

import aether_core
import aether_sdk

for _package in (aether_core, aether_sdk):
    if _package.__file__ is None:
        message = f"{_package.__name__} is not installed; run the tests through nox (see README.md)"
        raise ImportError(message)
