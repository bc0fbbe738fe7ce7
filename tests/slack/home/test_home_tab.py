"""The Home tab over real sockets: when it is published, and what is pressed there."""

import asyncio
import time
from dataclasses import replace
from itertools import pairwise

import pytest

from chathakase.core.access_rule import NOT_FOR_YOU
from chathakase.core.listing import ListedThread
from chathakase.core.overview import OverviewState, Shown
from chathakase.core.wording import fenced
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from chathakase.playground.world.views import OpenView
from chathakase.slack.home import home_tabs
from chathakase.slack.home.drawing import UNREADABLE
from chathakase.slack.home.home_actions import HomeAction
from chathakase.slack.home.home_handler import NOT_SAVED
from chathakase.slack.home.new_chat_modal import LONGEST_WORDS
from tests.places import slack_place
from tests.slack.home.viewing import choose, pick, press, rows, told
from tests.slack.socket_mode.listening import ConnectedBot

PUBLISH = "views.publish"
OVERVIEW = slack_place("", "")


def published(workspace: Workspace) -> int:
    return len(workspace.journal.calls(PUBLISH))


async def opened(workspace: Workspace, person: PersonClient) -> OpenView:
    """The Home tab of somebody who opens it."""
    before = published(workspace)
    await person.open_home()
    await workspace.until(lambda: published(workspace) > before)
    return seen(person)


def seen(person: PersonClient) -> OpenView:
    assert person.home is not None
    return person.home


async def tells(workspace: Workspace, person: PersonClient, text: str) -> OpenView:
    await workspace.until(lambda: text in told(seen(person)))
    return seen(person)


