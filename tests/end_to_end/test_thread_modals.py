"""The list of one's threads as a window, and what opens from it, with the real bot on the local workspace."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from chathakase.engine.sessions import SessionManager
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace, open_workspace
from chathakase.playground.web_api.tiers import NoLimits
from chathakase.slack.home.home_actions import HomeAction
from chathakase.slack.home.home_views import LOADING
from chathakase.slack.own_messages import CHATS, LIST_SHORTCUT
from chathakase.storage.stores.listing_store import SqlListingStore
from chathakase.storage.stores.title_store import SqlTitleStore
from tests.end_to_end.at_home import GENERAL, MENUS, home, on_top, shows, talked, window
from tests.end_to_end.at_rest import at_rest
from tests.end_to_end.conftest import OpenBot, Thread
from tests.end_to_end.ephemerals import await_ephemeral, choose
from tests.end_to_end.test_retiring import traces
from tests.model_server import ModelServer, says
from tests.slack.home.viewing import elements, entered, press, rows, told

Start = Callable[..., Awaitable[Thread]]
METHODS = (
    "chat.postMessage",
    "chat.postMessage/workspace",
    "chat.update",
    "conversations.replies",
    "users.conversations",
    "views.open",
    "views.push",
    "views.update",
)
"""What a hundred windows one after another take more of than Slack allows in a minute."""


@pytest.fixture
async def workspace(ack_timeout: float, retry_delays: tuple[float, ...]) -> AsyncIterator[Workspace]:
    opening = open_workspace(**MENUS, limits=NoLimits(), seed=1, ack_timeout=ack_timeout, retry_delays=retry_delays)
    async with opening as opened:
        yield opened


@pytest.fixture
def settings(settings: dict[str, Any]) -> dict[str, Any]:
    """No window waits for the one before it."""
    return settings | {"chathakase_rate_limits": " ".join(f"{method}=60000/1000" for method in METHODS)}


@pytest.fixture
async def two(workspace: Workspace, bot: SessionManager, bob: PersonClient, start: Start) -> list[Thread]:
    """Two threads of Bob, the newer one first as they are listed."""
    return await talked(workspace, bot, bob, start, "herring", "shark")


async def test_the_command_the_shortcut_and_the_lists_button_open_the_same_list(
    workspace: Workspace, bot: SessionManager, bob: PersonClient, two: list[Thread]
) -> None:
    listed = rows(await window(workspace, bob, rows))
    assert len(listed) == 2
    await bob.start(LIST_SHORTCUT)
    assert rows(await on_top(workspace, bob, rows)) == listed
    await bob.say("threads about shark", channel="@")
    await await_ephemeral(workspace, bob, "shark")
    await choose(workspace, bob, "Open as a window")
    modal = await on_top(workspace, bob, lambda modal: len(rows(modal)) == 1)
    assert rows(modal) == listed[:1]
    assert "1 thread matches “about shark”." in told(modal)


async def test_words_behind_the_command_are_looked_for(
    workspace: Workspace, bot: SessionManager, bob: PersonClient, two: list[Thread]
) -> None:
    assert len(rows(await window(workspace, bob, rows, "herring"))) == 1
    await window(workspace, bob, lambda modal: "None of your threads" in told(modal), "whale")


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> tuple[asyncio.Event, list[str]]:
    """Whatever is read of threads waits for this; and what waits."""
    gate, waiting = asyncio.Event(), list[str]()

    def slow(store: type, name: str) -> None:
        read = getattr(store, name)

        async def reads(*arguments: Any, **options: Any) -> Any:
            waiting.append(name)
            await gate.wait()
            return await read(*arguments, **options)

        monkeypatch.setattr(store, name, reads)

    slow(SqlListingStore, "page")
    slow(SqlTitleStore, "title")
    return gate, waiting


@pytest.mark.parametrize("means", ["command", "shortcut", "rename"])
async def test_every_modal_opens_at_once_and_is_filled_when_the_database_has_answered(
    means: str,
    workspace: Workspace,
    bot: SessionManager,
    bob: PersonClient,
    two: list[Thread],
    held: tuple[asyncio.Event, list[str]],
) -> None:
    gate, waiting = held
    gate.set()
    view = await home(workspace, bob)
    gate.clear()
    waiting.clear()
    if means == "rename":
        await press(bob, view, HomeAction.RENAME)
    else:
        await (bob.start(LIST_SHORTCUT) if means == "shortcut" else bob.command(CHATS, channel=GENERAL))
    await on_top(workspace, bob, lambda modal: told(modal).endswith(LOADING))
    await workspace.until(lambda: waiting)
    assert told(bob.modals[-1]).endswith(LOADING)
    gate.set()
    await on_top(workspace, bob, lambda modal: rows(modal) or elements(modal, "title"))


async def test_new_chat_opens_at_once_whatever_the_database_does(
    workspace: Workspace, bot: SessionManager, bob: PersonClient, held: tuple[asyncio.Event, list[str]]
) -> None:
    gate, _ = held
    gate.set()
    view = await home(workspace, bob)
    gate.clear()
    await press(bob, view, HomeAction.NEW_CHAT)
    await on_top(workspace, bob, lambda modal: elements(modal, "words"))
    gate.set()


async def test_what_is_done_in_the_list_is_told_on_top_of_it(
    workspace: Workspace, bot: SessionManager, bob: PersonClient, two: list[Thread]
) -> None:
    view = await window(workspace, bob, rows)
    await press(bob, view, HomeAction.RENAME, 1)
    modal = await on_top(workspace, bob, lambda modal: elements(modal, "title"))
    assert elements(modal, "title")[0][1]["initial_value"] == "herring"
    await bob.submit(modal, entered(title="Fish"))
    view = await on_top(workspace, bob, lambda modal: "now called “Fish”" in told(modal))
    assert view.id == bob.modals[0].id
    await press(bob, view, HomeAction.ARCHIVE, 1)
    view = await on_top(workspace, bob, lambda modal: "archived that conversation" in told(modal))
    assert "called" not in told(view).replace("conversation", "")
    assert len(rows(view)) == 1


async def test_what_comes_of_it_after_the_list_is_closed_is_told_on_home(
    workspace: Workspace, bot: SessionManager, bob: PersonClient, two: list[Thread]
) -> None:
    await home(workspace, bob)
    view = await window(workspace, bob, rows)
    await press(bob, view, HomeAction.ARCHIVE)
    await bob.close(bob.modals[-1])
    await shows(workspace, bob, "You have 1 thread.")


async def test_to_delete_during_a_turn_leaves_no_late_answer_and_no_row(
    workspace: Workspace,
    bot: SessionManager,
    model: ModelServer,
    bob: PersonClient,
    start: Start,
    database: Path,
) -> None:
    hold, said = asyncio.Event(), "swordfish"
    model.will(says("Once upon", " a time", hold=hold))
    thread = await start(said, channel="@", person=bob)
    await thread.answers(1)
    await press(bob, await window(workspace, bob, rows), HomeAction.DELETE)
    await on_top(workspace, bob, lambda modal: "deleted that conversation" in told(modal) and not rows(modal))
    hold.set()
    await at_rest(workspace, bot)
    assert "a time" not in "".join(thread.texts())
    assert traces(database, said) == []


async def test_a_double_press_acts_once(
    workspace: Workspace,
    bot: SessionManager,
    bob: PersonClient,
    start: Start,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", logger="chathakase")
    await (await start("herring", channel="@", person=bob)).answers(1)
    await at_rest(workspace, bot)
    view = await window(workspace, bob, rows)
    await asyncio.gather(*(press(bob, view, HomeAction.DELETE) for _ in range(2)))
    await on_top(workspace, bob, lambda modal: "deleted that conversation" in told(modal))
    await at_rest(workspace, bot)
    assert caplog.text.count("session deleted: ") == caplog.text.count('job="delete session"') == 1


async def test_a_name_that_somebody_gives_stays_though_the_model_finds_one_meanwhile(
    workspace: Workspace, open_the_bot: OpenBot, model: ModelServer, bob: PersonClient, start: Start
) -> None:
    async with open_the_bot(chathakase_background_model="") as bot:
        wait = asyncio.Event()
        model.will(says("Well."), says("By the model", wait=wait))
        thread = await start("herring", channel="@", person=bob)
        await thread.answers(1)
        await press(bob, await window(workspace, bob, rows), HomeAction.RENAME)
        modal = await on_top(workspace, bob, lambda modal: elements(modal, "title"))
        await asyncio.gather(bob.submit(modal, entered(title="Mine")), _set(wait))
        view = await on_top(workspace, bob, lambda modal: "is now called “Mine" in told(modal))
        await at_rest(workspace, bot)
        await press(bob, view, HomeAction.REFRESH)
        view = await on_top(workspace, bob, lambda modal: "called" not in told(modal))
        assert "Mine" in told(view)
        assert "By the model" not in told(view)
        await bob.close(view)


async def _set(event: asyncio.Event) -> None:
    event.set()
