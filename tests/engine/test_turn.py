"""One turn: what people see of an answer and when, what is remembered of it, and who may write it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from itertools import count

import pytest

from chathakase.clock import monotonic
from chathakase.core.errors import DeliveryError, ModelError
from chathakase.core.leases import RENEW_EVERY
from chathakase.core.types import (
    Finished,
    FinishReason,
    Lease,
    Outcome,
    Prompt,
    Renewal,
    SessionId,
    TakenBack,
    TurnAction,
)
from chathakase.engine.context.context_builder import GO_ON
from chathakase.engine.turns.asking import TOO_SMALL
from chathakase.engine.turns.turn_runner import HOW_TO_GO_ON
from chathakase.engine.turns.verdict import (
    CUT,
    EMPTY,
    FAILED,
    FILTERED,
    GAVE_UP,
    LENGTH,
    LENGTH_EMPTY,
    SILENT,
    STOPPED,
    STOPPED_MARK,
    TAKEN_BACK,
    TOO_MUCH,
    TOOLS,
    TROUBLE,
    UNKNOWN,
    UNSETTLED,
    paused,
    with_notice,
)
from tests.doubles.model import WHOLE, Step
from tests.doubles.stage import HOME, PLACE, now, open_stage, said
from tests.doubles.stores import StoresInMemory
from tests.doubles.surface import Final

pytestmark = pytest.mark.virtual_time

OVERLOADED = ModelError("overloaded", "The model is overloaded. Try again in a minute.")
SLOW: tuple[Step, ...] = (0.5, "Well", 9.0, ", no.")
"""An answer that takes some while."""


def end(
    at: float, text: str, outcome: Outcome = Outcome.ANSWERED, offer: TurnAction | None = None, *below: str
) -> Final:
    return Final(at, text, outcome, offer, below)


def chat_messages(prompt: Prompt) -> list[str]:
    """Who speaks in a prompt."""
    return [chat_message.role for chat_message in prompt.chat_messages]


# What people see.


async def test_an_answer_grows_and_is_delivered_and_saved_once() -> None:
    async with open_stage([0.5, "Hello", 1.0, " there", 0.25, "."]) as stage:
        reply = await stage.answered("1")
        assert reply.shown == [(0.5, "Hello"), (1.5, "Hello there")]
        assert reply.final == end(1.75, "Hello there.")
        assert (len(stage.surface.replies), stage.stores.trips.times("turns.finish")) == (1, [1.75])
        assert stage.remembered() == ["q1", "Hello there."]
        assert (reply.is_under_way, stage.surface.told) == (False, [])


async def test_an_answer_in_one_piece_is_delivered_at_once() -> None:
    async with open_stage([2.0, "Hello there."]) as stage:
        reply = await stage.answered("1")
        assert reply.final == end(2.0, "Hello there.")
        assert stage.remembered() == ["q1", "Hello there."]


async def test_a_slow_surface_skips_texts_and_slows_nothing_down() -> None:
    steps = [step for number in range(1, 10) for step in (0.25, str(number))]
    async with open_stage(steps) as stage:
        stage.surface.interval = 0.9
        reply = await stage.answered("1")
        assert reply.shown == [(0.25, "1"), (1.15, "1234"), (2.05, "12345678")]
        assert reply.final == end(2.25, "123456789")


async def test_what_is_on_its_way_arrives_before_the_end_which_nothing_follows() -> None:
    async with open_stage(["Well", 0.5, ", no."]) as stage:
        stage.surface.delay = 2.0
        reply = await stage.answered("1")
        assert reply.shown == [(2.0, "Well")]
        assert reply.final == end(4.0, "Well, no.")


async def test_what_the_model_takes_back_is_taken_from_before_peoples_eyes() -> None:
    async with open_stage(["Hm, let me think", 1.0, TakenBack(), 1.0, "Yes."]) as stage:
        reply = await stage.answered("1")
        assert reply.shown == [(0.0, "Hm, let me think"), (1.0, "")]
        assert reply.final == end(2.0, "Yes.")
        assert stage.remembered() == ["q1", "Yes."]


async def test_footnotes_stand_below_the_answer() -> None:
    async with open_stage(["Yes.", replace(WHOLE, footnotes=("ignored",), unseen=0)]) as stage:
        direct = PLACE.beside("D1", "1")
        reply = await stage.answered("1", place=direct)
        assert reply.final == end(0.0, "Yes.", Outcome.ANSWERED, None, HOW_TO_GO_ON)


async def test_an_answer_needs_no_hint_that_the_database_would_not_note() -> None:
    async with open_stage() as stage:
        stage.stores.trips.refuse("hints.has_replied")
        reply = await stage.answered("1", place=PLACE.beside("D1", "1"))
        assert reply.final == end(0.0, "Fine.")


async def test_whoever_said_something_may_be_mentioned_and_nobody_else() -> None:
    async with open_stage() as stage:
        await stage.answered("1", author="U1")
        reply = await stage.answered("2", author="U2")
        assert reply.members is not None
        assert await reply.members() == {"U1", "U2"}


async def test_how_to_go_on_is_told_once_and_only_where_nobody_else_is() -> None:
    async with open_stage() as stage:
        told = [
            (await stage.answered(ref, place=PLACE.beside(channel, ref))).final
            for channel, ref in (("C1", "1"), ("D1", "2"), ("D1", "3"))
        ]
        assert [final and final.footnotes for final in told] == [(), (HOW_TO_GO_ON,), ()]


# How an answer ends.


@pytest.mark.parametrize(
    ("reason", "below", "instead"),
    [
        (None, CUT, CUT),
        (FinishReason.LENGTH, LENGTH, LENGTH_EMPTY),
        (FinishReason.TOO_MUCH, TOO_MUCH, None),
        (FinishReason.FILTERED, FILTERED, FILTERED),
        (FinishReason.TOOLS, TOOLS, None),
        (FinishReason.FAILED, FAILED, None),
        (FinishReason.UNKNOWN, UNKNOWN, None),
        (FinishReason.WHOLE, "", EMPTY),
    ],
)
async def test_how_the_model_ended_is_told(reason: FinishReason | None, below: str, instead: str | None) -> None:
    async with open_stage(["Well", Finished(reason)], [Finished(reason)]) as stage:
        reply = await stage.answered("1")
        offer = None if not below else TurnAction.CONTINUE if reason is FinishReason.LENGTH else TurnAction.RETRY
        outcome = Outcome.PARTIAL if below else Outcome.ANSWERED
        assert reply.final == end(0.0, with_notice("Well", below) if below else "Well", outcome, offer)
        reply = await stage.answered("2")
        assert reply.final is not None
        assert (reply.final.outcome, reply.final.offer) == (Outcome.FAILED, TurnAction.RETRY)
        assert reply.final.text.startswith("⚠️ ")
        assert instead is None or reply.final.text == f"⚠️ {instead}"
        assert stage.remembered() == ["q1", "Well", "q2"]


async def test_a_model_that_fails_at_once_leaves_a_sentence_and_nothing_to_remember() -> None:
    async with open_stage([1.0, OVERLOADED]) as stage:
        reply = await stage.answered("1")
        assert reply.final == end(1.0, f"⚠️ {OVERLOADED.told}", Outcome.FAILED, TurnAction.RETRY)
        assert stage.remembered() == ["q1"]


@pytest.mark.parametrize(("error", "told"), [(OVERLOADED, OVERLOADED.told), (ModelError("timeout", "?"), SILENT)])
async def test_a_model_that_fails_later_leaves_what_it_wrote(error: ModelError, told: str) -> None:
    async with open_stage(["Well", 1.0, error]) as stage:
        reply = await stage.answered("1")
        assert reply.final == end(1.0, with_notice("Well", told), Outcome.PARTIAL, TurnAction.RETRY)
        assert stage.remembered() == ["q1", "Well"]


async def test_a_mistake_of_our_own_is_an_end_as_well(caplog: pytest.LogCaptureFixture) -> None:
    async with open_stage(["Well", ValueError("a secret")]) as stage:
        reply = await stage.answered("1")
        assert reply.final == end(0.0, with_notice("Well", TROUBLE), Outcome.PARTIAL, TurnAction.RETRY)
        assert "secret" not in caplog.text


async def test_what_is_too_long_for_the_model_is_asked_with_less_and_then_given_up() -> None:
    too_long = ModelError("context_length_exceeded", "Too long.", limit=8_000)
    async with open_stage(*[["a" * 400]] * 8) as stage:
        for number in range(8):
            await stage.answered(f"1.{number}")
        for steps in ([too_long], [too_long], ["Yes."]):
            stage.model.answer(*steps)
        reply = await stage.answered("2")
        assert reply.final == end(0.0, "Yes.")
        assert [told.count("a" * 400) for told in stage.model.told[8:]] == [8, 3, 1]
        for _ in range(3):
            stage.model.answer(too_long)
        reply = await stage.answered("3")
        assert reply.final == end(0.0, "⚠️ Too long.", Outcome.FAILED, TurnAction.RETRY)


async def test_a_question_that_is_too_long_by_itself_is_said_to_be_so() -> None:
    too_long = ModelError("context_length_exceeded", "Too long.")
    async with open_stage([too_long], [too_long], [too_long]) as stage:
        reply = await stage.answered("1")
        assert reply.final == end(0.0, f"⚠️ {TOO_SMALL}", Outcome.FAILED, TurnAction.RETRY)


async def test_a_model_that_has_begun_is_not_asked_again() -> None:
    async with open_stage(["Well", ModelError("context_length_exceeded", "Too long.")]) as stage:
        reply = await stage.answered("1")
        assert reply.final == end(0.0, with_notice("Well", "Too long."), Outcome.PARTIAL, TurnAction.RETRY)
        assert len(stage.model.prompts) == 1


# Who may write it.


async def test_the_lease_is_renewed_at_its_times_and_no_longer_than_the_turn_lasts() -> None:
    async with open_stage([7.0, "Yes."]) as stage:
        await stage.answered("1")
        await asyncio.sleep(60)
        assert stage.stores.trips.times("turns.renew") == [2.0, 4.0, 6.0]


async def test_all_leases_are_renewed_at_once_and_the_later_ones_the_sooner() -> None:
    late: tuple[Step, ...] = (7.0, "Yes.")
    async with open_stage(late, late, late) as stage:
        for number in range(3):
            await stage.say("1", place=replace(PLACE, thread=f"{number}"))
            await asyncio.sleep(0.5)
        await stage.quiet()
        assert stage.stores.trips.times("turns.renew") == [2.0, 4.0, 6.0, 8.0]
        assert [reply.final for reply in stage.surface.replies] == [end(at, "Yes.") for at in (7.0, 7.5, 8.0)]


async def test_only_the_turn_that_is_lost_ends() -> None:
    other = replace(PLACE, thread="2")
    async with open_stage(SLOW, SLOW) as stage:
        await stage.say("1")
        await stage.say("2", place=other)
        await asyncio.sleep(1)
        stage.lose_the_lease()
        await stage.quiet()
        lost, kept = stage.surface.replies
        assert (lost.final, lost.texts) == (None, ["Well"])
        assert kept.final == end(9.5, "Well, no.")
        assert stage.remembered(other) == ["q2", "Well, no."]


async def test_an_error_of_ours_does_not_end_the_heartbeat(caplog: pytest.LogCaptureFixture) -> None:
    async with open_stage([7.0, "Yes."]) as stage:
        renew, asked = stage.stores.turns.renew, count(1)

        async def fails_at_first(leases: Sequence[Lease]) -> list[Renewal]:
            if next(asked) == 1:
                raise ValueError
            return await renew(leases)

        stage.stores.turns.renew = fails_at_first  # type: ignore[method-assign]
        reply = await stage.answered("1")
        assert stage.stores.trips.times("turns.renew") == [4.0, 6.0]
        assert reply.final == end(7.0, "Yes.")
        assert "The leases could not be renewed: ValueError" in caplog.text


async def test_whoever_loses_the_lease_stops_at_the_next_renewal_and_records_nothing() -> None:
    async with open_stage(SLOW) as stage:
        await stage.say("1")
        await asyncio.sleep(1)
        stage.lose_the_lease()
        await stage.quiet()
        assert monotonic() == RENEW_EVERY
        assert (stage.reply.final, stage.reply.texts, stage.model.cut) == (None, ["Well"], 1)
        assert not stage.reply.is_under_way
        assert stage.stores.trips.times("turns.finish") == []
        assert stage.remembered() == ["q1"]


async def test_whoever_loses_the_lease_at_the_very_end_records_nothing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="chathakase.log_events")
    async with open_stage(["Yes."]) as stage:
        stage.surface.delay = 1.0
        await stage.say("1")
        await asyncio.sleep(0.5)
        stage.lose_the_lease()
        await stage.quiet()
        assert stage.stores.trips.times("turns.finish") == [1.0]
        assert stage.remembered() == ["q1"]
        assert caplog.messages[-1].endswith("outcome=lost seconds=1.0")


async def test_whoever_stood_still_and_lost_the_turn_takes_back_that_a_process_died_of_it() -> None:
    async with open_stage(SLOW) as stage:
        stage.stores.trips.refuse("turns.renew", times=9)
        await stage.say("1")
        await asyncio.sleep(7)
        taken = await stage.stores.turns.claim(stage.session)
        assert taken is not None
        assert taken.attempt == 2
        stage.stores.trips.bear("turns.renew")
        await stage.quiet()
        await stage.stores.turns.release(taken)
        again = await stage.stores.turns.claim(stage.session)
        assert again is not None
        assert again.attempt == 1


async def test_a_stop_that_was_wanted_while_nobody_held_the_turn_is_heard_at_once() -> None:
    stores = StoresInMemory(now)
    await stores.sessions.append(said("1"))
    (session,) = await stores.turns.waiting([HOME])
    assert await stores.turns.claim(session.id)
    await stores.turns.want_stop(session.id)
    await asyncio.sleep(60)
    async with open_stage(SLOW, stores=stores) as stage:
        await stage.quiet()
        assert stage.reply.final == end(60.0, STOPPED, Outcome.STOPPED)


async def test_an_answer_to_what_is_deleted_says_at_once_that_it_ends() -> None:
    async with open_stage(SLOW) as stage:
        await stage.say("1")
        await asyncio.sleep(1)
        await stage.edit("1", None)
        await stage.quiet()
        assert stage.reply.final == end(1.0, with_notice("Well", TAKEN_BACK), Outcome.STOPPED)
        assert stage.remembered() == []


async def test_one_renewal_that_fails_is_no_harm() -> None:
    async with open_stage([1.0, "Well", 4.0, ", no.", 1.0, "."]) as stage:
        stage.stores.trips.refuse("turns.renew")
        reply = await stage.answered("1")
        assert reply.shown == [(1.0, "Well"), (5.0, "Well, no.")]
        assert reply.final == end(6.0, "Well, no..")


async def test_nothing_is_shown_that_may_be_somebody_elses_by_now() -> None:
    """The lease was renewed last at its beginning, and is sure for five seconds."""
    async with open_stage([5.5, "Well", 9.0, ", no."]) as stage:
        stage.stores.trips.refuse("turns.renew", times=3)
        reply = await stage.answered("1")
        assert stage.stores.trips.times("turns.renew")[:4] == [2.0, 4.0, 5.5, 7.5]
        assert reply.shown == [(7.5, "Well")]
        assert reply.final == end(14.5, "Well, no.")


async def test_a_renewal_is_good_for_a_while_and_no_longer() -> None:
    """The lease was renewed last after two seconds, and is sure until the seventh."""
    async with open_stage([6.5, "Well", 1.0, ", no", 9.0, "."]) as stage:
        await stage.say("1")
        await asyncio.sleep(3)
        stage.stores.trips.refuse("turns.renew", times=3)
        await stage.quiet()
        assert stage.stores.trips.times("turns.renew")[:5] == [2.0, 4.0, 6.0, 7.5, 9.5]
        assert stage.reply.shown == [(6.5, "Well"), (9.5, "Well, no")]


async def test_nothing_is_delivered_that_may_be_somebody_elses_by_now() -> None:
    async with open_stage([5.5, "Yes."]) as stage:
        stage.stores.trips.refuse("turns.renew", times=3)
        reply = await stage.answered("1")
        assert reply.final == end(7.5, "Yes.")


async def test_a_turn_that_processes_died_of_is_given_up() -> None:
    async with open_stage() as stage:
        claim = stage.stores.turns.claim

        async def blamed(session: SessionId) -> Lease | None:
            lease = await claim(session)
            return lease and replace(lease, blamed=True)

        stage.stores.turns.claim = blamed  # type: ignore[assignment, method-assign]
        reply = await stage.answered("1")
        assert reply.final == end(0.0, f"⚠️ {GAVE_UP}", Outcome.FAILED, TurnAction.RETRY)
        assert stage.model.prompts == []


# What is saved.


async def test_an_end_is_saved_however_often_the_database_refuses() -> None:
    async with open_stage(["Yes."]) as stage:
        stage.stores.trips.refuse("turns.finish", times=3)
        reply = await stage.answered("1")
        assert stage.stores.trips.times("turns.finish") == [0.0, 2.0, 4.0, 6.0]
        assert reply.final == end(0.0, "Yes.")
        assert stage.remembered() == ["q1", "Yes."]


@pytest.mark.parametrize("trip", ["memory.memory", "turns.note_reply"])
async def test_a_turn_that_the_database_interrupts_is_put_down_and_not_tried_again_at_once(
    trip: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_stage() as stage:
        stage.stores.trips.refuse(trip)
        caplog.set_level("INFO", logger="chathakase.log_events")
        await stage.say("1")
        await stage.quiet()
        assert (stage.surface.finals, len(stage.stores.trips.times("turns.claim"))) == ([], 1)
        assert any(message.endswith("outcome=interrupted seconds=0.0") for message in caplog.messages)
        assert [each.place for each in await stage.stores.turns.waiting([HOME])] == [PLACE]
        await stage.engine.manager.wake_waiting()
        await stage.quiet()
        assert stage.surface.finals == ["Fine."]
        assert stage.remembered() == ["q1", "Fine."]


async def test_an_answer_that_cannot_be_gone_on_with_just_then_waits(caplog: pytest.LogCaptureFixture) -> None:
    async with open_stage(["One", Finished(FinishReason.LENGTH)], [", two"]) as stage:
        await stage.answered("1")
        caplog.set_level("INFO", logger="chathakase.log_events")
        stage.stores.trips.refuse("memory.memory")
        await stage.press(TurnAction.CONTINUE)
        await stage.quiet()
        assert stage.surface.finals == [with_notice("One", LENGTH)]
        assert caplog.messages[-1].endswith("will be tried again: the disk is full")
        assert any(message.endswith("outcome=interrupted seconds=0.0") for message in caplog.messages)
        await stage.engine.manager.wake_waiting()
        await stage.quiet()
        assert stage.reply.final == end(0.0, "One, two")


async def test_what_cannot_be_delivered_is_told_elsewhere_and_not_remembered() -> None:
    async with open_stage(["Yes."]) as stage:
        stage.surface.refusal = DeliveryError("is_archived")
        await stage.say("1", author="U1")
        await stage.say("2", author="U2", opens=False)
        await stage.quiet()
        assert {user for user, _ in stage.surface.told} == {"U1", "U2"}
        assert all("lost" in text and "#C1" in text for _, text in stage.surface.told)
        assert stage.remembered() == ["q1", "q2"]
        assert await stage.stores.turns.waiting([HOME]) == []


# What people do meanwhile.


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
        assert [task.get_name() for task in others] == ["heartbeat"], "nobody waits for anything any more"
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
            assert stage.engine.manager.scheduler.begin_anew(stage.session)
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


# Shutdown.


async def test_a_turn_that_is_cut_short_says_so_and_is_taken_up_by_whoever_comes_next() -> None:
    stores = StoresInMemory(now)
    async with open_stage([1.0, "Well", 60.0], stores=stores, grace=5.0) as stage:
        await stage.say("1")
        await asyncio.sleep(2)
    assert monotonic() == 7.0
    assert stage.reply.final == end(7.0, paused("Well"), Outcome.STOPPED)
    assert not stage.reply.is_under_way
    async with open_stage(["Yes."], stores=stores) as later:
        await later.quiet()
        assert later.reply.lease is not None
        assert (later.reply.lease.refs, later.reply.lease.attempt) == (("r1",), 1)
        assert later.reply.final == end(7.0, "Yes.")
    assert later.remembered() == ["q1", "Yes."]


async def test_a_turn_that_is_cut_short_before_its_first_word_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async with open_stage([60.0, "Well"], grace=5.0) as stage:
        await stage.say("1")
        await asyncio.sleep(1)
    assert (stage.reply.final, stage.reply.shown) == (None, [])
    assert [each.place for each in await stage.stores.turns.waiting([HOME])] == [PLACE]
    assert [record.message for record in caplog.records if record.levelname in ("WARNING", "ERROR")] == []


async def test_a_pause_that_the_surface_does_not_take_soon_is_not_waited_for() -> None:
    async with open_stage([1.0, "Well", 60.0], grace=5.0) as stage:
        await stage.say("1")
        await asyncio.sleep(2)
        stage.surface.delay = 60.0
    assert monotonic() == 8.5
    assert stage.reply.final is None
    assert await stage.stores.turns.claim(stage.session) is not None, "it was let go of all the same"


# The log.


@pytest.mark.parametrize(
    ("steps", "outcome"),
    [
        ([1.0, "Yes."], "outcome=answered characters=4 seconds=1.0"),
        ([1.0, "Well", OVERLOADED], "outcome=partial error=overloaded characters=4 seconds=1.0"),
        ([1.0, OVERLOADED], "outcome=failed error=overloaded characters=0 seconds=1.0"),
        (["Well", 4.0], "outcome=lost seconds=2.0"),
        (["Well", 60.0], "outcome=put_down seconds=10.5"),
    ],
)
async def test_the_log_tells_of_each_turn_how_it_ended_and_after_how_long(
    steps: list[Step], outcome: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="chathakase.log_events")
    await asyncio.sleep(60)
    async with open_stage(steps) as stage:
        await stage.say("1")
        await asyncio.sleep(0.5)
        if "lost" in outcome:
            stage.lose_the_lease()
    began, ended = (message for message in caplog.messages if message.startswith("turn "))
    assert began.startswith("turn began: ")
    assert ended.endswith(outcome)
