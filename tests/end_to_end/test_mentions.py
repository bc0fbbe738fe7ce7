"""Whom the model may mention: people who are in the thread already."""

from collections.abc import Awaitable, Callable

import pytest

from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import Thread
from tests.model_server import ModelServer, says

Start = Callable[..., Awaitable[Thread]]


@pytest.mark.usefixtures("bot")
async def test_only_people_of_the_thread_can_be_mentioned(
    start: Start, model: ModelServer, workspace: Workspace, alice: PersonClient, bob: PersonClient, carol: PersonClient
) -> None:
    thread = await start("@ChatHakase hi")
    await thread.answers(1)
    model.will(says("Aha."), says(f"Ask <@{bob.id}> or <@{carol.id}>, <@{alice.id}>. ", "<!here> `<@", f"{bob.id}>`"))
    await thread.say("I am here as well", bob)
    await thread.answers(2)
    await thread.say("who knows?")
    (*_, text) = await thread.answers(3, containing="`")
    assert f"Ask <@{bob.id}> or <\u200b@{carol.id}>, <@{alice.id}>." in text
    assert "<!here>" not in text
    assert f"`<@{bob.id}>`" not in text
    fallback = thread.replies()[-1].text
    assert f"<@{bob.id}>" in fallback
    assert f"<@{carol.id}>" not in fallback
