"""What a day may cost is limited, for a person, a channel and all, and people hear of it in time."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from chathakase import app
from chathakase.core.errors import StartError, StoreError
from chathakase.core.moments import DAY
from chathakase.core.types import TurnAction
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from chathakase.slack.own_messages import ACTION
from chathakase.storage.stores.summary_store import SqlSummaryStore
from tests.end_to_end.at_rest import at_rest
from tests.end_to_end.conftest import OpenBot, Thread
from tests.end_to_end.ephemerals import await_ephemeral, ephemerals
from tests.end_to_end.process import running
from tests.model_server import ModelServer, fails, says

Start = Callable[..., Awaitable[Thread]]

NEAR = "You have used four fifths of your {} for today. The count starts again at "
REACHED = "You have used up your {} for today. I can answer again from "
EXCEEDED = "You have used up your {} for today. I'll remember what you wrote; please ask again after "
REFUSED = "You have used up your {} for today. Please try again after "


pytestmark = pytest.mark.usefixtures("one_day", "often")


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits a second for what is told of a limit."""
    monkeypatch.setattr(app, "LOOK_FOR_WAITING", 0.05)


@pytest.fixture
def settings(settings: dict[str, Any]) -> dict[str, Any]:
    """No answer waits for the one before it."""
    return settings | {"chathakase_rate_limits": "chat.postMessage=600/20"}


async def midnight_if_near() -> None:
    """Wait for a new day in UTC where one begins soon: a process has no other clock."""
    if (left := DAY - app.now() % DAY) < 60_000:
        await asyncio.sleep(left / 1000)


async def test_people_hear_of_their_questions_at_four_fifths_at_the_end_and_when_one_is_refused(
    open_the_bot: OpenBot,
    start: Start,
    workspace: Workspace,
    model: ModelServer,
    alice: PersonClient,
    bob: PersonClient,
) -> None:
    async with open_the_bot(chathakase_daily_questions="5") as bot:
        thread = await start("@ChatHakase question 1")
        for number in range(2, 5):
            await thread.answers(number - 1)
            await thread.say(f"question {number}")
        await await_ephemeral(workspace, alice, NEAR.format("5 questions"))
        await thread.answers(4)
        await thread.say("question 5")
        await await_ephemeral(workspace, alice, REACHED.format("5 questions"))
        await thread.answers(5)
        for number in range(6, 9):
            await thread.say(f"question {number}")
        await await_ephemeral(workspace, alice, EXCEEDED.format("5 questions"))
        await at_rest(workspace, bot)
        assert len(ephemerals(workspace, alice)) == 3
        assert len(model.requests) == 5
        await thread.say("and what of me?", bob)
        await thread.answers(6)
        told = str(model.requests[-1])
        assert all(f"question {number}" in told for number in range(1, 9)), "what was refused is remembered"
        assert ephemerals(workspace, bob) == []


async def test_of_twenty_questions_at_once_exactly_as_many_are_answered_as_may_be(
    open_the_bot: OpenBot, start: Start, workspace: Workspace, model: ModelServer, general: str
) -> None:
    """Each mention comes as two events besides."""
    async with open_the_bot(chathakase_daily_questions="6") as bot:
        threads = await asyncio.gather(*(start(f"@ChatHakase question {number}") for number in range(20)))
        await at_rest(workspace, bot)
        assert sum(bool(thread.texts()) for thread in threads) == 6
        assert len(model.requests) == 6


async def test_a_restart_makes_no_difference_and_midnight_in_utc_does(
    open_the_bot: OpenBot,
    start: Start,
    workspace: Workspace,
    alice: PersonClient,
    model: ModelServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with open_the_bot(chathakase_daily_questions="1"):
        thread = await start("@ChatHakase one")
        await thread.answers(1)
    async with open_the_bot(chathakase_daily_questions="1"):
        await thread.say("two")
        await await_ephemeral(workspace, alice, EXCEEDED.format("1 question"))
        today = app.now
        monkeypatch.setattr(app, "now", lambda: today() + DAY)
    async with open_the_bot(chathakase_daily_questions="1"):
        await thread.say("three")
        await thread.answers(2, containing="three")
        assert len(model.requests) == 2


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ({"chathakase_daily_questions": "/1"}, "This channel has used up its"),
        ({"chathakase_daily_questions": "//1"}, "Everybody's questions for today are used up."),
    ],
)
async def test_a_channel_and_all_together_have_limits_of_their_own(
    limits: dict[str, str],
    told: str,
    open_the_bot: OpenBot,
    start: Start,
    workspace: Workspace,
    alice: PersonClient,
    bob: PersonClient,
    model: ModelServer,
) -> None:
    async with open_the_bot(**limits) as bot:
        thread = await start("@ChatHakase hello")
        await await_ephemeral(workspace, alice, told)
        await thread.answers(1)
        await thread.say("hello", bob)
        await await_ephemeral(workspace, bob, told)
        other = await start("@ChatHakase hello", person=bob, channel="random")
        await (at_rest(workspace, bot) if "//" in limits["chathakase_daily_questions"] else other.answers(1))
        assert len(model.requests) == (1 if "//" in limits["chathakase_daily_questions"] else 2)


