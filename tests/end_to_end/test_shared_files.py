"""What people share besides words reaches the model, or a line says why not."""

import asyncio
import io
import sqlite3
import zipfile
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from chathakase.core.files import SharedFile
from chathakase.core.types import Incoming, Place
from chathakase.engine.sessions import SessionManager
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from chathakase.playground.socket_mode import subscribed_events
from chathakase.playground.socket_mode.payloads import message_json
from chathakase.slack.events.downloads import SlackDownloads
from chathakase.slack.timestamps import microseconds
from tests.end_to_end.conftest import OpenBot, Thread, footnotes
from tests.end_to_end.ephemerals import await_ephemeral, choose
from tests.model_server import ModelServer, replies, says
from tests.places import slack_place

Start = Callable[..., Awaitable[Thread]]

CSV = b"month,costs\nMay,120\nJune,140\n"


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (3_000, 2_000), "navy").save(out, "PNG")
    return out.getvalue()


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("a.txt", "swordfish")
    return out.getvalue()


async def share(
    workspace: Workspace, person: PersonClient, name: str, content: bytes, typed: str, channel: str
) -> Thread:
    ts = await person.share(name, content, channel=channel, typed=typed)
    return Thread(workspace, person, channel, ts)


async def told_of_files(thread: Thread, number: int = 0) -> list[str]:
    """What a person reads of their files below one of the bot's messages; there may be a hint beside it."""
    return [line for line in await footnotes(thread, number) if line.startswith("I couldn't read")]


@pytest.mark.usefixtures("bot")
async def test_a_table_that_is_shared_with_a_mention_is_read(
    workspace: Workspace, alice: PersonClient, general: str, model: ModelServer
) -> None:
    for _ in range(4):
        thread = await share(workspace, alice, "costs.csv", CSV, "@ChatHakase what did we spend?", general)
        await workspace.until(lambda: bool(model.bodies) and "June,140" in model.seen())
        await thread.answers(1, containing="June,140")
        model.bodies.clear()


@pytest.mark.usefixtures("bot")
async def test_a_file_with_a_bare_mention_is_a_question(
    workspace: Workspace, alice: PersonClient, general: str, model: ModelServer
) -> None:
    await share(workspace, alice, "costs.csv", CSV, "@ChatHakase", general)
    await workspace.until(lambda: bool(model.bodies) and "June,140" in model.seen())


@pytest.mark.usefixtures("bot")
async def test_a_file_above_a_mention_is_read(
    workspace: Workspace, alice: PersonClient, bob: PersonClient, general: str, model: ModelServer
) -> None:
    thread = await share(workspace, alice, "costs.csv", CSV, "our costs", general)
    await thread.say("@ChatHakase what did we spend?", bob)
    await thread.answers(1)
    assert '<file name="costs.csv">' in model.seen()
    assert "June,140" in model.seen()


@pytest.mark.usefixtures("bot")
async def test_of_an_archive_the_names_are_read(workspace: Workspace, alice: PersonClient, model: ModelServer) -> None:
    direct = alice.direct_message().id
    thread = await share(workspace, alice, "all.zip", archive(), "what is in it?", direct)
    await thread.answers(1)
    assert "a.txt (9 bytes)" in model.seen()
    assert "swordfish" not in model.seen()
    (line,) = await told_of_files(thread)
    assert line.startswith("I couldn't read all.zip: it is an archive")


@pytest.mark.usefixtures("bot")
async def test_a_person_is_told_once_what_could_not_be_read(
    workspace: Workspace, alice: PersonClient, general: str, model: ModelServer
) -> None:
    above = await share(workspace, alice, "song.mp3", b"ID3\x04" + bytes(50), "listen", general)
    await above.say("@ChatHakase what is it?")
    await above.answers(1)
    assert await told_of_files(above) == ["I couldn't read song.mp3: it is an audio file."]
    assert "I couldn't read song.mp3" in above.replies()[0].text
    await above.say("and now?")
    await above.answers(2)
    assert await told_of_files(above, 1) == []


async def test_several_files_are_told_of_on_one_line(
    workspace: Workspace, alice: PersonClient, general: str, model: ModelServer, open_the_bot: OpenBot
) -> None:
    async with open_the_bot(chathakase_max_file_mb=0):
        thread = await share(workspace, alice, "<!channel>.csv", CSV, "one", general)
        for number in range(6):
            await alice.share(f"{number}.csv", CSV, channel=general, thread_ts=thread.ts)
        await thread.say("@ChatHakase sum up")
        await thread.answers(1)
    (line,) = await told_of_files(thread)
    assert line.startswith(
        "I couldn't read ‹!channel›.csv (reading files is switched off here), 0.csv (reading files is"
    )
    assert line.endswith("3.csv (reading files is switched off here) and 2 more.")
    assert "<!channel" not in thread.replies()[0].text


