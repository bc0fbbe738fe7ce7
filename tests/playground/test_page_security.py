"""The server answers only by its own names, and only to pages of its own."""

import asyncio
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from chathakase.playground import Workspace
from chathakase.playground.page_server import page
from chathakase.playground.page_server.static import POLICY
from chathakase.playground.world.workspace_files import File
from tests.playground.clients import ALICE, GENERAL

PATHS = ("/", "/page/app.js", "/page/socket", "/page/upload", "//api/", "/nothing")
FOREIGN = (
    {"Host": "evil.example"},
    {"Host": "127.0.0.1"},
    {"Origin": "http://evil.example"},
    {"Origin": "https://api.slack.com"},
    {"Origin": "null"},
)


@pytest.fixture
def port(workspace: Workspace) -> int:
    return URL(workspace.address).port or 0


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1:1", "127.0.0.1", "localhost.evil.example:{port}", ""]
)
async def test_a_foreign_host_is_refused(
    workspace: Workspace, session: aiohttp.ClientSession, port: int, path: str, host: str
) -> None:
    headers = {"Host": host.format(port=port)}
    async with session.get(f"{workspace.address}{path}", headers=headers) as response:
        assert response.status == 403


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://127.0.0.1:{port}", "http://localhost:{port}", "http://127.0.0.1"]
)
async def test_a_foreign_origin_is_refused(
    workspace: Workspace, session: aiohttp.ClientSession, port: int, path: str, origin: str
) -> None:
    headers = {"Origin": origin.format(port=port)}
    for method in ("GET", "POST", "OPTIONS"):
        async with session.request(method, f"{workspace.address}{path}", headers=headers) as response:
            assert response.status == 403


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "LOCALHOST:{port}", "[::1]:{port}"])
async def test_its_own_names_are_served_with_their_own_origin(
    workspace: Workspace, session: aiohttp.ClientSession, port: int, host: str
) -> None:
    name = host.format(port=port)
    for headers in ({"Host": name}, {"Host": name, "Origin": f"http://{name}"}):
        async with session.post(f"{workspace.api_url}api.test", headers=headers) as response:
            assert (await response.json())["ok"]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
async def test_a_foreign_page_without_a_token_does_and_learns_nothing(
    workspace: Workspace, session: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    file = workspace.world.files.put(File("F1", "x.txt", "x", ALICE, 0, 6, channels=(GENERAL,)), b"secret")
    posted = {"channel": GENERAL, "text": "from elsewhere"}
    async with session.post(f"{workspace.api_url}chat.postMessage", data=posted, headers=headers) as response:
        assert await response.json() == {"ok": False, "error": "not_authed"}
        assert not [name for name in response.headers if name.startswith("Access-Control")]
    for path, answered in ((f"/files/{file.id}/x.txt", 200), ("/link/", 403), ("/hooks/app/T1/x", 404)):
        for origin in ({}, {"Referer": f"http://{headers.get('Host', 'evil.example')}/"}):
            method = "POST" if "hooks" in path else "GET"
            async with session.request(method, f"{workspace.address}{path}", headers=headers | origin) as response:
                assert response.status == answered
                assert "secret" not in await response.text()
    assert not workspace.world.timeline(GENERAL).messages()


async def test_a_foreign_page_gets_no_socket(workspace: Workspace, session: aiohttp.ClientSession) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
        await session.ws_connect(f"{workspace.address}/page/socket", headers={"Origin": "http://evil.example"})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page of our own, with a secret beside it."""
    made = tmp_path / "page"
    (made / "vendor").mkdir(parents=True)
    (made / "index.html").write_text("<!doctype html><title>Page</title>")
    (made / "app.mjs").write_text("export const one = 1;")
    (made / "vendor" / "LICENSE").write_text("free")
    (tmp_path / "secret.txt").write_text("secret")
    (made / "link.txt").symlink_to(tmp_path / "secret.txt")
    monkeypatch.setattr(page, "FOLDER", made)
    return made


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/", "text/html"), ("/page/app.mjs", "text/javascript"), ("/page/vendor/LICENSE", "text/plain")],
)
async def test_files_have_their_type_and_the_policy(
    folder: Path, workspace: Workspace, session: aiohttp.ClientSession, path: str, kind: str
) -> None:
    async with session.get(f"{workspace.address}{path}") as response:
        assert (response.status, response.content_type) == (200, kind)
        assert response.headers["Content-Security-Policy"] == POLICY
        assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/page/../secret.txt",
        "/page/..%2fsecret.txt",
        "/page/%2e%2e/secret.txt",
        "/page/vendor/../../secret.txt",
        "/page//etc/passwd",
        "/page/%2fetc%2fpasswd",
        "/page/link.txt",
        "/page/..%5csecret.txt",
        "/page/%00",
        "/page/vendor",
        "/page/nothing.js",
    ],
)
async def test_nothing_outside_the_folder_is_served(folder: Path, workspace: Workspace, port: int, path: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
    answer = (await asyncio.wait_for(reader.read(), 20)).decode()
    writer.close()
    await writer.wait_closed()
    assert answer.split()[1] == "404"
    assert "root:" not in answer
    assert "secret" not in answer
