"""Which hosts may be reached when the operator sets AETHER_HTTP_ALLOW."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import pytest

from aether_http._policy import HostNotAllowedError, Policy, PolicyError
from aether_http._resolver import JudgingResolver
from aether_sdk import ExecCode

if TYPE_CHECKING:
    from typing import Any

SETTING = "AETHER_HTTP_ALLOW"


@pytest.mark.parametrize(
    ("address", "is_public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - an address to refuse
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::5db8:d822", True),
    ],
)
def test_public_means_addresses_of_the_open_internet(address: str, is_public: bool) -> None:
    assert Policy("public").admits_address(address) is is_public
    assert not Policy("").admits_address(address)


def test_networks_and_names_are_admitted_as_they_are_listed() -> None:
    policy = Policy("public, 10.1.0.0/16, fd00::/8, Api.Example.com, *.in.example")

    assert policy.admits_address("10.1.9.9")
    assert policy.admits_address("::ffff:10.1.9.9")
    assert policy.admits_address("fd12::1")
    assert not policy.admits_address("10.2.0.1")
    assert policy.admits_name("api.example.COM.")
    assert policy.admits_name("a.b.in.example")
    assert not policy.admits_name("in.example")
    assert not policy.admits_name("example.com")
    assert not policy.admits_name("public")


@pytest.mark.parametrize("part", ["10.0.0.1/8", "http://host", "a b", "*", "10.1", "host:80"])
def test_what_cannot_be_read_is_an_error_that_names_it(
    worker: Any, site: Any, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    monkeypatch.setenv(SETTING, f"public,{part}")

    result = worker.run({"url": site.url})

    assert result.code == ExecCode.ERROR
    assert f"{SETTING}: {part!r} is neither" in result.message
    with pytest.raises(PolicyError):
        Policy(part)


@pytest.mark.parametrize(
    ("setting", "host", "code"),
    [
        (None, "127.0.0.1", ExecCode.SUCCEEDED),
        ("public", "127.0.0.1", ExecCode.ERROR),
        ("public", "localhost", ExecCode.ERROR),
        ("", "localhost", ExecCode.ERROR),
        ("127.0.0.0/8", "127.0.0.1", ExecCode.SUCCEEDED),
        ("127.0.0.0/8,::1", "localhost", ExecCode.SUCCEEDED),
        ("localhost", "localhost", ExecCode.SUCCEEDED),
        ("localhost", "127.0.0.1", ExecCode.ERROR),
    ],
)
def test_requests_reach_only_what_is_allowed(
    worker: Any,
    site: Any,
    monkeypatch: pytest.MonkeyPatch,
    setting: str | None,
    host: str,
    code: ExecCode,
) -> None:
    if setting is not None:
        monkeypatch.setenv(SETTING, setting)

    result = worker.run({"url": site.url.replace("127.0.0.1", host), "retry": 2})

    assert result.code == code
    assert worker.waits == []
    assert bool(site.received) is (code == ExecCode.SUCCEEDED)


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f.0.0.1", "127.0.0.0x1", "[::1]"])
def test_no_spelling_of_an_address_gets_around(
    worker: Any, site: Any, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv(SETTING, "public")

    result = worker.run({"url": site.url.replace("127.0.0.1", host)})

    assert result.code == ExecCode.ERROR
    assert f"{SETTING} does not allow requests to " in result.message
    assert not site.received


def test_a_redirect_does_not_get_around(
    worker: Any, site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SETTING, "localhost")
    site.answer = lambda _: site.Answer(302, headers=(("Location", f"{site.url}/secret"),))

    result = worker.run({"url": site.url.replace("127.0.0.1", "localhost")})

    assert result.code == ExecCode.ERROR
    assert result.message.endswith(f": {SETTING} does not allow requests to 127.0.0.1")
    assert len(site.received) == 1


def test_the_message_names_method_url_and_address(
    worker: Any, site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SETTING, "public")
    url = site.url.replace("127.0.0.1", "localhost")

    message = worker.run({"url": url, "method": "POST"}).message

    assert message.startswith(f"POST {url}: {SETTING} does not allow requests to localhost (")
    assert "127.0.0.1" in message


def test_a_name_that_answers_differently_the_next_time_gains_nothing(
    worker: Any, site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the address that is dialled is the one that was judged."""
    monkeypatch.setenv(SETTING, "127.0.0.0/8")
    port = int(site.url.rpartition(":")[2])
    answers = iter(["127.0.0.1", "10.0.0.1", "127.0.0.1"])
    dialled = socket.AF_INET, socket.SOCK_STREAM, 6, ""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(*dialled, (next(answers), port))])
    url = f"http://rebinding.example:{port}/"

    results = [worker.run({"url": url}) for _ in range(3)]

    assert [result.code for result in results] == [0, ExecCode.ERROR, 0]
    assert "rebinding.example (10.0.0.1)" in results[1].message
    assert len(site.received) == 2


def test_only_allowed_addresses_of_a_name_are_dialled() -> None:
    """What is looked up is judged and dialled at once, so a name cannot change in between."""

    async def run(setting: str) -> set[str]:
        resolver = JudgingResolver(Policy(setting))
        try:
            return {each["host"] for each in await resolver.resolve("localhost", 80)}
        finally:
            await resolver.close()

    assert asyncio.run(run("127.0.0.0/8")) == {"127.0.0.1"}
    with pytest.raises(HostNotAllowedError, match="localhost"):
        asyncio.run(run("10.0.0.0/8"))


def test_no_proxy_is_used_where_a_policy_rules(
    worker: Any, site: Any, other_site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SETTING, "127.0.0.0/8")
    monkeypatch.setenv("http_proxy", other_site.url)

    ignored = worker.run({"url": site.url})
    refused = worker.run({"url": site.url, "proxy": other_site.url})

    assert (ignored.code, len(site.received), other_site.received) == (ExecCode.SUCCEEDED, 1, [])
    assert (refused.code, refused.message) == (
        ExecCode.ERROR,
        f"GET {site.url}: no proxy can be used where {SETTING} is set",
    )
