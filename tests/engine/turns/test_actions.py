"""What people press, say and change while they are answered."""

import asyncio

import pytest

from chathakase.core.types import (
    Finished,
    FinishReason,
    Outcome,
    TurnAction,
)
from chathakase.engine.context.context_builder import GO_ON
from chathakase.engine.turns.verdict import (
    STOPPED,
    STOPPED_MARK,
    TAKEN_BACK,
    UNSETTLED,
    with_notice,
)
from tests.doubles.engine_stage import open_stage, said
from tests.doubles.scripted_model import Step
from tests.engine.turns.scripted_answers import OVERLOADED, SLOW, chat_messages, end

pytestmark = pytest.mark.virtual_time


async def test_a_stop_keeps_what_is_written_and_ends_at_once() -> None:
    async with open_stage(SLOW) as stage:
        await stage.say("1")
        await asyncio.sleep(1)
        await stage.press(TurnAction.STOP)
        await stage.quiet()
        assert stage.reply.final == end(1.0, f"Well\n\n{STOPPED}", Outcome.STOPPED)
        assert stage.remembered() == ["q1", f"Well\n\n{STOPPED_MARK}"]
        assert stage.model.cut == 1


async def test_a_stop_before_the_first_word_says_so() -> None:
    async with open_stage([5.0, "Well"]) as stage:
        await stage.say("1")
        await asyncio.sleep(1)
        await stage.press(TurnAction.STOP)
        await stage.quiet()
        assert stage.reply.final == end(1.0, STOPPED, Outcome.STOPPED)
        assert stage.remembered() == ["q1", STOPPED_MARK]


async def test_a_stop_since_the_question_is_to_be_forgotten_says_so_and_is_not_remembered() -> None:
    async with open_stage(SLOW) as stage:
        await stage.say("1")
        await asyncio.sleep(1)
        stage.active_turn.forgotten.set()
        stage.active_turn.stop.set()
        await stage.quiet()
        assert stage.reply.final == end(1.0, with_notice("Well", TAKEN_BACK), Outcome.STOPPED)
        assert stage.remembered() == ["q1"]


async def test_a_stop_that_another_process_hears_is_heard_at_the_next_renewal() -> None:
    async with open_stage(SLOW) as stage:
        await stage.say("1")
        await asyncio.sleep(0.75)
        await stage.stores.turns.want_stop(stage.session)
        await stage.quiet()
        assert stage.reply.final == end(2.0, f"Well\n\n{STOPPED}", Outcome.STOPPED)


async def test_nobody_else_stops_an_answer() -> None:
    async with open_stage(SLOW) as stage:
        await stage.say("1")
        await asyncio.sleep(1)
        await stage.press(TurnAction.STOP, by="U2")
        await stage.quiet()
        assert stage.reply.final == end(9.5, "Well, no.")
        assert [user for user, _ in stage.surface.ephemerals] == ["U2"]


async def test_what_is_said_during_a_turn_is_answered_by_the_next_one_and_no_other() -> None:
    async with open_stage([1.0, "a1"], [1.0, "a2 a3"]) as stage:
        await stage.say("1")
        await asyncio.sleep(0.5)
        await stage.say("2")
        await stage.say("3")
        await stage.quiet()
        assert [reply.final for reply in stage.surface.replies] == [end(1.0, "a1"), end(2.0, "a2 a3")]
        assert ["q2" in heard for heard in stage.model.heard] == [False, True]
        assert stage.remembered() == ["q1", "a1", "q2", "q3", "a2 a3"]
        assert len(stage.model.prompts) == 2


async def test_a_question_that_is_deleted_before_its_turn_comes_gets_no_word() -> None:
    async with open_stage(SLOW) as stage:
        await stage.say("1")
        await asyncio.sleep(1)
        await stage.say("2")
        await stage.edit("2", None)
        await stage.quiet()
        assert stage.surface.finals == ["Well, no."]


async def test_a_failed_answer_is_written_again_in_its_place() -> None:
    async with open_stage(["Well", OVERLOADED], ["Yes."]) as stage:
        await stage.answered("1")
        await stage.press(TurnAction.RETRY)
        await stage.quiet()
        first, second = stage.surface.replies
        assert first.lease is not None
        assert second.lease is not None
        assert (second.lease.turn, second.lease.run, second.lease.refs) == (first.lease.turn, 2, ("r1",))
        assert second.final == end(0.0, "Yes.")
        assert stage.remembered() == ["q1", "Yes."]
        assert chat_messages(stage.model.prompts[1]) == ["system", "user"], "the failed one is not told of"


