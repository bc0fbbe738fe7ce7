"""People find what they may see, and nothing else."""

from collections.abc import Awaitable, Callable

import pytest

from chathakase.engine.sessions import SessionManager
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import Thread
from tests.end_to_end.ephemerals import await_ephemeral, ephemerals

Start = Callable[..., Awaitable[Thread]]
pytestmark = pytest.mark.usefixtures("bot")


async def saved(workspace: Workspace, bot: SessionManager) -> None:
    await workspace.until(lambda: not bot.scheduler.tasks and not bot.jobs.tasks)


async def said(start: Start, text: str, *, person: PersonClient | None = None, channel: str | None = None) -> Thread:
    thread = await start(text, person=person, channel=channel)
    await thread.answers(1)
    return thread


async def found(thread: Thread, words: str, person: PersonClient) -> str:
    """What a search in a thread shows to a person."""
    before = len(ephemerals(thread.workspace, person))
    await thread.say(f"search threads {words}", person)
    await thread.workspace.until(lambda: len(ephemerals(thread.workspace, person)) > before)
    return ephemerals(thread.workspace, person)[-1]


async def test_ones_own_threads_with_links(
    start: Start, alice: PersonClient, bot: SessionManager, workspace: Workspace
) -> None:
    kyoto = await said(start, "@ChatHakase Trip to Kyoto in spring")
    tokyo = await said(start, "@ChatHakase 東京への旅行について")
    here = await said(start, "good morning", channel="@")
    await saved(workspace, bot)
    shown = await found(here, "spring KYOTO", alice)
    assert "[Trip to Kyoto in spring](http" in shown
    assert kyoto.ts.replace(".", "") in shown
    assert "Trip to Kyoto in spring" in shown.partition("](")[2]
    assert tokyo.ts.replace(".", "") not in shown
    assert tokyo.ts.replace(".", "") in await found(here, "旅行", alice)
    assert "found nothing for “Osaka”" in await found(here, "Osaka", alice)
    assert len(here.texts()) == 1, "nobody else is told"


async def test_a_strangers_direct_message_is_never_found(
    start: Start, alice: PersonClient, bob: PersonClient, bot: SessionManager, workspace: Workspace
) -> None:
    await said(start, "the secret word is swordfish", person=bob, channel="@")
    here = await said(start, "@ChatHakase hello")
    await here.say("hello too", bob)
    await here.answers(2)
    await saved(workspace, bot)
    assert "found nothing" in await found(here, "swordfish", alice)
    assert "swordfish" in (await found(here, "swordfish", bob)).partition("\n")[2]


@pytest.mark.parametrize("leaves", [False, True])
async def test_a_private_channel_is_searched_by_its_members_only(
    leaves: bool, start: Start, alice: PersonClient, bob: PersonClient, bot: SessionManager, workspace: Workspace
) -> None:
    private = next(each for each in workspace.world.conversations() if each.type == "group")
    hidden = await said(start, "@ChatHakase the secret word is swordfish", channel=private.name)
    await hidden.say("swordfish it is", bob)
    await hidden.answers(2)
    here = await said(start, "@ChatHakase hello")
    await saved(workspace, bot)
    if leaves:
        workspace.world.leave(private.id, bob.id)
    shown = await found(here, "swordfish", bob)
    assert ("found nothing" in shown, "swordfish it is" in shown) == (leaves, not leaves)
    assert "swordfish it is" in await found(here, "swordfish", alice)


async def test_threads_of_others_are_not_ones_own(
    start: Start, alice: PersonClient, bob: PersonClient, bot: SessionManager, workspace: Workspace
) -> None:
    await said(start, "@ChatHakase swordfish", person=bob)
    here = await said(start, "@ChatHakase hello")
    await saved(workspace, bot)
    assert "found nothing" in await found(here, "swordfish", alice)


async def test_where_membership_is_not_told_only_the_direct_message_is_searched(
    start: Start, alice: PersonClient, bot: SessionManager, workspace: Workspace
) -> None:
    await said(start, "@ChatHakase swordfish and herring")
    await said(start, "swordfish and shark", channel="@")
    here = await said(start, "@ChatHakase hello")
    await saved(workspace, bot)
    workspace.faults.slack_error("users.conversations", "missing_scope")
    shown = await found(here, "swordfish", alice)
    assert "shark" in shown
    assert "herring" not in shown
    assert "searched only your direct messages" in shown


async def test_what_is_found_is_no_markup(
    start: Start, alice: PersonClient, bot: SessionManager, workspace: Workspace
) -> None:
    await said(start, "@ChatHakase swordfish [here](https://evil.example) `code` *bold* | <!channel>")
    here = await said(start, "@ChatHakase hello")
    await saved(workspace, bot)
    shown = await found(here, "swordfish", alice)
    assert "[here](https" not in shown
    assert "<!channel>" not in shown


async def test_who_is_mentioned_is_named(
    start: Start, alice: PersonClient, bot: SessionManager, workspace: Workspace
) -> None:
    await said(start, "@ChatHakase swordfish for @bob")
    here = await said(start, "@ChatHakase hello")
    await saved(workspace, bot)
    assert "swordfish for @bob" in await found(here, "swordfish", alice)


async def test_how_it_is_done_is_told(start: Start, alice: PersonClient, workspace: Workspace) -> None:
    await start("@ChatHakase search threads")
    await await_ephemeral(workspace, alice, "`search threads trip to Kyoto`")
