"""Files: an app's uploads, people's uploads on the page, and who may read the bytes."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.playground import NoLimits, Workspace, open_workspace
from chathakase.playground.person import PersonClient
from chathakase.playground.world.values import Json
from tests.playground.clients import (
    ALICE,
    ALICE_DM,
    BOB,
    BOB_DM,
    BOT,
    ELSEWHERE,
    GENERAL,
    app_socket,
    error_of,
    impatient,
)
from tests.playground.page import open_page

pytestmark = pytest.mark.usefixtures("outside")

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


@pytest.fixture
async def page_files(workspace: Workspace, session: aiohttp.ClientSession) -> AsyncIterator[Json]:
    """What a page is shown of one message with a picture and a text."""
    async with open_page(workspace, session) as page:
        await _upload(workspace, session, files={"a b.png": PNG, "notes.txt": b"notes"}, text="look <here>")
        yield (await page.frame("message"))["message"]


async def _upload(
    workspace: Workspace,
    session: aiohttp.ClientSession,
    *,
    files: dict[str, bytes],
    user: str = ALICE,
    channel: str = GENERAL,
    **fields: str,
) -> Json:
    form = aiohttp.FormData(quote_fields=False)
    for name, value in {"as": user, "channel": channel, **fields}.items():
        form.add_field(name, value)
    for name, content in files.items():
        form.add_field("file", content, filename=name)
    async with session.post(f"{workspace.address}/page/upload", data=form) as response:
        answer: Json = await response.json()
        return answer


async def test_an_app_uploads_as_slack_sdk_does(workspace: Workspace, bot: AsyncWebClient, alice: PersonClient) -> None:
    root = await alice.say("hello")
    answer = await bot.files_upload_v2(
        channel=GENERAL, thread_ts=root, content="print(1)", filename="a.py", title="Code", initial_comment="see"
    )
    file = answer["files"][0]
    assert (file["name"], file["title"], file["size"], file["mode"]) == ("a.py", "Code", 8, "snippet")
    assert file["channels"] == [GENERAL]
    message = (await bot.conversations_replies(channel=GENERAL, ts=root))["messages"][1]
    assert (message["subtype"], message["text"], message["user"]) == ("file_share", "see", BOT)
    assert message["files"][0]["id"] == file["id"]
    assert (await bot.files_info(file=file["id"]))["file"]["title"] == "Code"


async def test_a_file_without_a_channel_is_private(bot: AsyncWebClient, bob: PersonClient) -> None:
    file = (await bot.files_upload_v2(content="x", filename="a.txt"))["files"][0]
    assert file["channels"] == []
    assert await error_of(bob.call("files.info", file=file["id"])) == "file_not_found"


async def test_an_upload_may_be_a_form(
    workspace: Workspace, session: aiohttp.ClientSession, bot: AsyncWebClient
) -> None:
    ticket = await bot.files_getUploadURLExternal(filename="a.png", length=len(PNG))
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("file", PNG, filename="a.png")
    async with session.post(ticket["upload_url"], data=form) as response:
        assert (response.status, await response.text()) == (200, f"OK - {len(PNG)}")
    files = [{"id": ticket["file_id"], "title": "Picture"}]
    done = await bot.files_completeUploadExternal(files=files, channels=[GENERAL, ALICE])
    assert (done["files"][0]["channels"], done["files"][0]["ims"]) == ([GENERAL], [ALICE_DM])
    again = bot.files_completeUploadExternal(files=files, channel_id=GENERAL)
    assert await error_of(again) == "file_not_found"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"length": 0}, "missing_argument"),
        ({"filename": ""}, "missing_argument"),
        ({"length": 33 * 2**20}, "file_upload_size_restricted"),
        ({"length": 2**20 + 1, "snippet_type": "python"}, "snippet_too_large"),
        ({"alt_txt": "x" * 1_001}, "alt_txt_too_large"),
        ({"length": "long"}, "invalid_arguments"),
    ],
)
async def test_an_upload_that_slack_would_not_take(bot: AsyncWebClient, more: Json, code: str) -> None:
    given = {"filename": "a.txt", "length": 1, **more}
    assert await error_of(bot.files_getUploadURLExternal(**given)) == code


async def test_a_completion_that_slack_would_not_take(
    bot: AsyncWebClient, session: aiohttp.ClientSession, workspace: Workspace
) -> None:
    ticket = await bot.files_getUploadURLExternal(filename="a.txt", length=1)
    files = [{"id": ticket["file_id"]}]

    async def code(**more: Any) -> str:
        return await error_of(bot.files_completeUploadExternal(files=files, **more))

    assert await code() == "file_not_found"
    async with session.post(ticket["upload_url"], data=b"x") as response:
        assert response.status == 200
    assert await code(channel_id="C0NOWHERE") == "invalid_channel"
    assert await code(channel_id=ELSEWHERE) == "posting_to_channel_denied"
    assert await error_of(bot.files_completeUploadExternal(files=[])) == "invalid_arguments"
    assert await error_of(bot.files_info(file="F0NOTHING")) == "file_not_found"
    async with session.post(f"{workspace.address}/upload/v1/unknown", data=b"x") as response:
        assert response.status == 404


async def test_people_upload_on_the_page(page_files: Json) -> None:
    assert (page_files["subtype"], page_files["text"], page_files["user"]) == ("file_share", "look &lt;here&gt;", ALICE)
    picture, notes = page_files["files"]
    assert (picture["name"], picture["mimetype"], picture["size"]) == ("a b.png", "image/png", len(PNG))
    assert picture["url_private"].endswith(f"/files/{picture['id']}/a%20b.png")
    assert (picture["mode"], notes["mode"]) == ("hosted", "snippet")


@impatient
async def test_the_app_hears_of_the_file_in_the_thread(
    workspace: Workspace, session: aiohttp.ClientSession, alice: PersonClient
) -> None:
    root = await alice.say("hello", channel="@")
    await workspace.until(lambda: workspace.pending_events == 0, 10)
    async with app_socket(workspace, session) as app:
        answer = await _upload(workspace, session, files={"a.png": PNG}, channel=ALICE_DM, thread_ts=root)
        events = {event["type"]: event for event in [await app.event(), await app.event()]}
    message = events["message"]
    assert (message["ts"], message["thread_ts"], message["subtype"]) == (answer["ts"], root, "file_share")
    assert events["file_shared"]["file_id"] == message["files"][0]["id"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"user": BOT}, "user_not_found"),
        ({"user": "U0NOBODY"}, "user_not_found"),
        ({"channel": BOB_DM}, "channel_not_found"),
        ({"thread_ts": "now"}, "invalid_thread_ts"),
        ({"files": {}}, "no_file_data"),
    ],
)
async def test_a_page_upload_that_is_refused(
    workspace: Workspace, session: aiohttp.ClientSession, fields: Any, code: str
) -> None:
    given = {"files": {"a.png": PNG}} | fields
    answer = await _upload(workspace, session, **given) if given["files"] else None
    if answer is None:
        with aiohttp.MultipartWriter("form-data") as form:
            for name, value in (("as", ALICE), ("channel", GENERAL)):
                form.append(value).set_content_disposition("form-data", name=name)
        async with session.post(f"{workspace.address}/page/upload", data=form) as response:
            answer = await response.json()
    assert answer == {"ok": False, "error": code} | ({k: v for k, v in answer.items() if k == "response_metadata"})


async def test_files_have_a_largest_size(session: aiohttp.ClientSession) -> None:
    async with open_workspace(limits=NoLimits(), file_most=100) as workspace:
        assert (await _upload(workspace, session, files={"a.png": bytes(101)}))["error"] == "file_too_large"
        assert (await _upload(workspace, session, files={"a.png": bytes(100)}))["ok"]
        bot = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url, session=session)
        url = (await bot.files_getUploadURLExternal(filename="a.txt", length=1))["upload_url"]
        async with session.post(url, data=bytes(101)) as response:
            assert response.status == 413


async def test_the_bytes_need_the_right_token(
    workspace: Workspace, session: aiohttp.ClientSession, page_files: Json
) -> None:
    picture, notes = page_files["files"]
    right = {"Authorization": f"Bearer {workspace.bot_token}"}
    async with session.get(picture["url_private"], headers=right) as response:
        assert (response.content_type, await response.read()) == ("image/png", PNG)
        assert response.headers["Content-Disposition"] == "inline"
    async with session.get(notes["url_private_download"], headers=right) as response:
        assert response.headers["Content-Disposition"] == "attachment"
        assert "sandbox" in response.headers["Content-Security-Policy"]
    for headers in ({}, {"Authorization": "Bearer xoxb-wrong"}, {"Referer": "http://evil.example/"}):
        async with session.get(picture["url_private"], headers=headers) as response:
            assert (response.status, response.content_type) == (200, "text/html")
            assert PNG not in await response.read()
    async with session.get(f"{workspace.address}/files/F0NOTHING/x.png", headers=right) as response:
        assert response.status == 404


@pytest.mark.parametrize("name", ["Referer", "Sec-Fetch-Site"])
async def test_the_page_shows_pictures_without_a_token(
    workspace: Workspace, session: aiohttp.ClientSession, page_files: Json, name: str
) -> None:
    headers = {name: f"{workspace.address}/" if name == "Referer" else "same-origin"}
    async with session.get(page_files["files"][0]["url_private"], headers=headers) as response:
        assert await response.read() == PNG


async def test_an_app_reads_only_what_was_shared_with_it(
    workspace: Workspace, session: aiohttp.ClientSession, bot: AsyncWebClient
) -> None:
    await _upload(workspace, session, files={"a.png": PNG}, channel=ELSEWHERE, user=BOB)
    (file,) = workspace.world.files.all()
    url = f"{workspace.address}/files/{file.id}/a.png"
    async with session.get(url, headers={"Authorization": f"Bearer {workspace.bot_token}"}) as response:
        assert response.content_type == "text/html"
    assert await error_of(bot.files_info(file=file.id)) == "file_not_found"