@pytest.mark.parametrize(
    ("limits", "amount"),
    [
        ({"chathakase_daily_tokens": "20"}, "20 tokens"),
        ({"chathakase_daily_cost": "0.03", "chathakase_models": "scripted=8192 1000/1000"}, "$0.03"),
    ],
)
async def test_the_answer_that_reaches_a_limit_of_tokens_or_money_is_the_last_one(
    limits: dict[str, str],
    amount: str,
    open_the_bot: OpenBot,
    start: Start,
    workspace: Workspace,
    alice: PersonClient,
    model: ModelServer,
) -> None:
    """Each has 18 tokens, for 0.018 dollars."""
    async with open_the_bot(**limits):
        thread = await start("@ChatHakase one")
        await thread.answers(1)
        await thread.say("two")
        await thread.answers(2)
        await await_ephemeral(workspace, alice, REACHED.format(amount))
        await thread.say("three")
        await await_ephemeral(workspace, alice, EXCEEDED.format(amount))
        assert len(model.requests) == 2


async def test_what_waits_when_tokens_are_used_up_is_answered_no_more(
    open_the_bot: OpenBot,
    start: Start,
    workspace: Workspace,
    alice: PersonClient,
    bob: PersonClient,
    model: ModelServer,
) -> None:
    async with open_the_bot(chathakase_daily_tokens="10") as bot:
        hold = asyncio.Event()
        model.will(says("The first", " answer.", hold=hold))
        thread = await start("@ChatHakase one")
        await thread.answers(1, containing="The first")
        for number in range(2, 5):
            await thread.say(f"question {number}")
        await workspace.until(lambda: workspace.pending_events == 0)
        await thread.say("and what of me?", bob)
        await workspace.until(lambda: workspace.pending_events == 0)
        hold.set()
        await thread.answers(2, containing="what of me?")
        await await_ephemeral(workspace, alice, EXCEEDED.format("10 tokens"))
        await at_rest(workspace, bot)
        assert len(model.requests) == 2
        await thread.say("and now?")
        await await_ephemeral(workspace, bob, REACHED.format("10 tokens"))
        assert len(model.requests) == 2


async def test_what_is_done_in_the_background_counts_for_whoever_caused_it(
    open_the_bot: OpenBot, start: Start, workspace: Workspace, alice: PersonClient, model: ModelServer
) -> None:
    async with open_the_bot(chathakase_daily_tokens="36", chathakase_background_model="") as bot:
        thread = await start("@ChatHakase tell me of the sea")
        await thread.answers(1)
        await await_ephemeral(workspace, alice, REACHED.format("36 tokens"))
        await workspace.until(lambda: not bot.scheduler._background._tasks)
        assert len(model.requests) == 2, "an answer and a title"


@pytest.mark.parametrize("command", ["summarise", "compact", "answer again"])
async def test_commands_for_which_the_model_is_called_count_as_questions_do(
    command: str, open_the_bot: OpenBot, start: Start, workspace: Workspace, alice: PersonClient, model: ModelServer
) -> None:
    async with open_the_bot(chathakase_daily_questions="1") as bot:
        thread = await start("@ChatHakase hello")
        await thread.answers(1)
        await workspace.until(lambda: not bot.scheduler.tasks)
        await thread.say(command)
        await await_ephemeral(workspace, alice, REFUSED.format("1 question"))
        await thread.say("session info")
        await thread.answers(2, containing="Session")
        assert len(model.requests) == 1


