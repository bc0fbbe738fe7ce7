"""Sessions: one turn of each at a time, so many of all together, in a fair order, and none is forgotten."""

import asyncio
from dataclasses import replace

import pytest

from chathakase.clock import monotonic
from chathakase.core.errors import ModelError, StoreError
from chathakase.core.files import SharedFile
from chathakase.core.jobs import Command, Interaction, Job
from chathakase.core.leases import LEASE_MS
from chathakase.core.types import Appended, Place, Renewal, SaidTo, SessionId, TurnAction
from chathakase.engine.access.admission import WINDOW, Load
from chathakase.engine.intake.reorder_buffer import KEPT
from chathakase.engine.sessions import PUT_DOWN_WITHIN
from chathakase.engine.turns.interactions import ENDED
from chathakase.engine.turns.outage import AGAIN, TOLD
from chathakase.engine.turns.twins import LATE, WITHIN
from chathakase.engine.turns.verdict import STOPPED
from tests.doubles.model import Step
from tests.doubles.stage import HOME, PLACE, Stage, now, open_stage, said
from tests.doubles.stores import StoresInMemory

pytestmark = pytest.mark.virtual_time

A_SECOND: tuple[Step, ...] = (1.0, "Yes.")
FILE = SharedFile("F1", "a.txt", "text/plain", 5, "https://town.example/F1")


def thread(number: int) -> Place:
    return PLACE.beside("C1", str(number))


async def ask_in(stage: Stage, number: int, author: str = "U1") -> None:
    """Have somebody ask in a thread of its own."""
    await stage.say(str(number), place=thread(number), author=author)


def answered_in(stage: Stage) -> list[str]:
    """The threads in which answers were begun, in their order."""
    return [reply.place.thread for reply in stage.surface.replies]


# One at a time, and so many together.


async def test_a_session_has_one_turn_at_a_time_however_much_is_said_there() -> None:
    async with open_stage(*[A_SECOND] * 9, concurrency=9) as stage:
        await asyncio.gather(*(stage.say(str(number)) for number in range(1, 10)))
        await stage.quiet()
        await asyncio.gather(*(stage.say(str(number)) for number in range(10, 20)))
        await stage.quiet()
        assert stage.model.most_at_once == 1
        told = "\n".join(stage.model.heard)
        assert all(f"q{number}" in told for number in range(1, 20))


async def test_no_more_answers_are_written_at_once_than_there_are_places() -> None:
    async with open_stage(*[A_SECOND] * 5, concurrency=2) as stage:
        for number in range(1, 6):
            await ask_in(stage, number)
        await stage.quiet()
        assert stage.model.asked_at == [0.0, 0.0, 1.0, 1.0, 2.0]
        assert answered_in(stage) == ["1", "2", "3", "4", "5"]


async def test_a_place_is_free_once_the_model_has_written_though_the_surface_takes_its_time() -> None:
    async with open_stage(*[A_SECOND] * 2, concurrency=1) as stage:
        stage.surface.delay = 30.0
        await ask_in(stage, 1)
        await ask_in(stage, 2)
        await stage.quiet()
        assert stage.model.asked_at == [0.0, 1.0]


async def test_whoever_asks_much_waits_behind_whoever_asks_little() -> None:
    async with open_stage(*[A_SECOND] * 6, concurrency=1) as stage:
        for number in range(1, 5):
            await ask_in(stage, number, "UMUCH")
        await ask_in(stage, 5, "ULITTLE")
        await ask_in(stage, 6, "USELDOM")
        await stage.quiet()
        assert answered_in(stage)[:4] == ["1", "2", "5", "6"]
        assert sorted(answered_in(stage)) == ["1", "2", "3", "4", "5", "6"]


