"""App Home: everything that people see and do there, with the real bot on the local workspace."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import pairwise
from pathlib import Path

import pytest

from chathakase import app
from chathakase.core.access_rule import NOT_FOR_YOU
from chathakase.engine.sessions import SessionManager
from chathakase.play import open_playground
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace, open_workspace
from chathakase.slack.home.home_actions import HomeAction
from chathakase.slack.own_messages import CHATS, LIST_SHORTCUT
from tests.end_to_end import ephemerals
from tests.end_to_end.at_home import MENUS, home, on_top, published, seen, shows, talked, window
from tests.end_to_end.at_rest import at_rest
from tests.end_to_end.conftest import INTERVALS, OpenBot, Thread
from tests.slack.home.viewing import choose, elements, entered, pick, press, rows, told
from tests.trips import recorded

Start = Callable[..., Awaitable[Thread]]


@pytest.fixture
async def workspace(ack_timeout: float, retry_delays: tuple[float, ...]) -> AsyncIterator[Workspace]:
    async with open_workspace(**MENUS, seed=1, ack_timeout=ack_timeout, retry_delays=retry_delays) as opened:
        yield opened


async def test_without_threads_there_is_one_line_and_exactly_one_button(
    workspace: Workspace, bot: SessionManager, alice: PersonClient, bob: PersonClient
) -> None:
    # Carol and Bob are no admins, who see more.
    view = await home(workspace, bob)
    buttons = [
        element["text"]["text"]
        for block in view.body["blocks"]
        for element in (*block.get("elements", ()), block.get("accessory") or {})
        if element.get("type") == "button"
    ]
    assert buttons == ["Start new chat"]
    assert "Nothing here yet" in told(view)


async def test_after_a_first_exchange_the_thread_is_listed_with_its_title_and_one(
    workspace: Workspace, bot: SessionManager, bob: PersonClient, start: Start
) -> None:
    await home(workspace, bob)
    thread = await start("herring", channel="@", person=bob)
    await thread.answers(1)
    view = await shows(workspace, bob, "Your threads", "You have 1 thread.", "(1)", "ChatHakase : I heard")
    (_, opening), *_ = elements(view, HomeAction.OPEN)
    assert opening["url"].endswith(f"/p{thread.ts.replace('.', '')}")


async def test_it_is_published_once_each_time_it_is_opened(
    workspace: Workspace, bot: SessionManager, bob: PersonClient
) -> None:
    for count in (1, 2):
        await home(workspace, bob)
        await workspace.until(lambda: not workspace.pending_events)
        assert published(workspace) == count


async def test_a_change_is_published_once_and_never_two_within_a_second(
    workspace: Workspace, bot: SessionManager, bob: PersonClient, start: Start
) -> None:
    await home(workspace, bob)
    for number in range(3):
        await (await start(f"herring {number}", channel="@", person=bob)).answers(1)
    await shows(workspace, bob, "You have 3 threads.")
    times = [call.at for call in workspace.journal.calls("views.publish")]
    assert len(times) <= 4
    assert all(later - earlier >= 1.0 for earlier, later in pairwise(times))


async def test_who_has_not_opened_it_is_published_nothing(
    workspace: Workspace, bot: SessionManager, bob: PersonClient, start: Start
) -> None:
    await (await start("herring", channel="@", person=bob)).answers(1)
    await at_rest(workspace, bot)
    assert published(workspace) == 0


@pytest.fixture
async def two(workspace: Workspace, bot: SessionManager, bob: PersonClient, start: Start) -> list[Thread]:
    """Two threads of Bob, both called the same, the newer one first as they are listed."""
    return await talked(workspace, bot, bob, start, "herring", "herring")


async def test_rename_hits_the_right_one_of_two_with_equal_titles(
    workspace: Workspace, bot: SessionManager, bob: PersonClient, two: list[Thread]
) -> None:
    view = await home(workspace, bob)
    before = rows(view)
    await press(bob, view, HomeAction.RENAME, 1)
    modal = await on_top(workspace, bob, lambda modal: elements(modal, "title"))
    assert await bob.submit(modal, entered(title="Trip to 京都")) == {}
    view = await shows(workspace, bob, "Done: ", "Trip to 京都")
    assert rows(view) == before
    assert "Trip to 京都" in await shown_title(workspace, bob, 1)
    # Nothing of it is said in the thread.
    assert [len(thread.texts()) for thread in two] == [1, 1]


async def shown_title(workspace: Workspace, person: PersonClient, number: int) -> str:
    """The title for which a row's rename button is read out."""
    return str(elements(seen(person), HomeAction.RENAME)[number][1]["accessibility_label"])


