"""People list their own threads, and nothing else."""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from chathakase import app
from chathakase.core.types import Incoming
from chathakase.engine.sessions import SessionManager
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace, open_workspace
from chathakase.playground.web_api.tiers import NoLimits
from tests.end_to_end.at_rest import at_rest
from tests.end_to_end.conftest import INTERVALS, OpenBot, Thread
from tests.end_to_end.ephemerals import await_ephemeral, choose, ephemerals, seen_by
from tests.places import slack_place
from tests.trips import Trip, recorded

Start = Callable[..., Awaitable[Thread]]
FIRST = 1_764_460_800
WINDOW = "Open as a window"
METHODS = ("chat.postEphemeral", "chat.postMessage", "conversations.replies", "users.conversations")


@pytest.fixture
async def workspace(ack_timeout: float, retry_delays: tuple[float, ...]) -> AsyncIterator[Workspace]:
    async with open_workspace(limits=NoLimits(), seed=1, ack_timeout=ack_timeout, retry_delays=retry_delays) as opened:
        yield opened


@pytest.fixture
def settings(settings: dict[str, Any]) -> dict[str, Any]:
    """No list waits for the one before it."""
    return settings | {"chathakase_rate_limits": " ".join(f"{method}=60000/1000" for method in METHODS)}


def id_of(ts: str) -> str:
    """How a message's address names it."""
    return f"p{ts.replace('.', '')}"


def shown(text: str) -> list[str]:
    """The threads of a list, as their addresses name them."""
    return re.findall(r"\]\(http[^)]*/(p\d+)\)", text)


async def listed(thread: Thread, words: str = "threads", person: PersonClient | None = None) -> str:
    """What somebody is shown who asks for their threads in a thread."""
    who = person or thread.person
    before = len(ephemerals(thread.workspace, who))
    await thread.say(words, who)
    await thread.workspace.until(lambda: len(ephemerals(thread.workspace, who)) > before)
    return ephemerals(thread.workspace, who)[-1]


async def in_direct_message(start: Start, workspace: Workspace, person: PersonClient, words: str = "threads") -> str:
    """The same at the top of a direct message."""
    before = len(ephemerals(workspace, person))
    await start(words, person=person, channel="@")
    await workspace.until(lambda: len(ephemerals(workspace, person)) > before)
    return ephemerals(workspace, person)[-1]


def more(workspace: Workspace, person: PersonClient) -> tuple[str, str, str] | None:
    """The button of what somebody was shown last."""
    message = seen_by(workspace, person)[-1].message
    buttons = [each for block in message.blocks if block["type"] == "actions" for each in block["elements"]]
    labels = [each["text"]["text"] for each in buttons]
    assert labels in ([], [WINDOW], ["Next page", WINDOW])
    return (message.channel, message.ts, buttons[0]["action_id"]) if len(buttons) > 1 else None


async def next_page(workspace: Workspace, person: PersonClient) -> str:
    """Turn the page: the one that was shown gives way to the next."""
    button = more(workspace, person)
    assert button is not None
    before = {each.message.ts for each in seen_by(workspace, person)}
    await person.press(*button)
    await workspace.until(lambda: {each.message.ts for each in seen_by(workspace, person)} - before)
    await workspace.until(lambda: button[1] not in {each.message.ts for each in seen_by(workspace, person)})
    return ephemerals(workspace, person)[-1]


async def write(bot: SessionManager, person: PersonClient, number: int, text: str = "", *, ref: str = "") -> str:
    """Have something said in a thread of somebody's direct message, as if long ago; returns how that is named."""
    ts = f"{FIRST + number}.000100"
    ref = ref or ts
    said = int(float(ref) * 1_000_000)
    place = slack_place(person.direct_message().id, ts)
    about = Incoming(
        place, ref, person.id, text or f"This is thread {number}", said, opens=True, asks=False, direct=True
    )
    assert await bot.reception._sessions.append(about)
    # So that no two of them are active in the same millisecond.
    await asyncio.sleep(0.002)
    return id_of(ts)


