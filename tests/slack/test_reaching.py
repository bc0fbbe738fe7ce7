"""Through which proxy Slack is reached, by whose certificate, and for how long it is waited for."""

import asyncio
import os
import ssl
from base64 import b64encode

import aiohttp
import pytest
import trustme
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from chathakase.certificates import VARIABLES
from chathakase.core.errors import StartError
from chathakase.slack.web.call_errors import LONGEST_PAUSE, UNKNOWN_PAUSE, failure_of
from chathakase.slack.web.client import open_web, proxy_of

PROXY = "http://proxy:3128"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in os.environ if each.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "All_Proxy", "HTTP_PROXY"])
@pytest.mark.parametrize("url", ["https://slack.com/api/", "wss://wss-primary.slack.com/link"])
def test_every_name_of_a_proxy_counts(name: str, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert proxy_of(url) is None
    monkeypatch.setenv(name, PROXY)
    assert proxy_of(url) == PROXY
    monkeypatch.setenv("NO_PROXY", "slack.com")
    assert proxy_of(url) is None


def test_the_proxy_for_a_scheme_goes_before_that_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://other:1")
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    assert proxy_of("https://slack.com/api/") == PROXY
    assert proxy_of("http://slack.example/api/") == "http://other:1"


@pytest.mark.parametrize("said", ["proxy:3128", "http://proxy:3128 ", " proxy:3128"])
def test_a_proxy_is_one_of_http_however_it_is_written(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", said)
    assert proxy_of("https://slack.com/api/") == PROXY


@pytest.mark.usefixtures("outside")
async def test_a_proxy_hears_its_password_in_any_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    heads = list[str]()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(take, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        monkeypatch.setenv("HTTPS_PROXY", f"http://%E6%BC%A2ö:p%3Aw%40@127.0.0.1:{port}")
        for url in ("https://slack.com/api/", "http://slack.example/api/"):
            with pytest.raises(StartError):
                async with open_web(token="xoxb-1", api_url=url, call_timeout=5):
                    pass
    told = f"Proxy-Authorization: Basic {b64encode('漢ö:p:w@'.encode()).decode()}\r\n"
    assert [head.partition(" ")[0] for head in heads] == ["CONNECT", "POST"]
    assert all(told in head for head in heads)
    assert "xoxb" not in heads[0]


@pytest.mark.parametrize("url", ["http://127.0.0.1:8765/api/", "ws://localhost:1/", "http://[::1]:1/"])
def test_this_machine_is_reached_without(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", PROXY)
    assert proxy_of(url) is None


@pytest.mark.parametrize(
    ("said", "waited"),
    [
        ("30", 30.0),
        ("0", 1.0),
        ("-5", 1.0),
        ("-inf", 1.0),
        ("inf", LONGEST_PAUSE),
        ("1e999", LONGEST_PAUSE),
        ("9" * 400, LONGEST_PAUSE),
        ("nan", UNKNOWN_PAUSE),
        ("Fri, 31 Dec 9999 23:59:59 GMT", UNKNOWN_PAUSE),
        ("", UNKNOWN_PAUSE),
    ],
)
def test_no_pause_lasts_for_ever(said: str, waited: float) -> None:
    info = aiohttp.RequestInfo(
        URL("https://slack.com"), "POST", CIMultiDictProxy(CIMultiDict()), URL("https://slack.com")
    )
    error = aiohttp.ClientResponseError(info, (), status=429, headers=CIMultiDict({"Retry-After": said}))
    assert failure_of(error).retry_after == waited


@pytest.mark.usefixtures("outside")
async def test_a_certificate_that_is_not_trusted_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    async with server:
        url = f"https://localhost:{server.sockets[0].getsockname()[1]}/api/"
        with pytest.raises(StartError, match="SSL_CERT_FILE"):
            async with open_web(token="xoxb-1", api_url=url, call_timeout=5):
                pass