async def test_it_is_published_once_each_time_it_is_opened(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    for count in (1, 2):
        view = await opened(workspace, alice)
        assert len(rows(view)) == 2
        assert (published(workspace), len(bot.overviews.openings)) == (count, count)


async def test_an_event_that_is_delivered_again_publishes_nothing(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    await opened(workspace, alice)
    workspace.redeliver_last()
    await workspace.until(lambda: not workspace.pending_events)
    await opened(workspace, alice)
    assert published(workspace) == len(bot.overviews.openings) == 2


async def test_the_messages_tab_is_none_of_its_business(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    workspace.world.open_home(alice.id, "messages")
    await workspace.until(lambda: not workspace.pending_events)
    assert alice.home is None
    assert bot.overviews.waiting == 0


async def test_an_event_without_a_person_is_only_warned_of(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient, caplog: pytest.LogCaptureFixture
) -> None:
    workspace.send_event({"type": "app_home_opened", "user": 7, "tab": "home"})
    await workspace.until(lambda: not workspace.pending_events)
    assert "An event of the Home tab has a malformed field: user" in caplog.text
    await opened(workspace, alice)


async def test_changes_within_a_second_are_published_together(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    await opened(workspace, alice)
    for title in ("one", "two", "three"):
        bot.overviews.threads[0] = _titled(bot, title)
        bot.home.refresh(alice.id)
        await asyncio.sleep(0.01)
    await tells(workspace, alice, "three")
    assert published(workspace) == 2
    times = [call.at for call in workspace.journal.calls(PUBLISH)]
    assert all(later - earlier >= 1.0 for earlier, later in pairwise(times))


async def test_what_has_not_changed_is_not_published_again(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    await opened(workspace, alice)
    read = len(bot.overviews.seen)
    bot.home.refresh(alice.id)
    await workspace.until(lambda: len(bot.overviews.seen) > read)
    await opened(workspace, alice)
    assert published(workspace) == 2


async def test_a_failure_is_tried_again_with_what_is_newest(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    workspace.faults.slack_error(PUBLISH, "internal_error")
    await alice.open_home()
    await workspace.until(lambda: published(workspace) == 1)
    bot.overviews.threads[0] = _titled(bot, "newest")
    await workspace.until(lambda: alice.home is not None)
    assert "newest" in told(seen(alice))


async def test_where_the_tab_is_off_it_is_told_once_how_to_switch_it_on(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        workspace.faults.slack_error(PUBLISH, "not_enabled")
    for person in (alice.id, "U0BOB00001"):
        bot.home.refresh(person)
    await workspace.until(lambda: "Home tab is off" in caplog.text)
    bot.home.refresh(alice.id)
    await workspace.until(lambda: not workspace.pending_events)
    assert caplog.text.count("Home tab is off") == 1
    # What would be told there is told in the direct message.
    await bot.home.tell(OVERVIEW, alice.id, "Done.")
    assert workspace.journal.calls("chat.postMessage")


async def test_who_may_not_talk_to_the_bot_reads_one_line(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    bot.overviews.refused.add(alice.id)
    assert told(await opened(workspace, alice)).strip() == NOT_FOR_YOU
    assert bot.overviews.seen == []


async def test_where_the_database_refuses_that_is_told(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    bot.overviews.refusals = 2
    assert told(await opened(workspace, alice)).strip() == UNREADABLE


async def test_where_the_database_only_takes_nothing_what_is_in_it_is_shown(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    bot.overviews.refusals = 1
    assert len(rows(await opened(workspace, alice))) == 2
    assert bot.overviews.openings == []


async def test_what_is_chosen_to_be_seen_is_kept_and_shown(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    bot.overviews.next = "cursor"
    view = await opened(workspace, alice)
    states = bot.overviews.states

    async def kept(state: OverviewState) -> OpenView:
        await workspace.until(lambda: bot.overviews.seen[-1] == (alice.id, state))
        await workspace.until(lambda: seen(alice).hash != view.hash)
        assert states[alice.id] == state
        return seen(alice)

    await pick(alice, view, HomeAction.SHOWN, Shown.ALL)
    view = await kept(state := OverviewState(shown=Shown.ALL))
    await press(alice, view, HomeAction.NEXT_PAGE)
    view = await kept(OverviewState(shown=Shown.ALL, after="cursor", page=2))
    await choose(alice, view, HomeAction.SEARCH, value=" two  words ")
    view = await kept(OverviewState(shown=Shown.ALL, search="two words"))
    await press(alice, view, HomeAction.SHOW_ALL)
    view = await kept(state)
    await choose(alice, view, HomeAction.LAST_LINES, selected_options=[])
    await kept(OverviewState(shown=Shown.ALL, last_lines=False))


@pytest.mark.parametrize(
    ("action", "name"), [(HomeAction.ARCHIVE, "archive session"), (HomeAction.DELETE, "delete session")]
)
async def test_a_row_is_known_by_its_session_even_where_titles_are_equal(
    action: HomeAction, name: str, workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    view = await opened(workspace, alice)
    began = time.time_ns() // 1_000
    await press(alice, view, action, 1)
    (command,) = bot.commands
    assert (command.name, command.argument, command.by) == (name, "session2", alice.id)
    assert (command.place, command.told_in) == (bot.overviews.threads[1].place, OVERVIEW)
    assert command.said >= began - 60_000_000


async def test_a_double_press_is_one_command_and_a_press_in_a_newer_view_is_another(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    view = await opened(workspace, alice)
    await asyncio.gather(press(alice, view, HomeAction.ARCHIVE), press(alice, view, HomeAction.ARCHIVE))
    await press(alice, view, HomeAction.ARCHIVE, 1)
    newer = await opened(workspace, alice)
    await press(alice, newer, HomeAction.ARCHIVE)
    first, double, other, again = (command.id for command in bot.commands)
    assert first == double
    assert len({first, other, again}) == 3


async def test_what_an_action_came_to_is_on_top_until_the_next_thing_is_done(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    view = await opened(workspace, alice)
    await bot.home.tell(OVERVIEW, alice.id, "Done: **archived**.")
    bot.home.refresh(alice.id)
    view = await tells(workspace, alice, "archived")
    assert told(view).startswith("Done: ")
    await press(alice, view, HomeAction.REFRESH)
    await workspace.until(lambda: not told(seen(alice)).startswith("Done: "))
    assert published(workspace) == 3


async def test_what_a_press_came_to_stays_on_top_though_it_was_a_double_one(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    view = await opened(workspace, alice)
    await press(alice, view, HomeAction.ARCHIVE)
    await bot.home.tell(OVERVIEW, alice.id, "Done: **archived**.")
    await press(alice, view, HomeAction.ARCHIVE)
    await tells(workspace, alice, "archived")


async def test_it_is_still_there_for_those_who_come_back_soon_but_not_for_ever(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await opened(workspace, alice)
    await bot.home.tell(OVERVIEW, alice.id, "Done: archived.")
    await tells(workspace, alice, "archived")
    assert told(await opened(workspace, alice)).startswith("Done: ")
    monkeypatch.setattr(home_tabs, "NOTICED_WITHIN", 0.0)
    assert not told(await opened(workspace, alice)).startswith("Done: ")


async def test_somebody_gets_all_words_back_that_fit_into_a_field(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    await opened(workspace, alice)
    words = "tea? " * (LONGEST_WORDS // 5)
    await bot.home.tell(OVERVIEW, alice.id, f"You wrote:\n{fenced(words)}")
    assert "`" not in told(await tells(workspace, alice, words))


async def test_who_does_not_look_at_it_is_told_in_the_direct_message(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    await bot.home.tell(OVERVIEW, alice.id, "Done.")
    (call,) = workspace.journal.calls("chat.postMessage")
    assert call.arguments["text"] == "Done."
    assert published(workspace) == 0


async def test_what_cannot_be_stored_is_told_on_top(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    view = await opened(workspace, alice)
    bot.refusals = 1
    await press(alice, view, HomeAction.ARCHIVE)
    await tells(workspace, alice, NOT_SAVED)


async def test_to_open_a_thread_is_logged_with_ids(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient, caplog: pytest.LogCaptureFixture
) -> None:
    view = await opened(workspace, alice)
    await press(alice, view, HomeAction.OPEN, 1)
    place = bot.overviews.threads[1].place
    assert place is not None
    where = f"slack/{workspace.world.team.id}/{place.name}"
    assert f"thread followed: session=session2 place={where} by={alice.id}" in caplog.messages
    assert bot.commands == []


def _titled(bot: ConnectedBot, title: str) -> ListedThread:
    return replace(bot.overviews.threads[0], title=title)
