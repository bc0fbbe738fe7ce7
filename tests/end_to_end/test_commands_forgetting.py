"""What people want forgotten is forgotten, and nothing else; where more is at stake they are asked first."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from chathakase.engine.sessions import SessionManager
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace, open_workspace
from tests.end_to_end.conftest import OpenBot, Thread
from tests.end_to_end.ephemerals import await_ephemeral, choose, ephemerals, seen_by
from tests.end_to_end.process import running
from tests.model_server import ModelServer, says

FORGET = {"name": "Forget this message", "type": "message", "callback_id": "chathakase_forget", "description": "x"}

Start = Callable[..., Awaitable[Thread]]
Talk = Callable[..., Awaitable[Thread]]


@pytest.fixture
async def workspace(ack_timeout: float, retry_delays: tuple[float, ...]) -> AsyncIterator[Workspace]:
    async with open_workspace(shortcuts=[FORGET], seed=1, ack_timeout=ack_timeout, retry_delays=retry_delays) as opened:
        yield opened


async def saved(workspace: Workspace, bot: SessionManager) -> None:
    await workspace.until(lambda: not bot.scheduler.tasks and not bot.jobs.tasks)


@pytest.fixture
def talk(start: Start, bob: PersonClient, bot: SessionManager, workspace: Workspace) -> Talk:
    """A thread in which Alice tells of a swordfish and a herring, and Bob of a shark."""

    async def begin(*, with_bob: bool = True) -> Thread:
        thread = await start("@ChatHakase swordfish")
        await thread.answers(1)
        await thread.say("herring")
        await thread.answers(2, containing="herring")
        if with_bob:
            await thread.say("shark", bob)
            await thread.answers(3, containing="shark")
        await saved(workspace, bot)
        return thread

    return begin


async def remembered(thread: Thread, model: ModelServer, bot: SessionManager) -> str:
    """What people said that the model gets to see for another question."""
    await saved(thread.workspace, bot)
    asked = len(model.requests)
    await thread.say("and now?")
    await thread.workspace.until(lambda: len(model.requests) > asked)
    await saved(thread.workspace, bot)
    return "\n".join(str(each["content"]) for each in model.requests[-1]["messages"] if each["role"] == "user")


async def test_the_last_message(talk: Talk, alice: PersonClient, model: ModelServer, bot: SessionManager) -> None:
    thread = await talk()
    await thread.say("forget my last message")
    await await_ephemeral(thread.workspace, alice, "forgotten your last message")
    told = await remembered(thread, model, bot)
    assert "swordfish" in told
    assert "herring" not in told
    assert "shark" in told
    assert len(thread.texts()) == 4, "it was told in private"


async def test_two_presses_of_a_button_forget_one_message(
    talk: Talk, workspace: Workspace, alice: PersonClient, model: ModelServer, bot: SessionManager
) -> None:
    thread = await talk()
    await thread.say("forget")
    (asked,) = await workspace.until(lambda: seen_by(workspace, alice))
    press = (thread.channel, asked.message.ts, "chathakase_say_0")
    await asyncio.gather(alice.press(*press), alice.press(*press))
    await await_ephemeral(workspace, alice, "forgotten your last message")
    told = await remembered(thread, model, bot)
    assert "swordfish" in told
    assert "herring" not in told


async def test_all_messages_here(
    talk: Talk, start: Start, alice: PersonClient, model: ModelServer, bot: SessionManager
) -> None:
    thread, other = await talk(), await start("@ChatHakase tuna")
    await other.answers(1)
    await thread.say("Forget my messages here.")
    await await_ephemeral(thread.workspace, alice, "forgotten 2 of your messages")
    told = await remembered(thread, model, bot)
    assert "swordfish" not in told
    assert "herring" not in told
    assert "shark" in told
    assert "tuna" in await remembered(other, model, bot)


async def test_everything_everywhere_after_a_question(
    talk: Talk, start: Start, alice: PersonClient, model: ModelServer, bot: SessionManager, workspace: Workspace
) -> None:
    thread, other = await talk(), await start("@ChatHakase tuna")
    await other.answers(1)
    await saved(workspace, bot)
    await thread.say("forget everything of mine")
    await await_ephemeral(workspace, alice, "This can't be undone")
    assert "tuna" in await remembered(other, model, bot)
    await choose(workspace, alice, "Forget everything")
    await await_ephemeral(workspace, alice, "of your messages")
    assert "tuna" not in await remembered(other, model, bot)
    told = await remembered(thread, model, bot)
    assert "swordfish" not in told
    assert "shark" in told


async def test_answers_under_way_elsewhere_begin_anew_when_everything_is_forgotten(
    talk: Talk,
    start: Start,
    alice: PersonClient,
    bob: PersonClient,
    model: ModelServer,
    bot: SessionManager,
    workspace: Workspace,
) -> None:
    thread, other = await talk(with_bob=False), await start("@ChatHakase the word is tuna")
    await other.answers(1)
    await saved(workspace, bot)
    model.will(says("The word ", "is tuna.", hold=asyncio.Event()), says("I know no word."))
    await other.say("what is the word?", bob)
    await other.answers(2, containing="The word")
    await thread.say("forget everything of mine now")
    await await_ephemeral(workspace, alice, "of your messages")
    assert (await other.answers(2, containing="I know no word."))[-1] == "I know no word."
    await saved(workspace, bot)
    assert "tuna" not in str([each for each in model.requests[-1]["messages"] if each["role"] == "user"])


@pytest.mark.parametrize(
    ("label", "told"), [("My last message", "your last message"), ("My messages here", "2 of your messages")]
)
async def test_the_buttons_of_forget(
    label: str,
    told: str,
    talk: Talk,
    alice: PersonClient,
    model: ModelServer,
    bot: SessionManager,
    workspace: Workspace,
) -> None:
    thread = await talk()
    await thread.say("forget")
    await await_ephemeral(workspace, alice, "Which of your messages should I forget?")
    await choose(workspace, alice, label)
    await await_ephemeral(workspace, alice, told)
    assert "herring" not in await remembered(thread, model, bot)


async def test_the_button_for_everything_asks_once_more(talk: Talk, alice: PersonClient, workspace: Workspace) -> None:
    thread = await talk()
    await thread.say("forget")
    await choose(workspace, alice, "All my messages everywhere")
    await await_ephemeral(workspace, alice, "This can't be undone")


async def test_one_message_by_its_menu(
    talk: Talk, alice: PersonClient, bob: PersonClient, model: ModelServer, bot: SessionManager, workspace: Workspace
) -> None:
    thread = await talk()
    herring = next(each.ts for each in thread.messages() if each.text == "herring")
    shark = next(each.ts for each in thread.messages() if each.text == "shark")
    await bob.shortcut("chathakase_forget", thread.channel, herring)
    await await_ephemeral(workspace, bob, "only the author of a message")
    assert "herring" in await remembered(thread, model, bot)
    await alice.shortcut("chathakase_forget", thread.channel, herring)
    await await_ephemeral(workspace, alice, "forgotten that message")
    assert "herring" not in await remembered(thread, model, bot)
    # Alice is an admin.
    await alice.shortcut("chathakase_forget", thread.channel, shark)
    await workspace.until(lambda: sum("that message" in text for text in ephemerals(workspace, alice)) == 2)
    assert "shark" not in await remembered(thread, model, bot)


async def test_an_answer_by_its_menu(talk: Talk, alice: PersonClient, workspace: Workspace) -> None:
    thread = await talk()
    await alice.shortcut("chathakase_forget", thread.channel, thread.messages()[1].ts)
    await await_ephemeral(workspace, alice, "Only `clear session`")


async def test_a_message_that_is_not_remembered(
    talk: Talk, alice: PersonClient, start: Start, bot: SessionManager, workspace: Workspace
) -> None:
    ts = await alice.say("nobody asks the bot", channel="#random")
    await alice.shortcut("chathakase_forget", workspace.channel("random").id, ts)
    await await_ephemeral(workspace, alice, "don't remember that message")


async def test_there_may_be_nothing_to_forget(talk: Talk, carol: PersonClient, workspace: Workspace) -> None:
    thread = await talk()
    for command in ("forget my last message", "forget my messages here"):
        await thread.say(command, carol)
    await workspace.until(
        lambda: (
            len([each for each in ephemerals(workspace, carol) if "don't remember any of your messages" in each]) == 2
        )
    )


async def test_clearing_is_done_at_once_where_nobody_else_wrote(
    talk: Talk, model: ModelServer, bot: SessionManager
) -> None:
    thread = await talk(with_bob=False)
    await thread.say("clear session")
    await thread.answers(3, containing="forgotten 4 messages")
    told = await remembered(thread, model, bot)
    assert "swordfish" not in told


async def test_clearing_asks_first_where_others_wrote(
    talk: Talk, alice: PersonClient, model: ModelServer, bot: SessionManager, workspace: Workspace
) -> None:
    thread = await talk()
    await thread.say("clear session")
    await await_ephemeral(workspace, alice, "bob wrote here too")
    assert "shark" in await remembered(thread, model, bot)
    await choose(workspace, alice, "Forget everyone's messages")
    await thread.answers(5, containing="forgotten 8 messages")
    told = await remembered(thread, model, bot)
    assert "shark" not in told
    assert "swordfish" not in told


async def test_clearing_may_become_forgetting_ones_own(
    talk: Talk, alice: PersonClient, model: ModelServer, bot: SessionManager, workspace: Workspace
) -> None:
    thread = await talk()
    await thread.say("clear session")
    await choose(workspace, alice, "Forget only my messages")
    await await_ephemeral(workspace, alice, "2 of your messages")
    assert "shark" in await remembered(thread, model, bot)


async def test_clearing_forgets_a_title_that_a_person_gave(
    talk: Talk, bot: SessionManager, workspace: Workspace
) -> None:
    thread = await talk(with_bob=False)
    await thread.say("rename session Swordfish")
    await thread.answers(3, containing="Swordfish")
    await saved(workspace, bot)
    await thread.say("clear session")
    await thread.answers(4, containing="I have forgotten")
    await saved(workspace, bot)
    await thread.say("session info")
    assert "Swordfish" not in (await thread.answers(5, containing="General Chat"))[-1]


async def test_clearing_for_everyone_by_its_words(talk: Talk) -> None:
    thread = await talk()
    await thread.say("clear session for everyone")
    await thread.answers(4, containing="forgotten 6 messages")


async def test_what_is_forgotten_is_neither_found_nor_exported(
    talk: Talk, alice: PersonClient, bot: SessionManager, workspace: Workspace
) -> None:
    thread = await talk()
    await thread.say("forget my messages here")
    await await_ephemeral(workspace, alice, "of your messages")
    await saved(workspace, bot)
    await thread.say("export session")
    await workspace.until(lambda: sum(len(message.files) for message in thread.messages()) == 2)
    for message in thread.messages():
        for file in message.files:
            for line in workspace.world.files.content(file).decode().splitlines():
                assert "herring" not in line or "I heard" in line


async def test_buttons_work_after_a_restart(
    open_the_bot: OpenBot, start: Start, alice: PersonClient, model: ModelServer, workspace: Workspace
) -> None:
    async with open_the_bot() as bot:
        thread = await start("@ChatHakase swordfish")
        await thread.answers(1)
        await saved(workspace, bot)
        await thread.say("forget")
        await await_ephemeral(workspace, alice, "Which of your")
        await saved(workspace, bot)
    async with open_the_bot() as bot:
        await choose(workspace, alice, "My messages here")
        await await_ephemeral(workspace, alice, "forgotten 1 of your messages")
        assert "swordfish" not in await remembered(thread, model, bot)


async def test_an_answer_to_what_is_forgotten_ends(
    start: Start, alice: PersonClient, model: ModelServer, bot: SessionManager, workspace: Workspace
) -> None:
    model.will(says("The word", " is swordfish", hold=asyncio.Event()))
    thread = await start("@ChatHakase what is the word?")
    await thread.answers(1, containing="The word")
    await thread.say("forget my messages here")
    await await_ephemeral(workspace, alice, "forgotten 1 of your messages")
    await workspace.until(lambda: "was forgotten" in thread.texts()[0])
    assert "what is the word" not in await remembered(thread, model, bot)


async def test_forgetting_by_the_button_for_everyone_spares_what_comes_later(
    talk: Talk, alice: PersonClient, bob: PersonClient, model: ModelServer, bot: SessionManager, workspace: Workspace
) -> None:
    thread = await talk()
    await thread.say("clear session")
    await await_ephemeral(workspace, alice, "bob wrote here too")
    await choose(workspace, alice, "Forget everyone's messages")
    await thread.say("whale", bob)
    await workspace.until(lambda: any("whale" in text for text in thread.texts()))
    await workspace.until(lambda: any("I have forgotten" in text for text in thread.texts()))
    assert "whale" in await remembered(thread, model, bot)


@pytest.mark.long
async def test_no_second_message_is_forgotten_when_the_process_dies(
    environment: dict[str, str],
    start: Start,
    alice: PersonClient,
    model: ModelServer,
    workspace: Workspace,
    tmp_path: Path,
) -> None:
    async with running(environment, workspace, tmp_path / "log") as process:
        thread = await start("@ChatHakase swordfish")
        await thread.answers(1)
        await thread.say("herring")
        await thread.answers(2, containing="herring")
        workspace.faults.hang("chat.postEphemeral")
        await thread.say("forget my last message")
        await workspace.until(lambda: len(workspace.journal.calls("chat.postEphemeral")) == 1)
        process.kill()
        await process.wait()
    workspace.faults.clear()
    async with running(environment, workspace, tmp_path / "log"):
        await await_ephemeral(workspace, alice, "I was interrupted", within=30)
        await thread.say("and now?")
        await thread.answers(3, containing="and now?", within=30)
    remembering = model.said().splitlines()
    assert "[alice] swordfish" in remembering
    assert "[alice] herring" not in remembering
