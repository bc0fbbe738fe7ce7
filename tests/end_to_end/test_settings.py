"""What settings change, and what lives on in the next process."""

from collections.abc import Awaitable, Callable

from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import OpenBot, Thread
from tests.end_to_end.ephemerals import await_ephemeral
from tests.model_server import ModelServer, says

Start = Callable[..., Awaitable[Thread]]


async def test_memory_survives_a_restart(start: Start, open_the_bot: OpenBot, model: ModelServer) -> None:
    async with open_the_bot():
        thread = await start("@ChatHakase the word is swordfish")
        await thread.answers(1)
    async with open_the_bot():
        await thread.say("what is the word?")
        await thread.answers(2, containing="what is")
    assert "swordfish" in model.said()


async def test_what_the_model_is_asked_for_is_set(start: Start, open_the_bot: OpenBot, model: ModelServer) -> None:
    async with open_the_bot(
        chathakase_model="other",
        chathakase_temperature=0.3,
        chathakase_max_tokens=77,
        chathakase_system_prompt="Rhyme.",
    ):
        thread = await start("@ChatHakase hello")
        await thread.answers(1)
    (request,) = model.requests
    assert (request["model"], request["temperature"], request["max_tokens"]) == ("other", 0.3, 77)
    assert request["messages"][0]["content"].startswith("Rhyme.")


async def test_only_so_many_turns_run_at_once(start: Start, open_the_bot: OpenBot, model: ModelServer) -> None:
    async with open_the_bot(chathakase_concurrency=2):
        model.will(*(says(f"{n}", pause=0.2) for n in range(5)))
        threads = [await start(f"@ChatHakase {n}") for n in range(5)]
        for thread in threads:
            await thread.answers(1)
    assert model.most_at_once == 2


async def test_the_model_sees_the_newest_messages_in_whole_turns(
    start: Start, open_the_bot: OpenBot, model: ModelServer
) -> None:
    async with open_the_bot(chathakase_max_messages=4):
        thread = await start("@ChatHakase m0")
        await thread.answers(1)
        for number in range(1, 4):
            await thread.say(f"m{number}")
            await thread.answers(number + 1, containing=f"m{number}")
    assert [message["content"] for message in model.requests[-1]["messages"][1:]] == [
        "[alice] m2",
        "I heard: [alice] m2",
        "[alice] m3",
    ]


async def test_all_sessions_is_for_named_admins(
    workspace: Workspace, start: Start, bob: PersonClient, open_the_bot: OpenBot
) -> None:
    async with open_the_bot(chathakase_admins=frozenset({bob.id})):
        await start("@ChatHakase all sessions", person=bob)
        await await_ephemeral(workspace, bob, "1 active session")
