"""Limits of a day hold exactly, whatever comes at once or again, and people hear of them in time."""

import asyncio

import pytest

from chathakase.core.daily_limits import DailyLimit, LimitLevel, LimitNotice, Measure, UsageTotal, Whose, notice_of
from chathakase.core.errors import LimitExceeded
from chathakase.core.jobs import Command, Job
from chathakase.core.memory import TitleBy
from chathakase.core.moments import DAY
from chathakase.core.types import Appended, SaidTo, TurnAction, Usage
from tests.places import slack_place
from tests.storage.contract.conftest import Limited
from tests.storage.database_stores import ID, PLACE, Talk, answer, change, said

HOME = PLACE.workspace_key
NEW, REFUSED = Appended.NEW, Appended.REFUSED


def questions(most: int, whose: Whose = Whose.PERSON) -> DailyLimit:
    return DailyLimit(Measure.QUESTIONS, whose, most)


async def told(stores: Talk) -> list[tuple[str, LimitLevel, DailyLimit]]:
    """Who is told what, of what nobody has told yet."""
    stores.clock.now += 1
    jobs = await stores.jobs.claim([HOME])
    commands = [job.task for job in jobs if isinstance(job.task, Command) and await stores.jobs.done(job)]
    notices = [(each.by, notice_of(each.name, each.argument)) for each in commands]
    return [(by, notice.level, notice.limit) for by, notice in notices]


async def test_of_twenty_at_once_as_many_are_taken_as_may_be(limited: Limited) -> None:
    stores = limited(questions(7))
    places = [slack_place(f"C{number}", "1.000001") for number in range(20)]
    came = await asyncio.gather(*(stores.say("1", place=place) for place in places for _ in range(2)))
    assert (came.count(NEW), came.count(REFUSED), came.count(Appended.KNOWN)) == (7, 13, 20)
    assert (await stores.usage.today(PLACE, "U1")).totals[Whose.PERSON] == UsageTotal(questions=7)


async def test_what_is_refused_is_kept_and_waits_for_no_answer(limited: Limited) -> None:
    stores = limited(questions(1))
    assert [await stores.say("1", "one"), await stores.say("2", "two")] == [NEW, REFUSED]
    await stores.turns.finish(await stores.claimed(), answer("a"))
    assert await stores.turns.claim(ID) is None
    assert await stores.texts() == ["one", "two", "a"]
    assert await stores.say("2", "two") is Appended.KNOWN, "it comes again"
    other = slack_place("C2", "1.000001")
    assert (await stores.sessions.append(said("3", place=other), claim=True)).lease is None
    assert await stores.turns.waiting([HOME]) == []


async def test_a_refusal_leaves_waiting_what_was_asked_before(limited: Limited) -> None:
    stores = limited(questions(1))
    await stores.say("1", "one")
    await stores.say("2", "two")
    lease = await stores.claimed()
    assert (lease.by, lease.upto) == ("U1", 2)
    assert await stores.turns.askers(ID, lease.turn) == {"U1"}


@pytest.mark.parametrize(
    ("whose", "who", "where"),
    [(Whose.PERSON, "U2", "C1"), (Whose.CHANNEL, "U1", "C2")],
)
async def test_each_person_and_each_channel_has_its_own(whose: Whose, who: str, where: str, limited: Limited) -> None:
    stores = limited(questions(1, whose))
    await stores.say("1")
    assert await stores.say("2") is REFUSED
    assert await stores.say("3", author=who, place=slack_place(where, "3")) is NEW


async def test_all_together_have_one(limited: Limited) -> None:
    stores = limited(questions(1, Whose.ALL))
    await stores.say("1")
    assert await stores.say("2", author="U2", place=slack_place("C2", "2", team="T2")) is REFUSED


@pytest.mark.parametrize(("measure", "most"), [(Measure.TOKENS, 20), (Measure.COST, 200)])
async def test_the_answer_that_reaches_a_limit_of_tokens_or_money_is_the_last_one(
    measure: Measure, most: int, limited: Limited
) -> None:
    """An answer has 15 tokens, for 150 millionths of a dollar."""
    limit = DailyLimit(measure, Whose.PERSON, most)
    stores = limited(limit)
    await stores.answered("1", "q1", "a1")
    assert await told(stores) == []
    await stores.answered("2", "q2", "a2")
    assert await told(stores) == [("U1", LimitLevel.REACHED, limit)]
    assert await stores.say("3") is REFUSED
    assert await told(stores) == [("U1", LimitLevel.EXCEEDED, limit)]


async def test_people_are_told_at_four_fifths_at_the_end_and_then_once_an_hour(limited: Limited) -> None:
    stores, limit = limited(questions(5)), questions(5)
    heard = []
    for number in range(1, 9):
        await stores.say(str(number))
        heard.append([level for _, level, _ in await told(stores)])
    assert heard == [[], [], [], [LimitLevel.NEAR], [LimitLevel.REACHED], [LimitLevel.EXCEEDED], [], []]
    stores.clock.now += 3_600_000
    await stores.say("9")
    assert await told(stores) == [("U1", LimitLevel.EXCEEDED, limit)]


async def test_whoever_is_refused_first_where_others_have_used_all_is_told(limited: Limited) -> None:
    limit = questions(1, Whose.CHANNEL)
    stores = limited(limit)
    await stores.say("1", author="U1")
    await stores.say("2", author="U2")
    assert await told(stores) == [("U1", LimitLevel.REACHED, limit), ("U2", LimitLevel.EXCEEDED, limit)]


