"""Modals over real sockets: they open at once, are filled after, and say in their fields what is wrong."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from chathakase.core.access_rule import NOT_FOR_YOU
from chathakase.core.listing import GONE, ListedThread
from chathakase.core.new_chats import BOT_NOT_IN_THERE, MAY_NOT_ANSWER_THERE, NOT_IN_THERE
from chathakase.core.overview import OverviewState
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from chathakase.playground.world.values import Json
from chathakase.playground.world.views import OpenView
from chathakase.slack.home import home_handler
from chathakase.slack.home.drawing import UNREADABLE
from chathakase.slack.home.home_actions import LONGEST_SEARCH, HomeAction
from chathakase.slack.home.home_handler import NOT_SAVED_YET
from chathakase.slack.home.home_modals import NOT_OPENED
from chathakase.slack.home.home_views import BROKEN, LOADING
from chathakase.slack.home.submitted_fields import NO_TITLE, NO_WORDS
from chathakase.slack.own_messages import CHATS, LIST_SHORTCUT
from tests.places import slack_place
from tests.slack.home.conftest import GENERAL, thread
from tests.slack.home.viewing import choose, elements, entered, press, rows, told
from tests.slack.socket_mode.listening import ConnectedBot, listening


async def top(workspace: Workspace, person: PersonClient, condition: Callable[[OpenView], object]) -> OpenView:
    """The modal that somebody sees, once it is as it should be."""
    await workspace.until(lambda: person.modals and condition(person.modals[-1]))
    return person.modals[-1]


async def listed(workspace: Workspace, person: PersonClient, words: str = "") -> OpenView:
    """The list as a modal."""
    await person.command(f"{CHATS} {words}", channel=GENERAL)
    return await top(workspace, person, rows)


def told_directly(workspace: Workspace) -> list[str]:
    return [call.arguments["text"] for call in workspace.journal.calls("chat.postMessage")]


async def home(workspace: Workspace, person: PersonClient) -> OpenView:
    await person.open_home()
    await workspace.until(lambda: person.home is not None)
    assert person.home is not None
    return person.home


async def test_the_slash_command_lists_what_is_looked_for(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    view = await listed(workspace, alice, "tea & <cake>")
    assert len(rows(view)) == 2
    assert bot.overviews.seen == [(alice.id, OverviewState(search="tea & <cake>"))]


async def test_what_is_set_on_home_holds_in_the_list(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    bot.overviews.states[alice.id] = OverviewState(search="cake", last_lines=False)
    await listed(workspace, alice, "tea")
    assert bot.overviews.seen == [(alice.id, OverviewState(search="tea", last_lines=False))]


async def test_the_shortcut_opens_the_same(workspace: Workspace, bot: ConnectedBot, alice: PersonClient) -> None:
    await alice.start(LIST_SHORTCUT)
    assert len(rows(await top(workspace, alice, rows))) == 2


@pytest.mark.parametrize("means", ["command", "shortcut", "rename"])
async def test_a_modal_opens_at_once_however_slow_the_database_is(
    means: str, workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    view = await home(workspace, alice)
    bot.overviews.hold.clear()
    if means == "command":
        await alice.command(CHATS, channel=GENERAL)
    elif means == "shortcut":
        await alice.start(LIST_SHORTCUT)
    else:
        await press(alice, view, HomeAction.RENAME)
    await top(workspace, alice, lambda modal: told(modal).endswith(LOADING))
    await workspace.until(lambda: bot.overviews.waiting)
    bot.overviews.hold.set()
    await top(workspace, alice, lambda modal: not told(modal).endswith(LOADING))
    assert told_directly(workspace) == []


async def test_who_may_not_talk_to_the_bot_reads_one_line(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    view = await home(workspace, alice)
    bot.overviews.refused.add(alice.id)
    await alice.command(CHATS, channel=GENERAL)
    await top(workspace, alice, lambda modal: NOT_FOR_YOU in told(modal))
    await press(alice, view, HomeAction.RENAME)
    modal = await top(workspace, alice, lambda modal: NOT_FOR_YOU in told(modal))
    assert "Tea" not in told(modal)


async def test_where_the_database_refuses_that_is_told(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    view = await home(workspace, alice)
    actions = ((2, lambda: alice.command(CHATS, channel=GENERAL)), (1, lambda: press(alice, view, HomeAction.RENAME)))
    for refusals, act in actions:
        bot.overviews.refusals = refusals
        await act()
        await top(workspace, alice, lambda modal: UNREADABLE in told(modal))


async def test_what_cannot_be_opened_is_told(workspace: Workspace, bot: ConnectedBot, alice: PersonClient) -> None:
    workspace.faults.slack_error("views.open", "expired_trigger_id")
    await alice.command(CHATS, channel=GENERAL)
    await workspace.until(lambda: told_directly(workspace))
    assert told_directly(workspace) == [NOT_OPENED]


async def test_what_is_delivered_again_when_it_was_opened_is_no_failure(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    workspace.faults.slack_error("views.open", "exchanged_trigger_id")
    await alice.command(CHATS, channel=GENERAL)
    await workspace.until(lambda: workspace.journal.calls("views.open"))
    await listed(workspace, alice)
    assert told_directly(workspace) == []


@pytest.mark.parametrize("action", [HomeAction.RENAME, HomeAction.NEW_CHAT])
async def test_a_double_press_opens_one_window_and_another_press_the_next(
    action: HomeAction, workspace: Workspace, bot: ConnectedBot, alice: PersonClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = await listed(workspace, alice)
    await asyncio.gather(press(alice, view, action), press(alice, view, action))
    modal = await top(workspace, alice, lambda modal: elements(modal, "title"))
    assert len(workspace.journal.calls("views.push")) == 1
    await alice.close(modal)
    monkeypatch.setattr("chathakase.slack.home.repeated_presses.WITHIN", 0.0)
    await press(alice, view, action)
    await top(workspace, alice, lambda modal: elements(modal, "title"))


async def test_pages_are_turned_and_words_looked_for_in_the_list(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    bot.overviews.next = "cursor"
    view = await listed(workspace, alice)

    async def shown(state: OverviewState) -> OpenView:
        await workspace.until(lambda: bot.overviews.seen[-1] == (alice.id, state))
        return await top(workspace, alice, lambda modal: modal.hash != view.hash and rows(modal))

    await press(alice, view, HomeAction.NEXT_PAGE)
    view = await shown(OverviewState(after="cursor", page=2))
    await choose(alice, view, HomeAction.SEARCH, value="tea")
    view = await shown(OverviewState(search="tea"))
    (block_id, _), *_ = elements(view, HomeAction.SEARCH)
    assert await alice.submit(view, {block_id: {HomeAction.SEARCH: {"value": "green tea"}}}) == {}
    await shown(OverviewState(search="green tea"))
    # It is nobody's Home that this is about.
    assert bot.overviews.states == {}


async def test_what_is_looked_for_is_shown_late_where_the_database_is_slow(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for interval in ("STORED_WITHIN", "UNDER_WAY"):
        monkeypatch.setattr(home_handler, interval, 0.05)
    view = await listed(workspace, alice)
    bot.overviews.hold.clear()
    (block_id, _), *_ = elements(view, HomeAction.SEARCH)
    await alice.submit(view, {block_id: {HomeAction.SEARCH: {"value": "green tea"}}})
    await top(workspace, alice, lambda modal: told(modal).endswith(LOADING))
    bot.overviews.hold.set()
    await top(workspace, alice, rows)
    assert bot.overviews.seen[-1] == (alice.id, OverviewState(search="green tea"))


async def test_what_an_action_in_the_list_came_to_is_told_on_top_of_it(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    view = await listed(workspace, alice)
    await press(alice, view, HomeAction.ARCHIVE, 1)
    (command,) = bot.commands
    assert (command.argument, command.told_in) == ("session2", slack_place("", view.id))
    del bot.overviews.threads[1]
    await bot.home.tell(command.where, alice.id, "Done: **archived**.")
    view = await top(workspace, alice, lambda modal: told(modal).startswith("Done: "))
    assert len(rows(view)) == 1
    await press(alice, view, HomeAction.REFRESH)
    await top(workspace, alice, lambda modal: "Done: " not in told(modal))


@pytest.mark.parametrize("looks_at_home", [True, False])
async def test_where_the_list_is_closed_it_is_told_elsewhere(
    looks_at_home: bool, workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    view = await listed(workspace, alice)
    if looks_at_home:
        await home(workspace, alice)
    await alice.close(view)
    await bot.home.tell(slack_place("", view.id), alice.id, "Done: archived.")
    if looks_at_home:
        await workspace.until(lambda: alice.home is not None and "Done: archived." in told(alice.home))
    else:
        await workspace.until(lambda: told_directly(workspace) == ["Done: archived."])


async def test_what_comes_while_a_list_is_found_closed_is_told_as_well(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient, caplog: pytest.LogCaptureFixture
) -> None:
    view, found = await listed(workspace, alice), asyncio.Event()
    await alice.close(view)
    workspace.faults.hold("views.update", found)
    before = len(bot.overviews.seen)
    await bot.home.tell(slack_place("", view.id), alice.id, "Done: archived.")
    await workspace.until(lambda: len(bot.overviews.seen) > before)
    await bot.home.tell(slack_place("", view.id), alice.id, "Done: deleted.")
    found.set()
    await workspace.until(lambda: told_directly(workspace) == ["Done: archived.", "Done: deleted."])
    assert "could not be drawn" not in caplog.text


@pytest.mark.parametrize("in_list", [True, False])
async def test_a_new_name_is_given_where_todays_stands(
    in_list: bool, workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    below = await listed(workspace, alice) if in_list else await home(workspace, alice)
    bot.overviews.threads[1] = _named(bot, "Today's name")
    await press(alice, below, HomeAction.RENAME, 1)
    modal = await top(workspace, alice, lambda modal: elements(modal, "title"))
    assert elements(modal, "title")[0][1]["initial_value"] == "Today's name"
    assert await alice.submit(modal, entered(title=" “A  better name” ")) == {}
    (command,) = bot.commands
    assert (command.name, command.argument) == ("rename session", "session2 A better name")
    assert command.place == bot.overviews.threads[1].place
    assert command.told_in == slack_place("", below.id if in_list else "")
    assert [view.id for view in alice.modals] == ([below.id] if in_list else [])


async def test_what_is_gone_cannot_be_renamed(workspace: Workspace, bot: ConnectedBot, alice: PersonClient) -> None:
    view = await home(workspace, alice)
    bot.overviews.threads.clear()
    await press(alice, view, HomeAction.RENAME)
    await top(workspace, alice, lambda modal: GONE in told(modal))


async def renaming(workspace: Workspace, alice: PersonClient) -> OpenView:
    await press(alice, await home(workspace, alice), HomeAction.RENAME)
    return await top(workspace, alice, lambda modal: elements(modal, "title"))


async def asking(workspace: Workspace, alice: PersonClient) -> OpenView:
    await press(alice, await home(workspace, alice), HomeAction.NEW_CHAT)
    return await top(workspace, alice, lambda modal: elements(modal, "words"))


@pytest.mark.parametrize(
    ("open_modal", "values", "errors"),
    [
        (renaming, entered(title=' "" '), {"title": NO_TITLE}),
        (asking, entered(words=" \n "), {"words": NO_WORDS}),
        (asking, entered(words="tea?", where="C0SECRET01"), {"where": BOT_NOT_IN_THERE}),
        (asking, entered(words="tea?", where="C0RANDOM01"), {"where": MAY_NOT_ANSWER_THERE}),
        (asking, entered(words="tea?", where="C0ELSEWHR1"), {"where": BOT_NOT_IN_THERE}),
        (asking, entered(words="tea?", where=GENERAL), {"where": NOT_IN_THERE}),
    ],
)
async def test_what_is_wrong_is_told_in_the_field(
    open_modal: Callable[..., object],
    values: dict[str, Json],
    errors: dict[str, str],
    workspace: Workspace,
    bot: ConnectedBot,
    alice: PersonClient,
) -> None:
    workspace.remove_bot("secret")
    workspace.world.leave(GENERAL, alice.id)
    bot.overviews.closed.add("C0RANDOM01")
    modal = await open_modal(workspace, alice)  # type: ignore[misc]
    assert await alice.submit(modal, values) == {"errors": errors}
    assert alice.modals[-1].id == modal.id
    assert bot.commands == []


@pytest.mark.parametrize("channel", ["", GENERAL])
async def test_a_chat_is_started_with_its_first_words(
    channel: str, workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    modal = await asking(workspace, alice)
    values = entered(words="What is tea?\nAnd 緑茶?", title="Tea", **({"where": channel} if channel else {}))
    assert await alice.submit(modal, values) == {}
    (command,) = bot.commands
    assert (command.name, command.place, command.told_in) == ("new chat", slack_place("", ""), slack_place("", ""))
    assert json.loads(command.argument) == {"words": "What is tea?\nAnd 緑茶?", "title": "Tea", "channel": channel}
    assert alice.modals == ()


async def test_a_submission_that_cannot_be_stored_may_be_made_again(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    modal = await asking(workspace, alice)
    bot.refusals = 1
    assert await alice.submit(modal, entered(words="tea?")) == {"errors": {"words": NOT_SAVED_YET}}
    assert await alice.submit(modal, entered(words="tea?")) == {}
    assert len(bot.commands) == 1


async def test_a_submission_that_is_stored_late_is_stored_once(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home_handler, "STORED_WITHIN", 0.05)
    modal = await asking(workspace, alice)
    bot.hold.clear()
    assert await alice.submit(modal, entered(words="tea?")) == {"errors": {"words": NOT_SAVED_YET}}
    bot.hold.set()
    assert await alice.submit(modal, entered(words="tea?")) == {}
    # A store takes the same command once.
    assert len({command.id for command in bot.commands}) == 1


def _named(bot: ConnectedBot, title: str) -> ListedThread:
    return replace(bot.overviews.threads[1], title=title)


@pytest.mark.parametrize("error", ["view_too_large", "invalid_arguments", "hash_conflict", "duplicate_external_id"])
async def test_a_view_that_slack_does_not_take_is_told_instead_of_loading_for_ever(
    error: str, workspace: Workspace, bot: ConnectedBot, alice: PersonClient, caplog: pytest.LogCaptureFixture
) -> None:
    workspace.faults.slack_error("views.update", error)
    await alice.command(CHATS, channel=GENERAL)
    await top(workspace, alice, lambda modal: BROKEN in told(modal))
    assert f"Slack does not take a modal: {error}" in caplog.text
    workspace.faults.slack_error("views.publish", error)
    assert BROKEN in told(await home(workspace, alice))
    assert f"Slack does not take a Home tab: {error}" in caplog.text


async def test_whatever_keeps_a_view_from_being_drawn_is_told_in_it(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = await home(workspace, alice)
    for name in ("read", "title"):
        monkeypatch.setattr(bot.overviews, name, lambda *_, **__: 1 / 0)
    await press(alice, view, HomeAction.RENAME)
    await top(workspace, alice, lambda modal: BROKEN in told(modal))
    await alice.command(CHATS, channel=GENERAL)
    await top(workspace, alice, lambda modal: BROKEN in told(modal))
    await alice.open_home()
    await workspace.until(lambda: alice.home is not None and BROKEN in told(alice.home))


async def test_in_a_list_that_another_process_opened_just_its_own_person_is_told(
    workspace: Workspace, alice: PersonClient
) -> None:
    addresses = (workspace.api_url, workspace.bot_token, workspace.app_token)
    async with listening(*addresses) as opener:
        await workspace.wait_for_socket()
        opener.overviews.threads = [thread(1), thread(2)]
        view = await listed(workspace, alice)
    async with listening(*addresses) as bot:
        await workspace.wait_for_socket()
        bot.overviews.threads = [thread(1)]
        await press(alice, view, HomeAction.ARCHIVE, 1)
        (command,) = bot.commands
        await bot.home.tell(command.where, "U0BOB00001", "None of hers.")
        assert told_directly(workspace) == ["None of hers."]
        await bot.home.tell(command.where, alice.id, "Done: archived.")
        view = await top(workspace, alice, lambda modal: told(modal).startswith("Done: archived."))
        assert len(rows(view)) == 1


async def test_who_may_not_any_more_starts_and_renames_nothing_by_what_is_left_over(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    below = await listed(workspace, alice)
    await press(alice, below, HomeAction.RENAME)
    modal = await top(workspace, alice, lambda modal: elements(modal, "title"))
    bot.overviews.refused.add(alice.id)
    assert await alice.submit(modal, entered(title="Fish")) == {"errors": {"title": NOT_FOR_YOU}}
    await alice.close(modal)
    await press(alice, below, HomeAction.NEW_CHAT)
    await top(workspace, alice, lambda modal: told(modal).endswith(NOT_FOR_YOU) and not elements(modal, "words"))
    assert bot.commands == []


async def test_no_more_is_looked_for_than_a_view_can_keep(
    workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    view = await home(workspace, alice)
    await choose(alice, view, HomeAction.SEARCH, value="鯨" * 10_000)
    await workspace.until(lambda: bot.overviews.states[alice.id].search == "鯨" * LONGEST_SEARCH)


@pytest.mark.parametrize("in_list", [True, False])
@pytest.mark.parametrize("lost", ["answer", "call"])
async def test_a_modal_that_is_open_though_the_answer_was_lost_is_filled(
    lost: str, in_list: bool, workspace: Workspace, bot: ConnectedBot, alice: PersonClient
) -> None:
    below = await listed(workspace, alice) if in_list else await home(workspace, alice)
    lose = workspace.faults.lose_answer if lost == "answer" else workspace.faults.lose_call
    lose("views.push" if in_list else "views.open")
    await press(alice, below, HomeAction.RENAME)
    if lost == "answer":
        await top(workspace, alice, lambda modal: elements(modal, "title"))
        assert told_directly(workspace) == []
    elif in_list:
        await workspace.until(lambda: told_directly(workspace) == [NOT_OPENED])
    else:
        await workspace.until(lambda: alice.home is not None and NOT_OPENED in told(alice.home))
