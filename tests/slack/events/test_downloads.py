"""What is fetched from Slack, and to whom the token goes."""

import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from chathakase.core.errors import DeliveryError
from chathakase.core.files import SharedFile
from chathakase.playground.content.file_json import file_json
from chathakase.playground.server import Workspace
from chathakase.slack.events import downloads as module
from chathakase.slack.events.downloads import HOPS, SlackDownloads
from chathakase.slack.events.shared_files import read_files
from chathakase.slack.web.client import SlackWeb, open_web
from tests.places import slack_place
from tests.slack.events.file_host import TOKEN, FileHost, answering, downloads_of, open_server

pytestmark = pytest.mark.usefixtures("outside")

PLACE = slack_place("C1", "1.000001")
MEGABYTE = 2**20
LOGIN = "<!DOCTYPE html><html><title>Sign in | Slack</title></html>"


@pytest.fixture
async def server(outside: None) -> AsyncIterator[FileHost]:
    async with open_server() as opened:
        yield opened


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as opened:
        yield opened


@pytest.fixture
def downloads(server: FileHost, session: aiohttp.ClientSession) -> SlackDownloads:
    """Of a bot whose Slack is that server."""
    return downloads_of(session, f"{server.address}/api/")


async def refusal(fetching: Awaitable[bytes]) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await fetching
    return caught.value


def onward(address: str, status: int = 302) -> Callable[[], web.StreamResponse]:
    return lambda: web.Response(status=status, headers={"Location": address})


@pytest.fixture
async def slack(workspace: Workspace) -> AsyncIterator[SlackWeb]:
    async with open_web(token=workspace.bot_token, api_url=workspace.api_url, call_timeout=5) as opened:
        yield opened


async def shared(workspace: Workspace, name: str, content: bytes, *, channel: str = "general") -> SharedFile:
    """A file as the bot hears of it when a person shares it."""
    async with workspace.person("alice") as alice:
        await alice.share(name, content, channel=workspace.channel(channel).id)
    return read_files([file_json(workspace.world, workspace.world.files.all()[-1])])[0]


async def test_a_shared_file_is_fetched(workspace: Workspace, slack: SlackWeb) -> None:
    content = bytes(range(256)) * 1_000
    file = await shared(workspace, "ä b%20?.png", content)
    assert await SlackDownloads(slack).fetch(PLACE, file, most=MEGABYTE) == content


async def test_a_file_without_an_address_is_asked_for(workspace: Workspace, slack: SlackWeb) -> None:
    file = await shared(workspace, "a.txt", b"hello")
    assert await SlackDownloads(slack).fetch(PLACE, replace(file, url="", size=0), most=MEGABYTE) == b"hello"
    gone = await refusal(SlackDownloads(slack).fetch(PLACE, replace(file, id="F0NOTHING", url=""), most=MEGABYTE))
    assert (str(gone), gone.passes) == ("gone", False)


async def test_a_web_page_that_was_shared_is_fetched(workspace: Workspace, slack: SlackWeb) -> None:
    file = await shared(workspace, "page.html", LOGIN.encode())
    assert await SlackDownloads(slack).fetch(PLACE, file, most=MEGABYTE) == LOGIN.encode()


def page(text: str) -> Callable[[], web.StreamResponse]:
    return lambda: web.Response(text=text, content_type="text/html")


@pytest.mark.parametrize(
    "about",
    [
        {"mode": "quip", "mimetype": "application/vnd.slack-docs", "filetype": "quip", "size": 2_776},
        {"mode": "canvas", "filetype": "canvas"},
        {"mode": "space", "filetype": "space", "mimetype": "text/plain", "size": 3},
        {"mode": "email", "filetype": "email", "mimetype": "text/html", "size": 3},
        {"mimetype": "application/vnd.slack-docs"},
    ],
)
@pytest.mark.parametrize("told", [True, False])
async def test_a_page_that_slack_keeps_is_fetched_but_not_the_one_to_sign_in(
    downloads: SlackDownloads, server: FileHost, about: dict[str, object], told: bool
) -> None:
    there = {"id": "F1", "name": "Plan", "url_private": f"{server.address}/files/plan"} | about
    file = read_files([there if told else {"id": "F1", "file_access": "check_file_info"}])[0]
    asked = [] if told else [lambda: web.json_response({"ok": True, "file": there})]
    server.handler = answering(*asked, page("<h1>Plan</h1><p>To sign in, press this.</p>"))
    assert (await downloads.fetch(PLACE, file, most=MEGABYTE)).startswith(b"<h1>Plan")
    server.handler = answering(*asked, page(LOGIN))
    assert str(await refusal(downloads.fetch(PLACE, file, most=MEGABYTE))) == "not_allowed"


