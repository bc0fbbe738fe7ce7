"""Nobody can use the bot up: every call of the model has a place and counts, and Slack's capacity is shared fairly."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from chathakase.core.types import TurnAction
from chathakase.engine.access.admission import Caused
from chathakase.engine.jobs.job_runner import MOST_WITH_URGENT
from chathakase.engine.turns import turn_runner
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from chathakase.slack.own_messages import ACTION
from tests.end_to_end.conftest import OpenBot, Thread, markdown
from tests.end_to_end.ephemerals import await_ephemeral, ephemerals
from tests.model_server import ModelServer, fails, says
from tests.places import slack_place

Start = Callable[..., Awaitable[Thread]]
FASTER = "You are asking faster than I am allowed to answer."


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn_runner, "RESTART_AFTER", 0.0)


async def test_summaries_take_places_and_the_same_is_not_written_twice_while_it_waits(
    open_the_bot: OpenBot, start: Start, workspace: Workspace, model: ModelServer, bob: PersonClient
) -> None:
    async with open_the_bot(chathakase_concurrency=2) as bot:
        threads = [await start(f"@ChatHakase question {number}") for number in range(4)]
        for thread in threads:
            await thread.answers(1)
        await workspace.until(lambda: not bot.scheduler.tasks)
        hold, asked = asyncio.Event(), len(model.requests)
        model.will(*(says("In short.", wait=hold) for _ in range(4)))
        for thread in threads:
            await asyncio.gather(*(thread.say("summarise") for _ in range(10)))
        await workspace.until(lambda: model.under_way == 2 and workspace.pending_events == 0)
        await asyncio.sleep(0.2)
        assert model.under_way == 2
        hold.set()
        for thread in threads:
            await thread.answers(2, containing="In short.")
        await workspace.until(lambda: not bot.jobs.tasks)
        assert len(model.requests) - asked == len(threads)
        assert model.most_at_once == 2


async def test_commands_for_which_the_model_is_called_count_as_questions_do(
    open_the_bot: OpenBot,
    start: Start,
    workspace: Workspace,
    model: ModelServer,
    alice: PersonClient,
    bob: PersonClient,
) -> None:
    async with open_the_bot(chathakase_person_rate=2) as bot:
        thread = await start("@ChatHakase hello")
        await thread.answers(1)
        await workspace.until(lambda: not bot.scheduler.tasks)
        for _ in range(10):
            await thread.say("answer again")
        await await_ephemeral(workspace, alice, FASTER)
        await workspace.until(lambda: not bot.scheduler.tasks and not bot.jobs.tasks and workspace.pending_events == 0)
        assert len(model.requests) == 2
        for command in ("summarise", "compact"):
            await thread.say(command)
        await workspace.until(lambda: not bot.jobs.tasks and workspace.pending_events == 0)
        assert len(model.requests) == 2
        assert [text for text in ephemerals(workspace, alice) if FASTER in text] == [
            f"{FASTER} Please try again in a minute."
        ]
        await thread.say("summarise", bob)
        await thread.answers(2)
        assert len(model.requests) == 3


async def test_buttons_for_which_the_model_is_called_count_as_questions_do(
    open_the_bot: OpenBot, start: Start, workspace: Workspace, model: ModelServer, alice: PersonClient
) -> None:
    async with open_the_bot(chathakase_person_rate=1) as bot:
        model.will(fails(400))
        thread = await start("@ChatHakase hello")
        await thread.answers(1, containing="did not understand")
        await workspace.until(lambda: not bot.scheduler.tasks)
        asked = len(model.requests)
        await alice.press(thread.channel, thread.replies()[0].ts, ACTION.format(TurnAction.RETRY))
        await await_ephemeral(workspace, alice, FASTER)
        await workspace.until(lambda: not bot.scheduler.tasks and not bot.jobs.tasks)
        assert len(model.requests) == asked


async def test_an_edited_question_begins_anew_a_few_times_and_then_another_answer_is_offered(
    open_the_bot: OpenBot, start: Start, workspace: Workspace, model: ModelServer, alice: PersonClient
) -> None:
    async with open_the_bot() as bot:
        hold = asyncio.Event()
        model.will(*(says(f"Answer {number}", " ends.", hold=hold) for number in range(30)))
        thread = await start("@ChatHakase version 0")
        await thread.answers(1, containing="Answer 0")
        for version in range(1, 4):
            await alice.edit(thread.channel, thread.ts, f"@ChatHakase version {version}")
            await model.asked(version + 1)
        for version in range(4, 20):
            await alice.edit(thread.channel, thread.ts, f"@ChatHakase version {version}")
        await workspace.until(lambda: workspace.pending_events == 0)
        hold.set()
        await thread.answers(1, containing="Answer 3 ends.")
        await await_ephemeral(workspace, alice, "You edited a question that I have already answered.")
        await workspace.until(lambda: not bot.scheduler.tasks and not bot.jobs.tasks)
        assert len(model.requests) == 4
        model._script.clear()
        await thread.say("answer again")
        await thread.answers(1, containing="version 19")


async def test_whoever_has_asked_enough_begins_nothing_anew_by_an_edit(
    open_the_bot: OpenBot, start: Start, workspace: Workspace, model: ModelServer, alice: PersonClient
) -> None:
    async with open_the_bot(chathakase_person_rate=1) as bot:
        hold = asyncio.Event()
        model.will(says("The first", " answer.", hold=hold))
        thread = await start("@ChatHakase one")
        await thread.answers(1, containing="The first")
        await alice.edit(thread.channel, thread.ts, "@ChatHakase two")
        await workspace.until(lambda: workspace.pending_events == 0)
        hold.set()
        await thread.answers(1, containing="The first answer.")
        await await_ephemeral(workspace, alice, "You edited a question that I have already answered.")
        await workspace.until(lambda: not bot.scheduler.tasks and not bot.jobs.tasks)
        assert len(model.requests) == 1


async def test_what_is_forgotten_again_and_again_ends_the_answer_that_may_tell_of_it(
    open_the_bot: OpenBot, start: Start, workspace: Workspace, model: ModelServer, alice: PersonClient
) -> None:
    async with open_the_bot() as bot:
        thread = await start("@ChatHakase hello")
        await thread.answers(1)
        await workspace.until(lambda: not bot.scheduler.tasks)
        begin, hold = asyncio.Event(), asyncio.Event()
        model.will(says("One.", wait=begin), *(says(f"Secret {n}", " told.", hold=hold) for n in range(9)))
        await thread.say("wait")
        await workspace.until(lambda: model.under_way == 1)
        secrets = [await thread.say(f"secret {number}") for number in range(5)]
        await workspace.until(lambda: workspace.pending_events == 0)
        begin.set()
        await thread.answers(3, containing="Secret 0")
        for number, ts in enumerate(secrets[:4], 1):
            await alice.delete(thread.channel, ts)
            if number < 4:
                await model.asked(number + 3)
        await thread.answers(3, containing="kept changing")
        await workspace.until(lambda: not bot.scheduler.tasks)
        assert len(model.requests) == 6
        assert "Secret" not in thread.texts()[-1]


async def test_an_edit_that_calls_the_bot_counts_as_a_question(
    open_the_bot: OpenBot, start: Start, workspace: Workspace, model: ModelServer, alice: PersonClient, general: str
) -> None:
    async with open_the_bot(chathakase_person_rate=1):
        thread = await start("@ChatHakase hello")
        await thread.answers(1)
        told = [await thread.say(f"@bob number {number}") for number in range(3)]
        ts = await alice.say("the word is swordfish", channel=general)
        for each in told:
            await alice.edit(general, each, "@ChatHakase and now?")
        await alice.edit(general, ts, "@ChatHakase the word is swordfish")
        await await_ephemeral(workspace, alice, f"{FASTER} I'll remember what you wrote")
        await workspace.until(lambda: workspace.pending_events == 0)
        await asyncio.sleep(0.2)
        assert len(model.requests) == 1


@pytest.mark.long
async def test_a_hundred_commands_keep_nobodys_answer_waiting(
    open_the_bot: OpenBot, workspace: Workspace, alice: PersonClient, bob: PersonClient, general: str
) -> None:
    # To answer them all takes half a minute.
    async with open_the_bot(chathakase_rate_limits="chat.postMessage=40/2"):
        roots = [await alice.say("@ChatHakase help", channel=general) for _ in range(19)]
        await workspace.until(lambda: workspace.pending_events == 0)
        asked, told = [await bob.say(f"@ChatHakase {text}", channel=general) for text in ("hello", "session info")]
        await Thread(workspace, bob, general, asked).answers(1, containing="hello")
        await Thread(workspace, bob, general, told).answers(1)
        answered = [ts for ts in roots if Thread(workspace, alice, general, ts).texts()]
        assert len(answered) < len(roots)


async def test_the_same_command_in_a_thread_is_answered_once_while_it_waits(
    open_the_bot: OpenBot, workspace: Workspace, alice: PersonClient, general: str, start: Start
) -> None:
    async with open_the_bot(chathakase_slack_timeout=60) as bot:
        thread = await start("@ChatHakase hello")
        await thread.answers(1)
        all_said = asyncio.Event()
        workspace.faults.hold("chat.postMessage", all_said)
        for _ in range(5):
            await thread.say("help")
        await thread.say("session info")
        await workspace.until(lambda: workspace.pending_events == 0)
        all_said.set()
        await workspace.until(lambda: not bot.jobs.tasks)
        assert sorted(text.split()[0] for text in thread.texts()[1:]) == ["**I", "**Session**"]


async def test_of_one_persons_commands_only_so_many_wait(
    open_the_bot: OpenBot, workspace: Workspace, alice: PersonClient, general: str, start: Start
) -> None:
    async with open_the_bot(chathakase_rate_limits="chat.postMessage=2/1", chathakase_grace=0):
        thread = await start("@ChatHakase hello")
        await thread.answers(1)
        for number in range(25):
            await thread.say(f"rename session Title {number}")
        await await_ephemeral(workspace, alice, f"{FASTER} Please try again in a minute.")
        assert not [text for text in map(markdown, thread.replies()) if "Title 24" in text]


async def test_a_command_that_is_given_when_the_same_was_told_is_answered_again(
    open_the_bot: OpenBot, workspace: Workspace, start: Start
) -> None:
    # The first of those that are said at once waits for Slack, and so is not told before all others have come.
    all_said = asyncio.Event()
    async with open_the_bot(chathakase_slack_timeout=60) as bot:
        thread = await start("@ChatHakase hello")
        await thread.answers(1)
        for count in range(2, 5):
            await thread.say("help")
            await thread.answers(count, containing="session info")
        workspace.faults.hold("chat.postMessage", all_said)
        assert [await asyncio.gather(*(thread.say("session info") for _ in range(9)))]
        await workspace.until(lambda: workspace.pending_events == 0)
        all_said.set()
        await workspace.until(lambda: not bot.jobs.tasks)
        assert len([text for text in thread.texts() if text.startswith("**Session**")]) == 1


async def test_whoever_has_many_commands_waiting_can_still_stop_an_answer(
    open_the_bot: OpenBot, workspace: Workspace, model: ModelServer, start: Start, alice: PersonClient
) -> None:
    async with open_the_bot(chathakase_rate_limits="chat.postMessage=2/2", chathakase_grace=0) as bot:
        thread = await start("@ChatHakase hello")
        await thread.answers(1)
        model.will(says("It goes", " on.", hold=asyncio.Event()))
        other = await start("@ChatHakase go on")
        await workspace.until(lambda: model.under_way == 1)
        for number in range(22):
            await thread.say(f"rename session Title {number}")
        renaming = Caused(alice.id, slack_place(thread.channel, thread.ts))
        await workspace.until(lambda: bot.jobs.has_enough(renaming) and workspace.pending_events == 0)
        await other.say("stop")
        await workspace.until(lambda: model.under_way == 0)


async def test_edits_of_what_is_answered_offer_one_answer_at_a_time(
    open_the_bot: OpenBot, workspace: Workspace, start: Start, alice: PersonClient
) -> None:
    async with open_the_bot(chathakase_rate_limits="chat.postEphemeral=2/1", chathakase_grace=0) as bot:
        thread = await start("@ChatHakase version 0")
        await thread.answers(1)
        await workspace.until(lambda: not bot.scheduler.tasks)
        for version in range(1, 8):
            await alice.edit(thread.channel, thread.ts, f"@ChatHakase version {version}")
        await workspace.until(lambda: workspace.pending_events == 0)
        assert len(bot.jobs.tasks) <= 1


async def test_an_answered_session_waits_no_more(
    open_the_bot: OpenBot,
    start: Start,
    workspace: Workspace,
    model: ModelServer,
    alice: PersonClient,
    bob: PersonClient,
) -> None:
    async with open_the_bot(chathakase_concurrency=1, chathakase_max_waiting=2) as bot:
        ends = [asyncio.Event() for _ in range(4)]
        model.will(*(says(f"Answer {number}", wait=end) for number, end in enumerate(ends)))
        threads = []
        for number in range(3):
            threads.append(await start(f"@ChatHakase question {number}"))
            await workspace.until(lambda: len(bot.scheduler.tasks) == len(threads))
        ends[0].set()
        await threads[0].answers(1)
        await workspace.until(lambda: model.under_way == 1 and len(bot.scheduler.tasks) == 2)
        threads.append(await start("@ChatHakase one more", person=bob))
        await workspace.until(lambda: workspace.pending_events == 0)
        for end in ends:
            end.set()
        await threads[-1].answers(1, containing="Answer")
        assert not ephemerals(workspace, bob)


async def test_nobody_gets_another_behind_their_own_questions_by_speaking_in_their_thread(
    open_the_bot: OpenBot,
    start: Start,
    workspace: Workspace,
    model: ModelServer,
    alice: PersonClient,
    bob: PersonClient,
) -> None:
    async with open_the_bot(chathakase_concurrency=1) as bot:
        end, next_end = asyncio.Event(), asyncio.Event()
        model.will(says("The first.", wait=end), says("The next.", wait=next_end))
        thread = await start("@ChatHakase bob asks", person=bob)
        await model.asked(1)
        for number in range(3):
            await start(f"@ChatHakase alice asks {number}", person=alice)
        await workspace.until(lambda: len(bot.scheduler.tasks) == 4)
        await thread.say("bob asks more", bob)
        await thread.say("and so do I", alice)
        await thread.say("help", alice)
        await workspace.until(lambda: workspace.pending_events == 0 and not bot.jobs.tasks)
        end.set()
        await model.asked(2)
        await workspace.until(lambda: len(bot.scheduler._slots._waiting) == 3)
        next_end.set()
        await model.asked(5)
        assert "bob asks more" in model.said(2) + model.said(3)


async def test_after_a_restart_what_waits_is_answered_fairly(
    open_the_bot: OpenBot,
    start: Start,
    workspace: Workspace,
    model: ModelServer,
    alice: PersonClient,
    bob: PersonClient,
) -> None:
    async with open_the_bot(chathakase_concurrency=1, chathakase_grace=0) as bot:
        model.will(says("Never.", wait=asyncio.Event()))
        threads = []
        for number in range(4):
            threads.append(await start(f"@ChatHakase alice asks {number}"))
            await workspace.until(lambda: len(bot.scheduler.tasks) == len(threads))
        await start("@ChatHakase bob asks", person=bob)
        await workspace.until(lambda: len(bot.scheduler.tasks) == 5)
    asked = len(model.requests)
    async with open_the_bot(chathakase_concurrency=1):
        await model.asked(asked + 5)
    assert "bob asks" in "".join(map(model.said, range(asked, asked + 3)))


async def test_an_answer_that_is_written_keeps_no_place_while_slack_takes_its_pages(
    open_the_bot: OpenBot,
    start: Start,
    workspace: Workspace,
    model: ModelServer,
    alice: PersonClient,
    bob: PersonClient,
) -> None:
    async with open_the_bot(
        chathakase_concurrency=1, chathakase_rate_limits="chat.postMessage=1/1", chathakase_grace=0
    ):
        model.will(says("word " * 3_000))
        await start("@ChatHakase much", person=alice)
        await model.asked(1)
        thread = await start("hello", person=bob, channel="@")
        await thread.answers(1, containing="hello")


async def test_stops_of_one_person_are_bounded_too(
    open_the_bot: OpenBot, start: Start, workspace: Workspace, model: ModelServer, alice: PersonClient
) -> None:
    async with open_the_bot(chathakase_rate_limits="chat.postEphemeral=1/1", chathakase_grace=0) as bot:
        thread = await start("@ChatHakase hello")
        await thread.answers(1)
        await workspace.until(lambda: not bot.scheduler.tasks)
        for _ in range(10):
            await thread.say("stop")
        await workspace.until(lambda: workspace.pending_events == 0)
        assert len(bot.jobs.tasks) <= 2


async def test_the_same_button_is_heeded_once_while_it_waits(
    open_the_bot: OpenBot,
    start: Start,
    workspace: Workspace,
    model: ModelServer,
    alice: PersonClient,
    bob: PersonClient,
) -> None:
    async with open_the_bot(
        chathakase_person_rate=0, chathakase_rate_limits="chat.postEphemeral=1/1", chathakase_grace=0
    ) as bot:
        model.will(says("It goes", " on.", hold=asyncio.Event()), fails(400))
        thread = await start("@ChatHakase hello")
        await thread.answers(1, containing="It goes")
        for _ in range(10):
            await bob.press(thread.channel, thread.replies()[0].ts, ACTION.format(TurnAction.STOP))
        await workspace.until(lambda: workspace.pending_events == 0)
        assert len(bot.jobs.tasks) <= 2


async def test_nobody_waits_for_all_that_one_person_has_read_above(
    open_the_bot: OpenBot,
    start: Start,
    workspace: Workspace,
    model: ModelServer,
    alice: PersonClient,
    bob: PersonClient,
) -> None:
    async with open_the_bot(
        chathakase_rate_limits="conversations.replies=30/1", chathakase_grace=0, chathakase_slack_timeout=60
    ) as bot:
        all_said = asyncio.Event()
        roots = [await start(f"number {number}") for number in range(8)]
        secret = await start("the word is swordfish", person=bob)
        workspace.faults.hold("conversations.replies", all_said, times=len(roots))
        for root in roots:
            await root.say("@ChatHakase session info")
        await workspace.until(lambda: len(bot.jobs.tasks) == len(roots) and workspace.pending_events == 0)
        all_said.set()
        await secret.say("@ChatHakase what is the word?")
        await model.asked(1)
        assert "swordfish" in model.said()


async def test_of_one_persons_refusals_only_so_many_are_told_at_once(
    open_the_bot: OpenBot, start: Start, workspace: Workspace, model: ModelServer, alice: PersonClient
) -> None:
    async with open_the_bot(
        chathakase_person_rate=1, chathakase_rate_limits="chat.postEphemeral=1/1", chathakase_grace=0
    ) as bot:
        for number in range(MOST_WITH_URGENT + 10):
            await start(f"@ChatHakase question {number}")
        await workspace.until(lambda: workspace.pending_events == 0)
        assert 1 < len(bot.jobs.tasks) <= MOST_WITH_URGENT
        assert len(model.requests) == 1


async def test_a_stop_that_is_said_while_another_is_told_of_is_not_lost(
    open_the_bot: OpenBot, start: Start, workspace: Workspace, model: ModelServer, alice: PersonClient
) -> None:
    async with open_the_bot(chathakase_rate_limits="chat.postEphemeral=60/1", chathakase_grace=0) as bot:
        thread = await start("@ChatHakase hello")
        await thread.answers(1)
        await workspace.until(lambda: not bot.scheduler.tasks)
        for command in ("forget", "stop"):
            await thread.say(command)
        await workspace.until(lambda: workspace.pending_events == 0)
        model.will(says("It goes", " on.", hold=asyncio.Event()))
        await thread.say("go on")
        await model.asked(2)
        await thread.say("stop")
        await workspace.until(lambda: model.under_way == 0)
