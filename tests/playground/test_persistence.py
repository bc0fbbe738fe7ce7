"""A workspace that is kept in a folder is the same one after a restart."""

import asyncio
import os
import re
import sqlite3
import threading
from pathlib import Path
from stat import S_IMODE
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.playground import NoLimits, Workspace, WorkspaceFileError, forget, open_workspace
from chathakase.playground.persistence.workspace_file import NAME, Batch, WorkspaceFile
from tests.playground.clients import ALICE, BOB, BOT, ELSEWHERE, GENERAL, error_of
from tests.playground.page import open_page

pytestmark = pytest.mark.usefixtures("outside")

HOME: Any = {"type": "home", "blocks": [{"type": "divider"}]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "kept"


def _open(folder: Path, **more: Any) -> Any:
    return open_workspace(folder=folder, limits=NoLimits(), seed=1, **more)


def _bot(workspace: Workspace, session: aiohttp.ClientSession) -> AsyncWebClient:
    return AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url, session=session)


async def test_everything_is_there_again(folder: Path, session: aiohttp.ClientSession) -> None:
    async with _open(folder) as workspace, workspace.person("alice") as alice:
        bot = _bot(workspace, session)
        root = await alice.say("hello @bob")
        reply = (await bot.chat_postMessage(channel=GENERAL, thread_ts=root, text="hi"))["ts"]
        gone = await alice.say("nothing")
        await alice.delete(GENERAL, gone)
        await alice.edit(GENERAL, root, "hello all")
        await bot.reactions_add(channel=GENERAL, timestamp=root, name="wave")
        await alice.call("conversations.invite", channel=ELSEWHERE, users=BOT)
        await alice.call("conversations.setTopic", channel=GENERAL, topic="tea")
        await bot.files_upload_v2(channel=GENERAL, content=b"bytes", filename="a.bin")
        await bot.views_publish(user_id=ALICE, view=HOME)
        streamed = (
            await bot.chat_startStream(
                channel=GENERAL,
                thread_ts=root,
                markdown_text="half",
                recipient_user_id=ALICE,
                recipient_team_id="T0HAKASE01",
            )
        )["ts"]
        async with open_page(workspace, session) as page:
            before = page.snapshot
        tokens = (workspace.bot_token, workspace.app_token, workspace.token_of(BOB))
    async with _open(folder) as workspace, workspace.person("alice") as alice:
        assert (workspace.bot_token, workspace.app_token, workspace.token_of(BOB)) == tokens
        async with open_page(workspace, session) as page:
            after = page.snapshot
        assert after["conversations"] == before["conversations"]
        assert after["homes"] == before["homes"]
        for message in before["messages"][GENERAL]:
            message.pop("streaming", None)
            message.pop("streaming_state", None)
        for message in after["messages"][GENERAL]:
            assert "streaming" not in message
            message.pop("streaming_state", None)
        assert _without_addresses(after["messages"]) == _without_addresses(before["messages"])
        (file,) = workspace.world.files.all()
        assert workspace.world.files.content(file.id) == b"bytes"
        bot = _bot(workspace, session)
        append = bot.chat_appendStream(channel=GENERAL, ts=streamed, markdown_text="x")
        assert await error_of(append) == "message_not_in_streaming_state"
        await bot.chat_update(channel=GENERAL, ts=reply, text="hi again")
        assert await alice.say("and on") > streamed


def _without_addresses(messages: Any) -> str:
    return re.sub(r"127\.0\.0\.1:\d+", "here", str(messages))


async def test_what_was_said_is_written_without_a_close(folder: Path) -> None:
    async with _open(folder) as workspace, workspace.person("alice") as alice:
        await alice.say("hello")
        copy = folder.parent / "copy"
        copy.mkdir()
        (copy / NAME).write_bytes(b"")

        def written() -> bool:
            (copy / NAME).write_bytes((folder / NAME).read_bytes())
            return b"hello" in (copy / NAME).read_bytes()

        await workspace.until(written)


async def test_given_tokens_go_before_kept_ones(folder: Path) -> None:
    async with _open(folder) as workspace:
        first = workspace.app_token
    async with _open(folder, bot_token="xoxb-given") as workspace:
        assert (workspace.bot_token, workspace.app_token) == ("xoxb-given", first)
    async with _open(folder) as workspace:
        assert workspace.bot_token == "xoxb-given"


async def test_a_forgotten_workspace_begins_anew(folder: Path) -> None:
    async with _open(folder) as workspace, workspace.person("alice") as alice:
        await alice.say("hello")
        token = workspace.bot_token
    forget(folder)
    forget(folder / "nowhere")
    async with _open(folder) as workspace:
        assert workspace.bot_token != token
        assert len(workspace.world.timeline(GENERAL)) == 0


@pytest.mark.parametrize("content", [b"no database at all " * 100, b"SQLite format 3\0" + bytes(200)])
async def test_a_damaged_file_is_a_clear_error(folder: Path, content: bytes) -> None:
    folder.mkdir()
    (folder / NAME).write_bytes(content)
    with pytest.raises(WorkspaceFileError, match="--fresh"):
        async with _open(folder):
            pass


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE records SET body = '{' WHERE kind = 'message'",
        "UPDATE records SET body = '[1]' WHERE kind = 'message'",
        "UPDATE records SET body = '{}' WHERE kind = 'conversation'",
        "PRAGMA user_version = 99",
    ],
)
async def test_damaged_records_are_a_clear_error(folder: Path, change: str) -> None:
    async with _open(folder) as workspace, workspace.person("alice") as alice:
        await alice.say("hello")
    connection = sqlite3.connect(folder / NAME)
    connection.execute(change)
    connection.commit()
    connection.close()
    with pytest.raises(WorkspaceFileError, match="--fresh"):
        async with _open(folder):
            pass


async def test_a_folder_has_one_workspace_at_a_time(folder: Path) -> None:
    async with _open(folder):
        with pytest.raises(WorkspaceFileError, match="in use"):
            async with _open(folder):
                pass


async def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkspaceFileError, match="cannot be opened"):
        async with _open(tmp_path / "file" / "kept"):
            pass


@pytest.mark.parametrize("mask", [0o000, 0o077])
async def test_nobody_else_can_read_what_is_kept(mask: int, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    before = os.umask(mask)
    try:
        async with _open(folder):
            assert S_IMODE(folder.stat().st_mode) == 0o700
            assert {S_IMODE(each.stat().st_mode) for each in folder.iterdir()} == {0o600}
        (folder / NAME).chmod(0o644)
        async with _open(folder):
            assert S_IMODE((folder / NAME).stat().st_mode) == 0o600
    finally:
        os.umask(before)


async def test_what_is_said_during_the_last_write_is_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go = threading.Event(), threading.Event()
    write = WorkspaceFile.write

    def slow(database: WorkspaceFile, batch: Batch) -> None:
        begun.set()
        go.wait(20)
        write(database, batch)

    monkeypatch.setattr(WorkspaceFile, "write", slow)
    async with _open(folder) as workspace:
        await asyncio.to_thread(begun.wait, 20)
        workspace.world.post(GENERAL, ALICE, "just before the end")
        asyncio.get_running_loop().call_later(0.1, go.set)
    async with _open(folder) as workspace:
        assert [message.text for message in workspace.world.timeline(GENERAL).messages()] == ["just before the end"]
