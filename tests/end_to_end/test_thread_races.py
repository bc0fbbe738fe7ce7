"""What people do to their threads while something else happens there, a hundred times at random moments."""

import asyncio
import random
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from chathakase.cancellation import end_all
from chathakase.core.jobs import DELETE_SESSION
from chathakase.engine.sessions import SessionManager
from chathakase.playground.content.block_ids import elements_of
from chathakase.playground.faults import WRITING
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from chathakase.playground.world.views import OpenView
from chathakase.slack.home.home_actions import HomeAction
from tests.end_to_end.at_home import on_top, seen, window
from tests.end_to_end.at_rest import all_answers_kept, at_rest
from tests.end_to_end.audit_rows import audit_rows
from tests.end_to_end.conftest import OpenBot, Thread
from tests.end_to_end.crowded_workspace import UNLIMITED, WITHIN, everybody, homes_of, open_crowd, threads_of
from tests.end_to_end.ephemerals import await_ephemeral
from tests.end_to_end.process import running
from tests.end_to_end.test_retiring import fetch, session_at, traces
from tests.model_server import Json, ModelServer, begin, chunk, says
from tests.slack.home.viewing import elements, entered, press, rows

PEOPLE = 10
EACH = 3
"""Threads of each of them at each moment, all at once."""

NAMED = 5
"""The same, of those that are named."""

BEFORE, STREAMING, ENDING, NAMING = "before its first words", "while it streams", "while it ends", "while it is named"
MOMENTS = (BEFORE, STREAMING, ENDING, NAMING)
"""Of a turn and what follows it."""

pytestmark = pytest.mark.long


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with open_crowd(PEOPLE) as opened:
        yield opened


@pytest.fixture
async def crowd(workspace: Workspace) -> AsyncIterator[list[PersonClient]]:
    async with everybody(workspace, PEOPLE) as opened:
        yield opened


