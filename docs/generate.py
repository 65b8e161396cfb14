"""Writes the pages that come from the code: docs/reference, parts of docs/protocol and of READMEs.

python docs/generate.py            write the pages
python docs/generate.py --check    fail if a page is not what would be written
"""

from __future__ import annotations

import sys

from generator import DOCS, PAGES, problems


def main() -> int:
    """Write the pages, or compare them; return 1 if something is wrong."""
    found = problems()
    for name, make in PAGES.items():
        text = make()
        page = DOCS / name
        if "--check" not in sys.argv[1:]:
            page.parent.mkdir(exist_ok=True)
            page.write_text(text, encoding="utf-8")
        elif not page.exists() or page.read_text(encoding="utf-8") != text:
            found.append(f"docs/{name} is not current; run python docs/generate.py")
    for problem in found:
        sys.stderr.write(f"docs/generate.py: {problem}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
