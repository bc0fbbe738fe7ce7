"""What people change and delete changes all that told of it."""

from dataclasses import replace

import pytest

from chathakase.core.files import Reading, SharedFile
from chathakase.core.memory import Standing, TitleBy, Touched
from chathakase.core.types import Hold
from tests.places import slack_place
from tests.storage.stores import FILE, HERE, ID, PLACE, TIMEOUT, Stores, answer, change, said


async def test_a_changed_message_says_what_it_says_now(stores: Stores) -> None:
    await stores.answered("1", "q1", "a1")
    touched = await stores.changes.change(change("1", "q1, corrected"))
    assert touched == Touched(ID, PLACE, "U1", 1, Standing.NEWEST)
    memory = await stores.remembered()
    assert [(message.text, message.tokens) for message in memory.messages] == [("q1, corrected", 13), ("a1", 2)]
    assert memory.title == "q1, corrected"


async def test_only_the_newest_change_counts(stores: Stores) -> None:
    await stores.say("1", "q1")
    assert await stores.changes.change(change("1", "third", at=3))
    for at in (1, 2, 3):
        assert await stores.changes.change(change("1", "older", at=at)) is None
    assert await stores.texts() == ["third"]


async def test_nothing_is_known_of_other_messages(stores: Stores) -> None:
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


async def test_a_message_is_found_without_its_thread(stores: Stores) -> None:
    await stores.say("1", "q1")
    touched = await stores.changes.change(replace(change("1", "new"), place=PLACE.beside("C1")))
    assert touched is not None
    assert touched.place == PLACE


async def test_a_deleted_message_is_nowhere_any_more(stores: Stores) -> None:
    await stores.say("1", "a secret to be kept", files=(FILE,), name="Secret Bot")
    (unread,) = await stores.files.unread(ID, limit=9)
    await stores.files.note_reading(unread.id, Reading("secret content"))
    await stores.turns.finish(await stores.claimed(), answer("a1"))
    await stores.sum_up("all about the secret")
    touched = await stores.changes.change(change("1"))
    assert touched is not None
    assert touched.standing is Standing.NEWEST
    memory = await stores.remembered()
    assert [message.text for message in memory.messages] == ["a1"]
    assert (memory.summary, memory.title, memory.title_by) == (None, "General Chat", None)
    assert await stores.count("files") == 0
    assert not await stores.search.search("secret", author=None, channels=None, limit=9)
    assert await stores.changes.change(change("1")) is None
    assert await stores.changes.change(change("1", "again", at=99_000_000)) is None
    assert not await stores.say("1", "delivered again", files=(FILE,))
    assert await stores.count("files") == 0


async def test_the_next_message_gives_a_title_to_what_has_none(stores: Stores) -> None:
    await stores.say("1", "the first")
    await stores.changes.change(change("1"))
    await stores.say("2", "the second")
    assert await stores.title() == ("the second", "rule")


async def test_a_persons_title_outlives_what_is_deleted(stores: Stores) -> None:
    await stores.say("1", "the first")
    await stores.titles.entitle(ID, "Mine", by=TitleBy.PERSON)
    await stores.changes.change(change("1"))
    assert await stores.title() == ("Mine", "person")


async def test_a_summary_of_what_came_before_stays(stores: Stores) -> None:
    await stores.answered("1", "q1", "a1")
    await stores.sum_up()
    await stores.answered("2", "q2", "a2")
    await stores.changes.change(change("2", "q2, corrected"))
    assert (await stores.remembered()).summary is not None
    await stores.changes.change(change("1", "q1, corrected"))
    assert (await stores.remembered()).summary is None


async def test_files_that_stay_are_not_read_again(stores: Stores) -> None:
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


async def test_standings(stores: Stores) -> None:
    first = await stores.answered("1", "q1", "a1")
    await stores.say("2", "talk", asks=False)
    await stores.answered("3", "q3", "a3")
    await stores.say("4", "q4")
    await stores.memory.add_above(ID, [said("0.5", "above")])

    async def standing(ref: str) -> Standing:
        touched = await stores.changes.change(change(ref, f"new {stores.clock.now}", at=stores.clock.now))
        assert touched is not None
        stores.clock.now += 1
        return touched.standing

    assert [await standing(ref) for ref in ("0.5", "1", "2", "3", "4")] == [
        Standing.CONTEXT,
        Standing.CONTEXT,
        Standing.CONTEXT,
        Standing.NEWEST,
        Standing.WAITING,
    ]
    await stores.press(first)
    assert await standing("1") is Standing.WAITING


