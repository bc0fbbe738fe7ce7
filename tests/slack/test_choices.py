"""Questions with buttons, shortcuts, edits and deletions, over real sockets."""

from collections.abc import AsyncIterator

import pytest

from chathakase.core.errors import DeliveryError
from chathakase.core.types import Choice, Place
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace, open_workspace
from chathakase.playground.web_api_error import SlackError
from chathakase.slack.surface import SlackSurface
from tests.places import slack_place
from tests.slack.socket_mode.listening import ConnectedBot, listening

GENERAL = "C0GENERAL1"
FORGET = {"name": "Forget this message", "type": "message", "callback_id": "chathakase_forget", "description": "x"}
CHOICES = (Choice("Only mine", "forget my messages here"), Choice("Everything", "clear session", danger=True))


@pytest.fixture
async def workspace(outside: None) -> AsyncIterator[Workspace]:
    async with open_workspace(seed=1, shortcuts=[FORGET], ack_timeout=2.0, retry_delays=(0.0, 0.1, 0.2)) as opened:
        yield opened


@pytest.fixture
async def listener(workspace: Workspace) -> AsyncIterator[ConnectedBot]:
    async with listening(workspace.api_url, workspace.bot_token, workspace.app_token) as opened:
        await workspace.wait_for_socket()
        yield opened


@pytest.fixture
def alice(people: dict[str, PersonClient]) -> PersonClient:
    return people["alice"]


async def asked(surface: SlackSurface, workspace: Workspace, alice: PersonClient) -> tuple[Place, str]:
    """A thread, and the question that Alice sees in it."""
    place = slack_place(GENERAL, await alice.say("hello", channel=GENERAL))
    await alice.say("clear session", channel=GENERAL, thread_ts=place.thread)
    await surface.ask(place, alice.id, "Shall I forget **everything**?", CHOICES)
    (shown,) = [each for each in workspace.world.ephemerals.all() if each.to == alice.id]
    assert shown.message.thread_ts == place.thread
    return place, shown.message.ts


async def test_a_question_has_buttons(surface: SlackSurface, workspace: Workspace, alice: PersonClient) -> None:
    await asked(surface, workspace, alice)
    (shown,) = workspace.world.ephemerals.all()
    section, actions = shown.message.blocks
    assert section["text"]["text"] == shown.message.text == "Shall I forget everything?"
    harmless, dangerous = actions["elements"]
    assert "style" not in harmless
    assert (dangerous["style"], dangerous["confirm"]["style"]) == ("danger", "danger")


async def test_a_button_says_its_words_and_the_question_goes(
    surface: SlackSurface, workspace: Workspace, alice: PersonClient, listener: ConnectedBot
) -> None:
    place, ts = await asked(surface, workspace, alice)
    await alice.press(GENERAL, ts, "chathakase_say_1")
    (said,) = listener.said
    assert (said.place, said.by, said.words, said.told_in) == (place, alice.id, "clear session", None)
    assert said.ref
    await workspace.until(lambda: not workspace.world.ephemerals.all())


async def test_a_question_may_be_about_another_thread(
    surface: SlackSurface, workspace: Workspace, alice: PersonClient, listener: ConnectedBot
) -> None:
    place, about = slack_place(GENERAL, await alice.say("hello", channel=GENERAL)), slack_place(GENERAL, "1.000001")
    await surface.ask(place, alice.id, "Shall I?", CHOICES, about=about)
    (shown,) = workspace.world.ephemerals.all()
    await alice.press(GENERAL, shown.message.ts, "chathakase_say_1")
    assert [(said.place, said.told_in) for said in listener.said] == [(about, place)]


async def test_what_cannot_be_stored_is_not_acknowledged_and_the_question_stays(
    surface: SlackSurface, workspace: Workspace, alice: PersonClient, listener: ConnectedBot
) -> None:
    _, ts = await asked(surface, workspace, alice)
    listener.refusals = 1
    with pytest.raises(SlackError, match="not_acknowledged"):
        await alice.press(GENERAL, ts, "chathakase_say_0")
    await alice.press(GENERAL, ts, "chathakase_say_0")
    assert [said.words for said in listener.said] == ["forget my messages here"]


async def test_where_buttons_are_refused_a_question_is_asked_in_words(
    surface: SlackSurface, workspace: Workspace, alice: PersonClient
) -> None:
    workspace.faults.slack_error("chat.postEphemeral", "invalid_blocks")
    place = slack_place(GENERAL, await alice.say("hello", channel=GENERAL))
    await surface.ask(place, alice.id, "Shall I?", CHOICES)
    (shown,) = workspace.world.ephemerals.all()
    assert shown.message.blocks == ()
    assert "say “clear session”" in shown.message.text