async def test_what_is_stopped_while_it_waits_never_asks_the_model() -> None:
    async with open_stage([9.0, "Yes."], concurrency=1) as stage:
        await ask_in(stage, 9)
        await asyncio.sleep(0.5)
        await stage.say("2")
        await asyncio.sleep(0.5)
        await stage.say("3", "stop", opens=False)
        await stage.quiet()
        assert (len(stage.model.prompts), stage.stores.trips.times("memory.memory")) == (1, [0.0])
        assert [(final.at, final.text) for reply in stage.surface.replies if (final := reply.final)] == [
            (9.0, "Yes."),
            (1.0, "⏹️ Stopped."),
        ]


# None is forgotten.


async def test_what_waits_when_it_starts_is_answered() -> None:
    stores = StoresInMemory(now)
    for number in (1, 2):
        await stores.sessions.append(said(str(number), place=thread(number)))
    async with open_stage(stores=stores) as stage:
        await stage.quiet()
        assert sorted(answered_in(stage)) == ["1", "2"]


async def test_what_is_said_elsewhere_is_left_to_whoever_is_there() -> None:
    stores = StoresInMemory(now)
    await stores.sessions.append(said("1", place=replace(PLACE, workspace="T2")))
    async with open_stage(stores=stores) as stage:
        await stage.quiet()
        assert stage.surface.replies == []


async def test_what_a_process_left_is_taken_up_once_its_lease_has_ended() -> None:
    stores = StoresInMemory(now)
    await stores.sessions.append(said("1"))
    (session,) = await stores.turns.waiting([HOME])
    dead = await stores.turns.claim(session.id)
    assert dead is not None
    await stores.turns.note_reply(dead, ["r0"])
    async with open_stage(stores=stores) as stage:
        await stage.quiet()
        await asyncio.sleep(LEASE_MS / 1000)
        await stage.engine.manager.wake_waiting()
        await stage.quiet()
        assert stage.surface.replies == [], "it is held to the very end"
        await asyncio.sleep(0.001)
        await stage.engine.manager.wake_waiting()
        await stage.quiet()
        (reply,) = stage.surface.replies
        assert reply.lease is not None
        assert (reply.lease.turn, reply.lease.refs, reply.lease.attempt) == (dead.turn, ("r0",), 2)


async def test_what_is_said_at_the_last_moment_of_a_turn_is_answered() -> None:
    """While it is on its way that nothing else waits, which was true a moment ago."""
    async with open_stage() as stage:
        ask = stage.stores.turns.next_asker

        async def next_asker(session: SessionId) -> str | None:
            asker = await ask(session)
            await asyncio.sleep(1)
            return asker

        stage.stores.turns.next_asker = next_asker  # type: ignore[method-assign]
        await stage.say("1")
        await asyncio.sleep(1.5)
        assert stage.surface.finals == ["Fine."]
        await stage.say("2")
        await stage.quiet()
        assert stage.surface.finals == ["Fine.", "Fine."]


async def test_everything_that_waits_in_a_session_is_answered_one_thing_after_another() -> None:
    stores = StoresInMemory(now)
    async with open_stage([ModelError("timeout", "Try again.")], stores=stores) as stage:
        await stage.answered("1")
        lease = stage.reply.lease
        assert lease is not None
    await stores.turns.reopen(lease.session, Interaction(PLACE, "p1", "U1", TurnAction.RETRY, lease.turn))
    await stores.sessions.append(said("2"))
    async with open_stage(["a1"], ["a2"], stores=stores) as later:
        await later.quiet()
        assert later.surface.finals == ["a1", "a2"]
        assert later.remembered() == ["q1", "a1", "q2", "a2"]


async def test_looking_for_what_waits_disturbs_nothing_that_is_answered() -> None:
    async with open_stage(A_SECOND) as stage:
        await stage.say("1")
        for _ in range(5):
            await asyncio.sleep(0.1)
            await stage.engine.manager.wake_waiting()
        await stage.quiet()
        assert (len(stage.model.prompts), stage.surface.finals) == (1, ["Yes."])
        assert stage.stores.trips.times("turns.next_asker") == [0.0]