async def test_a_list_tells_of_each_thread(
    start: Start, alice: PersonClient, bot: SessionManager, workspace: Workspace
) -> None:
    kyoto = await start("@ChatHakase Trip to Kyoto in spring")
    await kyoto.answers(1)
    await kyoto.say("and where do I sleep?")
    await kyoto.answers(2)
    tea = await start("Which tea is best?", channel="@")
    await tea.answers(1)
    await at_rest(workspace, bot)
    heading, *rows = (await listed(tea)).split("\n")
    assert heading == "**Your threads** (2)"
    assert [shown(row) for row in rows] == [[id_of(tea.ts)], [id_of(kyoto.ts)]]
    assert rows[0].startswith("- [Which tea is best?](http")
    assert rows[1].startswith("- [Trip to Kyoto in spring](http")
    assert re.search(r"\) \(1\), in a direct message, \d+ s ago, \*last used\*: ", rows[0])
    assert re.search(rf"\) \(2\), in <#{kyoto.channel}>, \d+ s ago: ", rows[1])
    assert rows[0].endswith(" Which tea is best?")
    assert len(tea.texts()) == 1, "nobody else is told"


async def test_there_is_one_friendly_line_where_there_are_none(
    start: Start, alice: PersonClient, bot: SessionManager, workspace: Workspace
) -> None:
    for words in ("threads", "chats", "chats kyoto", "threads archived"):
        told = await in_direct_message(start, workspace, alice, words)
        assert told.startswith(("You have no threads", "None of your threads", "You have no archived"))
        assert (told.count("\n"), more(workspace, alice)) == (0, None)


async def test_asking_for_it_opens_no_thread_wherever_it_is_asked(
    start: Start, alice: PersonClient, open_the_bot: OpenBot, workspace: Workspace, general: str
) -> None:
    async with open_the_bot() as bot:
        top = await start("@ChatHakase threads")
        lunch = await start("lunch?")
        await lunch.say("@ChatHakase threads")
        await start("threads", channel="@")
        await workspace.until(lambda: len(ephemerals(workspace, alice)) == 3)
        assert all(told.startswith("You have no threads with me yet") for told in ephemerals(workspace, alice))
        for place in (slack_place(general, top.ts), slack_place(general, lunch.ts)):
            assert await bot.reception._sessions.find(place) is None
        await at_rest(workspace, bot)
    async with open_the_bot() as bot:
        # It looks for what was missed, and finds them.
        last = await start("@ChatHakase help")
        await last.answers(1)
        await at_rest(workspace, bot)
        assert await bot.reception._sessions.find(slack_place(general, top.ts)) is None
        assert len(ephemerals(workspace, alice)) == 3


async def test_chats_are_threads_in_a_direct_message_only(
    start: Start, alice: PersonClient, bot: SessionManager, workspace: Workspace
) -> None:
    thread = await start("@ChatHakase hello")
    await thread.answers(1)
    await thread.say("chats")
    await thread.answers(2, containing="chats")
    await at_rest(workspace, bot)
    assert id_of(thread.ts) in await in_direct_message(start, workspace, alice, "Chats?")
    assert id_of(thread.ts) in await in_direct_message(start, workspace, alice, "chats hello")


async def test_two_people_have_lists_of_their_own(
    start: Start, alice: PersonClient, bob: PersonClient, bot: SessionManager, workspace: Workspace
) -> None:
    secret = await start("the secret word is swordfish", person=bob, channel="@")
    await secret.answers(1)
    alone = await start("@ChatHakase herring", person=bob)
    await alone.answers(1)
    both = await start("@ChatHakase hello")
    await both.answers(1)
    await both.say("hello too", bob)
    await both.answers(2)
    mine = await start("@ChatHakase shark")
    await mine.answers(1)
    await at_rest(workspace, bot)
    hers, his = await listed(both), await listed(both, person=bob)
    assert shown(hers) == [id_of(each.ts) for each in (both, mine)]
    assert shown(his) == [id_of(each.ts) for each in (both, alone, secret)]
    assert [row.count("*last used*") for row in hers.split("\n")] == [0, 0, 1]
    assert [row.count("*last used*") for row in his.split("\n")] == [0, 1, 0, 0]
    for words in ("threads swordfish", "threads about the secret word"):
        assert "None of your threads" in await listed(both, words)
        assert shown(await listed(both, words, bob)) == [id_of(secret.ts)]