async def test_it_is_told_again_below_what_takes_an_answers_place(
    workspace: Workspace, alice: PersonClient, model: ModelServer, open_the_bot: OpenBot
) -> None:
    model.will(says("Half", finish="length"))
    async with open_the_bot(chathakase_streaming="native") as bot:
        thread = await share(workspace, alice, "all.mp3", b"ID3\x04" + bytes(50), "hm?", alice.direct_message().id)
        await thread.answers(1, containing="length limit")
        told = await told_of_files(thread)
        await workspace.until(lambda: not bot.scheduler.tasks)
        await thread.say("answer again")
        await thread.answers(1, containing="hm?")
    assert told == await told_of_files(thread) == ["I couldn't read all.mp3: it is an audio file."]


async def test_files_are_not_fetched_where_they_are_not_wanted(
    workspace: Workspace, alice: PersonClient, model: ModelServer, open_the_bot: OpenBot
) -> None:
    async with open_the_bot(chathakase_max_file_mb=0):
        thread = await share(workspace, alice, "costs.csv", CSV, "what did we spend?", alice.direct_message().id)
        await thread.answers(1)
    assert "costs.csv – cannot be read: reading files is switched off here" in model.seen()
    assert "June" not in model.seen()


async def test_a_model_that_sees_gets_the_picture_scaled(
    workspace: Workspace, alice: PersonClient, model: ModelServer, open_the_bot: OpenBot, database: Path
) -> None:
    model.will(says("It is blue."))
    async with open_the_bot(chathakase_models="scripted=100000 vision"):
        thread = await share(workspace, alice, "sea.png", picture(), "what is this?", alice.direct_message().id)
        await thread.answers(1, containing="It is blue.")
    parts = model.bodies[-1]["messages"][-1]["content"]
    assert [part["type"] for part in parts] == ["text", "image_url"]
    assert parts[1]["image_url"]["url"].startswith("data:image/")
    assert len(parts[1]["image_url"]["url"]) < 1_500_000
    with closing(sqlite3.connect(database)) as kept:
        assert kept.execute("SELECT estimate FROM turns").fetchall() == [(0,)], "pictures teach nothing of words"


async def test_of_too_many_pictures_the_newest_are_seen_and_people_are_told(
    workspace: Workspace, alice: PersonClient, general: str, model: ModelServer, open_the_bot: OpenBot
) -> None:
    limit = {"error": {"message": "At most 1 image(s) may be provided in one request."}}
    model.will(replies(400, limit), says("The second."), says("Still."))
    async with open_the_bot(chathakase_models="scripted=100000 vision", chathakase_background_model="off"):
        thread = await share(workspace, alice, "one.png", picture(), "two seas", general)
        await alice.share("two.png", picture(), channel=general, thread_ts=thread.ts)
        await thread.say("@ChatHakase which is it?")
        await thread.answers(1, containing="The second.")
        assert await footnotes(thread) == ["The model could see only the last 1 of 2 pictures."]
        await thread.say("sure?")
        await thread.answers(2, containing="Still.")
        assert await footnotes(thread, 1) == []
    shown = [sum(part["type"] == "image_url" for part in parts(body)) for body in model.bodies]
    assert shown == [2, 1, 1]


