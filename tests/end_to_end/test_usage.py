"""People are told how much they used, and it is what the turns and the background cost."""

import re
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from chathakase import app
from chathakase.core.moments import DAY
from chathakase.engine.sessions import SessionManager
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import OpenBot, Thread
from tests.end_to_end.ephemerals import await_ephemeral
from tests.model_server import ModelServer, says

pytestmark = pytest.mark.usefixtures("one_day")

Start = Callable[..., Awaitable[Thread]]

IN_ALL = re.compile(r"In the last 14 days: ([\d,]+) questions?, ([\d,]+) tokens?(?:, about \$([\d.]+))?")
LINE = r"^- (.+?): (?:([\d,]+) questions?, )?([\d,]+) tokens?"
TITLE = 105
"""Tokens that a title costs."""
MILLION_TOKENS = 2
"""Dollars."""

OF_TURNS = """
SELECT m.author, sum(t.prompt_tokens + t.completion_tokens) FROM turns t
JOIN messages m ON m.session = t.session AND m.seq = t.upto GROUP BY m.author
"""
ADD = """
INSERT INTO daily_usage
SELECT ?, surface, coalesce(nullif(?, ''), workspace), 'C1', ?, 'default', 'unheard-of', 3, 1, ?, 0, 0
FROM daily_usage WHERE model = '' LIMIT 1
"""
"""Of another day, or of another workspace."""