async def test_what_waits_and_is_deleted_is_not_answered(stores: Stores) -> None:
    await stores.say("1", "q1")
    touched = await stores.changes.change(change("1"))
    assert touched is not None
    assert touched.standing is Standing.WAITING
    assert await stores.turns.waiting([PLACE.home]) == []
    assert await stores.turns.claim(ID) is None


@pytest.mark.parametrize("deleted", ["1", "2", "3"])
async def test_what_else_waits_is_answered(deleted: str, stores: Stores) -> None:
    for ref in ("1", "2", "3"):
        await stores.say(ref, f"q{ref}")
    await stores.changes.change(change(deleted))
    lease = await stores.claimed()
    assert await stores.texts(lease) == [f"q{ref}" for ref in ("1", "2", "3") if ref != deleted]
    await stores.turns.finish(lease, answer("a"))
    assert await stores.turns.waiting([PLACE.home]) == []


async def test_a_turn_ends_when_all_that_it_answers_is_deleted(stores: Stores) -> None:
    await stores.say("1", "q1")
    lease = await stores.claimed()
    await stores.turns.note_reply(lease, ["1.5"])
    await stores.changes.change(change("1"))
    assert await stores.turns.renew(lease) is Hold.LOST
    assert not await stores.turns.finish(lease, answer("late"))
    await stores.say("2", "q2")
    again = await stores.claimed()
    assert (again.resumed, again.refs) == (False, ())


async def test_a_turn_goes_on_while_it_answers_something(stores: Stores) -> None:
    await stores.say("1", "q1")
    await stores.say("2", "q2")
    lease = await stores.claimed()
    await stores.changes.change(change("1"))
    assert await stores.turns.renew(lease) is Hold.HELD


async def test_a_turn_whose_question_is_deleted_is_not_taken_up_again(stores: Stores) -> None:
    turn = await stores.answered("1", "q1")
    await stores.press(turn)
    await stores.changes.change(change("1"))
    assert await stores.turns.waiting([PLACE.home]) == []
    assert not await stores.press(turn)


async def test_an_answer_from_above_is_forgotten_with_its_message(stores: Stores) -> None:
    await stores.say("5", "q5")
    await stores.memory.add_above(ID, [said("1", "q1"), said("2", "a1", ours=True)])
    assert await stores.changes.change(change("2")) is None
    assert [message.text for message in (await stores.remembered()).messages] == ["q1", "q5"]


async def test_an_answer_is_forgotten_with_one_of_its_messages(stores: Stores) -> None:
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


async def test_the_answer_of_a_turn_that_is_taken_up_again_is_its_own_affair(stores: Stores) -> None:
    await stores.say("1", "q1")
    lease = await stores.claimed()
    await stores.turns.note_reply(lease, ["1.5"])
    await stores.turns.finish(lease, answer("a1"))
    await stores.press(lease.turn)
    await stores.claimed()
    await stores.changes.change(change("1.5"))
    assert await stores.texts() == ["q1", "a1"]


async def test_commands_are_changed_and_forgotten_as_well(stores: Stores) -> None:
    await stores.say("1", "rename session Secret", command=True)
    touched = await stores.changes.change(change("1"))
    assert touched is not None
    assert touched.standing is Standing.CONTEXT
    rows = await stores.database.fetch("SELECT role, text, author FROM messages")
    assert rows == [("cleared", "", "")]


async def test_a_place_may_have_several_threads(stores: Stores) -> None:
    other = slack_place("C1", "2.000001")
    await stores.say("1", "q1")
    await stores.say("2", "q2", place=other)
    touched = await stores.changes.change(replace(change("2"), place=other))
    assert touched is not None
    assert touched.place == other
    assert await stores.texts() == ["q1"]


async def test_a_change_that_changes_nothing_leaves_all_as_it_is(stores: Stores) -> None:
    await stores.say("1", "q1", files=(FILE,))
    await stores.turns.finish(await stores.claimed(), answer("a1"))
    await stores.sum_up()
    assert await stores.changes.change(change("1", "q1", files=(FILE,))) is None
    assert (await stores.remembered()).summary is not None
    assert await stores.changes.change(change("1", "q1")) is not None
    assert await stores.count("files") == 0


async def test_what_is_deleted_before_it_is_known_is_not_stored_any_more(stores: Stores) -> None:
    await stores.say("5", "q5")
    for ref in ("2", "6", "6"):
        assert await stores.changes.change(change(ref)) is None
    assert await stores.memory.add_above(ID, [said("1", "above"), said("2", "deleted")]) == 1
    assert not await stores.say("6", "deleted")
    assert [message.text for message in (await stores.remembered()).messages] == ["above", "q5"]


