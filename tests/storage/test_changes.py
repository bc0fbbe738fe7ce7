"""What people change and delete changes all that told of it."""

from dataclasses import replace

import pytest

from chathakase.core.files import Reading
from chathakase.core.memory import ChangeEffect, QuestionState, TitleBy
from tests.places import slack_place
from tests.storage.database_stores import FILE, HERE, ID, PLACE, TIMEOUT, DatabaseStores, answer, change, said


async def test_a_message_is_found_without_its_thread(stores: DatabaseStores) -> None:
    await stores.say("1", "q1")
    effect = await stores.changes.change(replace(change("1", "new"), place=PLACE.beside("C1")))
    assert effect is not None
    assert effect.place == PLACE


async def test_a_deleted_message_is_nowhere_any_more(stores: DatabaseStores) -> None:
    await stores.say("1", "a secret to be kept", files=(FILE,), name="Secret Bot")
    (unread,) = await stores.files.unread(ID, limit=9)
    await stores.files.note_reading(unread.id, Reading("secret content"))
    await stores.turns.finish(await stores.claimed(), answer("a1"))
    await stores.sum_up("all about the secret")
    effect = await stores.changes.change(change("1"))
    assert effect is not None
    assert effect.standing is QuestionState.NEWEST
    memory = await stores.remembered()
    assert [message.text for message in memory.messages] == ["a1"]
    assert (memory.summary, memory.title, memory.title_by) == (None, "General Chat", None)
    assert await stores.count("files") == 0
    assert not await stores.search.search("secret", author=None, channels=None, limit=9)
    assert await stores.changes.change(change("1")) is None
    assert await stores.changes.change(change("1", "again", at=99_000_000)) is None
    assert not await stores.say("1", "delivered again", files=(FILE,))
    assert await stores.count("files") == 0


async def test_the_next_message_gives_a_title_to_what_has_none(stores: DatabaseStores) -> None:
    await stores.say("1", "the first")
    await stores.changes.change(change("1"))
    await stores.say("2", "the second")
    assert await stores.title() == ("the second", "rule")


async def test_a_persons_title_outlives_what_is_deleted(stores: DatabaseStores) -> None:
    await stores.say("1", "the first")
    await stores.titles.set_title(ID, "Mine", by=TitleBy.PERSON)
    await stores.changes.change(change("1"))
    assert await stores.title() == ("Mine", "person")


async def test_a_summary_of_what_came_before_stays(stores: DatabaseStores) -> None:
    await stores.answered("1", "q1", "a1")
    await stores.sum_up()
    await stores.answered("2", "q2", "a2")
    await stores.changes.change(change("2", "q2, corrected"))
    assert (await stores.remembered()).summary is not None
    await stores.changes.change(change("1", "q1, corrected"))
    assert (await stores.remembered()).summary is None


async def test_an_answer_from_above_is_forgotten_with_its_message(stores: DatabaseStores) -> None:
    await stores.say("5", "q5")
    await stores.memory.add_earlier(ID, [said("1", "q1"), said("2", "a1", ours=True)])
    assert await stores.changes.change(change("2")) is None
    assert [message.text for message in (await stores.remembered()).messages] == ["q1", "q5"]


async def test_an_answer_is_forgotten_with_one_of_its_messages(stores: DatabaseStores) -> None:
    await stores.say("1", "q1")
    lease = await stores.claimed()
    await stores.turns.note_reply(lease, ["1.5", "1.6"])
    assert await stores.changes.change(change("1.6")) is None
    await stores.turns.finish(lease, answer("a1"))
    assert await stores.changes.change(change("1.6", "an edit of ours")) is None
    assert await stores.texts() == ["q1", "a1"]
    await stores.sum_up()
    assert await stores.changes.change(change("1.6")) is None
    assert await stores.texts() == ["q1"]
    assert (await stores.remembered()).summary is None


async def test_the_answer_of_a_turn_that_is_taken_up_again_is_its_own_affair(stores: DatabaseStores) -> None:
    await stores.say("1", "q1")
    lease = await stores.claimed()
    await stores.turns.note_reply(lease, ["1.5"])
    await stores.turns.finish(lease, answer("a1"))
    await stores.interaction(lease.turn)
    await stores.claimed()
    await stores.changes.change(change("1.5"))
    assert await stores.texts() == ["q1", "a1"]


async def test_commands_are_changed_and_forgotten_as_well(stores: DatabaseStores) -> None:
    await stores.say("1", "rename session Secret", command=True)
    effect = await stores.changes.change(change("1"))
    assert effect is not None
    assert effect.standing is QuestionState.CONTEXT
    rows = await stores.database.fetch("SELECT role, text, author FROM messages")
    assert rows == [("cleared", "", "")]


async def test_a_place_may_have_several_threads(stores: DatabaseStores) -> None:
    other = slack_place("C1", "2.000001")
    await stores.say("1", "q1")
    await stores.say("2", "q2", place=other)
    effect = await stores.changes.change(replace(change("2"), place=other))
    assert effect is not None
    assert effect.place == other
    assert await stores.texts() == ["q1"]


async def test_a_change_that_changes_nothing_leaves_all_as_it_is(stores: DatabaseStores) -> None:
    await stores.say("1", "q1", files=(FILE,))
    await stores.turns.finish(await stores.claimed(), answer("a1"))
    await stores.sum_up()
    assert await stores.changes.change(change("1", "q1", files=(FILE,))) is None
    assert (await stores.remembered()).summary is not None
    assert await stores.changes.change(change("1", "q1")) is not None
    assert await stores.count("files") == 0