async def test_a_channel_that_somebody_has_left_disappears(
    start: Start, alice: PersonClient, bob: PersonClient, bot: SessionManager, workspace: Workspace
) -> None:
    private = next(each for each in workspace.world.conversations() if each.type == "group")
    hidden = await start("@ChatHakase swordfish", channel=private.name)
    await hidden.answers(1)
    await hidden.say("swordfish it is", bob)
    await hidden.answers(2)
    await at_rest(workspace, bot)
    assert shown(await in_direct_message(start, workspace, bob)) == [id_of(hidden.ts)]
    workspace.world.leave(private.id, bob.id)
    assert (await in_direct_message(start, workspace, bob)).startswith("You have no threads")
    assert shown(await in_direct_message(start, workspace, alice)) == [id_of(hidden.ts)]


async def test_where_membership_is_not_told_only_direct_messages_are_listed(
    start: Start, alice: PersonClient, bot: SessionManager, workspace: Workspace
) -> None:
    herring = await start("@ChatHakase herring")
    await herring.answers(1)
    shark = await start("shark", channel="@")
    await shark.answers(1)
    await at_rest(workspace, bot)
    workspace.faults.slack_error("users.conversations", "missing_scope")
    told = await listed(herring)
    assert shown(told) == [id_of(shark.ts)]
    assert told.endswith("so I listed only your direct messages.")


async def test_what_merely_idled_stays_listed(
    start: Start, alice: PersonClient, open_the_bot: OpenBot, workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="chathakase")
    async with open_the_bot(chathakase_session_timeout=1):
        thread = await start("@ChatHakase swordfish")
        await thread.answers(1)
        await workspace.until(lambda: "session archived: " in caplog.text)
        assert shown(await in_direct_message(start, workspace, alice)) == [id_of(thread.ts)]
        assert shown(await in_direct_message(start, workspace, alice, "threads swordfish")) == [id_of(thread.ts)]
        assert "no archived" in await in_direct_message(start, workspace, alice, "threads archived")
    alone = f"by={alice.id} threads=1 total=1"
    assert f"threads listed: workspace=slack/{workspace.world.team.id} {alone}" in caplog.messages


async def test_what_somebody_put_away_is_listed_apart_until_they_write_there_again(
    start: Start, alice: PersonClient, bot: SessionManager, workspace: Workspace
) -> None:
    thread = await start("swordfish", channel="@")
    await thread.answers(1)
    other = await start("herring", channel="@")
    await other.answers(1)
    await at_rest(workspace, bot)
    await thread.say("archive session")
    await thread.answers(2)
    await at_rest(workspace, bot)
    assert shown(await in_direct_message(start, workspace, alice)) == [id_of(other.ts)]
    told = await in_direct_message(start, workspace, alice, "threads archived")
    assert (told.split("\n")[0], shown(told)) == ("**Your archived threads** (1)", [id_of(thread.ts)])
    assert shown(await in_direct_message(start, workspace, alice, "threads archived swordfish")) == [id_of(thread.ts)]
    await thread.say("and shark?")
    await thread.answers(3)
    await at_rest(workspace, bot)
    assert shown(await in_direct_message(start, workspace, alice)) == [id_of(each.ts) for each in (thread, other)]
    assert "no archived" in await in_direct_message(start, workspace, alice, "threads archived")


async def test_what_is_deleted_is_listed_no_more(
    start: Start, alice: PersonClient, bot: SessionManager, workspace: Workspace
) -> None:
    thread = await start("swordfish", channel="@")
    await thread.answers(1)
    await at_rest(workspace, bot)
    await thread.say("delete session")
    await choose(workspace, alice, "Delete conversation")
    await thread.answers(2, containing="I have deleted this conversation")
    await at_rest(workspace, bot)
    assert "no threads with me" in await in_direct_message(start, workspace, alice)