async def test_archive_puts_the_right_one_away(
    workspace: Workspace, bot: SessionManager, bob: PersonClient, two: list[Thread]
) -> None:
    view = await home(workspace, bob)
    newer, older = rows(view)
    await press(bob, view, HomeAction.ARCHIVE)
    view = await shows(workspace, bob, "You have 1 thread.", "archived that conversation")
    assert rows(view) == [older]
    await pick(bob, view, HomeAction.SHOWN, "archived")
    assert rows(await shows(workspace, bob, "You have 1 archived thread.")) == [newer]


@pytest.mark.parametrize("action", [HomeAction.ARCHIVE, HomeAction.DELETE])
async def test_delete_forgets_the_right_one_and_a_stale_row_says_so_privately(
    action: HomeAction, workspace: Workspace, bot: SessionManager, bob: PersonClient, two: list[Thread]
) -> None:
    stale, view = await window(workspace, bob, rows), await home(workspace, bob)
    await press(bob, view, HomeAction.DELETE, 1)
    left = rows(await shows(workspace, bob, "You have 1 thread.", "deleted that conversation"))
    assert left == rows(view)[:1]
    # There is another session in that thread by now.
    await two[1].say("anybody there?")
    await two[1].answers(2)
    await at_rest(workspace, bot)
    await press(bob, stale, action, 1)
    left = rows(await on_top(workspace, bob, lambda modal: "remember that conversation any more" in told(modal)))
    assert len(left) == 2
    assert [len(thread.texts()) for thread in two] == [1, 2]


@pytest.mark.parametrize("by_word", [False, True])
async def test_that_a_thread_is_deleted_is_shown_to_whoever_took_part(
    by_word: bool, workspace: Workspace, bot: SessionManager, bob: PersonClient, carol: PersonClient, start: Start
) -> None:
    thread = await start("@ChatHakase herring", person=bob)
    await thread.answers(1)
    await thread.say("and a shark?", carol)
    await thread.answers(2)
    await at_rest(workspace, bot)
    view = await home(workspace, bob)
    assert rows(view) == rows(await home(workspace, carol))
    if by_word:
        await thread.say("delete session")
        await ephemerals.choose(workspace, bob, "Delete conversation")
    else:
        await press(bob, view, HomeAction.DELETE)
    for person in (bob, carol):
        await shows(workspace, person, "Nothing here yet")


async def test_a_double_press_acts_once(
    workspace: Workspace, bot: SessionManager, bob: PersonClient, two: list[Thread], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="chathakase")
    view = await home(workspace, bob)
    await asyncio.gather(press(bob, view, HomeAction.DELETE), press(bob, view, HomeAction.DELETE))
    await shows(workspace, bob, "deleted that conversation")
    await at_rest(workspace, bot)
    assert caplog.text.count("session deleted: ") == 1
    assert sum('job="delete session"' in each for each in caplog.messages) == 1


async def test_to_open_one_is_logged_with_ids(
    workspace: Workspace, bot: SessionManager, bob: PersonClient, two: list[Thread], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="chathakase")
    await press(bob, await home(workspace, bob), HomeAction.OPEN, 1)
    (line,) = [each for each in caplog.messages if each.startswith("thread followed: ")]
    assert line.endswith(f"{two[1].channel}_{two[1].ts} by={bob.id}")


async def test_one_change_of_ones_own_is_published_once(
    workspace: Workspace, bot: SessionManager, bob: PersonClient, two: list[Thread]
) -> None:
    await press(bob, await home(workspace, bob), HomeAction.ARCHIVE)
    await shows(workspace, bob, "archived that conversation")
    await at_rest(workspace, bot)
    # Those who look are shown what changed within a second.
    await asyncio.sleep(2.2)
    assert published(workspace) == 2


