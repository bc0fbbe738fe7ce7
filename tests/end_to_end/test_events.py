"""The log of a real run tells what happens to sessions, turns and jobs: each once, by ids, and nobody's words."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping

import pytest

from chathakase.core.types import ExpiryMode
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from chathakase.slack.web.identity import SURFACE
from tests.end_to_end.conftest import OpenBot, Thread
from tests.end_to_end.ephemerals import choose
from tests.model_server import ModelServer, fails, says

Start = Callable[..., Awaitable[Thread]]
Event = tuple[str, Mapping[str, str]]

PAIR = re.compile(r'([a-z]+)=("[^"]*"|\S+)')
TURN = ["turn began", "turn ended"]


class EventLog:
    """What was told of events so far."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self._caplog = caplog

    @property
    def text(self) -> str:
        return self._caplog.text

    def told(self) -> list[Event]:
        messages = [each.getMessage() for each in self._caplog.records if each.name == "chathakase.log_events"]
        parted = [message.partition(": ") for message in messages]
        return [(event, dict(PAIR.findall(about))) for event, _, about in parted]

    async def until(self, *expected: str) -> list[Mapping[str, str]]:
        """Wait for as many events as are expected, which they must be, in that order; what is told of each."""
        async with asyncio.timeout(20):
            while len(self.told()) < len(expected):
                await asyncio.sleep(0.02)
        told = self.told()[: len(expected)]
        assert [event for event, _ in told] == list(expected)
        return [about for _, about in told]


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> EventLog:
    caplog.set_level(logging.INFO, logger="chathakase")
    return EventLog(caplog)


def place_of(thread: Thread) -> str:
    return f"{SURFACE}/{thread.workspace.world.team.id}/{thread.channel}_{thread.ts}"


async def test_a_session_is_opened_archived_and_woken_and_its_turns_begin_and_end(
    start: Start, open_the_bot: OpenBot, model: ModelServer, alice: PersonClient, log: EventLog
) -> None:
    model.will(says("A plaice."), says("A turbot."))
    async with open_the_bot(chathakase_session_timeout=1):
        thread = await start("@ChatHakase a swordfish?")
        await log.until("session opened", *TURN, "session archived")
        await thread.say("or a halibut?")
        told = await log.until("session opened", *TURN, "session archived", "session woken", *TURN)
    opened, began, ended, _, _, again, over = told
    assert {each["place"] for each in told} == {place_of(thread)}
    assert len({each["session"] for each in told}) == 1
    assert opened["by"] == began["by"] == alice.id
    assert began["turn"] == ended["turn"] != again["turn"] == over["turn"]
    assert (ended["outcome"], ended["run"], ended["characters"]) == ("answered", "1", "9")
    assert float(ended["seconds"]) >= 0
    assert not re.search("swordfish|halibut|plaice|turbot", log.text, re.IGNORECASE)


async def test_a_session_that_expires_is_deleted(start: Start, open_the_bot: OpenBot, log: EventLog) -> None:
    async with open_the_bot(chathakase_session_timeout=1, chathakase_expiry=ExpiryMode.DELETE):
        thread = await start("@ChatHakase a swordfish?")
        *_, deleted = await log.until("session opened", *TURN, "session deleted")
    assert deleted["place"] == place_of(thread)


async def test_it_is_told_who_renamed_archived_and_deleted_a_session(
    start: Start, open_the_bot: OpenBot, workspace: Workspace, alice: PersonClient, log: EventLog
) -> None:
    async with open_the_bot():
        thread = await start("@ChatHakase a swordfish?")
        opened, *_ = await log.until("session opened", *TURN)
        for words, number in (("rename session Kingfisher", 2), ("archive session", 3)):
            await thread.say(words)
            await thread.answers(number)
        await thread.say("delete session")
        await choose(workspace, alice, "Delete conversation")
        renamed, _, archived, _, woken, _, deleted, _ = (
            await log.until(
                *("session opened", *TURN, "session renamed", "job done", "session archived", "job done"),
                *("session woken", "job done", "session deleted", "job done"),
            )
        )[3:]
    for each in (renamed, archived, woken, deleted):
        assert (each["session"], each["place"]) == (opened["session"], place_of(thread))
    assert {each["by"] for each in (renamed, archived, deleted)} == {alice.id}
    assert not re.search("swordfish|kingfisher", log.text, re.IGNORECASE)


async def test_commands_and_buttons_are_jobs(
    start: Start, open_the_bot: OpenBot, model: ModelServer, alice: PersonClient, log: EventLog
) -> None:
    model.will(fails(400), says("At last."))
    async with open_the_bot():
        thread = await start("@ChatHakase a swordfish?")
        *_, failed = await log.until("session opened", *TURN)
        assert (failed["outcome"], failed["error"]) == ("failed", "http_400")
        await alice.press(thread.channel, thread.replies()[0].ts, "chathakase_retry")
        await thread.answers(1, containing="At last.")
        *_, job, began, ended = await log.until("session opened", *TURN, "job done", *TURN)
        assert (began["action"], began["run"], ended["outcome"]) == ("retry", "2", "answered")
        assert began["turn"] == failed["turn"]
        assert (job["job"], job["by"], job["session"]) == ("retry", alice.id, failed["session"])
        await thread.say("search threads swordfish")
        *_, search = await log.until("session opened", *TURN, "job done", *TURN, "job done")
    assert search["job"] == '"search threads"'
    assert len(log.told()) == 7
    assert "swordfish" not in log.text
