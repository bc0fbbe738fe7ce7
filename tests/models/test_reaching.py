"""Servers that are reached by TLS, through proxies, or not at all; and what of the environment reaches them."""

import asyncio
import socket
import ssl
import struct
import warnings
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import pytest
import trustme

from chathakase.core.errors import ModelError
from chathakase.core.types import ChatMessage, Prompt
from chathakase.findings import Finding, Level
from chathakase.models import http_client
from chathakase.models.endpoint import read_endpoint
from chathakase.models.http_client import open_client
from chathakase.models.model_diagnostics import check_model
from chathakase.models.openai import open_model
from chathakase.proxies import proxy_for
from tests.models.refusing import ask

pytestmark = pytest.mark.usefixtures("outside")

PROMPT = Prompt((ChatMessage("user", "hello"),))
ANSWER = b'{"model": "m", "choices": [{"message": {"content": "Hello!"}, "finish_reason": "stop"}]}'
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(ANSWER), ANSWER)


class ByteServer:
    """Answers each request with the same bytes, over TLS or without."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.heads: list[str] = []
        self.port = 0
        self.tasks: set[asyncio.Task[None]] = set()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = await reader.readexactly(4)
                head += await reader.readuntil(b"\r\n\r\n") if head in (b"POST", b"GET ") else b""
                self.heads.append(head.decode(errors="replace"))
                _, said, length = head.lower().partition(b"content-length:")
                await reader.readexactly(int(length.partition(b"\r\n")[0]) if said else 0)
                writer.write(self.answer)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def serving(answer: bytes = OK, tls: ssl.SSLContext | None = None) -> AsyncIterator[ByteServer]:
    served = ByteServer(answer)
    server = await asyncio.start_server(served.take, "127.0.0.1", 0, ssl=tls)
    served.port = server.sockets[0].getsockname()[1]
    try:
        yield served
    finally:
        server.close()
        for task in served.tasks:
            task.cancel()
        await asyncio.gather(*served.tasks)


def certified(authority: trustme.CA, *names: str, until: datetime | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names, not_after=until).configure_cert(context)
    return context


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


async def answered(base_url: str) -> str:
    async with open_model(api_key="k", base_url=base_url, name="m", temperature=None, max_tokens=9) as model:
        return await ask(model, PROMPT)


async def failure(base_url: str) -> tuple[str, Finding]:
    with pytest.raises(ModelError) as failed:
        await answered(base_url)
    (finding,) = await check_model(api_key="k", base_url=base_url, name="m")
    assert finding.level is Level.ERROR
    return failed.value.code, finding


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
async def test_an_authority_of_ones_own_is_trusted_on_this_machine(
    name: str, authority: trustme.CA, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, str(bundle.parent if name == "SSL_CERT_DIR" else bundle))
    async with serving(tls=certified(authority, "127.0.0.1")) as server:
        assert await answered(f"https://127.0.0.1:{server.port}/v1") == "Hello!"


async def test_what_is_spoken_over_tls_is_said(
    authority: trustme.CA, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    context = certified(authority, "127.0.0.1")
    context.set_alpn_protocols(["h2", "http/1.1"])
    spoken = list[str | None]()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        spoken.append(writer.get_extra_info("ssl_object").selected_alpn_protocol())
        with suppress(asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(OK)
            await reader.read()
        writer.close()

    async with await asyncio.start_server(take, "127.0.0.1", 0, ssl=context) as server:
        assert await answered(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1") == "Hello!"
    assert spoken == ["http/1.1"]


async def test_a_folder_as_openssl_wants_it_is_trusted(
    authority: trustme.CA, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = await asyncio.create_subprocess_exec("openssl", "rehash", str(bundle.parent))
    if await process.wait():
        pytest.skip("there is no openssl here")
    monkeypatch.setenv("SSL_CERT_DIR", str(bundle.parent))
    async with serving(tls=certified(authority, "localhost")) as server:
        assert await answered(f"https://localhost:{server.port}/v1") == "Hello!"


async def test_a_certificate_that_cannot_be_trusted_is_told(
    authority: trustme.CA, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(tls=certified(authority, "127.0.0.1")) as server:
        code, finding = await failure(f"https://127.0.0.1:{server.port}/v1")
    assert (code, "SSL_CERT_FILE" in finding.advice) == ("certificate", True)
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    async with serving(tls=certified(authority, "other.example")) as server:
        code, finding = await failure(f"https://127.0.0.1:{server.port}/v1")
    assert (code, "another name" in finding.text) == ("certificate_name", True)
    async with serving(tls=certified(authority, "127.0.0.1", until=datetime(2025, 1, 1, tzinfo=UTC))) as server:
        code, finding = await failure(f"https://127.0.0.1:{server.port}/v1")
    assert (code, "expired" in finding.text) == ("certificate_expired", True)


async def test_tls_on_one_side_only_is_told(authority: trustme.CA) -> None:
    async with serving() as server:
        code, finding = await failure(f"https://127.0.0.1:{server.port}/v1")
    assert (code, "http://" in finding.advice) == ("no_tls", True)
    async with serving(tls=certified(authority, "127.0.0.1")) as server:
        code, finding = await failure(f"http://127.0.0.1:{server.port}/v1")
    assert (code, "https://" in finding.advice) == ("no_http", True)
    refusal = b"HTTP/1.1 400 Bad\r\nContent-Length: 48\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"
    async with serving(refusal) as server:
        code, finding = await failure(f"http://127.0.0.1:{server.port}/v1")
    assert (code, "https://" in finding.advice) == ("needs_tls", True)


@pytest.mark.parametrize("hears", [True, False], ids=["after a hello", "at once"])
@pytest.mark.parametrize("proxied", [True, False], ids=["through a proxy", ""])
async def test_a_handshake_that_nobody_answers_is_told(
    hears: bool, proxied: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if proxied:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        if hears:
            await reader.read(1_000)
        writer.close()

    async with await asyncio.start_server(take, "127.0.0.1", 0) as server:
        here = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        if proxied:
            monkeypatch.setenv("HTTPS_PROXY", here)
        code, finding = await failure(f"https://{'model.example' if proxied else here}/v1")
    assert (code, "http://" in finding.advice) == ("no_tls", True)


async def test_a_connection_that_is_reset_instead_of_an_answer_is_told() -> None:
    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    async with await asyncio.start_server(take, "127.0.0.1", 0) as server:
        code, finding = await failure(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
    assert (code, "cannot be reached" in finding.text) == ("unreachable", True)


@pytest.mark.parametrize("junk", [b"SSH-2.0-OpenSSH_9.6\r\n", b"<html>Welcome", b"\x15\x03\x01\x00\x02\x02\x50", b""])
async def test_what_is_no_http_is_told(junk: bytes) -> None:
    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(junk)
        writer.close()

    async with await asyncio.start_server(take, "127.0.0.1", 0) as server:
        code, finding = await failure(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
    assert code == "no_http"
    assert "OPENAI_BASE_URL" in finding.advice


async def test_nobody_there_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    code, finding = await failure(f"http://127.0.0.1:{port}/v1")
    assert (code, "cannot be reached" in finding.text) == ("unreachable", True)


AMBIENT = {
    "OPENAI_ORG_ID": "org-secret",
    "OPENAI_PROJECT_ID": "proj-secret",
    "OPENAI_CUSTOM_HEADERS": "X-Secret: secret\nAuthorization: Bearer secret\nContent-Type: text/secret",
    "OPENAI_ADMIN_KEY": "sk-admin-secret",
    "OPENAI_WEBHOOK_SECRET": "whsec-secret",
    "OPENAI_BASE_URL": "http://127.0.0.1:9/secret",
}


async def test_what_is_for_openai_reaches_no_other_server(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in AMBIENT.items():
        monkeypatch.setenv(name, value)
    async with serving() as server:
        assert await answered(f"http://127.0.0.1:{server.port}/v1") == "Hello!"
    (head,) = server.heads
    assert "secret" not in head.lower()
    assert "authorization: bearer k\r\n" in head.lower()
    assert "openai-" not in head.lower()


async def test_openai_itself_hears_what_is_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "")
    for host in ("api.openai.com", "eu.api.openai.com"):
        async with open_client(read_endpoint(f"https://{host}/v1"), api_key="k", silence=1) as client:
            headers = {name: value for name, value in client.default_headers.items() if name.startswith("OpenAI-")}
            assert headers.get("OpenAI-Organization") == "org-1"
            assert not isinstance(headers.get("OpenAI-Project"), str)
    async with open_client(read_endpoint("https://api.openai.com.example/v1"), api_key="k", silence=1) as client:
        assert client.organization is None


async def test_a_proxy_of_another_kind_does_not_matter_where_none_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "model.example")
    for base in ("http://127.0.0.1:9/v1", "https://model.example/v1"):
        async with open_client(read_endpoint(base), api_key="k", silence=1) as client:
            assert not client.is_closed()


@pytest.mark.parametrize(("name", "scheme"), [("HTTP_PROXY", "http://"), ("ALL_PROXY", "http://"), ("http_proxy", "")])
@pytest.mark.usefixtures("outside")
async def test_a_proxy_takes_what_goes_to_other_machines(
    name: str, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving() as proxy, serving() as here:
        monkeypatch.setenv(name, f"{scheme}127.0.0.1:{proxy.port}")
        assert await answered("http://model.example/v1") == "Hello!"
        assert await answered(f"http://127.0.0.1:{here.port}/v1") == "Hello!"
    assert [head.partition("\r\n")[0] for head in proxy.heads] == [
        "POST http://model.example/v1/chat/completions HTTP/1.1"
    ]
    assert len(here.heads) == 1


@pytest.mark.parametrize("exception", ["10.0.0.0/8", "other, 10.1.2.3", "10.1.0.0/255.255.0.0", "*"])
async def test_an_excepted_network_is_reached_without_the_proxy(
    exception: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", exception)
    assert proxy_for("http://10.1.2.3:8000/v1") == ""
    assert proxy_for("http://11.1.2.3:8000/v1") == ("" if exception == "*" else "http://proxy.example:3128")


async def test_excepted_names_are_reached_without_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "*.inside.example, fd00::/8,[2001:db8::1]")
    direct = ("http://model.inside.example/v1", "https://[fd12::1]:1/v1", "http://u:p@[2001:db8::1]/v1")
    assert [proxy_for(each) for each in direct] == ["", "", ""]
    assert proxy_for("http://inside.example.org/v1") == "http://proxy.example:3128"


@pytest.mark.usefixtures("outside")
async def test_a_proxy_hears_its_password_in_any_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving() as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://%E6%BC%A2:p%3Aw@127.0.0.1:{proxy.port}")
        assert await answered("http://model.example/v1") == "Hello!"
        monkeypatch.setenv("HTTPS_PROXY", f"http://%E6%BC%A2:p%3Aw@127.0.0.1:{proxy.port}")
        with suppress(ModelError):
            await answered("https://model.example/v1")
    told = f"Proxy-Authorization: Basic {b64encode('漢:p:w'.encode()).decode()}"
    assert [head.partition(" ")[0] for head in proxy.heads[:2]] == ["POST", "CONN"]
    assert told in proxy.heads[0]
    assert "authorization: Bearer k" in proxy.heads[0]


TUNNELS = [
    *(b"HTTP/1.1 %d OK\r\n\r\n" % status for status in (200, 201, 204)),
    b"HTTP/1.0 200 Connection established\r\nProxy-Agent: x\r\nConnection: close\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nX: %b\r\n\r\n" % (b"y" * 9_000),
]


@pytest.mark.parametrize("tunnel", TUNNELS)
async def test_a_tunnel_opens_in_any_words(
    tunnel: bytes, authority: trustme.CA, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[bytes]()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(tunnel)
        with suppress(OSError, asyncio.IncompleteReadError):
            await writer.start_tls(certified(authority, "model.example"))
            asked.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(OK)
            await reader.read()
        writer.close()

    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    async with await asyncio.start_server(take, "127.0.0.1", 0) as server:
        monkeypatch.setenv("HTTPS_PROXY", f"http://%E6%BC%A2:p@127.0.0.1:{server.sockets[0].getsockname()[1]}")
        assert await answered("https://model.example/v1") == "Hello!"
    *connects, question = asked
    told = f"Proxy-Authorization: Basic {b64encode('漢:p'.encode()).decode()}".encode()
    assert all(each.startswith(b"CONNECT model.example:443 ") and told in each for each in connects)
    assert question.startswith(b"POST /v1/chat/completions ")
    assert b"Proxy-Authorization" not in question


@pytest.mark.parametrize("raw", [OK, OK.replace(b"\r\n", b"\r\nContent-Length: %d\r\n" % len(ANSWER), 1)])
async def test_a_proxy_may_be_reached_over_tls(
    raw: bytes, authority: trustme.CA, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    async with serving(raw, tls=certified(authority, "127.0.0.1")) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"https://127.0.0.1:{proxy.port}")
        assert await answered("http://model.example/v1") == "Hello!"
    assert all(head.startswith("POST http://model.example/v1/chat/completions HTTP/1.1") for head in proxy.heads)


async def test_a_name_that_nobody_resolves_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(http_client, "CONNECT_WITHIN", 0.05)
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", silent)
    code, _ = await failure("http://model.example/v1")
    assert code == "timeout"


@pytest.mark.usefixtures("outside")
async def test_a_prompt_with_pictures_goes_out_in_pieces() -> None:
    pictures = Prompt((ChatMessage("user", "x" * 3_000_000),))
    async with (
        serving() as server,
        open_model(
            api_key="k", base_url=f"http://127.0.0.1:{server.port}/v1", name="m", temperature=None, max_tokens=9
        ) as model,
    ):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert await ask(model, pictures) == "Hello!"


@pytest.mark.usefixtures("outside")
async def test_a_proxy_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    code, _ = await failure("http://model.example/v1")
    assert code == "no_proxy"


@pytest.mark.usefixtures("outside")
async def test_a_name_in_the_address_is_no_second_authorization() -> None:
    async with serving() as server:
        assert await answered(f"http://user:secret@127.0.0.1:{server.port}/v1") == "Hello!"
    (head,) = server.heads
    assert head.lower().count("authorization:") == 1
    assert "user" not in head.partition("\r\n")[0]


async def test_a_connection_is_used_again_only_as_long_as_servers_keep_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving() as server:
        base = f"http://127.0.0.1:{server.port}/v1"
        async with open_model(api_key="k", base_url=base, name="m", temperature=None, max_tokens=9) as model:
            connections = list[int]()
            for later in (0, 0, 4.9):
                monkeypatch.setattr("aiohttp.connector.monotonic", lambda seconds=later: monotonic() + seconds)
                assert await ask(model, PROMPT) == "Hello!"
                connections.append(len(server.tasks))
    assert connections == [1, 1, 2]


async def test_no_cookie_is_kept() -> None:
    async with serving(OK.replace(b"\r\n", b"\r\nSet-Cookie: name=value; Path=/\r\n", 1)) as server:
        base = f"http://127.0.0.1:{server.port}/v1"
        async with open_model(api_key="k", base_url=base, name="m", temperature=None, max_tokens=9) as model:
            assert [await ask(model, PROMPT) for _ in range(2)] == ["Hello!", "Hello!"]
    assert len(server.heads) == 2
    assert "cookie" not in "".join(server.heads).lower()


async def test_azure_gets_the_key_in_its_own_header() -> None:
    base = "https://mine.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2024-10-21"
    async with open_client(read_endpoint(base), api_key="k", silence=1) as client:
        assert client.default_headers["api-key"] == "k"
        assert client.default_query == {"api-version": "2024-10-21"}


WAITS: list[tuple[str, str]] = [
    *(("Retry-After", text) for text in ("inf", "-inf", "nan", "1e999", "-5", "0", "1" * 400, "soon", "", "٣٠٠٠")),
    *(("Retry-After", f"{text} GMT") for text in ("Fri, 31 Dec 9999 23:59:59", "Sat, 01 Jan 99999 00:00:00")),
    ("Retry-After", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ("Retry-After", "Fri, 31 Dec 9999 23:59:59 -2359"),
    ("Retry-After", "Sat, 01 Jan 2050 00:00:00 +99999999999999"),
    *(("retry-after-ms", text) for text in ("inf", "nan", "1e999", "-1", "999999999999")),
]


@pytest.mark.parametrize(("header", "value"), WAITS)
@pytest.mark.parametrize("retry", ["", "x-should-retry: true\r\n"], ids=["", "insisting"])
async def test_no_action_to_be_waited_for_hangs(header: str, value: str, retry: str) -> None:
    refusal = f"HTTP/1.1 429 Too Many\r\n{header}: {value}\r\n{retry}Content-Length: 0\r\n\r\n".encode()
    async with serving(refusal) as server:
        with pytest.raises(ModelError, match="http_429"):
            await asyncio.wait_for(answered(f"http://127.0.0.1:{server.port}/v1"), 20)
    assert len(server.heads) <= 3
