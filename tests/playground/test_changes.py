"""What the app hears when messages change or go, and what people do from a message's menu."""

from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.playground import NoLimits, Workspace, open_workspace
from chathakase.playground.person import PersonClient
from tests.playground.clients import GENERAL, app_socket, error_of, impatient

pytestmark = pytest.mark.usefixtures("outside")

FORGET = {"name": "Forget", "type": "message", "callback_id": "forget", "description": "Forgets"}


@impatient
async def test_a_preview_is_a_change_and_no_edit(
    workspace: Workspace, session: aiohttp.ClientSession, alice: PersonClient
) -> None:
    ts = await alice.say("see https://example.org", channel=GENERAL)
    await workspace.until(lambda: workspace.pending_events == 0)
    message = workspace.world.timeline(GENERAL).get(ts)
    assert message is not None
    async with app_socket(workspace, session) as app:
        workspace.world.unfurl(message, {"title": "Example", "from_url": "https://example.org"})
        event = await app.event()
    assert (event["subtype"], event["hidden"]) == ("message_changed", True)
    assert event["message"]["attachments"][0]["title"] == "Example"
    assert "edited" not in event["message"]
    assert event["message"]["text"] == event["previous_message"]["text"]


@impatient
async def test_an_edit_says_who_and_when(
    workspace: Workspace, session: aiohttp.ClientSession, alice: PersonClient
) -> None:
    ts = await alice.say("helo", channel=GENERAL)
    await workspace.until(lambda: workspace.pending_events == 0)
    async with app_socket(workspace, session) as app:
        await alice.edit(GENERAL, ts, "hello")
        event = await app.event()
    assert event["message"]["edited"]["user"] == alice.id
    assert (event["previous_message"]["text"], event["message"]["text"]) == ("helo", "hello")


@impatient
async def test_an_app_that_an_edit_names_hears_of_it(
    workspace: Workspace, session: aiohttp.ClientSession, alice: PersonClient
) -> None:
    ts = await alice.say("and you?", channel=GENERAL)
    await workspace.until(lambda: workspace.pending_events == 0)
    async with app_socket(workspace, session) as app:
        await alice.edit(GENERAL, ts, "@ChatHakase and you?")
        events = {event["type"]: event for event in [await app.event(), await app.event()]}
        await alice.edit(GENERAL, ts, "@ChatHakase and you all?")
        later = await app.event()
    assert events["message"]["subtype"] == later["subtype"] == "message_changed"
    assert (events["app_mention"]["ts"], events["app_mention"]["edited"]["user"]) == (ts, alice.id)


@impatient
async def test_a_root_leaves_a_tombstone_that_goes_with_its_last_reply(
    workspace: Workspace, session: aiohttp.ClientSession, alice: PersonClient
) -> None:
    root = await alice.say("root", channel=GENERAL)
    reply = await alice.say("reply", channel=GENERAL, thread_ts=root)
    await workspace.until(lambda: workspace.pending_events == 0)
    async with app_socket(workspace, session) as app:
        await alice.delete(GENERAL, root)
        deleted = await app.event()
        await alice.delete(GENERAL, reply)
        gone = [await app.event(), await app.event()]
    assert (deleted["subtype"], deleted["message"]["subtype"]) == ("message_changed", "tombstone")
    assert (deleted["message"]["ts"], deleted["message"]["thread_ts"]) == (root, root)
    assert [(event["subtype"], event["deleted_ts"]) for event in gone] == [
        ("message_deleted", reply),
        ("message_deleted", root),
    ]
    assert workspace.world.timeline(GENERAL).get(root) is None


async def test_the_twin_of_a_mention_tells_of_no_files(
    workspace: Workspace, session: aiohttp.ClientSession, alice: PersonClient
) -> None:
    async with app_socket(workspace, session) as app:
        ts = await alice.share("notes.txt", b"notes", channel=GENERAL, typed="@ChatHakase look")
        events = {event["type"]: event for event in [await app.event() for _ in range(3)]}
    assert events["app_mention"]["ts"] == events["message"]["ts"] == ts
    assert "files" not in events["app_mention"]
    assert events["message"]["files"][0]["name"] == "notes.txt"


async def test_a_shortcut_is_chosen_in_a_menu(session: aiohttp.ClientSession) -> None:
    async with (
        open_workspace(shortcuts=[FORGET], limits=NoLimits(), ack_timeout=0.1) as workspace,
        workspace.person("alice") as alice,
    ):
        ts = await alice.say("hello", channel=GENERAL)
        assert await error_of(alice.shortcut("remember", GENERAL, ts)) == "unknown_shortcut"
        assert await error_of(alice.shortcut("forget", GENERAL, "1.0")) == "message_not_found"
        assert await error_of(alice.shortcut("forget", GENERAL, ts)) == "not_acknowledged"


async def test_without_the_scope_there_are_no_shortcuts() -> None:
    async with open_workspace(shortcuts=[FORGET], scopes={"chat:write"}) as workspace:
        assert workspace.world.features[workspace.world.app.id].facts() == {
            "home": True,
            "commands": [],
            "shortcuts": [],
        }
        async with workspace.person("alice") as alice:
            ts = await alice.say("hello", channel=GENERAL)
            assert await error_of(alice.shortcut("forget", GENERAL, ts)) == "unknown_shortcut"


@pytest.mark.parametrize("thread", [True, False])
async def test_a_shared_file_stands_in_its_thread(workspace: Workspace, bot: AsyncWebClient, thread: bool) -> None:
    async with workspace.person("alice") as alice:
        root = await alice.say("root", channel=GENERAL)
        ts = await alice.share("a.csv", b"a,b", channel=GENERAL, thread_ts=root if thread else None)
    found = workspace.world.timeline(GENERAL).get(ts)
    assert found is not None
    assert found.thread_ts == (root if thread else None)
    assert (await bot.files_info(file=found.files[0]))["file"]["size"] == 3


async def test_an_ephemeral_message_in_a_thread_without_replies_is_seen_by_nobody(
    workspace: Workspace, bot: AsyncWebClient, alice: PersonClient
) -> None:
    root = await alice.say("root", channel=GENERAL)
    ephemeral: dict[str, Any] = {"channel": GENERAL, "user": alice.id, "text": "psst", "thread_ts": root}
    assert (await bot.chat_postEphemeral(**ephemeral))["message_ts"]
    assert workspace.world.ephemerals.all() == ()
    await alice.say("reply", channel=GENERAL, thread_ts=root)
    await bot.chat_postEphemeral(**ephemeral)
    assert [each.message.text for each in workspace.world.ephemerals.all()] == ["psst"]