def parts(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [part for each in body["messages"] if isinstance(each["content"], list) for part in each["content"]]


@pytest.mark.usefixtures("bot")
async def test_a_model_that_sees_nothing_hears_of_the_picture(
    workspace: Workspace, alice: PersonClient, model: ModelServer
) -> None:
    thread = await share(workspace, alice, "sea.png", picture(), "what is this?", alice.direct_message().id)
    await thread.answers(1)
    assert "sea.png – a picture that you cannot see" in model.seen()
    assert await told_of_files(thread) == ["I couldn't read sea.png: the model can't see pictures."]


async def test_a_file_in_both_events_of_a_mention_begins_one_answer(
    bot: SessionManager, workspace: Workspace, alice: PersonClient, general: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slack was seen to send files with both and with one; how long a download takes decides what meets."""
    monkeypatch.setattr(subscribed_events, "MESSAGE_ONLY", subscribed_events.MESSAGE_ONLY - {"files"})
    fetched: list[str] = []
    fetch = SlackDownloads.fetch

    async def slowly(self: SlackDownloads, place: Place, file: SharedFile, *, most: int) -> bytes:
        fetched.append(file.id)
        await asyncio.sleep(0.3)
        return await fetch(self, place, file, most=most)

    monkeypatch.setattr(SlackDownloads, "fetch", slowly)
    threads = [await share(workspace, alice, f"{n}.csv", CSV, "@ChatHakase what?", general) for n in range(3)]
    for thread in threads:
        await thread.answers(1, containing="what?")
    assert len(fetched) == len(set(fetched)) == 3


async def test_a_file_that_comes_after_the_answer_is_answered_in_its_place(
    workspace: Workspace, bot: SessionManager, alice: PersonClient, general: str, model: ModelServer
) -> None:
    model.will(says("I see no file."))
    thread = Thread(workspace, alice, general, await alice.say("@ChatHakase what did we spend?", channel=general))
    await thread.answers(1, containing="I see no file.")
    await workspace.until(lambda: not bot.scheduler.tasks)
    file = SharedFile("F1", "costs.csv", "text/csv", 4, "")
    question = Incoming(
        slack_place(general, thread.ts),
        thread.ts,
        alice.id,
        "what did we spend?",
        microseconds(thread.ts),
        opens=True,
        asks=True,
        files=(file,),
    )
    assert not await bot.reception.submit(question)
    assert await thread.answers(1, containing="what did we spend?") == thread.texts()
    assert "[attached: costs.csv" in model.seen()
    await workspace.until(lambda: not bot.scheduler.tasks)
    assert not await bot.reception.submit(question)
    await workspace.until(lambda: not bot.scheduler.tasks)
    assert len(model.requests) == 2


async def told_of(
    workspace: Workspace, person: PersonClient, channel: str
) -> tuple[Thread, dict[str, Any], dict[str, Any]]:
    """A mention with a file, as the event that hardly tells of it and its twin; none of them is sent."""
    await person.share("costs.csv", CSV, channel=channel)
    shared = workspace.world.files.all()[-1]
    message = workspace.world.timeline(channel).messages()[-1]
    body = message_json(workspace.world, message) | {"channel": channel, "channel_type": "channel"}
    body |= {"ts": workspace.world.mint(), "text": f"<@{workspace.world.app.user_id}> what did we spend?"}
    mention = {**body, "type": "app_mention", "files": [{"id": shared.id, "file_access": "check_file_info"}]}
    workspace.world.timeline(channel).put(replace(message, ts=body["ts"], text=body["text"]))
    return Thread(workspace, person, channel, body["ts"]), mention, body


async def test_a_mention_that_tells_of_a_file_waits_for_its_twin(
    workspace: Workspace, bot: SessionManager, alice: PersonClient, general: str, model: ModelServer
) -> None:
    thread, mention, twin = await told_of(workspace, alice, general)
    workspace.send_event(mention)
    await workspace.until(lambda: bool(bot.scheduler._twins._waiting))
    session = await bot.reception._sessions.find(slack_place(general, thread.ts))
    assert list(bot.scheduler._twins._waiting) == [session]
    await bot.wake_waiting()
    assert not model.requests
    workspace.send_event(twin)
    await thread.answers(1, containing="June,140")
    assert '<file name="costs.csv">' in model.seen()
    assert len(model.requests) == 1
    assert not list(bot.scheduler._twins._waiting)


async def test_whose_twin_does_not_come_is_answered_all_the_same(
    workspace: Workspace,
    bot: SessionManager,
    alice: PersonClient,
    general: str,
    model: ModelServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("chathakase.engine.turns.twins.WITHIN", 0.1)
    thread, mention, twin = await told_of(workspace, alice, general)
    workspace.send_event(mention)
    await thread.answers(1, containing="June,140")
    await workspace.until(lambda: not bot.scheduler.tasks)
    workspace.send_event(twin)
    await workspace.until(lambda: workspace.pending_events == 0)
    await workspace.until(lambda: not bot.scheduler.tasks)
    assert len(model.requests) == 1


async def test_a_file_that_comes_long_after_the_answer_is_offered_to_be_answered(
    workspace: Workspace,
    bot: SessionManager,
    alice: PersonClient,
    general: str,
    model: ModelServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("chathakase.engine.intake.reception.LATE", 0)
    thread, mention, twin = await told_of(workspace, alice, general)
    del mention["files"]
    model.will(says("I see no file."))
    workspace.send_event(mention | {"upload": False, "subtype": None})
    await thread.answers(1, containing="I see no file.")
    await workspace.until(lambda: not bot.scheduler.tasks)
    workspace.send_event(twin)
    await await_ephemeral(workspace, alice, "Your files reached me only after I had answered.")
    assert len(model.requests) == 1
    await choose(workspace, alice, "Answer again")
    await thread.answers(1, containing="June,140")
