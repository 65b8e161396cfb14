"""Which plugins are installed, from package metadata alone: nothing is imported here."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

import msgspec

from aether_core.plugins._first_party import FIRST_PARTY
from aether_core.plugins._metadata import EntryPoint, entry_points
from aether_core.plugins._record import PluginRecord, PluginState
from aether_sdk import ENTRY_POINT_GROUP

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


_OFF: Final = frozenset({"", "0"})


class Candidate(msgspec.Struct, frozen=True):
    """A plugin that could be loaded, with its record so far."""

    record: PluginRecord
    entry_point: EntryPoint


class PluginPolicy(msgspec.Struct, frozen=True):
    """Which plugins may load; names are of distributions or of entry points.

    Distribution names compare in normalised form, so `Aether_HTTP` means `aether-http`.
    """

    #: Only these load; None means all.
    allow: frozenset[str] | None = None
    #: These never load.
    deny: frozenset[str] = frozenset()
    #: Nothing loads.
    none: bool = False
    #: Whoever asks for an executor learns of every broken plugin, by an error.
    strict: bool = False

    def refusal(self, record: PluginRecord) -> str:
        """Return why the plugin may not load; empty if it may."""
        names = {record.name, normalised(record.distribution)}
        if self.none:
            return "plugins are switched off (AETHER_NO_PLUGINS)"
        if names & {*self.deny, *map(normalised, self.deny)}:
            return "disabled by name (AETHER_PLUGINS_DENY)"
        if self.allow is not None and not names & {*self.allow, *map(normalised, self.allow)}:
            return "not in the list of allowed plugins (AETHER_PLUGINS_ALLOW)"
        return ""

    def hands_over(self, home: str, other: str) -> bool:
        """Return whether another distribution may provide what is known to come from `home`."""
        allowed = map(normalised, self.allow or ())
        return home in map(normalised, self.deny) or normalised(other) in allowed

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> PluginPolicy:
        """Read the policy of the environment.

        `AETHER_PLUGINS_ALLOW` and `AETHER_PLUGINS_DENY` are comma lists, `AETHER_NO_PLUGINS` and
        `AETHER_PLUGINS_STRICT` are switches: on unless empty or 0.
        """
        allow = environ.get("AETHER_PLUGINS_ALLOW")
        return cls(
            allow=None if allow is None else _names(allow),
            deny=_names(environ.get("AETHER_PLUGINS_DENY", "")),
            none=environ.get("AETHER_NO_PLUGINS", "") not in _OFF,
            strict=environ.get("AETHER_PLUGINS_STRICT", "") not in _OFF,
        )


def _names(text: str) -> frozenset[str]:
    return frozenset(name for name in (part.strip() for part in text.split(",")) if name)


def normalised(name: str) -> str:
    """Return a distribution's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def find_plugins(
    policy: PluginPolicy, group: str = ENTRY_POINT_GROUP, what: str = "executor type"
) -> tuple[Candidate, ...]:
    """Return a candidate per entry point, sorted by name and distribution.

    Two distributions with one entry name are both in conflict, each naming the other.

    Args:
        policy: which plugins may load.
        group: the entry points' group.
        what: what a name in this group stands for, for messages.
    """
    found = [_candidate(entry, group) for entry in entry_points(group)]
    allowed = [_judged(candidate, policy) for candidate in found]
    if group == ENTRY_POINT_GROUP:
        allowed = [_without_claim(candidate, policy) for candidate in allowed]
    ordered = sorted(allowed, key=lambda item: (item.record.name, item.record.distribution))
    return tuple(_with_conflicts(_unique(ordered), what))


def _candidate(entry: EntryPoint, group: str) -> Candidate:
    record = PluginRecord(
        name=entry.name,
        distribution=entry.distribution,
        version=entry.version,
        target=entry.value,
        executors=(entry.name,) if group == ENTRY_POINT_GROUP else (),
    )
    return Candidate(record, entry)


def _judged(candidate: Candidate, policy: PluginPolicy) -> Candidate:
    refusal = policy.refusal(candidate.record)
    if not refusal:
        return candidate
    record = msgspec.structs.replace(candidate.record, state=PluginState.DISABLED, reason=refusal)
    return msgspec.structs.replace(candidate, record=record)


def _without_claim(candidate: Candidate, policy: PluginPolicy) -> Candidate:
    """Refuse a name of this project to other distributions, unless the user knows of it."""
    record = candidate.record
    home = FIRST_PARTY.get(record.name, "")
    if not home or record.state is not PluginState.AVAILABLE:
        return candidate
    if normalised(record.distribution) == home or policy.hands_over(home, record.distribution):
        return candidate
    reason = (
        f"{record.name!r} is an executor of {home}; deny {home}, or allow {record.distribution} "
        "by name, if it is to take that place"
    )
    refused = msgspec.structs.replace(record, state=PluginState.CONFLICT, reason=reason)
    return msgspec.structs.replace(candidate, record=refused)


def _unique(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Drop repetitions: one distribution can be on the path twice."""
    seen = {
        (c.record.name, normalised(c.record.distribution), c.record.target): c
        for c in reversed(list(candidates))
    }
    return list(reversed(seen.values()))


def _with_conflicts(candidates: list[Candidate], what: str) -> Iterable[Candidate]:
    rivals: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        if candidate.record.state is PluginState.AVAILABLE:
            rivals[candidate.record.name].append(candidate)
    for candidate in candidates:
        others = [c for c in rivals[candidate.record.name] if c is not candidate]
        if candidate.record.state is not PluginState.AVAILABLE or not others:
            yield candidate
            continue
        names = ", ".join(c.record.distribution for c in others)
        reason = (
            f"{what} {candidate.record.name!r} is also provided by {names}; "
            "uninstall or deny one of them"
        )
        record = msgspec.structs.replace(
            candidate.record, state=PluginState.CONFLICT, reason=reason
        )
        yield msgspec.structs.replace(candidate, record=record)
