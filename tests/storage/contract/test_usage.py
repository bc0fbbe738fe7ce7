"""What is asked and what models cost is counted once, on the day, for whoever caused it."""

from chathakase.core.daily_limits import UsageTotal
from chathakase.core.memory import TitleBy
from chathakase.core.moments import DAY
from chathakase.core.types import Appended, Outcome, Result, TurnAction, Usage
from chathakase.core.usage import DailyUsage, UsageSums
from tests.places import slack_place
from tests.storage.database_stores import ID, PLACE, Talk, answer, said

HOME = PLACE.workspace_key


async def used(stores: Talk, *people: str) -> list[tuple[str, str, int, int, int]]:
    """By whom, with which model, how many questions and calls, and how many tokens."""
    rows = [row for each in people or ("U1", "U2", "U3") for row in await days(stores, each)]
    return [
        (row.person, row.model, row.questions, row.calls, row.prompt_tokens + row.completion_tokens) for row in rows
    ]


async def days(stores: Talk, person: str = "U1", *, since: int = 0) -> list[DailyUsage]:
    return await stores.usage.days(HOME, since=since, person=person)


async def test_a_question_and_its_answer_are_counted(stores: Talk) -> None:
    await stores.answered("1", "q1", "a1")
    day = stores.clock.now // DAY
    assert await days(stores, since=day) == [
        DailyUsage(day, "C1", "U1", "default", "", 1, 0, 0, 0, 0),
        DailyUsage(day, "C1", "U1", "default", "m-1", 0, 1, 10, 5, 150),
    ]
    assert await days(stores, since=day + 1) == []
    assert await days(stores, "U2") == []
    assert await stores.usage.days(slack_place("C1", "1", team="T9").workspace_key, since=0, person="U1") == []


async def test_what_everybody_used_is_summed_up_in_every_way(stores: Talk) -> None:
    await stores.answered("1", "q1", "a1", author="U1")
    first = stores.clock.now // DAY
    stores.clock.now += DAY
    await stores.answered("2", "q2", "a2", author="U2")
    await stores.titles.set_title(ID, "A title", by=TitleBy.MODEL, usage=Usage(1, 2), model="m-3")
    one, two, both = UsageTotal(1, 15, 150), UsageTotal(1, 18, 180), UsageTotal(2, 33, 330)
    answered = UsageTotal(0, 15, 150)
    used = await stores.usage.sums(HOME, since=first, until=first + 1)
    assert used == UsageSums(
        {
            (first, ""): UsageTotal(1),
            (first, "m-1"): answered,
            (first + 1, ""): UsageTotal(1),
            (first + 1, "m-1"): answered,
            (first + 1, "m-3"): UsageTotal(0, 3, 30),
        },
        {"U1": one, "U2": two},
        {"C1": both},
        {"default": both},
    )
    assert used.days() == {first: one, first + 1: two}
    assert used.models() == {"": UsageTotal(2), "m-1": UsageTotal(0, 30, 300), "m-3": UsageTotal(0, 3, 30)}
    assert (await stores.usage.sums(HOME, since=first, until=first)).people == {"U1": one}
    assert (await stores.usage.sums(HOME, since=first + 2, until=first + 9)).daily == {}
    elsewhere = slack_place("C1", "1", team="T9").workspace_key
    assert (await stores.usage.sums(elsewhere, since=first, until=first + 1)).agents == {}


async def test_what_comes_again_is_counted_once(stores: Talk) -> None:
    for _ in range(3):
        await stores.say("1")
    assert await used(stores) == [("U1", "", 1, 0, 0)]


async def test_context_commands_and_what_people_say_to_each_other_count_nothing(stores: Talk) -> None:
    assert await stores.say("1", opens=False) is Appended.NO_SESSION_YET
    await stores.say("2", asks=False)
    await stores.say("3", "help", command=True)
    assert await used(stores) == []


async def test_an_answer_counts_for_whoever_asked_first(stores: Talk) -> None:
    await stores.say("1", author="U1")
    await stores.say("2", author="U2")
    await stores.turns.finish(await stores.claimed(), answer("a"))
    assert await used(stores) == [("U1", "", 1, 0, 0), ("U1", "m-1", 0, 1, 15), ("U2", "", 1, 0, 0)]
    assert await used(stores, "U2") == [("U2", "", 1, 0, 0)]


async def test_an_answer_of_which_no_tokens_are_told_counts_none(stores: Talk) -> None:
    await stores.say("1")
    await stores.turns.finish(await stores.claimed(), Result(Outcome.FAILED, error="timeout", model="m-1"))
    assert await used(stores) == [("U1", "", 1, 0, 0)]


async def test_to_have_an_answer_written_again_is_a_question_of_whoever_wants_it(stores: Talk) -> None:
    turn = await stores.answered("1", "q1", "a1", author="U2")
    assert await stores.interaction(turn, TurnAction.RETRY)
    assert not await stores.interaction(turn, TurnAction.RETRY)
    await stores.turns.finish(await stores.claimed(), answer("a1, better"))
    assert await used(stores) == [("U1", "", 1, 0, 0), ("U2", "", 1, 0, 0), ("U2", "m-1", 0, 2, 30)]


async def test_what_is_done_in_the_background_counts_for_whoever_asked_last(stores: Talk) -> None:
    await stores.answered("1", "q1", "a1", author="U1")
    await stores.answered("2", "q2", "a2", author="U2")
    await stores.say("3", "not answered yet", author="U3")
    await stores.titles.set_title(ID, "A title", by=TitleBy.MODEL, usage=Usage(1, 2), model="m-3")
    assert await stores.sum_up()
    assert ("U2", "m-2", 0, 1, 10) in await used(stores)
    assert ("U2", "m-3", 0, 1, 3) in await used(stores)


async def test_a_summary_counts_for_whoever_wants_it(stores: Talk) -> None:
    await stores.answered("1", "q1", "a1")
    await stores.summaries.spent(ID, "m-2", Usage(7, 3), by="U3")
    assert await used(stores, "U3") == [("U3", "m-2", 0, 1, 10)]


async def test_the_day_is_that_of_utc(stores: Talk) -> None:
    stores.clock.now = 20_000 * DAY - 1
    await stores.say("1")
    stores.clock.now += 1
    await stores.turns.finish(await stores.claimed(), answer("a"))
    rows = await days(stores)
    assert [(row.day, row.questions, row.calls) for row in rows] == [(19_999, 1, 0), (20_000, 0, 1)]


async def test_each_channel_has_its_own(stores: Talk) -> None:
    await stores.say("1")
    await stores.sessions.append(said("1", place=slack_place("C2", "1.000001")))
    assert [row.channel for row in await days(stores)] == ["C1", "C2"]