async def test_who_may_not_talk_to_the_bot_reads_one_line(
    workspace: Workspace, open_the_bot: OpenBot, alice: PersonClient, bob: PersonClient, start: Start
) -> None:
    async with open_the_bot():
        await (await start("herring", channel="@", person=bob)).answers(1)
    async with open_the_bot(chathakase_allowed_users=frozenset({alice.id})):
        assert told(await home(workspace, bob)).strip() == NOT_FOR_YOU
        assert NOT_FOR_YOU in told(await window(workspace, bob, lambda modal: NOT_FOR_YOU in told(modal)))
        assert NOT_FOR_YOU not in told(await home(workspace, alice))


async def test_others_direct_messages_are_never_listed_and_a_channel_that_was_left_is_listed_no_more(
    workspace: Workspace, bot: SessionManager, alice: PersonClient, bob: PersonClient, start: Start
) -> None:
    await (await start("herring", channel="@", person=alice)).answers(1)
    thread = await start("@ChatHakase herring", channel="random", person=bob)
    await thread.answers(1)
    assert len(rows(await home(workspace, bob))) == 1
    workspace.world.leave(thread.channel, bob.id)
    assert rows(await home(workspace, bob)) == []


async def test_what_is_chosen_stays_and_the_first_page_comes_back_with_each_opening(
    workspace: Workspace, bot: SessionManager, bob: PersonClient, two: list[Thread]
) -> None:
    view = await home(workspace, bob)
    await choose(bob, view, HomeAction.SEARCH, value="shark")
    view = await shows(workspace, bob, "None of your threads match “shark”.")
    await choose(bob, view, HomeAction.LAST_LINES, selected_options=[])
    await workspace.until(lambda: not elements(seen(bob), HomeAction.LAST_LINES)[0][1].get("initial_options"))
    view = await home(workspace, bob)
    assert len(rows(view)) == 2
    assert "initial_options" not in elements(view, HomeAction.LAST_LINES)[0][1]


async def test_everything_of_ones_own_can_be_forgotten(
    workspace: Workspace, bot: SessionManager, bob: PersonClient, two: list[Thread]
) -> None:
    await press(bob, await home(workspace, bob), HomeAction.FORGET)
    await shows(workspace, bob, "I have forgotten 2 of your messages.")


async def test_a_new_chat_is_started_in_the_direct_message(
    workspace: Workspace, bot: SessionManager, bob: PersonClient
) -> None:
    await press(bob, await home(workspace, bob), HomeAction.NEW_CHAT)
    modal = await on_top(workspace, bob, lambda modal: elements(modal, "words"))
    assert await bob.submit(modal, entered(words="What is tea?", title="Tea")) == {}
    await shows(workspace, bob, "You have 1 thread.", "Tea", "(1)")


async def test_it_takes_few_trips_to_the_database(
    workspace: Workspace,
    open_the_bot: OpenBot,
    alice: PersonClient,
    bob: PersonClient,
    start: Start,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """That it is opened, or how it is set, the list, and what was used; admins are shown all sessions besides."""
    for interval in INTERVALS:
        monkeypatch.setattr(app, interval, 600)
    async with open_the_bot() as bot:
        await (await start("herring", channel="@", person=bob)).answers(1)
        await at_rest(workspace, bot)
        for person, show, most in ((bob, home, 3), (alice, home, 5), (bob, window, 3)):
            with recorded() as trips:
                await (show(workspace, person) if show is home else window(workspace, person, rows))
            assert len(trips) <= most, "\n".join(map(", ".join, trips))


async def test_the_playground_has_home_the_command_and_the_shortcut(own_folder: Path) -> None:
    async with open_playground(own_folder, host="127.0.0.1", port=0, echo=True) as opened:
        workspace = opened.workspace
        async with workspace.person("bob") as bob:
            await (await _asked(workspace, bob)).answers(1)
            assert len(rows(await home(workspace, bob))) == 1
            for opens in (bob.start(LIST_SHORTCUT), bob.command(CHATS, channel=bob.direct_message().id)):
                await opens
                await bob.close(await on_top(workspace, bob, rows))


async def _asked(workspace: Workspace, person: PersonClient) -> Thread:
    where = person.direct_message().id
    return Thread(workspace, person, where, await person.say("herring", channel=where))
