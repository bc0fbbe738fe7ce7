"""What a session remembers, as a prompt needs it, and what stood above the call."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from chathakase.core.files import SharedFile
from chathakase.core.memory import Memory, Scope
from chathakase.core.types import ExpiryMode, Message, Role, Wish
from chathakase.storage.stores.memory import AT_ONCE
from tests.places import slack_place
from tests.storage.stores import FILE, HERE, ID, PLACE, Stores, answer, said


def texts(memory: Memory) -> list[str]:
    return [message.text for message in memory.messages]


async def test_nothing_is_known_of_what_is_not_there(stores: Stores) -> None:
    assert await stores.remembered() == Memory(())


async def test_messages_are_told_with_all_that_is_known_of_them(stores: Stores) -> None:
    await stores.say("1", "the question", files=(FILE,), name="Deploys")
    lease = await stores.claimed()
    await stores.turns.finish(lease, answer("the answer"))
    memory = await stores.remembered()
    (question, reply) = memory.messages
    assert question.attachments[0].file == FILE
    assert not question.attachments[0].read
    assert replace(question, attachments=()) == Message(
        Role.USER, "the question", "U1", seq=1, ref="1", said=1_000_000, name="Deploys", tokens=12
    )
    assert reply == Message(
        Role.ASSISTANT, "the answer", "", seq=2, ref=lease.turn, said=1_000_000, tokens=len("the answer")
    )
    assert memory.opening == question
    assert (memory.total, memory.title, memory.title_by, memory.summary) == (2, "the question", "rule", None)


async def test_as_many_are_told_as_are_wanted_and_one_more(stores: Stores) -> None:
    for number in range(1, 200):
        await stores.say(str(number), f"m{number}", asks=False)
    for limit in (1, 63, 64, 65, 150):
        memory = await stores.remembered(limit=limit)
        assert texts(memory) == [f"m{number}" for number in range(200 - limit - 1, 200)]
        assert memory.opening is not None
        assert memory.opening.text == "m1"
        assert memory.total == 199
    assert len((await stores.remembered(limit=500)).messages) == 199


async def test_no_more_are_told_than_have_room_and_one_more(stores: Stores) -> None:
    for number in range(100, 200):
        await stores.say(str(number), f"text {number}!", asks=False)
    assert texts(await stores.remembered(tokens=0)) == ["text 199!"]
    assert texts(await stores.remembered(tokens=27)) == [f"text {number}!" for number in (196, 197, 198, 199)]


async def test_what_a_turn_answers_is_always_told(stores: Stores) -> None:
    await stores.answered("1", "q1", "a1")
    for ref in ("2", "3", "4"):
        await stores.say(ref, f"q{ref}")
    lease = await stores.claimed()
    assert texts(await stores.remembered(lease=lease, tokens=0)) == ["a1", "q2", "q3", "q4"]
    memory = await stores.remembered(lease=lease, limit=2)
    assert (texts(memory), memory.asked) == (["q2", "q3", "q4"], 3)


async def test_an_answer_never_opens_a_conversation(stores: Stores) -> None:
    await stores.answered("1", "q1", "a1")
    await stores.say("2", "q2", author="U2")
    await stores.say("3", "forget", command=True)
    await stores.forgetting.forget(Scope.HERE, author="U1", session=HERE, before="3")
    opening = (await stores.remembered()).opening
    assert opening is not None
    assert opening.text == "q2"


async def test_a_turn_sees_nothing_that_came_after_it_nor_its_own_answer(stores: Stores) -> None:
    first = await stores.answered("1", "q1", "a1, cut")
    await stores.answered("2", "q2", "a2")
    await stores.press(first)
    assert texts(await stores.remembered(lease=await stores.claimed())) == ["q1"]


async def test_a_turn_that_goes_on_sees_its_own_answer_last(stores: Stores) -> None:
    await stores.answered("1", "q1", "a1")
    second = await stores.answered("2", "q2", "a2, cut")
    await stores.press(second, Wish.CONTINUE)
    lease = await stores.claimed()
    assert texts(await stores.remembered(lease=lease)) == ["q1", "a1", "q2", "a2, cut"]
    assert texts(await stores.remembered(lease=lease, limit=1))[-1] == "a2, cut"


async def test_of_what_a_summary_covers_only_the_end_is_told(stores: Stores) -> None:
    for ref in ("1", "2", "3"):
        await stores.answered(ref, f"q{ref}", f"a{ref}")
    assert await stores.sum_up(keep=2)
    memory = await stores.remembered()
    assert texts(memory) == ["a2", "q3", "a3"]
    assert memory.summary is not None
    assert (memory.summary.messages, memory.total) == (4, 6)
    assert memory.opening is not None
    assert memory.opening.text == "q1"


async def test_what_stood_above_is_told_before_all_else_and_answered_by_nobody(stores: Stores) -> None:
    await stores.say("5", "q5")
    lease = await stores.claimed()
    assert not (await stores.remembered()).above_read
    above = [
        said("3", "third", author="B1", name="Deploys", files=(FILE,)),
        said("2", "second", ours=True, author="B0"),
        said("1", "first"),
        said("5", "q5"),
    ]
    assert await stores.memory.add_above(ID, above) == 3
    assert await stores.memory.add_above(ID, above) == 0
    memory = await stores.remembered(lease=lease)
    assert texts(memory) == ["first", "second", "third", "q5"]
    assert [message.role for message in memory.messages] == ["user", "assistant", "user", "user"]
    assert [message.author for message in memory.messages] == ["U1", "", "B1", "U1"]
    assert memory.messages[2].attachments[0].file == FILE
    assert (memory.above_read, memory.total) == (True, 4)
    assert memory.opening == memory.messages[0]
    await stores.turns.finish(lease, answer("a5"))
    assert texts(await stores.remembered()) == ["first", "second", "third", "q5", "a5"]
    assert await stores.turns.claim(ID) is None
    assert await stores.sessions.people(PLACE) == {"U1"}
    assert await stores.title() == ("General Chat", "rule")


async def test_above_may_be_nothing(stores: Stores) -> None:
    assert await stores.memory.add_above(ID, [said("1")]) == 0
    await stores.say("5", "q5")
    assert await stores.memory.add_above(ID, []) == 0
    assert (await stores.remembered()).above_read


@pytest.mark.parametrize("ended", [False, True])
async def test_our_own_answers_are_not_taken_for_what_stood_above(stores: Stores, ended: bool) -> None:
    await stores.say("5", "q5")
    lease = await stores.claimed()
    await stores.turns.note_reply(lease, ["5.5"])
    if ended:
        await stores.turns.finish(lease, answer("a5"))
    assert await stores.memory.add_above(ID, [said("5.5", "a5, or half of it", ours=True)]) == 0


async def test_what_stood_above_does_not_come_back_after_a_clearing(stores: Stores) -> None:
    await stores.answered("5", "q5", "a5")
    await stores.say("6", "clear session", command=True)
    await stores.clear("6")
    assert (await stores.remembered()).above_read
    # Somebody may have been reading it meanwhile.
    assert await stores.memory.add_above(ID, [said("1", "forgotten")]) == 0
    assert texts(await stores.remembered()) == []


@pytest.mark.parametrize("cleared", [False, True])
async def test_much_that_stands_above_is_stored_in_portions(cleared: bool, stores: Stores) -> None:
    await stores.say("2", "question")
    await stores.say("3", "clear session", command=True)
    above = [said(f"1.{number:06d}", f"m{number}", opens=False, asks=False) for number in range(5 * AT_ONCE)]
    reading = asyncio.create_task(stores.memory.add_above(ID, above))
    async with stores.after_the_first_portion():
        if cleared:
            clearing = asyncio.create_task(stores.clear("3"))
        else:
            reading.cancel()
    if cleared:
        await clearing
        assert 0 < await reading < len(above)
        assert texts(await stores.remembered()) == []
        return
    await asyncio.wait((reading,))
    memory = await stores.remembered(limit=999)
    assert len(memory.messages) == 1 + AT_ONCE
    assert not memory.above_read
    assert await stores.memory.add_above(ID, above) == len(above) + 1 - len(memory.messages)
    memory = await stores.remembered(limit=999)
    assert memory.above_read
    assert texts(memory) == [*(f"m{number}" for number in range(len(above))), "question"]
    assert [message.seq for message in memory.messages] == sorted(message.seq for message in memory.messages)


async def test_what_comes_late_from_above_is_context_though_above_was_read(stores: Stores) -> None:
    await stores.answered("5", "q5", "a5")
    await stores.memory.add_above(ID, [said("1", "first")])
    assert await stores.say("4", "talk among people", opens=False)
    assert await stores.turns.claim(ID) is None
    assert texts(await stores.remembered()) == ["first", "talk among people", "q5", "a5"]


async def test_a_session_that_begins_with_its_thread_has_nothing_above(stores: Stores) -> None:
    root = slack_place("C1", "1.5")
    await stores.say("1.5", "root", place=root)
    memory = await stores.memory.memory(await stores.id_at(root), limit=9, tokens=99)
    assert memory.above_read


async def test_a_twin_brings_the_files_that_the_first_lacked(stores: Stores) -> None:
    other = SharedFile("F2", "b.csv", "text/csv", 9, "https://files.slack.com/F2")
    assert await stores.say("1", "look")
    assert not await stores.say("1", "look", files=(FILE, other), opens=False)
    assert not await stores.say("1", "look", files=(FILE,))
    (message,) = (await stores.remembered()).messages
    assert [attachment.file for attachment in message.attachments] == [FILE, other]
    assert len(await stores.files.unread(ID, limit=9)) == 2


@pytest.mark.parametrize("mode", ExpiryMode)
async def test_info_tells_title_usage_and_summary(
    mode: ExpiryMode, stores_with: Callable[[ExpiryMode], Stores]
) -> None:
    stores = stores_with(mode)
    await stores.answered("1", "q1 and more", "a1")
    await stores.sum_up()
    info = await stores.sessions.info(ID)
    assert info is not None
    assert (info.title, info.summarised, info.prompt_tokens, info.completion_tokens) == ("q1 and more", 2, 17, 8)
    assert info.usage == (("m-1", 10, 5), ("m-2", 7, 3))


async def test_a_mention_that_was_read_above_another_is_answered_with_it_and_not_again(stores: Stores) -> None:
    await stores.say("2.000003", "the second question")
    lease = await stores.claimed()
    mention = said("2.000002", "the first question")
    await stores.memory.add_above(ID, [mention, replace(said("2.000001", "talk"), opens=False, asks=False)])
    assert await stores.texts(lease) == ["talk", "the first question", "the second question"]
    await stores.turns.finish(lease, answer("both answers"))
    assert not await stores.sessions.append(mention)
    assert await stores.turns.claim(ID) is None
    rows = await stores.database.fetch("SELECT ref, asks FROM messages WHERE seq <= 0 ORDER BY seq")
    assert [tuple(row) for row in rows] == [("2.000001", 0), ("2.000002", 1)]


async def test_what_was_read_above_and_mentions_nobody_stays_context(stores: Stores) -> None:
    await stores.answered("2.000003", "question", "answer")
    talk = replace(said("2.000002", "talk"), opens=False, asks=False)
    await stores.memory.add_above(ID, [talk])
    assert not await stores.sessions.append(talk)
    assert await stores.turns.claim(ID) is None


async def test_a_bare_mention_is_a_question_with_the_files_that_its_twin_brings(stores: Stores) -> None:
    await stores.say("2.000001", "hint", command=True)
    assert not await stores.say("2.000001", "")
    assert await stores.say("2.000001", "", files=(FILE,))
    assert not await stores.say("2.000001", "", files=(FILE,))
    lease = await stores.claimed()
    (message,) = (await stores.remembered(lease=lease)).messages
    assert [attachment.file for attachment in message.attachments] == [FILE]
