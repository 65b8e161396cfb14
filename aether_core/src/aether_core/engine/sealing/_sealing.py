"""What one run knows of secrets: a token becomes a value on its way out, and a token on return."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec
from msgspec import UNSET

from aether_core.engine.sealing._disguises import disguise_of
from aether_core.engine.sealing._forms import forms_of, rests_in
from aether_core.plan import SecretToken, map_texts, token_of, token_pattern
from aether_sdk import MASK

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aether_sdk import JsonValue

#: A secret: its name and its key.
Secret: TypeAlias = tuple[str, str]

#: Shorter values are sealed only where nothing stands beside them: parts of words are no secrets.
_SHORTEST_PART: Final = 4
#: Shorter values are not looked for in other letters: names and words differ in no more than that.
_SHORTEST_CASELESS: Final = 8


class Sealing:
    """The secrets of one run.

    Args:
        seal: what the run's tokens have in common.
    """

    def __init__(self, seal: str) -> None:
        self._seal = seal
        self._tokens = token_pattern(seal)
        self._values: set[str] = set()
        #: Every spelling of every value, with the token it becomes again.
        self._spellings: dict[str, str] = {}
        #: In small letters, every value that is looked for whatever its letters are.
        self._caseless: set[str] = set()
        self._disguises: list[re.Pattern[str]] = []

    def secrets_in(self, value: JsonValue) -> tuple[set[Secret], bool]:
        """Return the secrets whose tokens stand anywhere in a value.

        Returns:
            Those secrets, and whether a part of a token is there, as an expression leaves it that
            takes text apart.
        """
        found: set[Secret] = set()
        parts: list[str] = []

        def look(each: JsonValue) -> JsonValue:
            if isinstance(each, str):
                for match in self._tokens.finditer(each):
                    token = token_of(match)
                    found.add((token.name, token.key))
                    if token.default is not UNSET:
                        map_texts(token.default, look)
                parts.append(self._tokens.sub("", each))
            return each

        map_texts(value, look)
        return found, any(self._seal in part.lower() for part in parts)

    def unsealed(
        self, named: dict[str, JsonValue], values: Mapping[Secret, str]
    ) -> tuple[dict[str, JsonValue], set[Secret]]:
        """Return named values with what the tokens in them stand for.

        Args:
            named: any values.
            values: the secrets that there are; for others the default of the token stands in.

        Returns:
            The values, and the secrets that they lack: not there and without default.
        """
        missing: set[Secret] = set()

        def meaning(match: re.Match[str]) -> JsonValue:
            token = token_of(match)
            secret = (token.name, token.key)
            known = values.get(secret)
            if known is not None:
                return forms_of(known).get(token.form, known) if token.form else known
            if token.default is UNSET:
                missing.add(secret)
                return MASK
            return map_texts(token.default, change)

        def as_text(match: re.Match[str]) -> str:
            found = meaning(match)
            return found if isinstance(found, str) else msgspec.json.encode(found).decode()

        def change(each: JsonValue) -> JsonValue:
            if not isinstance(each, str):
                return each
            whole = self._tokens.fullmatch(each)
            return meaning(whole) if whole else self._tokens.sub(as_text, each)

        return {name: map_texts(value, change) for name, value in named.items()}, missing

    def learn(self, secret: Secret, value: str) -> None:
        """Know a value from now on."""
        if not value or value in self._values:
            return
        self._values.add(value)
        for form, text in forms_of(value).items():
            self._spellings.setdefault(text, SecretToken(*secret, form).text(self._seal))
        folded = value.strip().lower()
        if len(folded) >= _SHORTEST_CASELESS and folded != folded.upper():
            self._caseless.add(folded)
        disguise = disguise_of(value)
        if disguise is not None:
            self._disguises.append(disguise)

    def sealed(self, value: JsonValue) -> JsonValue:
        """Return a value with a token in place of every secret value known so far."""
        return map_texts(value, self._sealed_scalar) if self._values else value

    def sealed_text(self, text: str) -> str:
        """Return a text with a token in place of every secret value known so far."""
        whole = self._spellings.get(text)
        if whole is not None:
            return whole
        present = self._present_in(text)
        if present:
            # All at once, for the tokens that take their place have names, which may be values too.
            text = re.sub(
                "|".join(present), lambda found: self._spellings.get(found[0], MASK), text
            )
        for disguise in self._disguises:
            text = disguise.sub(MASK, text)
        for spelling in self._spellings:
            for start, stop in sorted(rests_in(text, spelling), reverse=True):
                text = text[:start] + MASK + text[stop:]
        return text

    def _present_in(self, text: str) -> list[str]:
        """Return patterns of what a text holds; of two that begin at one place the longer first."""
        spellings = [s for s in self._spellings if len(s) >= _SHORTEST_PART and s in text]
        present = [(len(each), re.escape(each)) for each in spellings]
        if self._caseless:
            folded = text.lower()
            values = [each for each in self._caseless if each in folded]
            present += [(len(each), f"(?i:{re.escape(each)})") for each in values]
        return [pattern for _, pattern in sorted(present, reverse=True)]

    def masked_lines(self, lines: Iterable[str]) -> tuple[str, ...]:
        """Return lines of a log, in which nothing is told of the secret values known so far.

        A value of several lines becomes one line, if all of it is there. Nobody takes a line as
        input, so that no token has to stay, which might be cut with its line.
        """
        if not self._values:
            return tuple(lines)
        # A value so short that it counts only where nothing stands beside it may be a line.
        short = {spelling for spelling in self._spellings if len(spelling) < _SHORTEST_PART}
        told = self.sealed_text("\n".join(MASK if line in short else line for line in lines))
        return tuple(self._tokens.sub(MASK, told).split("\n"))

    def _sealed_scalar(self, value: JsonValue) -> JsonValue:
        if isinstance(value, str):
            return self.sealed_text(value)
        return self._spellings.get(msgspec.json.encode(value).decode(), value)