async def test_whoever_asked_hears_that_the_database_fails_while_they_are_answered() -> None:
    async with open_stage() as stage:
        stage.stores.trips.refuse("turns.claim")
        await stage.engine.submit(said("1"))
        await stage.quiet()
        await asyncio.sleep(1)
        assert (stage.surface.ephemerals, stage.model.prompts) == ([("U1", TOLD)], [])
        await stage.engine.manager.wake_waiting()
        await stage.quiet()
        assert stage.surface.finals == ["Fine."]


async def test_a_command_that_a_process_left_is_done_once() -> None:
    stores = StoresInMemory(now)
    command = Job(Command(PLACE, "2", "U1", "help"))
    await stores.jobs.enqueue(command)
    await asyncio.sleep(LEASE_MS / 1000 + 1)
    async with open_stage(stores=stores) as stage:
        await stage.quiet()
        await stage.engine.manager.wake_waiting()
        await stage.quiet()
        assert (len(stage.surface.finals), stage.model.prompts) == (1, [])
        assert not await stores.jobs.done(command), "it is noted already"


# What is heard, and in which order.


async def test_what_comes_twice_is_saved_and_answered_once_and_both_hear_when_it_is_safe() -> None:
    async with open_stage() as stage:
        stage.stores.trips.last("sessions.append", 1.0)
        twins = [asyncio.create_task(stage.say("1")) for _ in range(2)]
        assert (await asyncio.gather(*twins), monotonic()) == ([True, False], 1.0)
        await stage.quiet()
        assert not await stage.say("1")
        await stage.quiet()
        assert stage.surface.finals == ["Fine."]


async def test_what_could_not_be_saved_raises_and_is_answered_when_it_comes_again() -> None:
    async with open_stage() as stage:
        stage.stores.trips.refuse("sessions.append")
        with pytest.raises(StoreError):
            await stage.say("1")
        await stage.quiet()
        assert stage.surface.replies == []
        await stage.answered("1")
        assert stage.surface.finals == ["Fine."]


async def test_people_of_one_thread_are_heard_one_after_another_and_those_of_others_meanwhile() -> None:
    async with open_stage() as stage:
        await stage.answered("1", author="U1")
        await stage.answered("2", author="U2", opens=False)
        stage.surface.names, stage.surface.lookup = {"U2": "Bob"}, 0.75
        heard = list[tuple[str, float]]()

        async def hear(ref: str, text: str, place: Place) -> None:
            await stage.say(ref, text, place=place, opens=False)
            heard.append((ref, monotonic()))

        saying = [("3", "Bob, is it booked?", PLACE), ("4", "yes", PLACE)]
        async with asyncio.TaskGroup() as group:
            for each in saying:
                group.create_task(hear(*each))
            await ask_in(stage, 5)
            heard.append(("5", monotonic()))
        assert heard == [("5", 0.0), ("3", 0.75), ("4", 1.5)]
        await stage.quiet()
        assert "q5" in stage.remembered(thread(5))
        assert stage.remembered()[-2:] == ["Bob, is it booked?", "yes"], "neither is said to us"


async def test_a_name_that_is_not_found_soon_keeps_nobody_waiting() -> None:
    async with open_stage() as stage:
        await stage.answered("1", author="U1")
        await stage.answered("2", author="U2", opens=False)
        stage.surface.lookup = 60.0
        began = monotonic()
        await stage.say("3", "Bob, is it booked?", opens=False)
        assert monotonic() == began + 1.0


@pytest.mark.parametrize(("after", "answers"), [(KEPT, 1), (KEPT + 1, 0)])
async def test_what_overtakes_the_message_that_opens_its_thread_waits_for_it(after: float, answers: int) -> None:
    async with open_stage([1.0, "a1"], ["a2"]) as stage:
        opening = said("1")
        await asyncio.sleep(1)
        assert not await stage.say("2", opens=False)
        await asyncio.sleep(after)
        await stage.engine.reception.submit(opening)
        await stage.quiet()
        assert len([text for text in stage.remembered() if text == "q2"]) == answers


