"""What a session remembers, as a prompt needs it, and what stood above the call."""

from dataclasses import replace

import pytest

from chathakase.core.files import Image, Reading, SharedFile
from chathakase.core.memory import Memory, SessionProgress, TitleBy
from chathakase.core.quoting import CLAMP
from chathakase.core.token_estimate import IMAGE_TOKENS
from chathakase.core.types import Role, StoredMessage, TurnAction
from tests.places import slack_place
from tests.storage.database_stores import FILE, ID, Talk, answer, said

PICTURE = SharedFile("F2", "a.png", "image/png", 9, "https://files.slack.com/F2")


def texts(memory: Memory) -> list[str]:
    return [message.text for message in memory.messages]


async def test_nothing_is_known_of_what_is_not_there(stores: Talk) -> None:
    assert await stores.remembered() == Memory(())


async def test_messages_are_told_with_all_that_is_known_of_them(stores: Talk) -> None:
    await stores.say("1", "the question", files=(FILE,), name="Deploys")
    lease = await stores.claimed()
    await stores.turns.finish(lease, answer("the answer"))
    memory = await stores.remembered()
    (question, reply) = memory.messages
    assert question.attachments[0].file == FILE
    assert not question.attachments[0].read
    assert replace(question, attachments=()) == StoredMessage(
        Role.USER, "the question", "U1", seq=1, ref="1", said=1_000_000, name="Deploys", tokens=12
    )
    assert reply == StoredMessage(
        Role.ASSISTANT, "the answer", "", seq=2, ref=lease.turn, said=1_000_000, tokens=len("the answer")
    )
    assert memory.opening == question
    assert (memory.total, memory.title, memory.title_by, memory.summary) == (2, "the question", "rule", None)


async def test_how_far_a_session_has_come_is_told_in_short(stores: Talk) -> None:
    assert await stores.memory.progress(ID, limit=9) == SessionProgress()
    await stores.say("1", "hello", files=(FILE, PICTURE))
    assert await stores.memory.progress(ID, limit=9) == SessionProgress(
        TitleBy.RULE, is_answered=False, messages=1, tokens=5
    )
    for unread in await stores.files.unread(ID, limit=9):
        image = Image("image/png", b"png") if unread.file == PICTURE else None
        await stores.files.note_reading(unread.id, Reading("" if image else "x" * (CLAMP + 300), image=image))
    lease = await stores.claimed()
    await stores.turns.finish(lease, answer("hi"))
    tokens = 5 + CLAMP // 3 + IMAGE_TOKENS + 2
    assert await stores.memory.progress(ID, limit=9) == SessionProgress(
        TitleBy.RULE, is_answered=True, messages=2, tokens=tokens
    )
    assert await stores.memory.progress(ID, limit=1) == SessionProgress(
        TitleBy.RULE, is_answered=True, messages=2, tokens=2
    )
    await stores.titles.set_title(ID, "Greetings", by=TitleBy.MODEL)
    await stores.sum_up()
    await stores.say("2", "more")
    assert await stores.memory.progress(ID, limit=9) == SessionProgress(
        TitleBy.MODEL, is_answered=True, messages=1, tokens=4
    )


async def test_as_many_are_told_as_are_wanted_and_one_more(stores: Talk) -> None:
    for number in range(1, 200):
        await stores.say(str(number), f"m{number}", asks=False)
    for limit in (1, 63, 64, 65, 150):
        memory = await stores.remembered(limit=limit)
        assert texts(memory) == [f"m{number}" for number in range(200 - limit - 1, 200)]
        assert memory.opening is not None
        assert memory.opening.text == "m1"
        assert memory.total == 199
    assert len((await stores.remembered(limit=500)).messages) == 199


async def test_no_more_are_told_than_have_room_and_one_more(stores: Talk) -> None:
    for number in range(100, 200):
        await stores.say(str(number), f"text {number}!", asks=False)
    assert texts(await stores.remembered(tokens=0)) == ["text 199!"]
    assert texts(await stores.remembered(tokens=27)) == [f"text {number}!" for number in (196, 197, 198, 199)]


async def test_what_a_turn_answers_is_always_told(stores: Talk) -> None:
    await stores.answered("1", "q1", "a1")
    for ref in ("2", "3", "4"):
        await stores.say(ref, f"q{ref}")
    lease = await stores.claimed()
    assert texts(await stores.remembered(lease=lease, tokens=0)) == ["a1", "q2", "q3", "q4"]
    memory = await stores.remembered(lease=lease, limit=2)
    assert (texts(memory), memory.asked) == (["q2", "q3", "q4"], 3)