async def test_an_answer_that_reached_its_length_is_gone_on_with() -> None:
    async with open_stage(["One", Finished(FinishReason.LENGTH)], [1.0, ", two", 1.0, ", three"]) as stage:
        await stage.answered("1")
        await stage.press(TurnAction.CONTINUE)
        await stage.quiet()
        assert stage.reply.shown == [(0.0, "One"), (1.0, "One, two")]
        assert stage.reply.final == end(2.0, "One, two, three")
        assert stage.remembered() == ["q1", "One, two, three"]
        assert chat_messages(stage.model.prompts[1]) == ["system", "user", "assistant", "user"]
        assert stage.model.heard[1] == GO_ON


async def test_what_fails_while_it_goes_on_is_gone_on_with_again() -> None:
    async with open_stage(["One", Finished(FinishReason.LENGTH)], [", two", OVERLOADED]) as stage:
        await stage.answered("1")
        await stage.press(TurnAction.CONTINUE)
        await stage.quiet()
        assert stage.reply.final == end(
            0.0, with_notice("One, two", OVERLOADED.told), Outcome.PARTIAL, TurnAction.CONTINUE
        )
        assert stage.remembered() == ["q1", "One, two"]


async def test_an_answer_begins_anew_when_its_question_is_changed_later_each_time_and_three_times_at_most() -> None:
    slow: tuple[Step, ...] = ("Well", 20.0, "…")
    async with open_stage(slow, slow, slow, [2.0, "Yes."]) as stage:
        await stage.say("1", "one")
        for number in range(1, 5):
            await asyncio.sleep(4)
            await stage.edit("1", f"one, changed {number} times")
        await stage.quiet()
        assert stage.model.asked_at == [0.0, 4.0, 9.0, 14.0]
        assert "changed 3 times" in stage.model.heard[3]
        assert stage.reply.final == end(16.0, "Yes.")
        assert stage.model.cut == 3
        assert len(stage.surface.replies) == 1
        others = asyncio.all_tasks() - {asyncio.current_task()}
        idle = {"heartbeat", "overviews"}
        assert {task.get_name() for task in others} == idle, "nobody waits for anything any more"
        assert stage.remembered() == ["one, changed 4 times", "Yes."]


async def test_a_question_that_is_changed_once_too_often_is_answered_as_it_was_and_offered_again() -> None:
    slow: tuple[Step, ...] = ("Well", 20.0, "…")
    async with open_stage(slow, slow, slow, [9.0, "Yes."]) as stage:
        await stage.say("1", "one")
        for number in range(1, 5):
            await asyncio.sleep(4)
            await stage.edit("1", f"one, changed {number} times")
        await stage.quiet()
        assert stage.reply.final == end(23.0, "Yes.")
        assert [user for user, _ in stage.surface.asked] == ["U1"]


async def test_files_that_come_when_an_answer_was_begun_anew_too_often_leave_it_as_it_is() -> None:
    async with open_stage(SLOW, SLOW, SLOW, SLOW) as stage:
        await stage.say("1")
        for _ in range(4):
            await asyncio.sleep(4)
            assert stage.engine.manager.scheduler.restart(stage.session)
        await stage.quiet()
        assert stage.model.asked_at[:4] == [0.0, 4.0, 9.0, 14.0]
        assert stage.surface.replies[0].final == end(23.5, "Well, no.")


async def test_what_is_changed_while_its_answer_is_on_its_way_is_answered_again_at_once() -> None:
    async with open_stage(["a1"], ["a1, again"]) as stage:
        stage.surface.delay = 2.0
        await stage.say("1")
        await asyncio.sleep(1)
        await stage.edit("1", "one, changed")
        await stage.quiet()
        assert stage.surface.finals == ["a1", "a1, again"]
        assert "one, changed" in stage.model.heard[1]
        assert (stage.remembered(), stage.surface.asked) == (["one, changed", "a1, again"], [])


async def test_an_answer_of_which_too_often_something_is_forgotten_is_given_up() -> None:
    slow: tuple[Step, ...] = ("Well", 20.0, "…")
    async with open_stage(slow, slow, slow, slow) as stage:
        for ref in "12345":
            await stage.stores.sessions.append(said(ref))
        await stage.engine.manager.wake_waiting()
        for ref in "1234":
            await asyncio.sleep(4)
            await stage.edit(ref, None)
        await stage.quiet()
        assert stage.reply.final == end(16.0, f"⚠️ {UNSETTLED}", Outcome.FAILED, TurnAction.RETRY)
        assert stage.remembered() == ["q5"]