async def test_nobody_is_told_where_it_is_not_known_any_more_who_caused_it(limited: Limited) -> None:
    stores = limited(DailyLimit(Measure.TOKENS, Whose.ALL, 16))
    await stores.answered("1", "q1", "a1")
    assert [level for _, level, _ in await told(stores)] == [LimitLevel.NEAR]
    await stores.changes.change(change("1"))
    await stores.titles.set_title(ID, "A title", by=TitleBy.MODEL, usage=Usage(1, 2), model="m-3")
    assert await told(stores) == []
    assert await stores.say("2", author="U2") is REFUSED


async def test_the_day_begins_at_midnight_in_utc(limited: Limited) -> None:
    stores = limited(questions(1))
    stores.clock.now = 20_000 * DAY - 1
    assert [await stores.say("1"), await stores.say("2")] == [NEW, REFUSED]
    stores.clock.now += 1
    assert [await stores.say("3"), await stores.say("4")] == [NEW, REFUSED]


async def test_to_have_an_answer_written_again_is_refused_with_nothing_done(limited: Limited) -> None:
    stores = limited(questions(1))
    turn = await stores.answered("1", "q1", "a1")
    with pytest.raises(LimitExceeded) as refused:
        await stores.interaction(turn, TurnAction.RETRY)
    assert refused.value.notice == LimitNotice(LimitLevel.EXCEEDED, questions(1), stores.clock.now // DAY)
    assert await stores.turns.waiting([HOME]) == []


async def test_what_has_a_model_called_otherwise_counts_as_one_question(limited: Limited) -> None:
    stores = limited(questions(2))
    first, second = (Job(Command(PLACE, ref, "U1", "summarise")) for ref in ("8", "9"))
    for job in (first, second):
        assert await stores.jobs.enqueue(job)
    for _ in range(3):
        await stores.usage.ask(first)
    assert [await stores.say("1"), await stores.say("2")] == [NEW, REFUSED]
    with pytest.raises(LimitExceeded):
        await stores.usage.ask(second)
    await stores.usage.ask(first)
    stores.clock.now += DAY
    await stores.usage.ask(second)
    assert (await stores.usage.today(PLACE, "U1")).totals[Whose.PERSON].questions == 1


async def test_what_is_lifted_for_somebody_is_until_the_day_ends(limited: Limited) -> None:
    stores = limited(questions(1), questions(2, Whose.ALL))
    assert await stores.usage.lift(PLACE, "U1") == stores.clock.now // DAY
    assert [await stores.say(str(number)) for number in range(1, 5)] == [NEW] * 4
    assert await told(stores) == []
    assert (await stores.usage.today(PLACE, "U1")).lifted
    assert await stores.say("5", author="U2") is REFUSED, "what others use counts as before"
    stores.clock.now += DAY
    assert [await stores.say("6"), await stores.say("7")] == [NEW, REFUSED]


async def test_what_is_said_among_people_counts_nothing(limited: Limited) -> None:
    stores = limited(questions(2))
    await stores.say("1", author="U1")
    await stores.say("2", author="U2", opens=False, said_to=SaidTo.OTHERS, asks=False)
    assert await stores.say("3", author="U1", opens=False) is Appended.AMONG_PEOPLE
    assert (await stores.usage.today(PLACE, "U1")).totals[Whose.PERSON].questions == 1


async def test_what_waits_when_tokens_are_used_up_is_answered_no_more(limited: Limited) -> None:
    limit = DailyLimit(Measure.TOKENS, Whose.PERSON, 15)
    stores, other = limited(limit), slack_place("C2", "1.000001")
    await stores.say("1", "one")
    lease = await stores.claimed()
    await stores.say("2", "two")
    await stores.say("3", "three", author="U2")
    await stores.say("4", "elsewhere", place=other)
    await stores.turns.finish(lease, answer("a"))
    assert await stores.turns.claim(await stores.id_at(other)) is None
    again = await stores.claimed()
    assert again.by == "U2", "who has used nothing"
    assert await stores.turns.askers(ID, again.turn) == {"U2"}
    assert await stores.texts() == ["one", "a", "two", "three"]
    assert sorted(await told(stores)) == [
        ("U1", LimitLevel.EXCEEDED, limit),
        ("U1", LimitLevel.EXCEEDED, limit),
        ("U1", LimitLevel.REACHED, limit),
    ]


async def test_a_turn_that_has_begun_is_gone_on_with(limited: Limited) -> None:
    stores = limited(DailyLimit(Measure.TOKENS, Whose.PERSON, 15))
    other = slack_place("C2", "1.000001")
    await stores.say("1", "one")
    await stores.say("2", "two", place=other)
    begun, under_way = await stores.claimed(), await stores.claimed_at(other)
    await stores.turns.note_reply(begun, ["1.5"])
    await stores.turns.release(begun)
    await stores.turns.finish(under_way, answer("a"))
    assert (await stores.claimed()).refs == ("1.5",)


async def test_whoever_has_the_limits_lifted_is_answered_what_waits(limited: Limited) -> None:
    stores = limited(DailyLimit(Measure.TOKENS, Whose.PERSON, 15))
    await stores.say("1", "one")
    lease = await stores.claimed()
    await stores.say("2", "two")
    await stores.usage.lift(PLACE, "U1")
    await stores.turns.finish(lease, answer("a"))
    assert (await stores.claimed()).by == "U1"
