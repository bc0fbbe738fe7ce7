"""What people say outside a message's text reaches the model, live, from above, and when it was missed."""

from typing import Any

import pytest

from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import OpenBot, Thread
from tests.model_server import ModelServer

ROWS = [[{"type": "raw_text", "text": "Plum"}, {"type": "raw_text", "text": "1,200"}]]
TABLE: dict[str, Any] = {"id": 1, "blocks": [{"type": "table", "rows": ROWS}], "fallback": "[no preview available]"}
CLIP = {
    "id": "F0CLIP",
    "name": "audio_message.m4a",
    "subtype": "slack_audio",
    "mimetype": "audio/mp4",
    "transcription": {"status": "complete", "preview": {"content": "Book the blue room.", "has_more": False}},
}


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("fields", "seen"),
    [
        ({"attachments": (TABLE,)}, "| Plum | 1,200 |"),
        ({"extra": {"files": [CLIP]}, "subtype": "file_share"}, "> Book the blue room."),
    ],
)
async def test_what_is_said_without_a_text_is_a_question(
    workspace: Workspace, alice: PersonClient, model: ModelServer, fields: dict[str, Any], seen: str
) -> None:
    direct = alice.direct_message().id
    message = workspace.world.post(direct, alice.id, "", **fields)
    await Thread(workspace, alice, direct, message.ts).answers(1)
    assert seen in model.seen()


async def test_what_was_missed_and_what_stands_above_is_read_alike(
    workspace: Workspace,
    alice: PersonClient,
    bob: PersonClient,
    general: str,
    model: ModelServer,
    open_the_bot: OpenBot,
) -> None:
    async with open_the_bot():
        root = workspace.world.post(general, bob.id, "our prices", attachments=(TABLE,))
        thread = Thread(workspace, alice, general, root.ts)
        await thread.say("@ChatHakase what is a plum?")
        await thread.answers(1)
        assert "| Plum | 1,200 |" in model.seen()
    share = {"is_share": True, "author_name": "Carol", "text": "", "message_blocks": [{"message": {"files": [CLIP]}}]}
    workspace.world.post(general, alice.id, "and this?", thread_ts=root.ts, attachments=(share,))
    async with open_the_bot():
        await thread.answers(2)
    assert "Shared message of Carol:\n> Transcript of audio_message.m4a:\n> > Book the blue room." in model.seen()


@pytest.mark.usefixtures("bot")
async def test_a_file_of_a_message_that_is_passed_on_is_read(
    workspace: Workspace, alice: PersonClient, bob: PersonClient, general: str, model: ModelServer
) -> None:
    await bob.share("costs.csv", b"month,costs\nJune,140\n", channel=general)
    file = (await bob.call("files.info", file=workspace.world.files.all()[-1].id))["file"]
    share = {"is_share": True, "author_name": "Bob", "fallback": "[no preview available]", "files": [file]}
    direct = alice.direct_message().id
    message = workspace.world.post(direct, alice.id, "", attachments=(share,))
    await Thread(workspace, alice, direct, message.ts).answers(1)
    assert "Shared message of Bob: costs.csv" in model.seen()
    assert "June,140" in model.seen()
