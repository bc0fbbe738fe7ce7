"""The buttons Try again and Continue."""

import asyncio
from collections.abc import Awaitable, Callable

from chathakase.engine.sessions import SessionManager
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import OpenBot, Thread, markdown
from tests.model_server import ModelServer, breaks_off_after, fails, says

Start = Callable[..., Awaitable[Thread]]
Settled = Callable[[], Awaitable[object]]


def offered(thread: Thread, number: int = -1) -> list[str]:
    blocks = thread.replies()[number].blocks
    return [element["action_id"] for block in blocks if block["type"] == "actions" for element in block["elements"]]


async def press(thread: Thread, person: PersonClient, action: str, number: int = 0) -> None:
    await person.press(thread.channel, thread.replies()[number].ts, f"chathakase_{action}")


async def failed(start: Start, model: ModelServer) -> Thread:
    model.will(fails(400))
    thread = await start("@ChatHakase the first question")
    await thread.answers(1, containing="⚠️")
    return thread


async def test_a_failed_answer_is_tried_again_in_its_place(
    bot: SessionManager, start: Start, model: ModelServer, alice: PersonClient, settled: Settled
) -> None:
    thread = await failed(start, model)
    await thread.workspace.until(lambda: offered(thread) == ["chathakase_retry"])
    await settled()
    model.will(says("The answer."))
    await press(thread, alice, "retry")
    assert await thread.answers(1, containing="The answer.") == ["The answer."]
    await settled()
    await thread.workspace.until(lambda: offered(thread) == [])
    await thread.say("and now?")
    await thread.answers(2, containing="and now?")
    assert [message["content"] for message in model.requests[-1]["messages"][1:]] == [
        "[alice] the first question",
        "The answer.",
        "[alice] and now?",
    ]


async def test_what_broke_off_is_replaced_also_in_memory(
    bot: SessionManager, start: Start, model: ModelServer, alice: PersonClient, settled: Settled
) -> None:
    model.will(breaks_off_after("Half an"))
    thread = await start("@ChatHakase question")
    await thread.answers(1, containing="⚠️")
    await thread.workspace.until(lambda: offered(thread) == ["chathakase_retry"])
    await settled()
    model.will(says("A whole answer."))
    await press(thread, alice, "retry")
    assert await thread.answers(1, containing="whole") == ["A whole answer."]
    assert "Half an" not in model.said()
    await settled()
    await thread.say("and now?")
    await thread.answers(2, containing="and now?")
    assert "Half an" not in model.said()


async def test_it_acts_on_the_right_turn_when_there_are_newer_messages(
    bot: SessionManager, start: Start, model: ModelServer, alice: PersonClient, settled: Settled
) -> None:
    thread = await failed(start, model)
    await settled()
    model.will(says("Second answer."))
    await thread.say("the second question")
    await thread.answers(2, containing="Second")
    await settled()
    model.will(says("First answer."))
    await press(thread, alice, "retry")
    await thread.workspace.until(lambda: thread.texts() == ["First answer.", "Second answer."])
    assert "second question" not in model.said()
    await settled()
    await thread.say("the third question")
    await thread.answers(3, containing="third")
    assert [message["content"] for message in model.requests[-1]["messages"][1:]] == [
        "[alice] the first question",
        "First answer.",
        "[alice] the second question",
        "Second answer.",
        "[alice] the third question",
    ]


async def test_an_answer_that_reached_its_length_limit_goes_on(
    bot: SessionManager, start: Start, model: ModelServer, alice: PersonClient, settled: Settled
) -> None:
    model.will(says("one two three", finish="length"))
    thread = await start("@ChatHakase count")
    await thread.answers(1, containing="length limit")
    await thread.workspace.until(lambda: offered(thread) == ["chathakase_continue"])
    await settled()
    model.will(says(" four five", " six", finish="length"))
    await press(thread, alice, "continue")
    await thread.answers(1, containing="one two three four five six")
    await thread.workspace.until(lambda: offered(thread) == ["chathakase_continue"])
    spoken = [(message["role"], message["content"]) for message in model.requests[-1]["messages"][1:]]
    assert spoken[:2] == [("user", "[alice] count"), ("assistant", "one two three")]
    assert spoken[2][0] == "user"
    await settled()
    model.will(says(" seven."))
    await press(thread, alice, "continue")
    assert await thread.answers(1, containing="seven") == ["one two three four five six seven."]
    await thread.workspace.until(lambda: offered(thread) == [])
    await settled()
    await thread.say("thanks")
    await thread.answers(2, containing="thanks")
    assert model.requests[-1]["messages"][2]["content"] == "one two three four five six seven."


