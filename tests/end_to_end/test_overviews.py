"""What the engine tells people of all their threads at once, from a real database and a real Slack."""

from collections.abc import Awaitable, Callable

import pytest

from chathakase.core.overview import Overview, OverviewState, Shown
from chathakase.engine.commands import parsing
from chathakase.engine.open_engine import Engine
from chathakase.engine.sessions import SessionManager
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from chathakase.slack.surface import SlackSurface
from tests.end_to_end.at_rest import at_rest
from tests.end_to_end.conftest import OpenBot, Thread
from tests.places import slack_place
from tests.trips import recorded

Start = Callable[..., Awaitable[Thread]]
HOME = slack_place("", "")


def titles(overview: Overview) -> list[str]:
    return [each.title for each in overview.threads.threads]


async def test_it_tells_what_there_is_and_what_somebody_looks_for(
    engine: Engine, bot: SessionManager, start: Start, workspace: Workspace, alice: PersonClient, bob: PersonClient
) -> None:
    fish, trip = await start("@ChatHakase swordfish"), await start("A trip", channel="@")
    for thread in (fish, trip):
        await thread.answers(1)
    await fish.say("archive session")
    await (await start("@ChatHakase none of hers", person=bob)).answers(1)
    await at_rest(workspace, bot)

    async def seen(shown: Shown = Shown.ACTIVE, search: str = "") -> list[str]:
        return titles(await engine.overviews.read(HOME, alice.id, OverviewState(shown, search)))

    overview = await engine.overviews.read(HOME, alice.id, await engine.overviews.opened(HOME, alice.id))
    (row,) = overview.threads.threads
    assert (row.place, row.exchanges, overview.threads.total) == (slack_place(trip.channel, trip.ts), 1, 1)
    assert overview.used[0].startswith("- Today: 2 questions, ")
    assert (overview.agent, overview.note) == (workspace.world.bot.name, "")
    assert await seen(Shown.ARCHIVED) == ["swordfish"]
    assert len(await seen(Shown.ALL)) == 2
    assert await seen(Shown.ALL, "swordfish") == await seen(search="archived") == ["swordfish"]
    assert await seen(Shown.ALL, "since 2099-01-01") == await seen(search="swordfish") == []


@pytest.mark.parametrize(("limit", "most"), [({}, 2), ({"chathakase_daily_questions": "20/50"}, 3)])
async def test_it_takes_few_trips_to_the_database(
    limit: dict[str, str], most: int, engines: list[Engine], open_the_bot: OpenBot, start: Start, alice: PersonClient
) -> None:
    """The list, what was used, and what is left of the limits of a day; one to note that it is opened."""
    async with open_the_bot(**limit) as bot:
        thread = await start("@ChatHakase swordfish")
        await thread.answers(1)
        await at_rest(thread.workspace, bot)
        with recorded() as trips:
            state = await engines[0].overviews.opened(HOME, alice.id)
            assert len(trips) == 1
            overview = await engines[0].overviews.read(HOME, alice.id, state)
        assert titles(overview) == ["swordfish"]
        assert len(trips) == 1 + most, trips
        assert not [line for line in overview.used if "channel" in line]


async def test_whoever_looks_is_shown_what_changes_also_by_another_process(
    engines: list[Engine],
    open_the_bot: OpenBot,
    start: Start,
    workspace: Workspace,
    alice: PersonClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(SlackSurface, "refresh_overview", lambda _, __, person: shown.append(person))
    async with open_the_bot() as bot:
        thread = await start("@ChatHakase swordfish")
        await thread.answers(1)
        await at_rest(workspace, bot)
        await engines[0].overviews.opened(HOME, alice.id)
    async with open_the_bot() as bot:
        await thread.say("and a herring?")
        await thread.answers(2)
        await at_rest(workspace, bot)
        await workspace.until(lambda: shown == [alice.id])
        shown.clear()
        await thread.say(f"{parsing.FORGET_EVERYTHING} now")
        await at_rest(workspace, bot)
        assert await engines[1].overviews.kept(HOME, alice.id) == OverviewState()
        await engines[1].watchers.look()
        await thread.say("and a whale?")
        await thread.answers(3)
        assert shown.count(alice.id) <= 1, "what was forgotten, and nothing more"