WAITING = {"transcription": {"status": "processing"}}


def spoken(content: str, *, more: bool) -> dict[str, object]:
    return {"transcription": {"status": "complete", "preview": {"content": content, "has_more": more}}}


@pytest.mark.parametrize(
    ("told", "content"),
    [
        ([WAITING, WAITING, spoken("Book a room.", more=False)], b"Book a room."),
        ([spoken("Book", more=True) | {"vtt": "SUBTITLES"}], b"WEBVTT"),
        ([spoken("Book", more=True)], b"Book"),
        ([WAITING, {"transcription": {"status": "failed"}}], b"a sound"),
        ([{}], b"a sound"),
    ],
)
async def test_of_a_clip_it_is_fetched_what_is_said_in_it(
    downloads: SlackDownloads,
    server: FileHost,
    told: list[dict[str, object]],
    content: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LISTENING", replace(module.LISTENING, first_wait=0))
    clip = {"id": "F1", "subtype": "slack_audio", "mimetype": "audio/mp4", "url_private": f"{server.address}/files/a"}
    abouts = [clip | each | ({"vtt": f"{server.address}/files/a.vtt"} if "vtt" in each else {}) for each in told]

    def about(each: dict[str, object]) -> Callable[[], web.StreamResponse]:
        return lambda: web.json_response({"ok": True, "file": each})

    server.handler = answering(
        *map(about, abouts), lambda: web.Response(body=b"WEBVTT" if "vtt" in told[-1] else content)
    )
    file = read_files([clip | WAITING])[0]
    assert await downloads.fetch(PLACE, file, most=MEGABYTE) == content


async def test_a_clip_that_slack_listens_to_for_long_is_tried_again_later(
    downloads: SlackDownloads, server: FileHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LISTENING", replace(module.LISTENING, first_wait=0))
    server.handler = answering(lambda: web.json_response({"ok": True, "file": {"id": "F1"} | WAITING}))
    error = await refusal(downloads.fetch(PLACE, read_files([{"id": "F1"} | WAITING])[0], most=MEGABYTE))
    assert (error.code, error.passes) == ("transcribing", True)


async def test_what_slack_only_shows_is_said_to_be_no_file(downloads: SlackDownloads, server: FileHost) -> None:
    about = {"id": "F1", "mode": "list", "filetype": "list", "url_private": f"{server.address}/files/list"}
    server.handler = answering(page(LOGIN))
    assert str(await refusal(downloads.fetch(PLACE, read_files([about])[0], most=MEGABYTE))) == "not_a_file"


@pytest.mark.parametrize("name", ["a.png", "page.html"])
async def test_who_may_not_have_it_is_told(workspace: Workspace, slack: SlackWeb, name: str) -> None:
    file = await shared(workspace, name, b"<html>something that was shared</html>")
    slack.client.token = "xoxb-wrong"
    error = await refusal(SlackDownloads(slack).fetch(PLACE, file, most=MEGABYTE))
    assert (str(error), error.passes) == ("not_allowed", False)
    error = await refusal(SlackDownloads(slack).fetch(PLACE, replace(file, url=""), most=MEGABYTE))
    assert not error.passes


async def test_what_is_gone_is_told(workspace: Workspace, slack: SlackWeb) -> None:
    file = await shared(workspace, "a.png", b"content")
    assert file.url
    error = await refusal(
        SlackDownloads(slack).fetch(PLACE, replace(file, url=file.url.replace(file.id, "F0NOTHING")), most=MEGABYTE)
    )
    assert (str(error), error.passes) == ("gone", False)


async def test_what_is_too_large_is_not_fetched(workspace: Workspace, slack: SlackWeb) -> None:
    file = await shared(workspace, "a.png", bytes(1_001))
    assert str(await refusal(SlackDownloads(slack).fetch(PLACE, file, most=1_000))) == "too_large"
    assert str(await refusal(SlackDownloads(slack).fetch(PLACE, replace(file, size=10), most=1_000))) == "too_large"
    assert len(await SlackDownloads(slack).fetch(PLACE, replace(file, size=0), most=1_001)) == 1_001


async def test_a_file_that_is_kept_elsewhere_is_not_even_asked_about(
    downloads: SlackDownloads, server: FileHost
) -> None:
    for url in ("", f"{server.address}/files/a.png"):
        error = await refusal(downloads.fetch(PLACE, server.file(url=url, remote=True), most=MEGABYTE))
        assert (str(error), error.passes, server.asked) == ("elsewhere", False, [])


@pytest.mark.parametrize(
    "about",
    [
        {"is_external": True},
        {"mode": "external"},
        {"external_type": "gdrive"},
        {"mimetype": "application/vnd.slack-remote"},
        {"is_external": False, "external_type": "", "external_url": "https://drive.example/1"},
    ],
)
async def test_a_file_of_which_slack_says_when_asked_that_it_is_kept_elsewhere_is_not_fetched(
    downloads: SlackDownloads, server: FileHost, about: dict[str, object]
) -> None:
    there = {"id": "F1", "url_private": f"{server.address}/files/a.png"}
    server.handler = answering(lambda: web.json_response({"ok": True, "file": there | about}))
    error = await refusal(downloads.fetch(PLACE, server.file(url=""), most=MEGABYTE))
    assert (str(error), error.passes, server.asked) == ("elsewhere", False, ["/api/files.info"])


METHODS = (
    "/api/conversations.history?channel=C0SECRET",
    "/api/chat.postMessage?channel=C1&text=hello",
    "/API/chat.postMessage?channel=C1&text=hello",
    "//api/chat.postMessage",
    "/files/%2e%2e/api/chat.postMessage",
    "/files/..%2fapi/chat.postMessage",
    "/api;x/chat.postMessage",
    "/api%2fchat.postMessage",
    "/api",
)


@pytest.mark.parametrize("path", METHODS)
@pytest.mark.parametrize("field", ["url_private", "url_private_download"])
async def test_no_address_of_a_file_leads_to_the_api(
    downloads: SlackDownloads, server: FileHost, path: str, field: str
) -> None:
    address = f"{server.address}{path}"
    error = await refusal(downloads.fetch(PLACE, server.file(url=address), most=MEGABYTE))
    assert (str(error), error.passes, server.asked) == ("elsewhere", False, [])
    server.handler = answering(lambda: web.json_response({"ok": True, "file": {"id": "F1", field: address}}))
    error = await refusal(downloads.fetch(PLACE, server.file(url=""), most=MEGABYTE))
    assert (str(error), error.passes, server.asked) == ("elsewhere", False, ["/api/files.info"])


@pytest.mark.parametrize("path", [*METHODS, "../api/chat.postMessage", "../../../api/x.y?a=b"])
@pytest.mark.parametrize("hops", [1, 3])
async def test_no_redirect_of_a_file_leads_to_the_api(
    downloads: SlackDownloads, server: FileHost, path: str, hops: int
) -> None:
    on = [onward(f"/files/{hop}") for hop in range(1, hops)]
    server.handler = answering(*on, onward(path.replace("//", f"//{URL(server.address).authority}/")))
    error = await refusal(downloads.fetch(PLACE, server.file(), most=MEGABYTE))
    assert (str(error), error.passes, len(server.asked)) == ("elsewhere", False, hops)


@pytest.mark.parametrize("address", ["/files/a", "file:///etc/passwd", "https://", "http://[::1", "no address", "//x"])
async def test_what_is_no_address_of_slacks_is_refused(
    downloads: SlackDownloads, server: FileHost, address: str
) -> None:
    error = await refusal(downloads.fetch(PLACE, server.file(url=address), most=MEGABYTE))
    assert (str(error), error.passes, server.asked) == ("elsewhere", False, [])


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_followed_with_the_token(downloads: SlackDownloads, server: FileHost, status: int) -> None:
    server.handler = answering(onward("../origin/b.png", status), onward(f"{server.address}/c"), web.Response)
    assert await downloads.fetch(PLACE, server.file(), most=MEGABYTE) == b""
    assert server.asked == ["/files/a.png", "/origin/b.png", "/c"]
    assert server.tokens == [f"Bearer {TOKEN}"] * 3


async def test_a_redirect_elsewhere_is_not_followed(downloads: SlackDownloads, server: FileHost) -> None:
    async with open_server() as evil:
        evil.handler = answering(web.Response)
        for address in (
            f"{evil.address}/a",
            f"//{URL(evil.address).authority}/a",
            evil.address.replace("http", "HTTP"),
        ):
            server.handler = answering(onward(address))
            error = await refusal(downloads.fetch(PLACE, server.file(), most=MEGABYTE))
            assert (str(error), error.passes) == ("elsewhere", False)
        assert evil.asked == []


async def test_redirects_without_end_are_not_followed_for_ever(downloads: SlackDownloads, server: FileHost) -> None:
    server.handler = answering(onward("/files/a.png"))
    assert str(await refusal(downloads.fetch(PLACE, server.file(), most=MEGABYTE))) == "too_many_redirects"
    assert len(server.asked) == HOPS + 1


@pytest.mark.parametrize(
    ("answer", "code", "passes"),
    [
        (lambda: web.Response(text=LOGIN, content_type="text/html"), "not_allowed", False),
        (lambda: web.Response(status=401), "not_allowed", False),
        (lambda: web.Response(status=403), "not_allowed", False),
        (lambda: web.Response(status=404), "gone", False),
        (lambda: web.Response(status=410), "gone", False),
        (lambda: web.Response(status=204), "http_204", False),
        (lambda: web.Response(status=302), "http_302", False),
        (lambda: web.Response(status=400), "http_400", False),
        (lambda: web.Response(status=429), "ratelimited", True),
        (lambda: web.Response(status=503), "http_503", True),
    ],
)
async def test_an_answer_that_is_no_file_is_told(
    downloads: SlackDownloads, server: FileHost, answer: Callable[[], web.Response], code: str, passes: bool
) -> None:
    server.handler = answering(answer)
    error = await refusal(downloads.fetch(PLACE, server.file(), most=MEGABYTE))
    assert (str(error), error.passes) == (code, passes)
    assert len(server.asked) == (2 if passes else 1)


async def test_what_passes_is_tried_once_more(downloads: SlackDownloads, server: FileHost) -> None:
    server.handler = answering(lambda: web.Response(status=502), lambda: web.Response(body=b"content"))
    assert await downloads.fetch(PLACE, server.file(), most=MEGABYTE) == b"content"


async def test_a_body_without_an_end_is_cut_off(downloads: SlackDownloads, server: FileHost) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(bytes(2**16))

    server.handler = endless
    assert str(await refusal(downloads.fetch(PLACE, server.file(size=10), most=MEGABYTE))) == "too_large"


async def test_a_packed_body_is_not_unpacked(downloads: SlackDownloads, server: FileHost) -> None:
    bomb = gzip.compress(bytes(50 * MEGABYTE))
    server.handler = answering(lambda: web.Response(body=bomb, headers={"Content-Encoding": "gzip"}))
    assert str(await refusal(downloads.fetch(PLACE, server.file(), most=MEGABYTE))) == "packed"


async def test_a_body_that_breaks_off_is_no_file(downloads: SlackDownloads, server: FileHost) -> None:
    async def broken(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"half")
        assert request.transport
        request.transport.close()
        return response

    server.handler = broken
    error = await refusal(downloads.fetch(PLACE, server.file(), most=MEGABYTE))
    assert error.passes
    assert len(server.asked) == 2


async def test_a_server_that_is_not_there_may_come_back(session: aiohttp.ClientSession) -> None:
    async with open_server() as server:
        downloads, file = downloads_of(session, f"{server.address}/api/"), server.file()
    error = await refusal(downloads.fetch(PLACE, file, most=MEGABYTE))
    assert (str(error), error.passes) == ("ClientConnectorError", True)
