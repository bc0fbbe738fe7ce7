"""What Slack may refuse for its looks is tried as plain text; what it refuses for its place is lost at once."""

import pytest

from chathakase.core.errors import DeliveryError
from chathakase.core.jobs import Command, Job
from chathakase.core.types import Choice, Place
from chathakase.playground.server import Workspace
from chathakase.playground.world.values import Message
from chathakase.slack.surface import SlackSurface
from tests.places import slack_place

GENERAL, ALICE = "C0GENERAL1", "U0ALICE001"
OF_CONTENT = [
    "invalid_blocks",
    "invalid_blocks_format",
    "msg_blocks_too_long",
    "msg_blocks_too_many",
    "invalid_attachments",
    "cannot_parse_attachment",
    "too_many_attachments",
    "invalid_arguments",
    "invalid_arg_name",
    "invalid_array_arg",
    "block_mismatch",
    "markdown_text_conflict",
    "no_text",
    "msg_too_long",
    "update_failed",
    "slack_connect_blocked_file_type",
    "a_code_of_tomorrow",
    "internal_error",
    "fatal_error",
]
OF_PLACE = [
    "channel_not_found",
    "is_archived",
    "not_in_channel",
    "restricted_action_read_only_channel",
    "token_revoked",
]
ANSWER = "**Hello** there."


@pytest.fixture
async def place(workspace: Workspace) -> Place:
    return slack_place(GENERAL, workspace.world.post(GENERAL, ALICE, "@ChatHakase hi").ts)


def written(workspace: Workspace, place: Place) -> list[Message]:
    timeline = workspace.world.timeline(GENERAL)
    return [message for ts in timeline.with_replies(place.thread)[1:] if (message := timeline.get(ts))]


@pytest.mark.parametrize("error", OF_CONTENT)
async def test_a_post_is_tried_as_plain_text(
    error: str, surface: SlackSurface, workspace: Workspace, place: Place
) -> None:
    workspace.faults.dislike("Hello", error)
    async with surface.reply(place) as reply:
        await reply.finish(ANSWER)
    (message,) = written(workspace, place)
    assert (message.text, message.blocks) == ("Hello there.", ())


@pytest.mark.parametrize("error", OF_CONTENT)
async def test_an_edit_is_tried_as_plain_text(
    error: str, surface: SlackSurface, workspace: Workspace, place: Place
) -> None:
    async with surface.reply(place) as reply:
        assert await reply.show("Well")
        workspace.faults.dislike("Hello", error)
        await reply.finish(ANSWER)
    (message,) = written(workspace, place)
    assert (message.text, message.blocks) == ("Hello there.", ())


async def test_what_is_refused_for_its_metadata_is_sent_without(
    surface: SlackSurface, workspace: Workspace, place: Place
) -> None:
    workspace.faults.slack_error("chat.postMessage", "invalid_metadata_format", times=2)
    async with surface.reply(place) as reply:
        await reply.finish(ANSWER)
    (message,) = written(workspace, place)
    assert (message.text, message.metadata) == ("Hello there.", None)


async def test_a_growing_text_is_refused_once_and_the_final_one_is_tried_again(
    surface: SlackSurface, workspace: Workspace, place: Place
) -> None:
    workspace.faults.dislike("half", "invalid_attachments")
    async with surface.reply(place) as reply:
        for text in ("A **half", "A **half t", "A **half te"):
            assert await reply.show(text)
        assert written(workspace, place)[0].text == "A half te"
        await reply.finish("A **whole** text.")
    (message,) = written(workspace, place)
    assert [block["text"] for block in message.blocks] == ["A **whole** text."]
    assert len([call for call in workspace.journal.calls() if not call.ok]) == 1


@pytest.mark.parametrize("disliked", [0, 199])
async def test_one_pages_blocks_do_not_spoil_the_others(
    disliked: int, surface: SlackSurface, workspace: Workspace, place: Place
) -> None:
    workspace.faults.dislike(f" {disliked} of many", "invalid_arguments")
    sentences = [f"Sentence {number} of many *sentences*." for number in range(200)]
    async with surface.reply(place) as reply:
        await reply.show("\n\n".join(sentences))
        await reply.finish("\n\n".join((*sentences, "The end.")))
    pages = written(workspace, place)
    spoilt = [page.text.find(f" {disliked} of many") >= 0 for page in pages]
    assert [not page.blocks for page in pages] == spoilt
    assert sum(spoilt) == 1 < len(pages)
    assert "".join(page.text for page in pages).count("of many") == len(sentences)


@pytest.mark.parametrize("error", OF_PLACE)
async def test_what_is_refused_for_its_place_is_tried_once(
    error: str, surface: SlackSurface, workspace: Workspace, place: Place
) -> None:
    workspace.faults.dislike("Hello", error)
    with pytest.raises(DeliveryError, match=error):
        async with surface.reply(place) as reply:
            await reply.finish(ANSWER)
    assert len(workspace.journal.calls("chat.postMessage")) == 1
    assert written(workspace, place) == []


@pytest.mark.parametrize("error", ["invalid_attachments", "invalid_arguments", "no_text"])
async def test_ephemerals_and_questions_are_told_in_words(
    error: str, surface: SlackSurface, workspace: Workspace, place: Place
) -> None:
    workspace.faults.dislike("Sure", error)
    workspace.world.post(GENERAL, ALICE, "hello again", thread_ts=place.thread)
    await surface.post_ephemeral(place, ALICE, "**Sure.**")
    await surface.ask(place, ALICE, "Sure?", [Choice("Yes", "yes")])
    assert [shown.message.text for shown in workspace.world.ephemerals.all()] == ["Sure.", "Sure?\n• Yes: say “yes”"]
    assert not any(shown.message.blocks for shown in workspace.world.ephemerals.all())


async def test_a_file_whose_comment_is_refused_is_shared_without(
    surface: SlackSurface, workspace: Workspace, place: Place
) -> None:
    job = Job(Command(place, place.thread, ALICE, "export session"))
    workspace.faults.slack_error("files.completeUploadExternal", "invalid_arguments")
    await surface.share(place, job, "session.md", b"# Session", comment="Here it is.")
    (message,) = written(workspace, place)
    assert (message.text, len(message.files)) == ("", 1)
