"""A channel that an admin has muted: nobody is answered there, whichever way they come, and each is told so once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chathakase import app
from chathakase.core.access_rule import NOT_HERE
from chathakase.engine.commands.muting import MUTED, NO_CHANNEL, UNMUTED
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace, open_workspace
from chathakase.slack.diagnostics.needs import SHORTCUTS
from chathakase.storage.sqlite.driver import open_sqlite
from chathakase.storage.stores.mute_store import SqlMuteStore
from tests.end_to_end.at_rest import at_rest
from tests.end_to_end.audit_rows import audit_rows
from tests.end_to_end.bot_settings import OPEN_TO_ALL
from tests.end_to_end.conftest import OpenBot
from tests.end_to_end.ephemerals import await_ephemeral, ephemerals
from tests.end_to_end.test_access import BOB, GROUP, WAYS, Scene
from tests.model_server import ModelServer, says
from tests.places import slack_place

GENERAL, RANDOM = "C0GENERAL1", "C0RANDOM01"
IN_CHANNELS = [by for by in WAYS if by != "direct message"]


@pytest.fixture
async def workspace(outside: None, ack_timeout: float) -> AsyncIterator[Workspace]:
    async with open_workspace(shortcuts=SHORTCUTS, seed=1, ack_timeout=ack_timeout, retry_delays=()) as opened:
        yield opened


@pytest.fixture
async def scene(
    workspace: Workspace, model: ModelServer, alice: PersonClient, bob: PersonClient, database: Path
) -> Scene:
    return Scene(workspace, model, alice, bob, database)


async def mute(database: Path, *channels: str) -> None:
    """Mute channels while no bot runs."""
    async with open_sqlite(database) as opened:
        for channel in channels:
            assert await SqlMuteStore(opened).mute(slack_place(channel, ""), by="U0ALICE001")


@pytest.mark.parametrize("by", IN_CHANNELS)
async def test_every_way_in(by: str, scene: Scene, open_the_bot: OpenBot) -> None:
    way = WAYS[by]
    async with open_the_bot(**OPEN_TO_ALL) as bot:
        await way.prepare(scene)
        await at_rest(scene.workspace, bot)
    before = scene.known()
    await way.away(scene)
    await mute(scene.database, GENERAL, GROUP)
    async with open_the_bot(**OPEN_TO_ALL) as bot:
        seen = await way.come(scene)
        assert await await_ephemeral(scene.workspace, scene.bob, "Sorry") == NOT_HERE
        await scene.is_turned_away(bot, seen, before)


@pytest.mark.parametrize("by", ["mention", "in a thread"])
async def test_admins_mute_a_channel_and_have_people_answered_again(
    by: str, scene: Scene, open_the_bot: OpenBot
) -> None:
    alice, workspace = scene.alice, scene.workspace

    async def say(words: str) -> None:
        if by == "mention":
            await alice.say(f"@ChatHakase {words}", channel=GENERAL)
        else:
            await thread.say(words, alice)

    async with open_the_bot() as bot:
        thread = await scene.begin(scene.bob, "@ChatHakase hello")
        await thread.answers(1)
        await say("mute channel")
        channel = f"<#{GENERAL}>"
        await await_ephemeral(workspace, alice, MUTED.format(channel=channel))
        await thread.say("a swordfish?", scene.bob)
        await await_ephemeral(workspace, scene.bob, NOT_HERE)
        await (await scene.begin(scene.bob, "@ChatHakase hello", RANDOM)).answers(1)
        await thread.say("@ChatHakase help", alice)
        await thread.answers(2, containing="assistant whose memory")
        await say("unmute channel")
        await await_ephemeral(workspace, alice, UNMUTED.format(channel=channel))
        await at_rest(workspace, bot)
        await thread.say("which fish?", scene.bob)
        await thread.answers(3, containing="which fish?")
        assert "a swordfish?" in scene.model.seen(), "what was said meanwhile is context"
    assert scene.stored("SELECT count(*) FROM sessions") == [(2,)]
    told = [row[1:3] for row in audit_rows(scene.database)]
    assert told == [("mute", "done"), ("unmute", "done")]


async def test_others_are_refused_and_that_is_in_the_audit_log(scene: Scene, open_the_bot: OpenBot) -> None:
    async with open_the_bot() as bot:
        await scene.bob.say("@ChatHakase mute channel", channel=GENERAL)
        await await_ephemeral(scene.workspace, scene.bob, "Sorry, only admins can do that.")
        await at_rest(scene.workspace, bot)
        await (await scene.begin(scene.bob, "@ChatHakase hello")).answers(1)
    assert [row[:3] for row in audit_rows(scene.database)] == [(BOB, "mute", "refused")]


async def test_a_direct_message_cannot_be_muted(scene: Scene, open_the_bot: OpenBot) -> None:
    async with open_the_bot():
        direct = scene.alice.direct_message().id
        await scene.alice.say("mute channel", channel=direct)
        await await_ephemeral(scene.workspace, scene.alice, NO_CHANNEL.text)
        await (await scene.begin(scene.alice, "hello", direct)).answers(1)


async def test_whoever_asks_again_within_the_hour_is_not_told_again_though_the_bot_is_restarted(
    scene: Scene, open_the_bot: OpenBot
) -> None:
    async with open_the_bot():
        pass
    await mute(scene.database, GENERAL, RANDOM)
    for channel in (GENERAL, GENERAL, RANDOM):
        async with open_the_bot() as bot:
            await scene.begin(scene.bob, "@ChatHakase swordfish?", channel)
            await scene.workspace.until(lambda: scene.stored("SELECT 1 FROM jobs WHERE command = 'muted'"))
            await at_rest(scene.workspace, bot)
    assert ephemerals(scene.workspace, scene.bob) == [NOT_HERE] * 2, "once of each channel"


async def test_an_answer_that_grows_ends_as_usual_and_what_waits_is_context(
    scene: Scene, open_the_bot: OpenBot
) -> None:
    hold = asyncio.Event()
    async with open_the_bot() as bot:
        scene.model.will(says("The beginning", " and the end.", hold=hold))
        thread = await scene.begin(scene.bob, "@ChatHakase hello")
        await thread.answers(1, containing="beginning")
        await thread.say("a swordfish?")
        await scene.workspace.until(lambda: scene.stored("SELECT 1 FROM messages WHERE text = 'a swordfish?'"))
        await scene.alice.say("@ChatHakase mute channel", channel=GENERAL)
        await await_ephemeral(scene.workspace, scene.alice, "Done: I have muted")
        hold.set()
        await await_ephemeral(scene.workspace, scene.bob, NOT_HERE)
        await at_rest(scene.workspace, bot)
    assert thread.texts() == ["The beginning and the end."]
    assert scene.stored("SELECT asks FROM messages WHERE text = 'a swordfish?'") == [(0,)]
    assert len(scene.model.requests) == 1


async def test_another_process_sees_it_within_seconds(
    scene: Scene, open_the_bot: OpenBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both hear what is said, as Slack sends each event to either; only one of them was told to be silent."""
    assert app.REFRESH_MUTED <= 3
    monkeypatch.setattr(app, "REFRESH_MUTED", 0.1)
    async with open_the_bot() as first, open_the_bot() as second:
        await scene.alice.say("@ChatHakase mute channel", channel=GENERAL)
        await await_ephemeral(scene.workspace, scene.alice, "Done: I have muted")
        place = slack_place(GENERAL, "")
        muted = [each.reception._access._muted for each in (first, second)]
        await scene.workspace.until(lambda: all(place in each for each in muted))
        for number in range(4):
            await scene.begin(scene.bob, f"@ChatHakase {number}")
        await await_ephemeral(scene.workspace, scene.bob, NOT_HERE)
        await at_rest(scene.workspace, first)
        await at_rest(scene.workspace, second)
    assert scene.model.requests == []
    assert ephemerals(scene.workspace, scene.bob) == [NOT_HERE]