async def test_what_another_process_opens_the_thread_for_is_found_there() -> None:
    async with open_stage() as stage:
        opening = said("1")
        await asyncio.sleep(1)
        assert not await stage.say("2", opens=False)
        await stage.stores.sessions.append(opening)
        await stage.engine.manager.wake_waiting()
        await stage.quiet()
        assert stage.remembered() == ["q1", "q2", "Fine."]


# What ends an answer.


async def test_a_stop_between_people_is_one_only_while_there_is_something_to_stop() -> None:
    async with open_stage(["a1"], [5.0, "a2"], [0.5, "a5"]) as stage:
        await stage.answered("1", author="U1")
        await stage.say("2", author="U1")
        await asyncio.sleep(1)
        await stage.say("3", "@U1 look", author="U2", opens=False, asks=False, said_to=SaidTo.OTHERS)
        await stage.say("4", "stop", author="U1", opens=False)
        await stage.quiet()
        assert stage.surface.finals == ["a1", STOPPED]
        await stage.say("6", "stop", author="U1", opens=False)
        stage.surface.delay = 5.0
        await stage.say("7", "Hakase, is it booked?", author="U1", opens=False)
        await asyncio.sleep(1)
        await stage.say("8", "@U1 look", author="U2", opens=False, asks=False, said_to=SaidTo.OTHERS)
        await stage.say("9", "stop", author="U1", opens=False)
        await stage.quiet()
        assert stage.surface.finals[2:] == ["a5"], "people see it to its end a moment before that is saved"
        assert [text for text in stage.remembered() if text == "stop"] == ["stop", "stop"]


async def test_a_stop_reaches_a_turn_of_another_process() -> None:
    stores = StoresInMemory(now)
    async with open_stage(stores=stores) as stage:
        await stores.sessions.append(said("1"))
        lease = await stores.turns.claim(stage.session)
        assert lease is not None
        await stage.say("2", "stop", opens=False)
        await stage.quiet()
        assert await stores.turns.renew([lease]) == [Renewal.STOP]
        assert stage.surface.replies == []


async def test_the_button_of_an_answer_that_has_ended_stops_no_other() -> None:
    async with open_stage(["a1"], [5.0, "Yes."], ["a2"], concurrency=1) as stage:
        await stage.answered("1")
        ended = stage.reply.lease
        assert ended is not None
        await ask_in(stage, 9)
        await asyncio.sleep(1)
        await stage.say("2")
        stop = Interaction(PLACE, "p1", "U1", TurnAction.STOP, ended.turn)
        await stage.engine.requests.enqueue(stop)
        await stage.quiet()
        assert stage.surface.finals == ["a1", "Yes.", "a2"]
        assert stage.surface.ephemerals == [("U1", ENDED)]


async def test_a_command_has_it_seen_at_once_whether_the_turn_is_still_there() -> None:
    async with open_stage([3.0, "Yes."]) as stage:
        await stage.say("1")
        await asyncio.sleep(0.5)
        await stage.say("2", "help", opens=False)
        await stage.quiet()
        assert stage.stores.trips.times("turns.renew") == [0.5, 2.5]


# Files that only a twin brings.


async def test_files_that_come_while_the_answer_is_written_have_it_begun_anew() -> None:
    async with open_stage([5.0, "a1"], [5.0, "a1 with files"]) as stage:
        stage.surface.contents["F1"] = b"a,b,c"
        await stage.say("1")
        asked = said("1", files=(FILE,))
        await asyncio.sleep(1)
        await stage.engine.reception.submit(asked)
        await stage.quiet()
        assert stage.model.asked_at == [0.0, 1.0]
        assert stage.surface.finals == ["a1 with files"]
        assert "a,b,c" in stage.model.heard[1]


