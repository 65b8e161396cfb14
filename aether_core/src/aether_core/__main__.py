"""`python -m aether_core` is the `aether` command."""

from __future__ import annotations

import sys

from aether_core.cli import main

if __name__ == "__main__":
    sys.exit(main())