async def test_a_turn_is_answered_again_as_long_as_any_of_its_questions_is_kept(stores: Stores) -> None:
    before = await stores.answered("1", "q1", "a1")
    await stores.say("2", "q2")
    await stores.say("3", "q3", author="U2")
    lease = await stores.claimed()
    await stores.turns.finish(lease, answer("a2 and a3"))
    await stores.changes.change(change("3"))
    assert await stores.newest() == (lease.turn, 1)
    assert await stores.press(lease.turn)
    await stores.changes.change(change("2"))
    assert await stores.newest() == (before, 1)
    assert await stores.turns.claim(ID) is None


async def test_a_command_that_becomes_a_question_waits_once(stores: Stores) -> None:
    await stores.say("1", "help", command=True)
    assert await stores.turns.waiting([PLACE.home]) == []
    asked = change("1", "help me cook", files=(FILE,))
    assert await stores.changes.change(asked) == Touched(ID, PLACE, "U1", 2, Standing.ASKED)
    assert await stores.turns.waiting([PLACE.home]) == [HERE]
    for again in (asked, replace(asked, at=asked.at + 1)):
        assert await stores.changes.change(again) is None
    assert not await stores.say("1", "help me cook")
    lease = await stores.claimed()
    assert await stores.texts(lease) == ["help me cook"]
    assert await stores.turns.finish(lease, answer("With pleasure."))
    assert await stores.turns.waiting([PLACE.home]) == []
    assert await stores.title() == ("help me cook", "rule")
    touched = await stores.changes.change(change("1", "help me bake", at=9_000_002))
    assert touched is not None
    assert touched.standing is Standing.NEWEST


async def test_a_command_that_becomes_another_is_not_done(stores: Stores) -> None:
    await stores.say("1", "help", command=True)
    touched = await stores.changes.change(change("1", "stop"), is_command=True)
    assert touched == Touched(ID, PLACE, "U1", 1, Standing.CONTEXT)
    assert await stores.turns.waiting([PLACE.home]) == []
    assert await stores.texts() == []


async def test_a_command_may_become_talk_among_people(stores: Stores) -> None:
    await stores.say("1", "help", command=True)
    touched = await stores.changes.change(change("1", "@bob help me", asks=False, opens=False))
    assert touched == Touched(ID, PLACE, "U1", 1, Standing.CONTEXT)
    assert await stores.turns.waiting([PLACE.home]) == []
    assert await stores.texts() == ["@bob help me"]


async def test_what_is_asked_late_is_answered_last_and_alone(stores: Stores) -> None:
    await stores.say("1", "help", command=True)
    await stores.answered("2", "q2", "a2")
    await stores.say("3", "q3")
    under_way = await stores.claimed()
    await stores.changes.change(change("1", "help me cook"))
    await stores.turns.finish(under_way, answer("a3"))
    lease = await stores.claimed()
    assert await stores.texts(lease) == ["q2", "a2", "q3", "a3", "help me cook"]


async def test_a_command_of_an_archived_session_wakes_it(stores: Stores) -> None:
    await stores.say("1", "help", command=True)
    stores.clock.now += TIMEOUT + 1
    assert await stores.forgetting.expire() == 1
    await stores.changes.change(change("1", "help me cook", at=stores.clock.now * 1000))
    assert (await stores.sessions.active(PLACE, limit=9)).total == 1


@pytest.mark.parametrize("above", [False, True])
async def test_what_calls_us_only_now_waits_once(above: bool, stores: Stores) -> None:
    await stores.answered("2", "q2", "a2")
    if above:
        await stores.memory.add_above(ID, [said("1", "@bob what is this?", asks=False, opens=False)])
    else:
        await stores.say("1", "@bob what is this?", asks=False, opens=False)
    assert (await stores.changes.change(change("1", "@bob what's this?", asks=False, opens=False))) is not None
    assert await stores.turns.waiting([PLACE.home]) == []
    called = change("1", "what is this?", at=9_000_001)
    touched = await stores.changes.change(called, calls=True)
    assert touched is not None
    assert touched.standing is Standing.ASKED
    assert await stores.changes.change(called, calls=True) is None
    lease = await stores.claimed()
    assert await stores.texts(lease) == ["q2", "a2", "what is this?"]
    await stores.turns.finish(lease, answer("a1"))
    touched = await stores.changes.change(change("1", "what is that?", at=9_000_002), calls=True)
    assert touched is not None
    assert touched.standing is Standing.NEWEST
    assert await stores.turns.waiting([PLACE.home]) == []


async def test_what_did_not_ask_is_not_answered_unless_it_calls_us_by_its_change(stores: Stores) -> None:
    await stores.say("1", "refused", asks=False)
    await stores.changes.change(change("1", "refused, with a typo mended"))
    await stores.changes.change(change("1", "stop", at=9_000_001), is_command=True, calls=True)
    assert await stores.turns.waiting([PLACE.home]) == []
