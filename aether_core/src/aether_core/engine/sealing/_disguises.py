"""A secret value of which some characters are escaped, in whatever way.

Programs differ in what they quote: a client of HTTP quotes blanks in a path and leaves slashes, a
shell that traces its commands takes apostrophes apart. Such a text can't be turned into what it
was, only hidden.
"""

from __future__ import annotations

import re
from typing import Final

#: Shorter values would be found everywhere.
_SHORTEST: Final = 6
_HTML: Final = {"&": "amp", "<": "lt", ">": "gt"}
#: What shells, JSON, YAML and Python take apart, double or write with backslashes.
_QUOTES: Final = r"""[\\'"]"""
_WRITTEN_QUOTES: Final = (
    r"%(?:25)*(?:22|27|5c)|&\#0*(?:34|39|x22|x27);|&(?:quot|apos);|\\u00(?:22|27|5c)"
)
_CONTROLS: Final = {"\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f"}


def disguise_of(value: str) -> re.Pattern[str] | None:
    """Return what finds a value with any of its characters escaped; None if none need be."""
    if len(value) < _SHORTEST or (value.isascii() and value.isalnum()):
        return None
    return re.compile("".join(map(_spelt, re.findall(rf"{_QUOTES}+|[^{_QUOTES[1:]}", value))))


def _spelt(part: str) -> str:
    """Return the ways in which one character, or a row of quotes, may be written."""
    if re.match(_QUOTES, part):
        # Possessive, as below: whoever writes rows of them must not make the search slow.
        return rf"(?:{_QUOTES}|(?i:{_WRITTEN_QUOTES})){{{len(part)},}}+"
    if part.isascii() and part.isalnum():
        return part
    code = ord(part)
    # Percent signs may have been quoted again: one page names another as what comes after it.
    data = part.encode(errors="surrogatepass")
    quoted = "".join(f"%(?:25)*{byte:02x}" for byte in data)
    ways = [
        # Escaped with backslashes, once or more often: a JSON text inside a JSON text.
        rf"\\*+{re.escape(part)}",
        rf"(?i:{quoted})",
        rf"(?i:&\#0*{code};|&\#x0*{code:x};)",
        rf"(?i:\\++u{code:04x}|\\++u\{{0*{code:x}\}}|\\++x{code:02x})",
    ]
    if part in _HTML:
        ways.append(f"&{_HTML[part]};")
    if part in _CONTROLS:
        ways.append(rf"\\++{_CONTROLS[part]}")
    if part == " ":
        ways += [r"\+", r"(?i:%(?:25)*2b)"]
    return f"(?:{'|'.join(sorted(ways, key=len, reverse=True))})"
