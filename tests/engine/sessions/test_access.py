"""Who may is known from memory; a face that is never seen waits, in virtual time, and is then answered or refused."""

import asyncio

import pytest

from chathakase.clock import monotonic
from chathakase.core.access_rule import NOT_FOR_YOU, NOT_KNOWN, AccessRule, Standing
from chathakase.core.errors import StoreError
from chathakase.core.types import Place
from tests.doubles.engine_stage import HOME, PLACE, EngineStage, now, open_stage
from tests.doubles.stores import StoresInMemory

pytestmark = pytest.mark.virtual_time

RULES = {HOME.surface: AccessRule()}
GUEST = Standing(is_guest=True)
HOUR = 3_600.0


def elsewhere(thread: str) -> Place:
    return Place(*HOME, "C1", thread)


async def wait_in_vain(stage: EngineStage, seconds: float) -> None:
    await asyncio.sleep(seconds)
    assert stage.surface.ephemerals == []
    assert stage.model.prompts == []


async def test_a_face_that_is_never_seen_is_answered_once_the_surface_tells_who_it_is() -> None:
    async with open_stage(access=RULES) as stage:
        stage.surface.tells_standings = False
        await stage.say("1", "hello?")
        await wait_in_vain(stage, 15.0)
        stage.surface.tells_standings = True
        await stage.quiet()
        assert stage.surface.finals == ["Fine."]
        assert stage.remembered() == ["hello?", "Fine."]


async def test_after_half_a_minute_it_is_refused() -> None:
    async with open_stage(access=RULES) as stage:
        stage.surface.tells_standings = False
        await stage.say("1", "hello?")
        await wait_in_vain(stage, 29.5)
        await stage.quiet()
        assert monotonic() == 30.0
        assert stage.surface.ephemerals == [("U1", NOT_KNOWN)]
        assert stage.surface.replies == []
        assert stage.stores.records.at(PLACE) is None, "it opens no session"
        assert len(stage.surface.standings_asked) < 10


async def test_what_waits_survives_a_restart() -> None:
    stores = StoresInMemory(now)
    async with open_stage(stores=stores, access=RULES, grace=0.0) as stage:
        stage.surface.tells_standings = False
        await stage.say("1", "hello?")
        await asyncio.sleep(5.0)
    assert stage.surface.ephemerals == []
    async with open_stage(stores=stores, access=RULES) as stage:
        await stage.quiet()
        assert stage.remembered() == ["hello?", "Fine."]


async def test_what_comes_twice_waits_once() -> None:
    async with open_stage(access=RULES) as stage:
        stage.surface.tells_standings = False
        assert await stage.say("1", "hello?")
        assert not await stage.say("1", "hello?")
        stage.surface.tells_standings = True
        await stage.quiet()
        assert stage.surface.finals == ["Fine."]


@pytest.mark.parametrize(("text", "remembered"), [("bye?", ["bye?", "Fine."]), (None, [])])
async def test_what_is_edited_or_deleted_while_it_waits_is_heard_as_it_is_by_then(
    text: str | None, remembered: list[str]
) -> None:
    async with open_stage(access=RULES) as stage:
        stage.surface.tells_standings = False
        await stage.say("1", "hello?")
        await asyncio.sleep(5.0)
        await stage.edit("1", text)
        stage.surface.tells_standings = True
        await stage.quiet()
        assert stage.remembered() == remembered


async def test_what_is_edited_while_it_waits_is_heard_so_after_a_restart() -> None:
    stores = StoresInMemory(now)
    async with open_stage(stores=stores, access=RULES, grace=0.0) as stage:
        stage.surface.tells_standings = False
        await stage.say("1", "hello?")
        await stage.edit("1", "bye?")
    async with open_stage(stores=stores, access=RULES) as stage:
        await stage.quiet()
        assert stage.remembered() == ["bye?", "Fine."]
        assert "hello?" not in stage.model.heard[-1]


async def test_what_is_edited_a_moment_before_it_waits_is_heard_as_it_is_by_then() -> None:
    async with open_stage(access=RULES) as stage:
        stage.surface.lookup = 5.0
        message = asyncio.create_task(stage.say("1", "hello?"))
        await asyncio.sleep(0.5)
        await stage.edit("1", "bye?")
        assert await message
        await stage.quiet()
        assert stage.remembered() == ["bye?", "Fine."]


async def test_a_mention_that_is_added_to_a_message_is_not_answered_when_that_is_deleted_while_it_waits() -> None:
    async with open_stage(access=RULES) as stage:
        stage.surface.tells_standings = False
        await stage.edit("1", "hello?", calls=True)
        await asyncio.sleep(5.0)
        await stage.edit("1", None)
        stage.surface.tells_standings = True
        await stage.quiet()
        assert (stage.remembered(), stage.model.prompts) == ([], [])


async def test_what_is_deleted_while_it_waits_in_an_open_thread_is_not_heard_after_a_restart() -> None:
    stores = StoresInMemory(now)
    async with open_stage(stores=stores, access=RULES, grace=0.0) as stage:
        await stage.answered("1")
        stage.surface.tells_standings = False
        await stage.say("2", "a swordfish?", author="U2", opens=False)
        await stage.edit("2", None)
    async with open_stage(stores=stores, access=RULES) as stage:
        await stage.quiet()
        assert (stage.remembered(), stage.model.prompts) == (["q1", "Fine."], [])


