"""Who presses a button of a thread twice, or whose press comes twice, has done and is told what they want once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from chathakase.engine.sessions import SessionManager
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from chathakase.playground.world.values import Json
from chathakase.playground.world.views import OpenView
from chathakase.playground.world.world_changes import Change, ViewShown
from chathakase.slack.home.home_actions import HomeAction
from chathakase.slack.home.home_modals import EXCHANGED, NOT_OPENED
from tests.end_to_end.at_home import on_top, seen, window
from tests.end_to_end.at_rest import at_rest
from tests.end_to_end.audit_rows import audit_rows
from tests.end_to_end.conftest import OpenBot, Thread
from tests.end_to_end.crowded_workspace import UNLIMITED, WITHIN, everybody, homes_of, open_crowd, threads_of
from tests.end_to_end.test_new_chat import roots
from tests.end_to_end.test_retiring import fetch, session_at
from tests.model_server import ModelServer
from tests.slack.home.viewing import elements, entered, press, rows, told

pytestmark = pytest.mark.long

PEOPLE = 10
EACH = 5
"""Threads of each of them: a hundred by one bot and by two together."""


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with open_crowd(PEOPLE) as opened:
        yield opened


@pytest.fixture
async def crowd(workspace: Workspace) -> AsyncIterator[list[PersonClient]]:
    async with everybody(workspace, PEOPLE) as opened:
        yield opened


@pytest.fixture
def settings(settings: dict[str, Any]) -> dict[str, Any]:
    return settings | UNLIMITED


@pytest.fixture(params=[1, 2], ids=["one bot", "two bots"])
async def bots(request: pytest.FixtureRequest, open_the_bot: OpenBot) -> AsyncIterator[list[SessionManager]]:
    """All that have the same database; what people do comes to any of them."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(open_the_bot()) for _ in range(request.param)]


@pytest.fixture
async def threads(workspace: Workspace, bots: list[SessionManager], crowd: list[PersonClient]) -> list[Thread]:
    begun = await threads_of(workspace, crowd, EACH, "herring{}")
    await asyncio.gather(*(thread.answers(1, within=WITHIN) for thread in begun))
    await all_rest(workspace, bots)
    return begun


async def all_rest(workspace: Workspace, bots: list[SessionManager]) -> None:
    for bot in bots:
        await at_rest(workspace, bot)


async def again(workspace: Workspace, about: str) -> None:
    """Deliver the last interaction once more that presses what says something, or submits the view of that id."""
    payloads = (each.envelope["payload"] for each in reversed(workspace.journal.envelopes()))
    last = next(each for each in payloads if about in _about(each))
    await workspace._links.deliver("interactive", last, accepts_response=True)


def _about(payload: Json) -> str:
    pressed = "".join(each.get("value") or "" for each in payload.get("actions", ()))
    return pressed or str(payload.get("view", {}).get("id"))


async def twice(workspace: Workspace, number: int, about: str, act: Callable[[], Awaitable[object]]) -> None:
    """Do something twice: at once, or so that it is delivered again when it was taken."""
    if number % 2:
        await asyncio.gather(act(), act())
    else:
        await act()
        await again(workspace, about)


def done(log: pytest.LogCaptureFixture) -> Counter[str]:
    """How often something was done and told, by the command and its session."""
    lines = (each.split(" place=")[0] for each in log.messages if each.startswith("job done: "))
    return Counter(line.removeprefix("job done: ") for line in lines)


