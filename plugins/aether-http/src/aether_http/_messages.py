"""What goes out and what comes back, with no more than the exchange of every task needs.

httpx has classes for both, but making and reading them took a third of the time of an exchange.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from aether_http._transport_errors import FOREIGN, translated

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Iterable

    import aiohttp
    import httpx

    #: A body that is at hand, or one that is read while it is sent, each time from its beginning.
    Content = bytes | httpx.AsyncByteStream | None

#: Pieces of a body; a compressed one grows while it is unpacked, so they are not large.
PIECE_BYTES: Final = 64 * 1024


class Way(NamedTuple):
    """How a request gets to its server.

    Attributes:
        tls: Certificates and their checking.
        connect: Seconds for looking up the host and connecting; None for no limit of its own.
        read: Seconds that the server may be silent or take nothing; None for no limit of its own.
        proxy: The proxy to use, None for none.
        is_proxy_given: Whether `proxy` counts; else the environment decides.
    """

    tls: ssl.SSLContext
    connect: float | None = None
    read: float | None = None
    proxy: httpx.URL | None = None
    is_proxy_given: bool = False


class Outgoing(NamedTuple):
    """A request.

    Attributes:
        method: In upper case.
        url: Without user name and password.
        headers: Names and values, without Host.
        content: The body.
        way: How it is sent.
    """

    method: str
    url: httpx.URL
    headers: list[tuple[str, str]]
    content: Content
    way: Way


class Received:
    """The head of an answer, and the body that is still to be read.

    Attributes:
        status_code: Its status.
        headers: By lower-case name; repeated ones are joined.
        url: The URL that was asked.
    """

    __slots__ = ("_answer", "headers", "status_code", "url")

    def __init__(self, answer: aiohttp.ClientResponse, url: httpx.URL) -> None:
        self._answer = answer
        self.status_code = answer.status
        self.headers = _joined(answer.raw_headers)
        self.url = url

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes, neither unpacked nor bounded.

        Raises:
            httpx.TransportError: the connection broke.
        """
        content = self._answer.content
        try:
            while piece := await content.read(PIECE_BYTES):
                yield piece
        except FOREIGN as error:
            raise translated(error) from error

    def release(self) -> None:
        """Give the connection back if the body was read to its end, else close it."""
        self._answer.release()


def _joined(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in raw:
        key, text = _decoded(name).lower(), _decoded(value)
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def _decoded(data: bytes) -> str:
    """Return a part of a head as text; any bytes are some text."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("iso-8859-1")