async def test_what_is_edited_while_it_waits_is_heard_so_though_the_store_fails_just_then() -> None:
    async with open_stage(access=RULES) as stage:
        stage.surface.tells_standings = False
        await stage.say("1", "hello?")
        await asyncio.sleep(5.0)
        await stage.edit("1", "bye?")
        stage.stores.trips.refuse("sessions.append")
        stage.surface.tells_standings = True
        await stage.quiet()
        await stage.engine.manager.wake_waiting()
        await stage.quiet()
        assert stage.remembered() == ["bye?", "Fine."]


async def test_somebody_known_is_waited_for_no_more() -> None:
    async with open_stage(access=RULES) as stage:
        stage.surface.lookup = 0.5
        await stage.say("1")
        assert monotonic() == 0.5, "so long that nothing need be stored to wait"
        await stage.quiet()
        began = monotonic()
        await stage.say("2")
        assert monotonic() == began
        assert stage.surface.standings_asked == ["U1"]
        await stage.quiet()


async def test_nobody_waits_for_somebody_in_another_thread_to_be_known() -> None:
    async with open_stage(access=RULES) as stage:
        await stage.answered("1")
        stage.surface.lookup = 0.9
        stranger = asyncio.create_task(stage.say("2", author="U2"))
        await asyncio.sleep(0.1)
        began = monotonic()
        await stage.say("3", place=elsewhere("3"))
        assert monotonic() == began
        assert await stranger


async def test_what_is_said_in_a_thread_is_heard_in_its_order_though_it_is_not_known_yet_who_said_it() -> None:
    async with open_stage(access=RULES) as stage:
        await stage.answered("1")
        stage.surface.lookup = 0.9
        stranger = asyncio.create_task(stage.say("2", "I was first", author="U2"))
        await asyncio.sleep(0.1)
        await stage.say("3", "and I second")
        assert "I was first" in stage.remembered()
        assert await stranger
        assert monotonic() == 0.9


async def test_many_who_are_not_known_yet_hold_nobody_up_for_longer_than_one() -> None:
    async with open_stage(access=RULES) as stage:
        await stage.answered("1")
        stage.surface.tells_standings, stage.surface.lookup = False, 60.0
        await asyncio.gather(*(stage.say(str(number), author=f"U{number}") for number in range(2, 9)))
        assert monotonic() == 1.0


async def test_the_last_answer_counts() -> None:
    async with open_stage(access=RULES) as stage:
        await stage.answered("1")
        stage.surface.tells_standings = False
        await asyncio.sleep(2 * HOUR)
        await stage.answered("2")
        assert len(stage.surface.finals) == 2


async def test_of_those_who_talk_where_we_have_no_part_nobody_is_asked_about() -> None:
    async with open_stage(access=RULES) as stage:
        await stage.say("1", opens=False)
        await stage.say("2", opens=False)
        assert stage.surface.standings_asked == []


@pytest.mark.parametrize(
    "rule",
    [
        AccessRule(guests=True, external=True),
        AccessRule(users=frozenset({"U1"})),
        AccessRule(admins=frozenset({"U1"})),
    ],
)
async def test_where_names_decide_nobody_is_asked_about(rule: AccessRule) -> None:
    async with open_stage(access={HOME.surface: rule}) as stage:
        stage.surface.tells_standings = False
        await stage.answered("1")
        assert stage.surface.finals == ["Fine."]
        assert stage.surface.standings_asked == []


async def test_whoever_may_not_is_told_so_once_an_hour() -> None:
    async with open_stage(access=RULES) as stage:
        stage.surface.standings["U1"] = GUEST
        for number in range(3):
            await stage.say(f"{number}.1", place=elsewhere(f"{number}.1"))
        await stage.quiet()
        assert stage.surface.ephemerals == [("U1", NOT_FOR_YOU)]
        await asyncio.sleep(HOUR + 1)
        for number in range(3, 5):
            await stage.say(f"{number}.1", place=elsewhere(f"{number}.1"))
        await stage.quiet()
        assert stage.surface.ephemerals == [("U1", NOT_FOR_YOU)] * 2
        assert stage.surface.replies == []


async def test_whoever_could_not_be_told_that_they_may_not_since_the_store_failed_is_told_when_it_comes_again() -> None:
    async with open_stage(access=RULES) as stage:
        stage.surface.standings["U1"] = GUEST
        stage.stores.trips.refuse("jobs.enqueue")
        with pytest.raises(StoreError):
            await stage.say("1")
        await stage.say("1")
        await stage.quiet()
        assert stage.surface.ephemerals == [("U1", NOT_FOR_YOU)]


async def test_what_people_say_among_themselves_costs_nobody_the_word_that_they_may_not() -> None:
    async with open_stage(access=RULES) as stage:
        stage.surface.told_standings["U2"] = GUEST
        await stage.say("1", place=elsewhere("0"), author="U2", opens=False)
        assert stage.surface.ephemerals == []
        await stage.say("2", author="U2")
        await stage.quiet()
        assert stage.surface.ephemerals == [("U2", NOT_FOR_YOU)]


async def test_what_those_say_who_may_not_is_context_of_an_open_thread_but_their_commands_are_not() -> None:
    async with open_stage(access=RULES) as stage:
        stage.surface.standings["U2"] = GUEST
        await stage.answered("1")
        await stage.say("2", "a swordfish?", author="U2", opens=False)
        await stage.say("3", "help", author="U2", opens=False)
        await stage.quiet()
        assert len(stage.model.prompts) == 1
        await stage.answered("4", "which fish?", opens=False)
        asked = "\n".join(each.content for each in stage.model.prompts[-1].chat_messages)
        assert "a swordfish?" in asked
        assert "help" not in asked.splitlines()
        assert stage.surface.ephemerals == [("U2", NOT_FOR_YOU)]