async def test_where_there_are_no_replies_a_question_stands_in_the_channel(
    surface: SlackSurface, workspace: Workspace, alice: PersonClient, listener: ConnectedBot
) -> None:
    place = slack_place(GENERAL, await alice.say("clear session", channel=GENERAL))
    await surface.ask(place, alice.id, "Shall I?", CHOICES)
    (shown,) = workspace.world.ephemerals.all()
    assert shown.message.thread_ts is None
    await alice.press(GENERAL, shown.message.ts, "chathakase_say_1")
    assert [said.place for said in listener.said] == [place]


async def test_a_thread_that_cannot_be_looked_at_is_believed_to_have_replies(
    surface: SlackSurface, workspace: Workspace, alice: PersonClient
) -> None:
    workspace.faults.slack_error("conversations.replies", "missing_scope")
    await asked(surface, workspace, alice)


async def test_a_question_may_be_refused(surface: SlackSurface, workspace: Workspace, alice: PersonClient) -> None:
    workspace.faults.slack_error("chat.postEphemeral", "user_not_in_channel")
    with pytest.raises(DeliveryError, match="user_not_in_channel"):
        await surface.ask(slack_place(GENERAL, "1.0"), alice.id, "Shall I?", CHOICES)


async def test_long_labels_and_texts_are_cut(surface: SlackSurface, workspace: Workspace, alice: PersonClient) -> None:
    place = slack_place(GENERAL, await alice.say("hello", channel=GENERAL))
    await surface.ask(place, alice.id, "y" * 3_500, [Choice("x" * 100, "help", danger=True)])
    (shown,) = workspace.world.ephemerals.all()
    assert len(shown.message.blocks) == 2


async def test_a_shortcut_names_the_message_and_its_thread(
    workspace: Workspace, alice: PersonClient, people: dict[str, PersonClient], listener: ConnectedBot
) -> None:
    root = await alice.say("root", channel=GENERAL)
    reply = await people["bob"].say("reply", channel=GENERAL, thread_ts=root)
    await alice.shortcut("chathakase_forget", GENERAL, reply)
    await alice.shortcut("chathakase_forget", GENERAL, root)
    first, second = listener.commands
    assert (first.place, first.argument, first.by) == (slack_place(GENERAL, root), reply, alice.id)
    assert (second.place, second.argument) == (slack_place(GENERAL, root), root)
    assert first.name == second.name == "forget one"
    assert first.ref != second.ref


async def test_edits_and_deletions_are_heard_and_previews_are_not(
    workspace: Workspace, alice: PersonClient, listener: ConnectedBot
) -> None:
    root = await alice.say("@ChatHakase helo https://example.org", channel=GENERAL)
    reply = await alice.say("reply", channel=GENERAL, thread_ts=root)
    message = workspace.world.timeline(GENERAL).get(root)
    assert message is not None
    workspace.world.unfurl(message, {"title": "Example"})
    await alice.edit(GENERAL, root, "@ChatHakase hello")
    await alice.delete(GENERAL, reply)
    await listener.until(lambda: len(listener.changes) == 2)
    edit, deletion = sorted(listener.changes, key=lambda change: change.at)
    assert edit.now is not None
    assert (edit.ref, edit.now.text, edit.now.opens) == (root, "hello", True)
    assert (deletion.place.channel, deletion.place.thread, deletion.ref, deletion.now) == (GENERAL, root, reply, None)


async def test_what_is_deleted_of_ours_is_heard_and_our_edits_are_not(
    workspace: Workspace, alice: PersonClient, listener: ConnectedBot
) -> None:
    world = workspace.world
    root = await alice.say("hello", channel=GENERAL)
    ours = world.post(GENERAL, world.bot.id, "an answer", thread_ts=root, bot_id=world.app.bot_id)
    world.change(ours, text="a longer answer")
    await alice.delete(GENERAL, ours.ts)
    await listener.until(lambda: listener.changes)
    await workspace.until(lambda: workspace.pending_events == 0)
    assert [(change.ref, change.now) for change in listener.changes] == [(ours.ts, None)]


async def test_a_change_that_cannot_be_stored_comes_again(
    workspace: Workspace, alice: PersonClient, listener: ConnectedBot
) -> None:
    ts = await alice.say("@ChatHakase helo", channel=GENERAL)
    await listener.until(lambda: listener.heard)
    listener.refusals = 1
    await alice.edit(GENERAL, ts, "@ChatHakase hello")
    await listener.until(lambda: listener.changes)
    assert listener.refusals == 0