async def test_what_is_forgotten_or_cleared_is_told_no_more(
    start: Start, alice: PersonClient, bot: SessionManager, workspace: Workspace
) -> None:
    thread = await start("the word is swordfish", channel="@")
    await thread.answers(1)
    await at_rest(workspace, bot)
    assert "swordfish" in await listed(thread)
    await thread.say("clear session")
    await thread.answers(2, containing="forgotten")
    await at_rest(workspace, bot)
    assert "[General Chat](http" in (cleared := await listed(thread))
    assert "(0), in a direct message" in cleared
    assert "swordfish" not in cleared
    assert "None of your threads" in await listed(thread, "threads swordfish")


async def test_a_thread_of_others_is_left_by_having_ones_own_words_forgotten(
    start: Start, alice: PersonClient, bob: PersonClient, bot: SessionManager, workspace: Workspace
) -> None:
    thread = await start("@ChatHakase hello")
    await thread.answers(1)
    await thread.say("hello too", bob)
    await thread.answers(2)
    await at_rest(workspace, bot)
    assert shown(await listed(thread, person=bob)) == [id_of(thread.ts)]
    await thread.say("forget my messages here", bob)
    await await_ephemeral(workspace, bob, "forgotten 1 of your messages")
    await at_rest(workspace, bot)
    assert "no threads with me" in await listed(thread, person=bob)
    assert shown(await listed(thread)) == [id_of(thread.ts)]


async def test_titles_are_todays_and_may_be_equal(
    start: Start, alice: PersonClient, bot: SessionManager, workspace: Workspace
) -> None:
    threads = [await start(text, channel="@") for text in ("one", "two", "three")]
    for thread in threads:
        await thread.answers(1)
    for thread in threads[:2]:
        await thread.say("rename session Same")
        await thread.answers(2, containing="Same")
    await at_rest(workspace, bot)
    told = await listed(threads[2])
    assert told.count("[Same](http") == 2
    assert sorted(shown(told)) == sorted(id_of(each.ts) for each in threads)
    assert len(shown(await listed(threads[2], "threads same"))) == 2


@pytest.mark.parametrize(
    ("title", "line"),
    [
        ("京都への旅行について", "[京都への旅行について](http"),
        ("長" * 200, f"[{'長' * 79}…](http"),
        ("[here](https://evil.example) `code` *bold* | <!channel>", r"[\[here\](https"),
        ("for @bob", "[for @bob]("),
    ],
)
async def test_a_title_is_shown_and_no_markup(
    title: str,
    line: str,
    start: Start,
    alice: PersonClient,
    bob: PersonClient,
    bot: SessionManager,
    workspace: Workspace,
) -> None:
    thread = await start("hello", channel="@")
    await thread.answers(1)
    await thread.say(f"rename session {title}")
    await thread.answers(2)
    await at_rest(workspace, bot)
    told = await listed(thread)
    assert line in told
    assert "<!channel>" not in told
    assert f"<@{bob.id}>" not in told


@pytest.mark.parametrize("count", [1, 20, 21, 45])
async def test_no_thread_is_lost_or_shown_twice_while_others_become_active(
    count: int, start: Start, alice: PersonClient, bot: SessionManager, workspace: Workspace
) -> None:
    threads = [await write(bot, alice, number) for number in range(count)]
    told = await in_direct_message(start, workspace, alice)
    assert told.startswith(f"**Your threads** ({count})")
    found = shown(told)
    assert found == threads[::-1][:20]
    while more(workspace, alice):
        # One of those to come, one that was shown, and a new one.
        for number in (0, count - 1):
            await write(bot, alice, number, ref=f"{FIRST + 1_000 + len(found)}.{number:06}")
        await write(bot, alice, 100 + len(found))
        page = shown(await next_page(workspace, alice))
        assert 0 < len(page) <= 20
        found += page
    assert sorted(found) == sorted(threads)
    assert len(seen_by(workspace, alice)) == 1


