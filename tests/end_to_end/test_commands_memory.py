"""Commands that show what a session is and what the model gets to see of it."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from chathakase.engine.sessions import SessionManager
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import OpenBot, Thread
from tests.end_to_end.ephemerals import await_ephemeral, ephemerals
from tests.model_server import ModelServer, fails, says

Start = Callable[..., Awaitable[Thread]]
Settled = Callable[[], Awaitable[object]]


async def saved(workspace: Workspace, bot: SessionManager) -> None:
    await workspace.until(lambda: not bot.scheduler.tasks and not bot.jobs.tasks)


async def test_session_info_tells_title_room_and_cost(
    open_the_bot: OpenBot, start: Start, workspace: Workspace
) -> None:
    async with open_the_bot(chathakase_models="scripted=50000 1.5/6, scripted-1=50000 1.5/6") as bot:
        thread = await start("@ChatHakase Where shall we go?")
        await thread.answers(1)
        await saved(workspace, bot)
        await thread.say("session info")
        answer = (await thread.answers(2, containing="Messages"))[-1]
    assert "- Title: Where shall we go" in answer
    assert "- Agent: chathakase, with the model `scripted`" in answer
    assert "50,000 tokens. About " in answer
    assert "all messages" in answer
    assert "the next message reopens it" in answer
    assert "for 30 days after the last message" in answer
    assert "11 tokens read and 7 written, for about $0.0001" in answer


@pytest.mark.usefixtures("bot")
async def test_nothing_is_said_of_prices_that_nobody_knows(start: Start, bot: SessionManager) -> None:
    thread = await start("@ChatHakase hello")
    await thread.answers(1)
    await saved(thread.workspace, bot)
    await thread.say("session info")
    assert "$" not in (await thread.answers(2, containing="Messages"))[-1]


async def test_session_info_tells_what_is_left_out(open_the_bot: OpenBot, start: Start, workspace: Workspace) -> None:
    async with open_the_bot(chathakase_max_messages=2) as bot:
        thread = await start("@ChatHakase one")
        await thread.answers(1)
        for number, word in enumerate(("two", "three"), 2):
            await saved(workspace, bot)
            await thread.say(word)
            await thread.answers(number, containing=word)
        await saved(workspace, bot)
        await thread.say("session info")
        answer = (await thread.answers(4, containing="Messages: 6"))[-1]
    assert "left out" in answer


async def test_what_is_remembered_is_what_would_be_sent(
    start: Start, alice: PersonClient, bot: SessionManager, model: ModelServer, workspace: Workspace
) -> None:
    thread = await start("@ChatHakase the word is swordfish")
    await thread.answers(1)
    await saved(workspace, bot)
    await thread.say("What do you remember?")
    shown = await await_ephemeral(workspace, alice, "What I would send")
    assert len(thread.texts()) == 1
    await saved(workspace, bot)
    await thread.say("and now?")
    await thread.answers(2, containing="and now?")
    # What Slack could take for a mention has an invisible mark in it.
    shown = shown.replace("\u200b", "")
    for message in model.bodies[-1]["messages"][:-1]:
        assert str(message["content"]) in shown
    assert "and now?" not in shown


async def test_only_who_took_part_may_see_it(
    start: Start, alice: PersonClient, bob: PersonClient, bot: SessionManager, workspace: Workspace
) -> None:
    thread = await start("@ChatHakase the word is swordfish", person=bob)
    await thread.answers(1)
    await thread.say("memory", alice)
    await await_ephemeral(workspace, alice, "swordfish")
    other = await start("@ChatHakase the word is herring")
    await other.answers(1)
    await other.say("memory", bob)
    await await_ephemeral(workspace, bob, "only people who wrote")
    assert "herring" not in "".join(ephemerals(workspace, bob))


async def test_much_is_sent_as_a_file_to_one_person(
    start: Start, bob: PersonClient, bot: SessionManager, workspace: Workspace
) -> None:
    thread = await start(f"@ChatHakase {'many words ' * 400}", person=bob)
    await thread.answers(None)
    await saved(workspace, bot)
    await thread.say("memory", bob)
    await await_ephemeral(workspace, bob, "as a file")
    direct = workspace.world.timeline(bob.direct_message().id)
    files = [file for message in direct.messages() for file in message.files]
    assert "many words" in workspace.world.files.content(files[0]).decode()
    assert not any(message.files for message in thread.messages())


async def test_a_rename_wins_for_ever(start: Start, bot: SessionManager, workspace: Workspace) -> None:
    thread = await start("@ChatHakase hello")
    await thread.answers(1)
    await saved(workspace, bot)
    await thread.say("rename session   “Trip to *Kyoto*”")
    await thread.answers(2, containing="is now called")
    await thread.say("and now?")
    await thread.answers(3, containing="and now?")
    await saved(workspace, bot)
    await thread.say("session info")
    await thread.answers(4, containing="Trip to \\*Kyoto\\*")
    await thread.say("rename session")
    await await_ephemeral(workspace, thread.person, "Add a title")


async def test_a_summary_for_people(
    start: Start, model: ModelServer, bot: SessionManager, workspace: Workspace
) -> None:
    thread = await start("@ChatHakase the word is swordfish")
    await thread.answers(1)
    await saved(workspace, bot)
    model.will(says("They speak of a fish."))
    await thread.say("Summarize")
    await thread.answers(2, containing="They speak of a fish.")
    assert "swordfish" in model.said()
    model.will(fails(400))
    await thread.say("summarise")
    await thread.answers(3)
    assert "They speak" not in thread.texts()[-1]
    await saved(workspace, bot)
    await thread.say("and now?")
    await thread.answers(4, containing="and now?")
    assert "They speak" not in model.said()


async def test_compact_leaves_the_originals_where_they_are(
    start: Start, model: ModelServer, bot: SessionManager, workspace: Workspace
) -> None:
    thread = await start("@ChatHakase the word is swordfish")
    await thread.answers(1)
    await saved(workspace, bot)
    for number in (2, 3):
        await thread.say(f"and {'much ' * 300}more")
        await thread.answers(number)
        await saved(workspace, bot)
    model.will(says("They speak of a fish."))
    await thread.say("compact")
    answer = (await thread.answers(4, containing="Done: I now remember"))[-1]
    assert "tokens" in answer
    await saved(workspace, bot)
    await thread.say("session info")
    await thread.answers(5, containing="as a summary")
    await saved(workspace, bot)
    await thread.say("search threads much more")
    assert "much" in (await await_ephemeral(workspace, thread.person, "in your threads")).partition("\n")[2]
    await thread.say("and now?")
    await thread.answers(6, containing="and now?")
    assert "They speak of a fish." in model.seen()
    assert model.seen().count("much more") < 4


async def test_there_may_be_nothing_to_sum_up(
    start: Start, model: ModelServer, bot: SessionManager, workspace: Workspace
) -> None:
    thread = await start("@ChatHakase summarise")
    await thread.answers(1, containing="nothing to summarise here yet")
    await saved(workspace, bot)
    await thread.say("compact")
    await thread.answers(2, containing="nothing to compact")
    assert model.requests == []


async def test_a_failed_compaction_is_told(
    start: Start, model: ModelServer, bot: SessionManager, workspace: Workspace
) -> None:
    thread = await start("@ChatHakase one")
    await thread.answers(1)
    await saved(workspace, bot)
    await thread.say("two")
    await thread.answers(2)
    await saved(workspace, bot)
    model.will(fails(401))
    await thread.say("compact")
    await thread.answers(3)
    assert "I now remember" not in thread.texts()[-1]
    assert "401" not in thread.texts()[-1]


async def test_something_shows_that_a_summary_is_on_its_way(
    start: Start, model: ModelServer, bot: SessionManager, workspace: Workspace
) -> None:
    hold = asyncio.Event()
    thread = await start("@ChatHakase hello")
    await thread.answers(1)
    await saved(workspace, bot)
    model.will(says("In short.", wait=hold))
    await thread.say("summarise")
    await workspace.until(lambda: workspace.status(thread.channel, thread.ts))
    hold.set()
    await thread.answers(2, containing="In short.")
    await workspace.until(lambda: not workspace.status(thread.channel, thread.ts))


async def test_answer_again_writes_the_newest_answer_anew(
    start: Start, bob: PersonClient, model: ModelServer, bot: SessionManager, workspace: Workspace
) -> None:
    thread = await start("@ChatHakase one", person=bob)
    await thread.answers(1)
    await saved(workspace, bot)
    await thread.say("two", bob)
    await thread.answers(2, containing="two")
    await saved(workspace, bot)
    model.will(says("Better."))
    await thread.say("Answer again!", bob)
    assert await thread.answers(2, containing="Better.") == ["I heard: [bob] one", "Better."]
    await saved(workspace, bot)
    other = await start("@ChatHakase hello")
    await other.answers(1)
    await saved(workspace, bot)
    await other.say("answer again", bob)
    await await_ephemeral(workspace, bob, "only the person who asked")


@pytest.mark.usefixtures("bot")
async def test_there_may_be_nothing_to_answer_again(start: Start, alice: PersonClient, workspace: Workspace) -> None:
    await start("@ChatHakase answer again")
    await await_ephemeral(workspace, alice, "I haven't answered anything here yet")


async def test_commands_work_after_a_restart(
    open_the_bot: OpenBot, start: Start, alice: PersonClient, workspace: Workspace
) -> None:
    async with open_the_bot() as bot:
        thread = await start("@ChatHakase the word is swordfish")
        await thread.answers(1)
        await saved(workspace, bot)
    async with open_the_bot() as bot:
        await thread.say("session info")
        await thread.answers(2, containing="Messages: 2")
        await thread.say("memory")
        await await_ephemeral(workspace, alice, "swordfish")
        await thread.say("search threads swordfish")
        await await_ephemeral(workspace, alice, "in your threads**")
        await thread.say("rename session Fish")
        await thread.answers(3, containing="Fish")
        await saved(workspace, bot)
        await thread.say("answer again")
        await workspace.until(lambda: not bot.jobs.tasks and not bot.scheduler.tasks)
        await thread.say("forget my messages here")
        await await_ephemeral(workspace, alice, "forgotten 1 of your messages")