@pytest.mark.parametrize(("comes", "at"), [(1.0, 1.0), (WITHIN + 7, WITHIN)])
async def test_a_question_waits_for_its_files_but_not_for_long(comes: float, at: float) -> None:
    async with open_stage() as stage:
        stage.surface.contents["F1"] = b"a,b,c"
        await stage.say("1", awaits_files=True)
        await stage.engine.manager.wake_waiting()
        await asyncio.sleep(comes)
        await stage.engine.reception.submit(said("1", files=(FILE,)))
        await stage.quiet()
        assert stage.model.asked_at[0] == at
        assert "a,b,c" in stage.model.heard[-1], "it is answered anew, if need be"
        assert (stage.stores.trips.times("turns.answer_to") == []) is (comes == at)
        assert len({reply.lease and reply.lease.turn for reply in stage.surface.replies}) == 1


async def test_files_that_come_long_after_the_answer_are_offered_an_answer() -> None:
    async with open_stage() as stage:
        await stage.answered("1")
        asked = said("1", files=(FILE,))
        await asyncio.sleep(LATE / 1000 + 1)
        await stage.engine.reception.submit(asked)
        await stage.quiet()
        assert len(stage.model.prompts) == 1
        assert [user for user, _ in stage.surface.asked] == ["U1"]


# What is not answered.


async def test_one_person_has_so_many_questions_a_minute_and_is_told_once() -> None:
    async with open_stage(load=Load(by_person=2)) as stage:
        for number in range(1, 6):
            await stage.answered(str(number))
        await stage.answered("6", author="U2")
        assert len(stage.model.prompts) == 3
        assert [user for user, _ in stage.surface.ephemerals] == ["U1"]
        assert "q5" in stage.model.heard[-1], "what is refused is context"
        await asyncio.sleep(WINDOW)
        await stage.answered("7")
        assert len(stage.model.prompts) == 4


async def test_so_many_sessions_wait_and_whoever_comes_then_is_told() -> None:
    async with open_stage(*[A_SECOND] * 3, concurrency=1, load=Load(waiting=2)) as stage:
        for number in range(1, 5):
            await ask_in(stage, number, f"U{number}")
            await asyncio.sleep(0.01)
        await stage.quiet()
        assert sorted(answered_in(stage)) == ["1", "2", "3"]
        assert [user for user, _ in stage.surface.ephemerals] == ["U4"]


async def test_whoever_is_answered_already_is_never_one_too_many() -> None:
    async with open_stage(A_SECOND, A_SECOND, A_SECOND, concurrency=1, load=Load(waiting=1)) as stage:
        await ask_in(stage, 9)
        await asyncio.sleep(0.1)
        await ask_in(stage, 2)
        await stage.say("10", place=thread(9))
        await stage.quiet()
        assert (stage.surface.ephemerals, len(stage.model.prompts)) == ([], 3)


async def test_whoever_waits_only_for_the_surface_keeps_nobody_out() -> None:
    async with open_stage(A_SECOND, A_SECOND, concurrency=1, load=Load(waiting=1)) as stage:
        stage.surface.delay = 30.0
        await ask_in(stage, 1)
        await asyncio.sleep(2)
        await ask_in(stage, 2)
        await stage.quiet()
        assert (stage.surface.ephemerals, stage.model.asked_at) == ([], [0.0, 2.0])


async def test_whoever_was_answered_waits_like_everybody_else() -> None:
    async with open_stage(["a1"], [5.0, "a2"], [5.0, "a3"], concurrency=1, load=Load(waiting=1)) as stage:
        await ask_in(stage, 1)
        await stage.quiet()
        await ask_in(stage, 2)
        await asyncio.sleep(1)
        await ask_in(stage, 3)
        await asyncio.sleep(1)
        await stage.say("4", place=thread(1))
        await stage.quiet()
        assert [user for user, _ in stage.surface.ephemerals] == ["U1"]
        assert answered_in(stage) == ["1", "2", "3"]