async def test_a_summary_that_is_tried_again_since_the_store_failed_is_one_question(
    open_the_bot: OpenBot, start: Start, workspace: Workspace, model: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    spent, failures = SqlSummaryStore.spent, [StoreError("the disk is full")]

    async def fail_once(*about: Any, **fields: Any) -> None:
        if failures:
            raise failures.pop()
        await spent(*about, **fields)

    monkeypatch.setattr(SqlSummaryStore, "spent", fail_once)
    async with open_the_bot(chathakase_daily_questions="2") as bot:
        thread = await start("@ChatHakase hello")
        await thread.answers(1)
        await at_rest(workspace, bot)
        await thread.say("summarise")
        await thread.answers(2)
        assert (len(model.requests), failures) == (3, []), "an answer, and a summary twice"


async def test_a_button_for_which_the_model_is_called_counts_as_a_question_does(
    open_the_bot: OpenBot, start: Start, workspace: Workspace, model: ModelServer, alice: PersonClient
) -> None:
    async with open_the_bot(chathakase_daily_questions="2") as bot:
        model.will(fails(400), fails(400))
        thread = await start("@ChatHakase hello")
        for asked in (1, 2):
            await model.asked(asked)
            await thread.answers(1, containing="did not understand")
            await workspace.until(lambda: not bot.scheduler.tasks and not bot.jobs.tasks)
            await alice.press(thread.channel, thread.replies()[0].ts, ACTION.format(TurnAction.RETRY))
        await await_ephemeral(workspace, alice, REFUSED.format("2 questions"))
        assert len(model.requests) == 2


async def test_an_edit_that_calls_the_bot_counts_as_a_question(
    open_the_bot: OpenBot, start: Start, workspace: Workspace, model: ModelServer, alice: PersonClient, general: str
) -> None:
    async with open_the_bot(chathakase_daily_questions="1"):
        thread = await start("@ChatHakase hello")
        await thread.answers(1)
        told = await thread.say("@bob lunch?")
        await alice.edit(general, told, "@ChatHakase lunch?")
        await await_ephemeral(workspace, alice, EXCEEDED.format("1 question"))
        assert len(model.requests) == 1


async def test_an_admin_lifts_the_limits_for_somebody_until_the_day_ends(
    open_the_bot: OpenBot,
    start: Start,
    workspace: Workspace,
    alice: PersonClient,
    bob: PersonClient,
    model: ModelServer,
) -> None:
    """Alice is an admin."""
    async with open_the_bot(chathakase_daily_questions="1"):
        thread = await start("@ChatHakase hello", person=bob)
        await thread.answers(1)
        await thread.say("and now?")
        await await_ephemeral(workspace, bob, EXCEEDED.format("1 question"))
        await thread.say("@ChatHakase lift limits @bob")
        await await_ephemeral(workspace, bob, "Sorry, only admins can do that.")
        await thread.say("@ChatHakase lift limits @bob", alice)
        await await_ephemeral(workspace, alice, "has no daily limits until")
        for number in (2, 3):
            await thread.say("and now?")
            await thread.answers(number)
        assert len(model.requests) == 3


async def test_a_thread_stays_with_whoever_asked_first_in_it_though_that_was_refused(
    open_the_bot: OpenBot, start: Start, workspace: Workspace, alice: PersonClient, bob: PersonClient
) -> None:
    async with open_the_bot(chathakase_daily_questions="1"):
        await (await start("@ChatHakase hello")).answers(1)
        thread = await start("@ChatHakase plan a trip")
        await await_ephemeral(workspace, alice, EXCEEDED.format("1 question"))
        await thread.say("@ChatHakase to Kyoto", bob)
        await thread.answers(1)
        await thread.say("@ChatHakase clear session", bob)
        await await_ephemeral(workspace, bob, "Sorry, only the person who started this conversation")


@pytest.mark.parametrize(
    ("words", "limits", "told"),
    [
        ("lift limits", "1", "Tell me for whom"),
        ("lift limits @bob", "", "There are no daily limits."),
    ],
)
async def test_lift_limits_explains_itself(
    words: str, limits: str, told: str, open_the_bot: OpenBot, start: Start, workspace: Workspace, alice: PersonClient
) -> None:
    async with open_the_bot(chathakase_daily_questions=limits):
        await start(words, channel="@")
        await await_ephemeral(workspace, alice, told)


async def test_money_is_not_limited_where_nobody_knows_what_the_model_costs(open_the_bot: OpenBot) -> None:
    with pytest.raises(StartError, match=r"needs to know the price of scripted: add it to CHATHAKASE_MODELS"):
        async with open_the_bot(chathakase_daily_cost="5"):
            pass


@pytest.mark.long
async def test_whoever_kills_the_bot_gains_nothing(
    environment: dict[str, str],
    workspace: Workspace,
    start: Start,
    alice: PersonClient,
    model: ModelServer,
    database: Path,
    tmp_path: Path,
) -> None:
    environment |= {"CHATHAKASE_DAILY_QUESTIONS": "2"}
    await midnight_if_near()
    model.will(says("The beginning", " and the end.", hold=asyncio.Event()))
    async with running(environment, workspace, tmp_path / "first") as process:
        thread = await start("@ChatHakase one")
        await thread.answers(1, containing="beginning")
        process.kill()
        await process.wait()
    async with running(environment, workspace, tmp_path / "second"):
        for number in range(2, 6):
            await thread.say(f"question {number}")
        await await_ephemeral(workspace, alice, EXCEEDED.format("2 questions"), within=30)
        await thread.answers(1, containing="question 5", within=40)
    with closing(sqlite3.connect(database)) as connection:
        counted = connection.execute("SELECT sum(questions) FROM daily_usage").fetchone()
    assert counted == (2,)