async def test_what_is_deleted_before_it_is_known_is_not_stored_any_more(stores: DatabaseStores) -> None:
    await stores.say("5", "q5")
    for ref in ("2", "6", "6"):
        assert await stores.changes.change(change(ref)) is None
    assert await stores.memory.add_earlier(ID, [said("1", "above"), said("2", "deleted")]) == 1
    assert not await stores.say("6", "deleted")
    assert [message.text for message in (await stores.remembered()).messages] == ["above", "q5"]


async def test_a_command_that_becomes_a_question_waits_once(stores: DatabaseStores) -> None:
    await stores.say("1", "help", command=True)
    assert await stores.turns.waiting([PLACE.workspace_key]) == []
    asked = change("1", "help me cook", files=(FILE,))
    assert await stores.changes.change(asked) == ChangeEffect(ID, PLACE, "U1", 2, QuestionState.ASKED)
    assert await stores.turns.waiting([PLACE.workspace_key]) == [HERE]
    for again in (asked, replace(asked, at=asked.at + 1)):
        assert await stores.changes.change(again) is None
    assert not await stores.say("1", "help me cook")
    lease = await stores.claimed()
    assert await stores.texts(lease) == ["help me cook"]
    assert await stores.turns.finish(lease, answer("With pleasure."))
    assert await stores.turns.waiting([PLACE.workspace_key]) == []
    assert await stores.title() == ("help me cook", "rule")
    effect = await stores.changes.change(change("1", "help me bake", at=9_000_002))
    assert effect is not None
    assert effect.standing is QuestionState.NEWEST


async def test_a_command_that_becomes_another_is_not_done(stores: DatabaseStores) -> None:
    await stores.say("1", "help", command=True)
    effect = await stores.changes.change(change("1", "stop"), is_command=True)
    assert effect == ChangeEffect(ID, PLACE, "U1", 1, QuestionState.CONTEXT)
    assert await stores.turns.waiting([PLACE.workspace_key]) == []
    assert await stores.texts() == []


async def test_a_command_may_become_talk_among_people(stores: DatabaseStores) -> None:
    await stores.say("1", "help", command=True)
    effect = await stores.changes.change(change("1", "@bob help me", asks=False, opens=False))
    assert effect == ChangeEffect(ID, PLACE, "U1", 1, QuestionState.CONTEXT)
    assert await stores.turns.waiting([PLACE.workspace_key]) == []
    assert await stores.texts() == ["@bob help me"]


async def test_what_is_asked_late_is_answered_last_and_alone(stores: DatabaseStores) -> None:
    await stores.say("1", "help", command=True)
    await stores.answered("2", "q2", "a2")
    await stores.say("3", "q3")
    under_way = await stores.claimed()
    await stores.changes.change(change("1", "help me cook"))
    await stores.turns.finish(under_way, answer("a3"))
    lease = await stores.claimed()
    assert await stores.texts(lease) == ["q2", "a2", "q3", "a3", "help me cook"]


async def test_a_command_of_an_archived_session_wakes_it(stores: DatabaseStores) -> None:
    await stores.say("1", "help", command=True)
    stores.clock.now += TIMEOUT + 1
    assert await stores.forgetting.expire() == 1
    await stores.changes.change(change("1", "help me cook", at=stores.clock.now * 1000))
    assert (await stores.sessions.active(PLACE, limit=9)).total == 1


@pytest.mark.parametrize("above", [False, True])
async def test_what_calls_us_only_now_waits_once(above: bool, stores: DatabaseStores) -> None:
    await stores.answered("2", "q2", "a2")
    if above:
        await stores.memory.add_earlier(ID, [said("1", "@bob what is this?", asks=False, opens=False)])
    else:
        await stores.say("1", "@bob what is this?", asks=False, opens=False)
    assert (await stores.changes.change(change("1", "@bob what's this?", asks=False, opens=False))) is not None
    assert await stores.turns.waiting([PLACE.workspace_key]) == []
    called = change("1", "what is this?", at=9_000_001)
    effect = await stores.changes.change(called, calls=True)
    assert effect is not None
    assert effect.standing is QuestionState.ASKED
    assert await stores.changes.change(called, calls=True) is None
    lease = await stores.claimed()
    assert await stores.texts(lease) == ["q2", "a2", "what is this?"]
    await stores.turns.finish(lease, answer("a1"))
    effect = await stores.changes.change(change("1", "what is that?", at=9_000_002), calls=True)
    assert effect is not None
    assert effect.standing is QuestionState.NEWEST
    assert await stores.turns.waiting([PLACE.workspace_key]) == []


async def test_what_calls_us_only_now_waits_though_its_words_were_read_in_the_thread_before(
    stores: DatabaseStores,
) -> None:
    await stores.answered("2", "q2", "a2")
    await stores.say("1", "@bob what is this?", asks=False, opens=False)
    assert await stores.changes.change(change("1", "what is this?", at=9_000_001)) is not None
    called = change("1", "what is this?", at=9_000_002)
    effect = await stores.changes.change(called, calls=True)
    assert effect is not None
    assert effect.standing is QuestionState.ASKED
    assert await stores.changes.change(called, calls=True) is None
    assert await stores.changes.change(change("1", "what is this?", at=9_000_003), calls=True) is None
    assert await stores.texts(await stores.claimed()) == ["q2", "a2", "what is this?"]


async def test_what_did_not_ask_is_not_answered_unless_it_calls_us_by_its_change(stores: DatabaseStores) -> None:
    await stores.say("1", "refused", asks=False)
    await stores.changes.change(change("1", "refused, with a typo fixed"))
    await stores.changes.change(change("1", "stop", at=9_000_001), is_command=True, calls=True)
    assert await stores.turns.waiting([PLACE.workspace_key]) == []