@pytest.mark.parametrize("times", [3, pytest.param(100, marks=pytest.mark.long)])
async def test_pages_are_turned_while_people_write(
    times: int, start: Start, alice: PersonClient, bot: SessionManager, workspace: Workspace
) -> None:
    threads = [await write(bot, alice, number) for number in range(41)]
    random, over = Random(1), asyncio.Event()

    async def keep_writing() -> None:
        for second in itertools.count(1_000):
            if over.is_set():
                return
            number = random.randrange(len(threads))
            await write(bot, alice, number, ref=f"{FIRST + second}.{number:06}")

    async with asyncio.TaskGroup() as group:
        group.create_task(keep_writing())
        for _ in range(times):
            found = shown(await in_direct_message(start, workspace, alice))
            while more(workspace, alice):
                found += shown(await next_page(workspace, alice))
            assert sorted(found) == sorted(threads)
        over.set()


async def test_a_page_can_be_named_and_looked_through(
    start: Start, alice: PersonClient, bot: SessionManager, workspace: Workspace
) -> None:
    threads = [await write(bot, alice, number, f"Tea number {number}") for number in range(45)]
    assert shown(await in_direct_message(start, workspace, alice, "threads 2")) == threads[::-1][20:40]
    assert shown(await in_direct_message(start, workspace, alice, "threads 3")) == threads[::-1][40:]
    assert "you have no more" in await in_direct_message(start, workspace, alice, "threads 4")
    told = await in_direct_message(start, workspace, alice, "threads tea")
    assert "**Your threads about “tea”** (45), page 1 of 3" in told
    assert shown(await next_page(workspace, alice)) == threads[::-1][20:40]
    assert shown(await next_page(workspace, alice)) == threads[::-1][40:]
    assert more(workspace, alice) is None


async def test_days_are_those_of_whoever_asks(
    start: Start, alice: PersonClient, bot: SessionManager, workspace: Workspace
) -> None:
    await write(bot, alice, 1)
    today = datetime.now(UTC).date()
    for words, count in (
        (f"threads since {today - timedelta(days=1)}", 1),
        (f"threads until {today + timedelta(days=1)}", 1),
        (f"threads since {today + timedelta(days=2)}", 0),
        (f"threads until {today - timedelta(days=2)}", 0),
        (f"threads since {today - timedelta(days=1)} until {today + timedelta(days=1)} thread", 1),
    ):
        assert len(shown(await in_direct_message(start, workspace, alice, words))) == count, words


async def test_a_double_press_turns_one_page(
    start: Start, alice: PersonClient, bot: SessionManager, workspace: Workspace
) -> None:
    for number in range(21):
        await write(bot, alice, number)
    await in_direct_message(start, workspace, alice)
    button = more(workspace, alice)
    assert button is not None
    await asyncio.gather(alice.press(*button), alice.press(*button))
    await await_ephemeral(workspace, alice, "page 2 of 2")
    await at_rest(workspace, bot)
    assert len(workspace.journal.calls("chat.postEphemeral")) == 2


async def test_in_a_thread_of_its_own_the_next_page_stays_private(
    start: Start, alice: PersonClient, bot: SessionManager, workspace: Workspace
) -> None:
    for number in range(21):
        await write(bot, alice, number)
    here = await start("@ChatHakase hello")
    await here.answers(1)
    await at_rest(workspace, bot)
    first = shown(await listed(here))
    second = shown(await next_page(workspace, alice))
    assert (first[0], len(first), len(second)) == (id_of(here.ts), 20, 2)
    assert len(here.texts()) == 1


@asynccontextmanager
async def trips_of_a_job(bot: SessionManager, workspace: Workspace) -> AsyncIterator[list[Trip]]:
    with recorded() as trips:
        yield trips
        await at_rest(workspace, bot)


@pytest.mark.parametrize(("where", "most"), [("@", 3), (None, 4)])
async def test_it_takes_few_trips_to_the_database(
    where: str | None,
    most: int,
    start: Start,
    alice: PersonClient,
    open_the_bot: OpenBot,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The job, the list, and that the job is done; a mention comes as two events, the second of which is known."""
    for interval in INTERVALS:
        monkeypatch.setattr(app, interval, 600)
    async with open_the_bot() as bot:
        await write(bot, alice, 1)
        await at_rest(workspace, bot)
        async with trips_of_a_job(bot, workspace) as trips:
            await start("@ChatHakase threads" if where is None else "threads", channel=where)
            await await_ephemeral(workspace, alice, "**Your threads** (1)")
        assert len(trips) <= most, "\n".join(map(", ".join, trips))
