"""From a store URL to a store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from aether_core.stores._errors import StoreNotFound, StoreUrlError

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.metadata import EntryPoint

    from aether_core.ports import Store
    from aether_core.stores._sqlite import Synchronous

#: Entry points here are callables that take the whole URL and return a store, not opened.
ENTRY_POINT_GROUP: Final = "aether.stores"

_FILE_HINT: Final = (
    "Write sqlite:///relative.db or sqlite:////absolute.db; ?, # and % in a name as %3F, %23, %25."
)


def open_store(url: str, *, must_exist: bool = False) -> Store:
    """Return the store of a URL, not opened yet.

    `memory:` keeps nothing; `sqlite:///relative.db` and `sqlite:////absolute.db` are a file,
    with `?synchronous=full` to wait for the disk at each commit and `?mode=ro` to write
    nothing. Any other scheme is looked for among the entry points `aether.stores`.

    Args:
        url: The URL.
        must_exist: Whether a file that is missing is an error instead of created later. A
            store of another package decides for itself.

    Raises:
        StoreNotFound: the file is missing, and `must_exist` or `?mode=ro` is given.
        StoreUrlError: the URL is malformed, its scheme is unknown, or what stands for the
            scheme can't be loaded.
    """
    scheme, colon, rest = url.partition(":")
    if not colon or not scheme:
        hint = f"A file is sqlite:///{url}." if url and not colon else _known_schemes()
        raise StoreUrlError(url, "it has no scheme", hint=hint)
    scheme = scheme.lower()
    if scheme == "memory":
        return _memory(url, rest)
    if scheme == "sqlite":
        return _sqlite(url, rest, must_exist=must_exist)
    return _from_entry_point(url, scheme)


def default_store_url() -> str:
    """Return the URL of `aether.db` in the user's state folder."""
    # Late: needed only by commands that get no --store.
    import os
    from urllib.parse import quote

    import platformdirs

    path = platformdirs.user_state_path("aether", appauthor=False) / "aether.db"
    return f"sqlite:///{quote(os.fsencode(path))}"


def _memory(url: str, rest: str) -> Store:
    if rest:
        raise StoreUrlError(url, "a store in memory has no options", hint="Write just memory:")
    # Late, like the other one: a command needs one store at most.
    from aether_core.stores._memory import MemoryStore

    return MemoryStore()


def _sqlite(url: str, rest: str, *, must_exist: bool) -> Store:
    location, _, query = rest.partition("?")
    if not location.startswith("///") or location == "///":
        raise StoreUrlError(url, "it names no file", hint=_FILE_HINT)
    options = _options(url, query)
    from aether_core.stores._sqlite import SqliteStore

    store = SqliteStore(
        _path(url, location.removeprefix("///")),
        synchronous=cast("Synchronous", options["synchronous"]),
        read_only=options["mode"] == "ro",
        must_exist=must_exist,
    )
    if (must_exist or options["mode"] == "ro") and not store.path.exists():
        raise StoreNotFound(str(store.path))
    return store


def _path(url: str, text: str) -> Path:
    if "#" in text:
        raise StoreUrlError(url, "a # starts no fragment here", hint=_FILE_HINT)
    if "%" in text:
        # Late: few names need it.
        import os
        from urllib.parse import unquote_to_bytes

        text = os.fsdecode(unquote_to_bytes(text))
    if "\0" in text:
        raise StoreUrlError(url, "a file name can't hold a zero byte", hint=_FILE_HINT)
    return Path(text)


_OPTIONS: Final[dict[str, tuple[str, ...]]] = {
    "synchronous": ("normal", "full"),
    "mode": ("rw", "ro"),
}


def _options(url: str, query: str) -> dict[str, str]:
    chosen = {name: values[0] for name, values in _OPTIONS.items()}
    for part in query.split("&") if query else ():
        name, _, value = part.partition("=")
        if value not in _OPTIONS.get(name, ()):
            known = ", ".join(f"{key}={'|'.join(values)}" for key, values in _OPTIONS.items())
            raise StoreUrlError(url, f'unknown option "{part}"', hint=f"Known options: {known}.")
        chosen[name] = value
    return chosen


def _from_entry_point(url: str, scheme: str) -> Store:
    found = [point for point in _entry_points() if point.name == scheme]
    if not found:
        raise StoreUrlError(url, f'unknown scheme "{scheme}"', hint=_known_schemes())
    point = found[0]
    try:
        make = cast("Callable[[str], Store]", point.load())
    except Exception as error:
        package = point.dist.name if point.dist is not None else point.value
        raise StoreUrlError(
            url,
            f"{package} can't be loaded: {type(error).__name__}: {error}",
            hint=f"Reinstall or remove {package}.",
        ) from error
    return make(url)


def _entry_points() -> tuple[EntryPoint, ...]:
    # Late: a store of our own does not need it, and looking at what is installed takes time.
    from importlib.metadata import entry_points

    return tuple(entry_points(group=ENTRY_POINT_GROUP))


def _known_schemes() -> str:
    names = {"memory", "sqlite"} | {point.name for point in _entry_points()}
    return f"Known schemes: {', '.join(sorted(names))}. A package may add more."
