"""What one person is told that nobody else sees: Markdown that pings nobody."""

from chathakase.core.types import Choice
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from chathakase.slack.surface import SlackSurface
from tests.places import slack_place

GENERAL = "C0GENERAL1"
TEXT = "**Found** in [a thread](https://slack.example/x): hello <!channel> & <@U0BOB00001>"


async def test_it_is_markdown_and_pings_nobody(
    surface: SlackSurface, workspace: Workspace, people: dict[str, PersonClient]
) -> None:
    alice = people["alice"]
    place = slack_place(GENERAL, await alice.say("hello", channel=GENERAL))
    await alice.say("hello again", channel=GENERAL, thread_ts=place.thread)
    await surface.post_ephemeral(place, alice.id, TEXT)
    (shown,) = workspace.world.ephemerals.all()
    assert (shown.to, shown.message.thread_ts) == (alice.id, place.thread)
    (block,) = shown.message.blocks
    assert block["type"] == "markdown"
    assert block["text"].replace("\u200b", "") == TEXT
    for ping in ("<!channel>", "<@U0BOB00001>"):
        assert ping not in block["text"]
        assert ping not in shown.message.text
    assert shown.message.text.startswith("Found in a thread (https://slack.example/x): hello")


async def test_it_shows_what_was_written(
    surface: SlackSurface, workspace: Workspace, people: dict[str, PersonClient]
) -> None:
    alice = people["alice"]
    place = slack_place(GENERAL, await alice.say("hello", channel=GENERAL))
    await surface.post_ephemeral(place, alice.id, "You said: the <b> tag は**「重要」**な")
    (shown,) = workspace.world.ephemerals.all()
    assert shown.message.blocks[0]["text"] == "You said: the &lt;b> tag は**\u200b「重要」\u200b**な"
    assert shown.message.text == "You said: the &lt;b&gt; tag は「重要」な"


async def test_a_server_without_markdown_gets_the_words(
    surface: SlackSurface, workspace: Workspace, people: dict[str, PersonClient]
) -> None:
    alice = people["alice"]
    place = slack_place(GENERAL, await alice.say("hello", channel=GENERAL))
    workspace.faults.slack_error("chat.postEphemeral", "invalid_blocks")
    await surface.post_ephemeral(place, alice.id, TEXT)
    (shown,) = workspace.world.ephemerals.all()
    assert shown.message.blocks == ()
    assert shown.message.text.startswith("Found in a thread")
    assert "<!channel>" not in shown.message.text


async def test_a_server_without_ephemerals_tells_in_a_direct_message_what_buttons_would_say(
    surface: SlackSurface, workspace: Workspace, people: dict[str, PersonClient]
) -> None:
    alice = people["alice"]
    place = slack_place(GENERAL, await alice.say("hello", channel=GENERAL))
    workspace.faults.slack_error("chat.postEphemeral", "unknown_method")
    await surface.post_ephemeral(place, alice.id, "psst", [Choice("Next page", "threads 2")])
    (message,) = workspace.world.timeline(alice.direct_message().id).messages()
    assert message.text == "psst\n• Next page: say “threads 2”"