@pytest.mark.parametrize(("action", "deed"), [(HomeAction.ARCHIVE, "archive"), (HomeAction.DELETE, "delete")])
async def test_a_thread_is_put_away_once(
    action: HomeAction,
    deed: str,
    workspace: Workspace,
    bots: list[SessionManager],
    crowd: list[PersonClient],
    threads: list[Thread],
    database: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    sessions = [session_at(database, thread) for thread in threads]
    homes = await homes_of(workspace, crowd)
    caplog.set_level("INFO", logger="chathakase")

    async def put_away(number: int, thread: Thread) -> None:
        view = homes[thread.person.id]
        (row,) = (index for index, value in enumerate(rows(view)) if thread.ts in value)
        await twice(workspace, number, sessions[number], lambda: press(thread.person, view, action, row))

    await asyncio.gather(*(put_away(*each) for each in enumerate(threads)))
    await all_rest(workspace, bots)
    assert done(caplog) == {f'job="{deed} session" session={session}': 1 for session in sessions}
    assert sum(f"session {deed}d: " in each for each in caplog.messages) == len(sessions)
    assert sorted(row[7] for row in audit_rows(database)) == sorted(sessions)
    assert {row[1:3] for row in audit_rows(database)} == {(deed, "done")}
    if len(bots) == 1:
        # Of two, the one that has it done may not know who looks, and tells them in their direct message.
        await workspace.until(lambda: all(is_told(person, f"Done: I have {deed}d ") for person in crowd), WITHIN)


def is_told(person: PersonClient, words: str) -> bool:
    """Whether somebody reads on Home what came of their presses, and sees no thread there any more."""
    view = seen(person)
    return words in told(view) and not rows(view)


async def newer_home(workspace: Workspace, person: PersonClient) -> OpenView:
    """The Home tab of somebody who opens it once more."""
    before = person.home
    await person.open_home()
    return await workspace.until(lambda: person.home if person.home != before else None, WITHIN) or seen(person)


@pytest.mark.parametrize("inside", ["Home", "the list"])
async def test_a_window_is_opened_once_and_what_is_entered_there_is_done_once(
    inside: str,
    workspace: Workspace,
    bots: list[SessionManager],
    crowd: list[PersonClient],
    threads: list[Thread],
    database: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Everybody renames one of their threads after the other."""
    sessions = [session_at(database, thread) for thread in threads]
    homes = await homes_of(workspace, crowd)
    caplog.set_level("INFO", logger="chathakase")
    opened = Counter[str]()

    def see(change: Change) -> None:
        if isinstance(change, ViewShown) and change.action in ("open", "push"):
            opened[change.user] += 1

    workspace.world.subscribe(see)

    async def rename(number: int, view: OpenView, below: int) -> None:
        thread = threads[number]
        (row,) = (index for index, value in enumerate(rows(view)) if thread.ts in value)
        before = opened[thread.person.id]
        await twice(workspace, number, sessions[number], lambda: press(thread.person, view, HomeAction.RENAME, row))
        modal = await on_top(workspace, thread.person, lambda modal: elements(modal, "title"))
        assert elements(modal, "title")[0][1]["initial_value"] == f"herring{number}"
        # Two bots do not hear of each other's presses.
        assert opened[thread.person.id] == before + 1 or len(bots) == 2
        title = entered(title=f"Fish {number}")
        await twice(workspace, number, modal.id, lambda: thread.person.submit(modal, title))
        for each in thread.person.modals[below:][::-1]:
            await thread.person.close(each)

    async def rename_all(first: int, person: PersonClient) -> None:
        for number in range(first, len(threads), len(crowd)):
            if inside == "Home":
                await rename(number, homes[person.id], 0)
            else:
                await rename(number, person.modals[0] if person.modals else await window(workspace, person, rows), 1)

    await asyncio.gather(*(rename_all(*each) for each in enumerate(crowd)))
    await all_rest(workspace, bots)
    assert done(caplog) == {f'job="rename session" session={session}': 1 for session in sessions}
    assert sorted(row[7] for row in audit_rows(database)) == sorted(sessions)
    titles = {f"Fish {number}" for number in range(len(threads))}
    opening = (*workspace.journal.calls("views.open"), *workspace.journal.calls("views.push"))
    assert {call.error for call in opening} <= {None, EXCHANGED}
    assert NOT_OPENED not in str(workspace.journal.calls("chat.postMessage"))
    assert {title for (title,) in fetch(database, "SELECT title FROM titles")} == titles


async def test_a_chat_is_started_once(
    workspace: Workspace,
    bots: list[SessionManager],
    crowd: list[PersonClient],
    model: ModelServer,
    database: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Everybody starts one after the other."""
    caplog.set_level("INFO", logger="chathakase")

    async def start_all(first: int, person: PersonClient) -> None:
        for number in range(first, len(crowd) * EACH, len(crowd)):
            await press(person, await newer_home(workspace, person), HomeAction.NEW_CHAT)
            modal = await on_top(workspace, person, lambda modal: elements(modal, "words"))
            words = entered(words=f"herring{number}", title=f"Fish {number}")
            await twice(workspace, number, modal.id, partial(person.submit, modal, words))
            assert not person.modals

    await asyncio.gather(*(start_all(*each) for each in enumerate(crowd)))
    await all_rest(workspace, bots)
    begun = len(crowd) * EACH
    assert sum(done(caplog).values()) == begun
    assert len(model.requests) == begun
    assert fetch(database, "SELECT count(*) FROM sessions") == [(begun,)]
    assert sum(len(roots(workspace, person.direct_message().id)) for person in crowd) == begun
