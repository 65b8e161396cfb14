"""Mistakes that no document of the guide can hold: files that are missing, too large, no text."""

from __future__ import annotations

from typing import Final, NamedTuple

_SMALL: Final = b"""\
---
apiVersion: aether/v1
kind: Workflow
metadata: {name: mistake}
spec: {entrypoint: main, templates: [{task: {name: main, executor: {type: echo}}}]}
"""
_ITEMS: Final = ", ".join("1" for _ in range(10_001))


class Unusual(NamedTuple):
    """A mistake that is made, not written down.

    Attributes:
        words: What there is, for the page.
        command: What is typed in a folder with the files.
        files: Their contents by name; the name of a folder ends with a slash.
    """

    words: str
    command: str
    files: dict[str, bytes]


UNUSUAL: Final = {
    "AE001": Unusual("A folder without any file.", "aether validate lost.yaml", {}),
    "AE002": Unusual("A folder named `orders`.", "aether validate orders", {"orders/": b""}),
    "AE003": Unusual(
        "A file named `order.yaml`, which is then taken for a folder.",
        "aether validate order.yaml/first.yaml",
        {"order.yaml": b"kind: Workflow\n"},
    ),
    "AE004": Unusual(
        "A file of 5 MiB.", "aether validate large.yaml", {"large.yaml": b"# " * (5 << 19)}
    ),
    "AE005": Unusual(
        "A file in the encoding ISO 8859-1.",
        "aether validate latin.yaml",
        {"latin.yaml": "name: Grün\n".encode("latin-1")},
    ),
    "AE006": Unusual(
        "A compressed file.",
        "aether validate order.yaml",
        {"order.yaml": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"},
    ),
    "AE017": Unusual(
        "A file of 101 documents.",
        "aether validate many.yaml",
        {"many.yaml": _SMALL * 101},
    ),
    "AE820": Unusual("A name that no executor has.", "aether executors describe ecko", {}),
    "AE312": Unusual(
        "A loop whose `items` are 10,001 numbers.",
        "aether validate loop.yaml",
        {
            "loop.yaml": f"""\
apiVersion: aether/v1
kind: Workflow
metadata: {{name: mistake}}
spec:
  entrypoint: main
  templates:
    - loop:
        name: main
        body: note
        items: [{_ITEMS}]
    - task: {{name: note, executor: {{type: echo}}}}
""".encode()
        },
    ),
}