async def test_a_turn_sees_nothing_that_came_after_it_nor_its_own_answer(stores: Talk) -> None:
    first = await stores.answered("1", "q1", "a1, cut")
    await stores.answered("2", "q2", "a2")
    await stores.interaction(first)
    assert texts(await stores.remembered(lease=await stores.claimed())) == ["q1"]


async def test_a_turn_that_goes_on_sees_its_own_answer_last(stores: Talk) -> None:
    await stores.answered("1", "q1", "a1")
    second = await stores.answered("2", "q2", "a2, cut")
    await stores.interaction(second, TurnAction.CONTINUE)
    lease = await stores.claimed()
    assert texts(await stores.remembered(lease=lease)) == ["q1", "a1", "q2", "a2, cut"]
    assert texts(await stores.remembered(lease=lease, limit=1))[-1] == "a2, cut"


async def test_above_may_be_nothing(stores: Talk) -> None:
    assert await stores.memory.add_earlier(ID, [said("1")]) == 0
    await stores.say("5", "q5")
    assert await stores.memory.add_earlier(ID, []) == 0
    assert (await stores.remembered()).backfilled


@pytest.mark.parametrize("ended", [False, True])
async def test_our_own_answers_are_not_taken_for_what_stood_above(stores: Talk, ended: bool) -> None:
    await stores.say("5", "q5")
    lease = await stores.claimed()
    await stores.turns.note_reply(lease, ["5.5"])
    if ended:
        await stores.turns.finish(lease, answer("a5"))
    assert await stores.memory.add_earlier(ID, [said("5.5", "a5, or half of it", ours=True)]) == 0


async def test_what_stood_above_does_not_come_back_after_a_clearing(stores: Talk) -> None:
    await stores.answered("5", "q5", "a5")
    await stores.say("6", "clear session", command=True)
    await stores.clear("6")
    assert (await stores.remembered()).backfilled
    # Somebody may have been reading it meanwhile.
    assert await stores.memory.add_earlier(ID, [said("1", "forgotten")]) == 0
    assert texts(await stores.remembered()) == []


async def test_what_comes_late_from_above_is_context_though_above_was_read(stores: Talk) -> None:
    await stores.answered("5", "q5", "a5")
    await stores.memory.add_earlier(ID, [said("1", "first")])
    assert await stores.say("4", "talk among people", opens=False)
    assert await stores.turns.claim(ID) is None
    assert texts(await stores.remembered()) == ["first", "talk among people", "q5", "a5"]


async def test_a_session_that_begins_with_its_thread_has_nothing_above(stores: Talk) -> None:
    root = slack_place("C1", "1.5")
    await stores.say("1.5", "root", place=root)
    memory = await stores.memory.memory(await stores.id_at(root), limit=9, tokens=99)
    assert memory.backfilled


async def test_a_twin_brings_the_files_that_the_first_lacked(stores: Talk) -> None:
    other = SharedFile("F2", "b.csv", "text/csv", 9, "https://files.slack.com/F2")
    assert await stores.say("1", "look")
    assert not await stores.say("1", "look", files=(FILE, other), opens=False)
    assert not await stores.say("1", "look", files=(FILE,))
    (message,) = (await stores.remembered()).messages
    assert [attachment.file for attachment in message.attachments] == [FILE, other]
    assert len(await stores.files.unread(ID, limit=9)) == 2


async def test_what_was_read_above_and_mentions_nobody_stays_context(stores: Talk) -> None:
    await stores.answered("2.000003", "question", "answer")
    talk = replace(said("2.000002", "talk"), opens=False, asks=False)
    await stores.memory.add_earlier(ID, [talk])
    assert not await stores.sessions.append(talk)
    assert await stores.turns.claim(ID) is None


async def test_a_bare_mention_is_a_question_with_the_files_that_its_twin_brings(stores: Talk) -> None:
    await stores.say("2.000001", "hint", command=True)
    assert not await stores.say("2.000001", "")
    assert await stores.say("2.000001", "", files=(FILE,))
    assert not await stores.say("2.000001", "", files=(FILE,))
    lease = await stores.claimed()
    (message,) = (await stores.remembered(lease=lease)).messages
    assert [attachment.file for attachment in message.attachments] == [FILE]
