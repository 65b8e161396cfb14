"""Proxies: the one of a request, and those of the worker's environment."""

from __future__ import annotations

from urllib.request import getproxies, proxy_bypass

import httpx


class ProxyUrlError(Exception):
    """What should be the URL of a proxy is none that can be used."""


class Proxies:
    """The proxies of the environment: `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`."""

    def __init__(self) -> None:
        self._by_scheme = getproxies()

    def proxy_for(self, url: httpx.URL) -> httpx.URL | None:
        """Return the proxy for a URL, or None.

        Raises:
            ProxyUrlError: the environment names a proxy that cannot be used.
        """
        found = self._by_scheme.get(url.scheme) or self._by_scheme.get("all")
        if not found or proxy_bypass(url.netloc.decode()):
            return None
        return proxy_url(found if "://" in found else f"http://{found}")


def proxy_url(text: str) -> httpx.URL:
    """Return the URL of a proxy.

    Raises:
        ProxyUrlError: it is no http or https URL with a host.
    """
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        # Without the parser's words, which may quote a password.
        raise ProxyUrlError("the URL of the proxy is invalid") from None
    if url.scheme not in ("http", "https") or not url.raw_host:
        message = f"a proxy needs an http or https URL with a host; {url.scheme!r} is not supported"
        raise ProxyUrlError(message)
    return url