def rows(database: Path, sql: str) -> list[tuple[str, int]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(sql).fetchall()


def add(database: Path, *used: tuple[int, str, str, int]) -> None:
    """Have somebody used so many tokens, so many days from now, in a workspace (empty: ours)."""
    today = app.now() // DAY
    with closing(sqlite3.connect(database)) as connection:
        connection.executemany(ADD, [(today + days, *which) for days, *which in used])
        connection.commit()


def told(text: str) -> tuple[int, int, float]:
    """Questions, tokens and dollars in all."""
    found = IN_ALL.search(text)
    assert found, text
    questions, tokens, cost = (float((each or "0").replace(",", "")) for each in found.groups())
    return int(questions), int(tokens), cost


def in_sections(text: str) -> dict[str, dict[str, tuple[int, int]]]:
    """Questions and tokens, by the heads of the sections and by what is told in them."""
    sections = re.findall(r"^\*\*(People|Channels|Agents|Models)\*\*\n((?:- .+\n?)+)", text, re.MULTILINE)
    return {
        head: {
            name: (int((questions or "0").replace(",", "")), int(tokens.replace(",", "")))
            for name, questions, tokens in re.findall(LINE, lines, re.MULTILINE)
        }
        for head, lines in sections
    }


async def at_rest(workspace: Workspace, bot: SessionManager) -> None:
    await workspace.until(lambda: not bot.scheduler.tasks and not bot.scheduler._background._tasks)


async def test_what_everybody_used_is_what_the_turns_and_titles_cost(
    open_the_bot: OpenBot,
    start: Start,
    workspace: Workspace,
    people: dict[str, PersonClient],
    model: ModelServer,
    database: Path,
) -> None:
    alice, bob, carol = people.values()
    model.on("cheap", says("A Title", usage={"prompt_tokens": 100, "completion_tokens": 5, "total_tokens": 105}))
    for tokens in (1_009, 2_003, 4_001, 8_009, 16_001):
        model.will(says("Yes.", usage={"prompt_tokens": tokens, "completion_tokens": 7, "total_tokens": tokens + 7}))
    prices = f"scripted=100000 {MILLION_TOKENS}/{MILLION_TOKENS}"
    async with open_the_bot(chathakase_background_model="cheap", chathakase_models=prices) as bot:
        threads = []
        for person, channel in ((alice, None), (bob, "@"), (carol, "random")):
            threads.append(await start("@ChatHakase may I?", person=person, channel=channel))
            await threads[-1].answers(1, containing="Yes.")
            await at_rest(workspace, bot)
        for number, person in ((2, bob), (3, alice)):
            await threads[0].say("@ChatHakase and I?", person)
            await threads[0].answers(number, containing="Yes.")
            await at_rest(workspace, bot)
        turns = dict(rows(database, OF_TURNS))
        titles = [body["model"] for body in model.bodies].count("cheap")
        shown = {}
        for person in people.values():
            await threads[0].say("@ChatHakase usage", person)
            shown[person.id] = told(await await_ephemeral(workspace, person, "**What you used**"))
        await threads[0].say("@ChatHakase all usage", alice)
        report = await await_ephemeral(workspace, alice, "**What everybody used**")
    assert titles == len(threads), "each began one, and so caused its title"
    assert len(threads[0].texts()) == 3, "nobody else reads it"
    assert {id_: questions for id_, (questions, _, _) in shown.items()} == {alice.id: 2, bob.id: 2, carol.id: 1}
    assert {id_: tokens for id_, (_, tokens, _) in shown.items()} == {id_: n + TITLE for id_, n in turns.items()}
    assert sum(turns.values()) == 1_009 + 2_003 + 4_001 + 8_009 + 16_001 + 5 * 7
    for _, tokens, cost in shown.values():
        assert cost == pytest.approx(tokens * MILLION_TOKENS / 1e6, abs=0.0001)
    everything = sum(tokens for _, tokens, _ in shown.values())
    assert told(report)[:2] == (5, everything)
    assert in_sections(report) == {
        "People": {name: shown[person.id][:2] for name, person in people.items()},
        "Channels": {
            f"<#{threads[0].channel}>": (3, 1_009 + 8_009 + 16_001 + 3 * 7 + TITLE),
            "a direct message": (1, 2_003 + 7 + TITLE),
            f"<#{threads[2].channel}>": (1, 4_001 + 7 + TITLE),
        },
        "Agents": {"chathakase": (5, everything)},
        "Models": {"scripted-1": (0, everything)},
    }


async def test_each_of_the_last_days_has_a_bar(
    bot: SessionManager, start: Start, workspace: Workspace, alice: PersonClient, bob: PersonClient, database: Path
) -> None:
    thread = await start("@ChatHakase hello", person=bob)
    await thread.answers(1)
    await at_rest(workspace, bot)
    add(
        database,
        (-2, "", alice.id, 8_000),
        (-3, "", alice.id, 900),
        (-5, "", alice.id, 4_001),
        (-14, "", alice.id, 70_000),
        (-3, "", bob.id, 90_000),
        (-3, "T0ANOTHER1", alice.id, 90_000),
    )
    await thread.say("my usage", bob)
    assert told(await await_ephemeral(workspace, bob, "**What you used**")) == (4, 90_018, 0)
    await thread.say("@ChatHakase usage", alice)
    text = await await_ephemeral(workspace, alice, "**What you used**")
    assert told(text) == (9, 12_901, 0)
    bars = [line.split()[2:] for line in text.split("```")[1].splitlines() if re.match(r" *\d+ [A-Z]", line)]
    assert len(bars) == 14
    assert [each for each in bars if "0" not in each] == [
        ["▅", "3", "4,001"],
        ["▁", "3", "900"],
        ["█", "3", "8,000"],
    ]
    assert "cost" not in text
    assert "UTC" in text


@pytest.mark.parametrize("channel", ["general", "@"])
@pytest.mark.usefixtures("bot")
async def test_who_used_nothing_is_told_so(
    channel: str, start: Start, workspace: Workspace, alice: PersonClient, model: ModelServer
) -> None:
    thread = await start("@ChatHakase usage", channel=channel)
    await await_ephemeral(workspace, alice, "You have used nothing in the last 14 days.")
    assert thread.texts() == []
    assert model.requests == []


async def test_usage_at_unknown_prices_is_told_of(
    open_the_bot: OpenBot, start: Start, workspace: Workspace, alice: PersonClient, database: Path
) -> None:
    async with open_the_bot(chathakase_models="scripted=100000 2/2") as bot:
        thread = await start("@ChatHakase hello")
        await thread.answers(1)
        await at_rest(workspace, bot)
        add(database, (0, "", alice.id, 5_000))
        await thread.say("usage")
        text = await await_ephemeral(workspace, alice, "**What you used**")
    assert told(text) == (4, 5_018, 0.0)
    assert "usage at unknown prices" in text


async def test_what_is_left_of_the_limits_is_told_until_they_are_lifted(
    open_the_bot: OpenBot, start: Start, workspace: Workspace, alice: PersonClient, bob: PersonClient
) -> None:
    limits = {"chathakase_daily_questions": "20/200", "chathakase_daily_tokens": "100000//5000"}
    async with open_the_bot(**limits) as bot:
        asked = await start("@ChatHakase hello")
        await asked.answers(1)
        await at_rest(workspace, bot)
        # Who has used nothing is told as well.
        await start("usage", person=bob, channel="@")
        text = await await_ephemeral(workspace, bob, "You have used nothing in the last 14 days.")
        assert text.splitlines()[1:] == [
            "- Left for you today: 20 of 20 questions, 100,000 of 100,000 tokens",
            "- Left in this channel today: 200 of 200 questions",
            "- Left for everybody today: 4,982 of 5,000 tokens",
        ]
        await asked.say("usage")
        text = await await_ephemeral(workspace, alice, "**What you used**")
        assert "- Left for you today: 19 of 20 questions, 99,982 of 100,000 tokens\n" in text
        assert "- Left in this channel today: 199 of 200 questions\n" in text
        await asked.say("lift limits @alice")
        await await_ephemeral(workspace, alice, "has no daily limits")
        await asked.say("usage")
        assert "Left" not in await await_ephemeral(workspace, alice, "You have no daily limits today")


async def test_admins_are_told_where_nobody_used_anything(
    bot: SessionManager, start: Start, workspace: Workspace, alice: PersonClient
) -> None:
    await start("usage of everybody", channel="@")
    await await_ephemeral(workspace, alice, "Nobody has used anything in the last 14 days.")
