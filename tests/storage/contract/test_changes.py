"""A message that is changed or deleted is so for every answer that is to come."""

from dataclasses import replace

import pytest

from chathakase.core.files import Reading, SharedFile
from chathakase.core.memory import ChangeEffect, QuestionState
from chathakase.core.types import Appended, Renewal
from tests.storage.database_stores import FILE, ID, PLACE, Talk, answer, change, said


async def test_a_changed_message_says_what_it_says_now(stores: Talk) -> None:
    await stores.answered("1", "q1", "a1")
    effect = await stores.changes.change(change("1", "q1, corrected"))
    assert effect == ChangeEffect(ID, PLACE, "U1", 1, QuestionState.NEWEST)
    memory = await stores.remembered()
    assert [(message.text, message.tokens) for message in memory.messages] == [("q1, corrected", 13), ("a1", 2)]
    assert memory.title == "q1, corrected"


async def test_only_the_newest_change_counts(stores: Talk) -> None:
    await stores.say("1", "q1")
    assert await stores.changes.change(change("1", "third", at=3))
    for at in (1, 2, 3):
        assert await stores.changes.change(change("1", "older", at=at)) is None
    assert await stores.texts() == ["third"]


async def test_nothing_is_known_of_other_messages(stores: Talk) -> None:
    await stores.say("1", "q1")
    for other in (
        change("2", "unknown"),
        replace(change("1", "elsewhere"), place=PLACE.beside("C2", PLACE.thread)),
        replace(change("1", "elsewhere"), place=PLACE.beside("C1", "2.000001")),
        replace(change("1", "elsewhere"), place=replace(PLACE, workspace="T2")),
        replace(change("1", "elsewhere"), place=replace(PLACE, surface="another")),
    ):
        assert await stores.changes.change(other) is None
    assert await stores.texts() == ["q1"]


async def test_what_is_deleted_before_it_is_known_is_not_stored_any_more(stores: Talk) -> None:
    await stores.say("1", "q1")
    assert await stores.changes.change(change("2")) is None
    assert await stores.say("2", "q2") is Appended.KNOWN
    assert await stores.texts() == ["q1"]


async def test_files_that_stay_are_not_read_again(stores: Talk) -> None:
    other = SharedFile("F2", "b.csv", "text/csv", 9, "https://files.slack.com/F2")
    third = SharedFile("F3", "c.csv", "text/csv", 9, "https://files.slack.com/F3")
    await stores.say("1", "q1", files=(FILE, other))
    for unread in await stores.files.unread(ID, limit=9):
        await stores.files.note_reading(unread.id, Reading(f"content of {unread.file.id}"))
    await stores.changes.change(change("1", "q1, corrected", files=(other, third)))
    (message,) = (await stores.remembered()).messages
    assert [each.text for each in message.attachments] == ["content of F2", ""]
    assert not await stores.say("1", "q1", files=(FILE,))
    assert len((await stores.remembered()).messages[0].attachments) == 2


async def test_standings(stores: Talk) -> None:
    first = await stores.answered("1", "q1", "a1")
    await stores.say("2", "talk", asks=False)
    await stores.answered("3", "q3", "a3")
    await stores.say("4", "q4")
    await stores.memory.add_earlier(ID, [said("0.5", "above")])

    async def standing(ref: str) -> QuestionState:
        effect = await stores.changes.change(change(ref, f"new {stores.clock.now}", at=stores.clock.now))
        assert effect is not None
        stores.clock.now += 1
        return effect.standing

    assert [await standing(ref) for ref in ("0.5", "1", "2", "3", "4")] == [
        QuestionState.CONTEXT,
        QuestionState.CONTEXT,
        QuestionState.CONTEXT,
        QuestionState.NEWEST,
        QuestionState.WAITING,
    ]
    await stores.interaction(first)
    assert await standing("1") is QuestionState.WAITING


async def test_what_waits_and_is_deleted_is_not_answered(stores: Talk) -> None:
    await stores.say("1", "q1")
    effect = await stores.changes.change(change("1"))
    assert effect is not None
    assert effect.standing is QuestionState.WAITING
    assert await stores.turns.waiting([PLACE.workspace_key]) == []
    assert await stores.turns.claim(ID) is None


@pytest.mark.parametrize("deleted", ["1", "2", "3"])
async def test_what_else_waits_is_answered(deleted: str, stores: Talk) -> None:
    for ref in ("1", "2", "3"):
        await stores.say(ref, f"q{ref}")
    await stores.changes.change(change(deleted))
    lease = await stores.claimed()
    assert await stores.texts(lease) == [f"q{ref}" for ref in ("1", "2", "3") if ref != deleted]
    await stores.turns.finish(lease, answer("a"))
    assert await stores.turns.waiting([PLACE.workspace_key]) == []


async def test_a_turn_ends_when_all_that_it_answers_is_deleted(stores: Talk) -> None:
    await stores.say("1", "q1")
    lease = await stores.claimed()
    await stores.turns.note_reply(lease, ["1.5"])
    await stores.changes.change(change("1"))
    assert await stores.turns.renew([lease]) == [Renewal.LOST]
    assert not await stores.turns.finish(lease, answer("late"))
    await stores.say("2", "q2")
    again = await stores.claimed()
    assert (again.resumed, again.refs) == (False, ())


async def test_a_question_that_is_deleted_while_another_is_answered_waits_no_more(stores: Talk) -> None:
    await stores.say("1", "q1")
    lease = await stores.claimed()
    await stores.say("2", "q2")
    await stores.changes.change(change("2"))
    assert await stores.turns.finish(lease, answer("a1"))
    assert await stores.turns.waiting([PLACE.workspace_key]) == []
    assert await stores.turns.claim(ID) is None


async def test_a_turn_goes_on_while_it_answers_something(stores: Talk) -> None:
    await stores.say("1", "q1")
    await stores.say("2", "q2")
    lease = await stores.claimed()
    await stores.changes.change(change("1"))
    assert await stores.turns.renew([lease]) == [Renewal.HELD]


async def test_a_turn_whose_question_is_deleted_is_not_taken_up_again(stores: Talk) -> None:
    turn = await stores.answered("1", "q1")
    await stores.interaction(turn)
    await stores.changes.change(change("1"))
    assert await stores.turns.waiting([PLACE.workspace_key]) == []
    assert not await stores.interaction(turn)


async def test_a_turn_is_answered_again_as_long_as_any_of_its_questions_is_kept(stores: Talk) -> None:
    before = await stores.answered("1", "q1", "a1")
    await stores.say("2", "q2")
    await stores.say("3", "q3", author="U2")
    lease = await stores.claimed()
    await stores.turns.finish(lease, answer("a2 and a3"))
    await stores.changes.change(change("3"))
    assert await stores.newest() == (lease.turn, 1)
    assert await stores.interaction(lease.turn)
    await stores.changes.change(change("2"))
    assert await stores.newest() == (before, 1)
    assert await stores.turns.claim(ID) is None