@pytest.fixture
def settings(settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Titles are written by a model that can be told apart, all at once."""
    monkeypatch.setattr("chathakase.engine.turns.background.AT_ONCE", PEOPLE * NAMED)
    return settings | UNLIMITED | {"chathakase_background_model": "titles"}


@dataclass
class HeldModel:
    """A model of which each answer comes to a certain moment, and goes on when its gate is opened."""

    moment: str = ""
    gates: defaultdict[int, asyncio.Event] = field(default_factory=lambda: defaultdict(asyncio.Event))
    reached: set[int] = field(default_factory=set)

    async def answer(self, request: web.Request, body: Json) -> web.StreamResponse:
        if (number := _number(body)) is None:
            return await says("Fresh.")(request, body)
        if self.moment == BEFORE:
            await self._pass(number)
        response = await begin(request)
        for piece in range(4):
            await response.write(chunk({"content": f"herring{number} "}))
            if piece == 1 and self.moment == STREAMING:
                await self._pass(number)
        if self.moment == ENDING:
            await self._pass(number)
        await response.write(chunk({"content": f"late{number}"}))
        await response.write(chunk({}, finish="stop"))
        await response.write(b"data: [DONE]\n\n")
        return response

    async def title(self, request: web.Request, body: Json) -> web.StreamResponse:
        if (number := _number(body)) is not None and self.moment == NAMING:
            await self._pass(number)
        return await says(f"Kingfisher{number}")(request, body)

    async def let_go(self, number: int) -> None:
        self.gates[number].set()

    def let_all_go(self) -> None:
        """Open every gate there is."""
        for gate in self.gates.values():
            gate.set()

    async def _pass(self, number: int) -> None:
        self.reached.add(number)
        await self.gates[number].wait()


def _number(body: Json) -> int | None:
    """Which of all rounds a request is about; None for what was asked after them."""
    found = re.search(r"swordfish(\d+)\.", str(body["messages"]))
    return int(found[1]) if found else None


@pytest.fixture
def held(model: ModelServer) -> HeldModel:
    held = HeldModel()
    model.on("scripted", held.answer)
    model.on("titles", held.title)
    return held


async def begun(workspace: Workspace, crowd: list[PersonClient], held: HeldModel, each: int = EACH) -> list[Thread]:
    """Threads of everybody, in each of which the model has come to its moment."""
    threads = await threads_of(workspace, crowd, each, "swordfish{}.")
    await workspace.until(lambda: len(held.reached) == len(threads), WITHIN)
    return threads


Press = Callable[[], Awaitable[None]]


async def ready_to_delete(workspace: Workspace, crowd: list[PersonClient], threads: list[Thread]) -> list[Press]:
    """What deletes each thread at once: half of them from Home, half of them where one said so before."""
    by_word = [thread for number, thread in enumerate(threads) if number % 2]
    await asyncio.gather(*(thread.say("delete session") for thread in by_word))
    await workspace.until(lambda: len(workspace.world.ephemerals.all()) == len(by_word), WITHIN)
    homes = await homes_of(workspace, crowd)
    asked = {each.message.thread_ts: each.message for each in workspace.world.ephemerals.all()}

    def press_of(thread: Thread) -> Press:
        if (message := asked.get(thread.ts)) is not None:
            ((_, button),) = elements_of(message.blocks)
            return partial(thread.person.press, message.channel, message.ts, button["action_id"])
        view = homes[thread.person.id]
        (number,) = (number for number, row in enumerate(rows(view)) if thread.ts in row)
        return partial(press, thread.person, view, HomeAction.DELETE, number)

    return [press_of(thread) for thread in threads]


async def later(seconds: float, act: Callable[..., Awaitable[object]], *arguments: object) -> None:
    await asyncio.sleep(seconds)
    await act(*arguments)


async def quiet(workspace: Workspace, bot: SessionManager) -> None:
    """Wait until nothing is under way, be it in the background."""
    background = bot.scheduler._background._tasks
    await workspace.until(lambda: not background and not (bot.scheduler.tasks or bot.jobs.tasks), WITHIN)
    await at_rest(workspace, bot)


def told_at(log: pytest.LogCaptureFixture, session: str, command: str) -> float:
    """When somebody was told that their command about a session is done, which happens once."""
    done = f'job done: job="{command}" session={session} '
    (record,) = (each for each in log.records if each.getMessage().startswith(done))
    return record.created


def written_after(workspace: Workspace, thread: Thread, at: float) -> list[str]:
    """What was written or changed in a thread after a time."""
    refs = {thread.ts, *(reply.ts for reply in thread.replies())}
    calls = (each for each in workspace.journal.calls() if each.method in WRITING and each.at > at)
    return [str(each) for each in calls if refs & {each.arguments.get("ts"), each.arguments.get("thread_ts")}]


def is_idle(database: Path) -> bool:
    """Whether a bot that is another process has nothing left to do."""
    to_do = "SELECT 1 FROM jobs WHERE done_at IS NULL", "SELECT 1 FROM sessions WHERE deleting = 1"
    return all_answers_kept(database) and not any(fetch(database, each) for each in to_do)


async def nothing_is_left(
    workspace: Workspace, crowd: list[PersonClient], threads: list[Thread], sessions: list[str], database: Path
) -> None:
    """See that of the sessions that were deleted nobody sees or keeps anything, but who did it."""
    assert not any(map(is_growing, threads))
    assert traces(database, "swordfish", "herring", "late", "Kingfisher") == []
    assert traces(database, *sessions) == ["audit"]
    assert [(row[1], row[2]) for row in audit_rows(database)] == [("delete", "done")] * len(sessions)
    assert sorted(row[7] for row in audit_rows(database)) == sorted(sessions)
    assert not any(map(rows, (await homes_of(workspace, crowd)).values()))


async def all_begin_afresh(threads: list[Thread], model: ModelServer) -> None:
    """See that the next message in each thread is answered as the first one."""
    asked = len(model.requests)
    await asyncio.gather(*(thread.say(f"anchovy{number}") for number, thread in enumerate(threads)))
    await asyncio.gather(*(thread.answers(None, containing="Fresh.", within=WITHIN) for thread in threads))
    assert "swordfish" not in str(model.requests[asked:])


def is_growing(thread: Thread) -> bool:
    """Whether an answer looks as if it went on."""
    return any("chathakase_stop" in str(reply.blocks) for reply in thread.replies())


@pytest.mark.parametrize("moment", MOMENTS)
async def test_to_delete_during_a_turn_leaves_nothing_behind(
    moment: str,
    workspace: Workspace,
    open_the_bot: OpenBot,
    crowd: list[PersonClient],
    held: HeldModel,
    model: ModelServer,
    database: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    held.moment = moment
    chance = random.Random(moment)
    async with open_the_bot() as bot:
        threads = await begun(workspace, crowd, held)
        sessions = [session_at(database, thread) for thread in threads]
        presses = await ready_to_delete(workspace, crowd, threads)
        await workspace.until(lambda: not bot.jobs.tasks)
        caplog.set_level("INFO", logger="chathakase")
        moments = [chance.uniform(0, 0.4) for _ in presses]
        going_on = [later(chance.uniform(0, 0.4), held.let_go, number) for number in range(len(threads))]
        await asyncio.gather(*map(later, moments, presses), *going_on)
        await quiet(workspace, bot)
        for thread, session in zip(threads, sessions, strict=True):
            assert written_after(workspace, thread, told_at(caplog, session, DELETE_SESSION)) == []
        await nothing_is_left(workspace, crowd, threads, sessions, database)
        await all_begin_afresh(threads, model)


@pytest.mark.parametrize("moment", MOMENTS[:3])
async def test_to_delete_during_a_turn_leaves_nothing_behind_though_the_process_is_killed(
    moment: str,
    workspace: Workspace,
    environment: dict[str, str],
    crowd: list[PersonClient],
    held: HeldModel,
    model: ModelServer,
    database: Path,
    tmp_path: Path,
) -> None:
    """Who has pressed nothing that was heard presses again."""
    held.moment = moment
    chance = random.Random(moment)
    async with running(environment, workspace, tmp_path / "log") as process:
        threads = await begun(workspace, crowd, held)
        sessions = [session_at(database, thread) for thread in threads]
        presses = await ready_to_delete(workspace, crowd, threads)
        pressing = [asyncio.create_task(later(chance.uniform(0, 0.4), press)) for press in presses]
        some = chance.randrange(len(threads) // 3, len(threads) * 2 // 3)
        await workspace.until(lambda: sum(press.done() for press in pressing) >= some, WITHIN)
        process.kill()
        await process.wait()
    await end_all(pressing)
    held.let_all_go()
    async with running(environment, workspace, tmp_path / "log"):
        await workspace.until(lambda: is_idle(database), WITHIN)
        left = {thread for (thread,) in fetch(database, "SELECT thread FROM sessions")}
        assert 0 < len(left) < len(threads)
        again = [press for press, thread in zip(presses, threads, strict=True) if thread.ts in left]
        await asyncio.gather(*(press() for press in again))
        await workspace.until(lambda: not fetch(database, "SELECT id FROM sessions"), WITHIN)
        await workspace.until(lambda: is_idle(database), WITHIN)
        await nothing_is_left(workspace, crowd, threads, sessions, database)
        await all_begin_afresh(threads, model)


async def by_word(workspace: Workspace, thread: Thread, title: str) -> None:
    await thread.say(f"rename session {title}")
    await thread.answers(2, containing=title, within=WITHIN)


async def from_home(workspace: Workspace, thread: Thread, title: str) -> None:
    view = seen(thread.person)
    (row,) = (index for index, value in enumerate(rows(view)) if thread.ts in value)
    await press(thread.person, view, HomeAction.RENAME, row)
    modal = await on_top(workspace, thread.person, lambda modal: elements(modal, "title"))
    assert await thread.person.submit(modal, entered(title=title)) == {}


@pytest.mark.parametrize("rename", [by_word, from_home])
async def test_the_title_that_somebody_gives_stands_whenever_the_model_finds_one(
    rename: Callable[[Workspace, Thread, str], Awaitable[None]],
    workspace: Workspace,
    open_the_bot: OpenBot,
    crowd: list[PersonClient],
    held: HeldModel,
    database: Path,
) -> None:
    """Its title comes before that, meanwhile, and after that."""
    held.moment = NAMING
    async with open_the_bot() as bot:
        threads = await begun(workspace, crowd, held, NAMED)
        first = [number for number in range(len(threads)) if number % 3 == 0]
        await asyncio.gather(*map(held.let_go, first))
        await workspace.until(
            lambda: fetch(database, "SELECT count(*) FROM titles WHERE made_by = 'model'") == [(len(first),)], WITHIN
        )
        await homes_of(workspace, crowd)

        async def rename_all(person: PersonClient) -> None:
            for number, thread in enumerate(threads):
                if thread.person is person:
                    going_on = held.let_go(number) if number % 3 == 1 else asyncio.sleep(0)
                    await asyncio.gather(rename(workspace, thread, f"Mine {number}."), going_on)

        await asyncio.gather(*map(rename_all, crowd))
        held.let_all_go()
        await quiet(workspace, bot)
        titles = {f"Mine {number}." for number in range(len(threads))}
        assert {title for (title,) in fetch(database, "SELECT title FROM titles")} == titles
        await homes_of(workspace, crowd)
        await asyncio.gather(*(thread.say("session info") for thread in threads))
        told_to = await told_everywhere(workspace, crowd)
        for number, thread in enumerate(threads):
            for where in told_to[thread.person.id]:
                assert f"Mine {number}." in where
                assert "Kingfisher" not in where
            assert f"- Title: Mine {number}.\n" in (await thread.answers(None, containing="Title: "))[-1]


async def told_everywhere(workspace: Workspace, crowd: list[PersonClient]) -> dict[str, tuple[str, str, str]]:
    """What each person reads on Home, in the window of the same list, and when they say the word for it."""
    for person in crowd:
        await person.say("threads", channel="@")
    windows = await asyncio.gather(*(window(workspace, person, rows) for person in crowd))
    lists = await asyncio.gather(*(await_ephemeral(workspace, person, "Mine", within=WITHIN) for person in crowd))
    return {
        person.id: (titles_in(seen(person)), titles_in(shown), listed)
        for person, shown, listed in zip(crowd, windows, lists, strict=True)
    }


def titles_in(view: OpenView) -> str:
    """What the threads of a view are called; what is told on top of them names one as it was called before."""
    return "\n".join(element["accessibility_label"] for _, element in elements(view, HomeAction.RENAME))