async def test_a_long_answer_goes_on_in_its_last_message(
    bot: SessionManager, start: Start, model: ModelServer, alice: PersonClient, settled: Settled, workspace: Workspace
) -> None:
    beginning = "".join(f"Line {number} of the beginning.\n\n" for number in range(300))
    model.will(says(beginning, finish="length"))
    thread = await start("@ChatHakase write much")
    await thread.answers(None, containing="length limit")
    pages = thread.texts()
    await settled()
    model.will(says("And this is the rest."))
    await press(thread, alice, "continue", -1)
    texts = await thread.answers(len(pages), containing="And this is the rest.")
    assert texts[:-1] == pages[:-1]
    assert workspace.journal.calls("chat.delete") == []


async def test_it_works_once(
    bot: SessionManager, start: Start, model: ModelServer, alice: PersonClient, settled: Settled, workspace: Workspace
) -> None:
    thread = await failed(start, model)
    await settled()
    hold = asyncio.Event()
    model.will(says("The", " answer.", hold=hold))
    await asyncio.gather(*(press(thread, alice, "retry") for _ in range(3)))
    await workspace.until(lambda: len(workspace.journal.calls("chat.postEphemeral")) == 2)
    hold.set()
    await thread.answers(1, containing="The answer.")
    await settled()
    assert len(model.requests) == 2


async def test_only_the_asker_or_an_admin_may(
    bot: SessionManager, start: Start, model: ModelServer, bob: PersonClient, settled: Settled, workspace: Workspace
) -> None:
    thread = await failed(start, model)
    await settled()
    await press(thread, bob, "retry")
    await workspace.until(lambda: len(workspace.journal.calls("chat.postEphemeral")) == 1)
    assert len(model.requests) == 1
    assert "⚠️" in thread.texts()[0]


async def test_it_fails_again_and_may_be_tried_again(
    bot: SessionManager, start: Start, model: ModelServer, alice: PersonClient, settled: Settled
) -> None:
    thread = await failed(start, model)
    await settled()
    model.will(fails(401), says("At last."))
    await press(thread, alice, "retry")
    await thread.workspace.until(lambda: len(model.requests) == 2)
    await settled()
    await press(thread, alice, "retry")
    assert await thread.answers(1, containing="At last.") == ["At last."]


async def test_what_was_forgotten_is_not_answered_again(
    bot: SessionManager, start: Start, model: ModelServer, alice: PersonClient, settled: Settled, workspace: Workspace
) -> None:
    thread = await failed(start, model)
    await settled()
    await thread.say("clear session")
    await thread.answers(2, containing="forgotten")
    await press(thread, alice, "retry")
    await workspace.until(lambda: len(workspace.journal.calls("chat.postEphemeral")) == 1)
    assert len(model.requests) == 1


async def test_a_press_survives_a_restart(
    open_the_bot: OpenBot, start: Start, model: ModelServer, alice: PersonClient, workspace: Workspace
) -> None:
    async with open_the_bot() as bot:
        thread = await failed(start, model)
        await workspace.until(lambda: not bot.scheduler.tasks)
        model.will(says("never", wait=asyncio.Event()))
        await press(thread, alice, "retry")
        await workspace.until(lambda: model.under_way == 1)
    model.will(says("After all."))
    async with open_the_bot():
        assert await thread.answers(1, containing="After all.", within=30) == ["After all."]
    assert [markdown(message) for message in thread.replies()] == ["After all."]


async def test_going_on_leaves_no_notice_behind_on_a_page_of_its_own(
    bot: SessionManager, start: Start, model: ModelServer, alice: PersonClient, settled: Settled
) -> None:
    beginning = "word " * 770
    model.will(says(beginning, finish="length"))
    thread = await start("@ChatHakase write much")
    await thread.answers(2, containing="length limit")
    await settled()
    model.will(says("end."))
    await press(thread, alice, "continue", -1)
    await thread.workspace.until(lambda: "length limit" not in "".join(thread.texts()))
    await settled()
    assert "".join(thread.texts()) == beginning + "end."
    assert [offered(thread, number) for number in range(len(thread.replies()))] == [[]] * len(thread.replies())