async def test_what_people_say_to_each_other_is_context() -> None:
    async with open_stage() as stage:
        await stage.answered("1", author="U1")
        await stage.answered("2", author="U2", opens=False)
        await stage.answered("3", "@U1 is it booked?", author="U2", opens=False, asks=False, said_to=SaidTo.OTHERS)
        assert await stage.say("4", author="U1", opens=False)
        await stage.quiet()
        assert len(stage.model.prompts) == 2
        await stage.answered("5", author="U1")
        assert "q4" in stage.model.heard[-1]


async def test_whoever_asks_while_the_database_fails_is_told_once_in_a_while() -> None:
    async with open_stage() as stage:
        for seconds in (0.0, AGAIN / 2, AGAIN / 2 + 1):
            await asyncio.sleep(seconds)
            stage.stores.trips.refuse("sessions.append")
            with pytest.raises(StoreError):
                await stage.engine.submit(said("1"))
            await asyncio.sleep(0)
        assert stage.surface.ephemerals == [("U1", TOLD)] * 2


# Shutdown.


async def test_at_the_end_a_turn_has_its_grace_period_and_no_more_than_it_needs() -> None:
    async with open_stage([3.0, "Yes."], grace=10.0) as stage:
        await stage.say("1")
        await asyncio.sleep(0.5)
    assert monotonic() == 3.0
    assert stage.surface.finals == ["Yes."]


async def test_at_the_end_nothing_else_is_begun_and_what_is_said_is_kept_for_later() -> None:
    async with open_stage([3.0, "Yes."], concurrency=1) as stage:
        await stage.say("1")
        await ask_in(stage, 2)
        await asyncio.sleep(1)
        stage.engine.manager.retire()
        assert await stage.say("3")
        await stage.say("4", "help")
        await ask_in(stage, 5)
    assert (len(stage.model.prompts), stage.surface.finals) == (1, ["Yes."])
    assert max(stage.stores.trips.times("turns.next_asker")) == 0.0, "nothing is looked at any more"
    assert len(await stage.stores.turns.waiting([HOME])) == 3
    await asyncio.sleep(LEASE_MS / 1000 + 1)
    assert len(await stage.stores.jobs.claim([HOME])) == 1


async def test_the_grace_period_begins_when_no_more_work_is_taken_on() -> None:
    async with open_stage([60.0, "Yes."], grace=10.0) as stage:
        await stage.say("1")
        await asyncio.sleep(1)
        stage.engine.manager.retire()
        await asyncio.sleep(8)
    assert monotonic() == 11.0


async def test_whoever_does_not_let_go_in_time_is_not_waited_for() -> None:
    async with open_stage([60.0, "Yes."], grace=1.0) as stage:
        stage.stores.trips.last("turns.release", 60.0)
        await stage.say("1")
        await asyncio.sleep(1)
    assert monotonic() == 2.0 + PUT_DOWN_WITHIN


async def test_what_was_acknowledged_a_moment_before_the_end_is_stored_if_another_process_opened_its_thread() -> None:
    async with open_stage() as stage:
        opening = said("1")
        await asyncio.sleep(1)
        await stage.say("2", opens=False)
        assert (await stage.stores.sessions.append(opening)).appended is Appended.NEW
    assert stage.remembered() == ["q1", "q2"]


async def test_a_button_that_is_pressed_twice_is_heeded_once() -> None:
    async with open_stage(["a1"], ["a2"], ["a3"]) as stage:
        await stage.answered("1")
        await asyncio.gather(stage.press(TurnAction.RETRY), stage.press(TurnAction.RETRY))
        await stage.quiet()
        assert stage.surface.finals == ["a1", "a2"]
