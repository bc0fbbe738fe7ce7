"""What channels are called, who is where, and what addresses messages have."""

import logging
from collections.abc import Callable
from dataclasses import replace
from time import monotonic

import pytest

from chathakase.core.errors import DeliveryError
from chathakase.core.types import Incoming, Person, Where
from chathakase.playground.server import Workspace
from chathakase.slack import lookup, places
from chathakase.slack.people import People, person_of
from chathakase.slack.places import Places
from chathakase.slack.surface import SlackSurface
from chathakase.slack.web.calls import Calls
from chathakase.slack.web.client import SlackWeb
from tests.places import slack_place

GENERAL, SECRET, ELSEWHERE = "C0GENERAL1", "C0SECRET01", "C0ELSEWHR1"
GROUP_DM, ALICE_DM = "C0MPDM0001", "D0ALICE001"
ALICE, CAROL = "U0ALICE001", "U0CAROL001"
HERE = slack_place(GENERAL, "1.0")


@pytest.fixture
def called(workspace: Workspace) -> Callable[[str], int]:
    """How often a method was called."""
    return lambda method: sum(call.method == method for call in workspace.journal.calls())


async def test_channels_have_names_and_topics(surface: SlackSurface, workspace: Workspace) -> None:
    workspace.world.change_conversation(GENERAL, topic="All & <sundry>")
    assert await surface.where(slack_place(GENERAL, "1.0")) == Where("general", "All & <sundry>")
    assert await surface.where(slack_place(SECRET, "1.0")) == Where("secret")
    assert await surface.where(slack_place(GROUP_DM, "1.0")) == Where("")


async def test_direct_messages_need_no_question(surface: SlackSurface, called: Callable[[str], int]) -> None:
    assert await surface.where(slack_place(ALICE_DM, "1.0")) == Where("", direct=True)
    assert called("conversations.info") == 0


async def test_a_name_is_asked_for_once(surface: SlackSurface, called: Callable[[str], int]) -> None:
    for thread in ("1.0", "2.0"):
        await surface.where(slack_place(GENERAL, thread))
    assert called("conversations.info") == 1


async def test_who_asks_and_where_is_looked_up_before_it_is_needed(
    surface: SlackSurface, workspace: Workspace, called: Callable[[str], int]
) -> None:
    def asked() -> tuple[int, int]:
        return called("conversations.info"), called("users.info")

    said = Incoming(HERE, "1.0", ALICE, "hello", said=1_000_000, opens=True, asks=True)
    surface.expect(replace(said, asks=False))
    # It may be people's talk among themselves, of which there is much.
    surface.expect(replace(said, opens=False, author=CAROL))
    surface.expect(said)
    surface.expect(said)
    await workspace.until(lambda: asked() == (1, 1))
    assert await surface.where(HERE) == Where("general")
    assert ALICE in await surface.people(HERE, [ALICE])
    surface.expect(replace(said, place=slack_place(ALICE_DM, "1.0"), author=CAROL))
    await workspace.until(lambda: asked() == (1, 2))


async def test_without_the_scope_places_have_no_names_and_the_log_hears_once(
    surface: SlackSurface, workspace: Workspace, caplog: pytest.LogCaptureFixture, called: Callable[[str], int]
) -> None:
    workspace.faults.slack_error("conversations.info", "missing_scope", times=9)
    with caplog.at_level(logging.WARNING):
        for channel in (GENERAL, SECRET, GENERAL):
            assert await surface.where(slack_place(channel, "1.0")) == Where("")
    assert len(caplog.records) == 1
    assert called("conversations.info") == 2


async def test_what_failed_is_asked_again_after_a_minute(
    calls: Calls, workspace: Workspace, called: Callable[[str], int]
) -> None:
    now = [0.0]
    found = Places(calls, lambda: now[0])
    workspace.faults.http_error("conversations.info", 503)
    for now[0], name in ((0.0, ""), (59.0, ""), (61.0, "general"), (3_600.0, "general")):
        assert (await found.find(slack_place(GENERAL, "1.0"))).channel == name
    assert called("conversations.info") == 2


async def test_nobody_waits_long_for_a_name(
    surface: SlackSurface, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "TIMEOUT", 0.1)
    workspace.faults.hang("conversations.info")
    assert await surface.where(slack_place(GENERAL, "1.0")) == Where("")


async def test_people_are_where_slack_says(surface: SlackSurface) -> None:
    everywhere = await surface.channels_with(HERE, ALICE)
    assert {GENERAL, SECRET, ELSEWHERE, GROUP_DM, ALICE_DM} <= everywhere
    assert not {SECRET, GROUP_DM, ALICE_DM} & await surface.channels_with(HERE, CAROL)


async def test_memberships_come_in_pages_and_are_asked_anew_each_time(
    calls: Calls, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, called: Callable[[str], int]
) -> None:
    monkeypatch.setattr(places, "PAGE", 2)
    found = Places(calls, monotonic)
    assert len(await found.channels_with(ALICE)) == 6
    assert called("users.conversations") == 3
    workspace.world.leave(SECRET, ALICE)
    assert SECRET not in await found.channels_with(ALICE)


async def test_where_somebody_is_may_be_refused(surface: SlackSurface, workspace: Workspace) -> None:
    workspace.faults.slack_error("users.conversations", "missing_scope")
    with pytest.raises(DeliveryError, match="missing_scope"):
        await surface.channels_with(HERE, ALICE)
    assert GENERAL in await surface.channels_with(HERE, ALICE)


async def test_links_are_those_that_slack_gives(surface: SlackSurface, workspace: Workspace, web: SlackWeb) -> None:
    root = workspace.world.post(GENERAL, ALICE, "root").ts
    reply = workspace.world.post(GENERAL, ALICE, "reply", thread_ts=root).ts
    given = await web.client.chat_getPermalink(channel=GENERAL, message_ts=reply)
    assert surface.link(slack_place(GENERAL, root), reply) == given["permalink"]
    bare = f"https://playground.slack.com/archives/{GENERAL}/p{root.replace('.', '')}"
    assert surface.link(slack_place(GENERAL, root), root) == bare
    assert surface.link(slack_place(GENERAL, root), "") == bare


async def test_people_have_clocks(web: SlackWeb) -> None:
    person = (await People(web.client, monotonic, identity=web.identity).find([ALICE]))[ALICE]
    called = ("alice", "Alice Arends")
    assert person == Person(ALICE, "alice", zone="Europe/Amsterdam", offset=3600, called=called)


@pytest.mark.parametrize(
    ("zone", "offset"),
    [(None, 3600), ("Asia/Tokyo", None), ("Asia/Tokyo", True), ("Asia/Tokyo", "1"), ("a b", 1), ("UTC", 10**9), (5, 5)],
)
def test_odd_clocks_are_none(zone: object, offset: object) -> None:
    person = person_of("U1", {"name": "a", "tz": zone, "tz_offset": offset})
    assert (person.zone, person.offset) == ("", 0)


async def test_nobody_waits_for_ever_to_be_told_where_they_are(
    surface: SlackSurface, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "WITHIN", 0.05)
    workspace.faults.rate_limit(places.MEMBERSHIPS, retry_after=30)
    with pytest.raises(DeliveryError, match="timeout"):
        await surface.channels_with(HERE, ALICE)
