"""Who may talk to the bot: every way in, for everybody who may come that way."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from chathakase.core.access_rule import NOT_FOR_YOU, NOT_KNOWN
from chathakase.core.jobs import Command, Job
from chathakase.engine.access import access as access_module
from chathakase.engine.sessions import SessionManager
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace, open_workspace
from chathakase.slack.diagnostics.needs import SHORTCUTS
from chathakase.storage.sqlite.driver import open_sqlite
from chathakase.storage.stores.job_store import SqlJobStore
from tests.end_to_end.at_rest import at_rest
from tests.end_to_end.bot_settings import OPEN_TO_ALL
from tests.end_to_end.conftest import OpenBot, Thread
from tests.end_to_end.ephemerals import await_ephemeral, ephemerals
from tests.model_server import ModelServer, fails, says
from tests.places import slack_place

ALICE, BOB = "U0ALICE001", "U0BOB00001"
ELSEWHERE, ENTERPRISE = "T0ANOTHER1", "E0HAKASE01"
GROUP = "C0MPDM0001"

Seen = Callable[[], object]
"""Whether what somebody wanted is done."""


@pytest.fixture
def retry_delays() -> tuple[float, ...]:
    """Slack tries once, and then nevermore."""
    return ()


@pytest.fixture
async def workspace(outside: None, ack_timeout: float, retry_delays: tuple[float, ...]) -> AsyncIterator[Workspace]:
    async with open_workspace(
        shortcuts=SHORTCUTS, seed=1, ack_timeout=ack_timeout, retry_delays=retry_delays
    ) as opened:
        yield opened


@dataclass
class Scene:
    """Bob comes to the bot, and Alice was there before him."""

    workspace: Workspace
    model: ModelServer
    alice: PersonClient
    bob: PersonClient
    database: Path
    threads: list[Thread] = field(default_factory=list)

    @property
    def thread(self) -> Thread:
        return self.threads[-1]

    async def begin(self, person: PersonClient, text: str, channel: str = "C0GENERAL1") -> Thread:
        self.threads.append(Thread(self.workspace, person, channel, await person.say(text, channel=channel)))
        return self.thread

    def has_answers(self, count: int) -> Seen:
        thread = self.thread
        return lambda: len(thread.texts()) == count

    def change(self, **about: Any) -> None:
        """Have Bob be somebody else."""
        users = self.workspace.world.users
        users[BOB] = replace(users[BOB], **about)

    def stored(self, sql: str) -> Any:
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(sql).fetchall()

    def known(self) -> tuple[Any, int]:
        """How many sessions there are, and what the model was asked."""
        return self.stored("SELECT count(*) FROM sessions"), len(self.model.requests)

    async def is_turned_away(self, bot: SessionManager, seen: Seen, before: tuple[Any, int]) -> None:
        """See that nothing comes of what Bob wants but one line for his eyes."""
        await at_rest(self.workspace, bot)
        assert not seen()
        assert self.known() == before, "it opens no session, and asks the model nothing"
        assert not self.stored(f"SELECT text FROM messages WHERE author = '{BOB}' AND asks = 1 AND text LIKE '%sword%'")
        assert len(ephemerals(self.workspace, self.bob)) == 1


class WayIn:
    """How somebody comes to the bot."""

    async def prepare(self, scene: Scene) -> None:
        """While everybody may."""

    async def away(self, scene: Scene) -> None:
        """While the bot is not there."""

    async def come(self, scene: Scene) -> Seen:
        """Have Bob want something."""
        raise NotImplementedError


class Mention(WayIn):
    async def come(self, scene: Scene) -> Seen:
        await scene.begin(scene.bob, "@ChatHakase swordfish?")
        return scene.has_answers(1)


class InOpenThread(WayIn):
    async def prepare(self, scene: Scene) -> None:
        await (await scene.begin(scene.alice, "@ChatHakase hello")).answers(1)


class FollowUp(InOpenThread):
    async def come(self, scene: Scene) -> Seen:
        await scene.thread.say("swordfish?", scene.bob)
        return scene.has_answers(2)


class DirectMessage(WayIn):
    async def come(self, scene: Scene) -> Seen:
        await scene.begin(scene.bob, "swordfish?", scene.bob.direct_message().id)
        return scene.has_answers(1)


class GroupMessage(WayIn):
    async def come(self, scene: Scene) -> Seen:
        await scene.begin(scene.bob, "@ChatHakase swordfish?", GROUP)
        return scene.has_answers(1)


class Edit(WayIn):
    async def come(self, scene: Scene) -> Seen:
        thread = await scene.begin(scene.bob, "swordfish?")
        await scene.bob.edit(thread.channel, thread.ts, "@ChatHakase swordfish?")
        return scene.has_answers(1)


class EditInOpenThread(InOpenThread):
    async def come(self, scene: Scene) -> Seen:
        ts = await scene.thread.say("@alice swordfish?", scene.bob)
        await scene.workspace.until(lambda: scene.stored("SELECT 1 FROM messages WHERE text LIKE '%swordfish%'"))
        await scene.bob.edit(scene.thread.channel, ts, "@ChatHakase swordfish?")
        return scene.has_answers(2)


class Button(WayIn):
    async def prepare(self, scene: Scene) -> None:
        scene.model.will(fails(400))
        thread = await scene.begin(scene.bob, "@ChatHakase hello")
        await scene.workspace.until(lambda: "chathakase_retry" in str([each.blocks for each in thread.replies()]))

    async def come(self, scene: Scene) -> Seen:
        thread = scene.thread
        scene.model.will(says("The answer."))
        await scene.bob.press(thread.channel, thread.replies()[0].ts, "chathakase_retry")
        return lambda: thread.texts() == ["The answer."]


class MenuOfAMessage(InOpenThread):
    async def come(self, scene: Scene) -> Seen:
        ts = scene.thread.ts
        await scene.bob.shortcut("chathakase_forget", scene.thread.channel, ts)
        return lambda: any("only the author" in text for text in ephemerals(scene.workspace, scene.bob))


class JobAfterARestart(InOpenThread):
    async def away(self, scene: Scene) -> None:
        place = slack_place(scene.thread.channel, scene.thread.ts)
        async with open_sqlite(scene.database) as database:
            job = await SqlJobStore(database).enqueue(Job(Command(place, "9.000001", BOB, "help")))
            assert job is not None
            await SqlJobStore(database).release(job)

    async def come(self, scene: Scene) -> Seen:
        return scene.has_answers(2)


class CaughtUpWith(InOpenThread):
    async def away(self, scene: Scene) -> None:
        await scene.begin(scene.bob, "@ChatHakase swordfish?")

    async def come(self, scene: Scene) -> Seen:
        return scene.has_answers(1)


@dataclass(frozen=True)
class Comer:
    """Who Bob is, and what comes of it."""

    access: dict[str, Any] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)
    is_known: bool = True
    told: str = ""
    """What he is told; empty if he may."""


WAYS = {
    "mention": Mention(),
    "follow-up": FollowUp(),
    "direct message": DirectMessage(),
    "group message": GroupMessage(),
    "edit that adds a mention": Edit(),
    "edit that adds a mention in an open thread": EditInOpenThread(),
    "button": Button(),
    "shortcut": MenuOfAMessage(),
    "job after a restart": JobAfterARestart(),
    "catch-up": CaughtUpWith(),
}
CASES = {
    "allowed": Comer(access={"chathakase_allowed_users": {BOB}}),
    "not allowed": Comer(access={"chathakase_allowed_users": {ALICE}}, told=NOT_FOR_YOU),
    "guest": Comer(about={"is_restricted": True}, told=NOT_FOR_YOU),
    "external": Comer(about={"team_id": ELSEWHERE}, told=NOT_FOR_YOU),
    "unknown": Comer(is_known=False, told=NOT_KNOWN),
    "other enterprise workspace": Comer(about={"team_id": ELSEWHERE, "enterprise_id": ENTERPRISE}),
}


@pytest.fixture
async def scene(
    workspace: Workspace, model: ModelServer, alice: PersonClient, bob: PersonClient, database: Path
) -> Scene:
    workspace.world.team = replace(workspace.world.team, enterprise_id=ENTERPRISE)
    return Scene(workspace, model, alice, bob, database)


@pytest.mark.parametrize("who", CASES)
@pytest.mark.parametrize("by", WAYS)
async def test_every_way_in(
    by: str, who: str, scene: Scene, open_the_bot: OpenBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    way, case = WAYS[by], CASES[who]
    if not case.is_known:
        monkeypatch.setattr(access_module, "AT_ONCE", 0.05)
        monkeypatch.setattr(access_module, "PATIENCE", 0.2)
    async with open_the_bot(**OPEN_TO_ALL) as bot:
        await way.prepare(scene)
        await at_rest(scene.workspace, bot)
    before = scene.known()
    scene.change(**case.about)
    if not case.is_known:
        scene.workspace.faults.slack_error("users.info", "internal_error", times=1_000)
    await way.away(scene)
    async with open_the_bot(**case.access) as bot:
        seen = await way.come(scene)
        if not case.told:
            await scene.workspace.until(seen)
            return
        assert await await_ephemeral(scene.workspace, scene.bob, "Sorry") == case.told
        await scene.is_turned_away(bot, seen, before)


@pytest.mark.parametrize("by", [by for by in WAYS if by != "job after a restart"])
async def test_whoever_comes_while_slack_fails_is_let_in_once_it_tells_who_they_are(
    by: str, scene: Scene, open_the_bot: OpenBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access_module, "AT_ONCE", 0.05)
    monkeypatch.setattr(access_module, "ASKING", replace(access_module.ASKING, first_wait=0.05, longest_wait=0.05))
    way = WAYS[by]
    async with open_the_bot(**OPEN_TO_ALL) as bot:
        await way.prepare(scene)
        await at_rest(scene.workspace, bot)
    scene.workspace.faults.slack_error("users.info", "internal_error", times=1_000)
    await way.away(scene)
    async with open_the_bot() as bot:
        seen = await way.come(scene)
        await scene.workspace.until(lambda: len(scene.workspace.journal.calls("users.info")) > 2)
        assert not seen()
        scene.workspace.faults.clear()
        await scene.workspace.until(seen)
        await at_rest(scene.workspace, bot)
    assert not [text for text in ephemerals(scene.workspace, scene.bob) if text in (NOT_FOR_YOU, NOT_KNOWN)]


async def test_what_those_say_and_share_who_may_not_is_context_of_an_open_thread(
    scene: Scene, open_the_bot: OpenBot
) -> None:
    async with open_the_bot() as bot:
        thread = await scene.begin(scene.alice, "@ChatHakase hello")
        await thread.answers(1)
        scene.change(is_ultra_restricted=True)
        await scene.bob.share("fish.md", b"a herring", channel=thread.channel, thread_ts=thread.ts, typed="a swordfish")
        await await_ephemeral(scene.workspace, scene.bob, NOT_FOR_YOU)
        await at_rest(scene.workspace, bot)
        await thread.say("which fish?")
        await thread.answers(2, containing="which fish?")
        assert len(scene.model.requests) == 2
        assert "a swordfish" in scene.model.seen()
        assert "a herring" in scene.model.seen()


async def test_nobody_is_told_twice_within_an_hour_that_they_may_not_though_the_bot_is_restarted(
    scene: Scene, open_the_bot: OpenBot
) -> None:
    for text in ("@ChatHakase swordfish?", "@ChatHakase a herring?"):
        async with open_the_bot(chathakase_allowed_users={ALICE}) as bot:
            await scene.begin(scene.bob, text)
            await await_ephemeral(scene.workspace, scene.bob, NOT_FOR_YOU)
            await at_rest(scene.workspace, bot)
    assert len(ephemerals(scene.workspace, scene.bob)) == 1


async def test_what_was_answered_while_somebody_might_is_not_refused_once_they_may_not(
    scene: Scene, open_the_bot: OpenBot
) -> None:
    async with open_the_bot(**OPEN_TO_ALL) as bot:
        await (await scene.begin(scene.bob, "@ChatHakase hello")).answers(1)
        await at_rest(scene.workspace, bot)
    missed = await scene.begin(scene.alice, "@ChatHakase hello")
    async with open_the_bot(chathakase_allowed_users={ALICE}) as bot:
        await missed.answers(1)
        await at_rest(scene.workspace, bot)
    assert not ephemerals(scene.workspace, scene.bob)


@pytest.mark.parametrize("access", [{"chathakase_allowed_users": {ALICE, "U0CAROL001"}}, {}])
async def test_what_waits_at_a_restart_is_answered_only_to_those_who_still_may(
    access: dict[str, Any], scene: Scene, open_the_bot: OpenBot, people: dict[str, PersonClient]
) -> None:
    hold = asyncio.Event()
    async with open_the_bot(**OPEN_TO_ALL) as bot:
        scene.model.will(says("The beginning", " and the end.", hold=hold))
        thread = await scene.begin(scene.alice, "@ChatHakase hello")
        await thread.answers(1, containing="beginning")
        await thread.say("@ChatHakase swordfish?", scene.bob)
        await thread.say("@ChatHakase herring?", people["carol"])
        await scene.workspace.until(lambda: scene.stored("SELECT 1 FROM messages WHERE text LIKE '%herring%'"))
        bot.begin_shutdown()
        hold.set()
        await at_rest(scene.workspace, bot)
    assert len(scene.model.requests) == 1
    scene.change(is_restricted=True)
    async with open_the_bot(**access) as bot:
        await thread.answers(2, containing="herring?")
        assert await await_ephemeral(scene.workspace, scene.bob, "Sorry") == NOT_FOR_YOU
        await at_rest(scene.workspace, bot)
    assert scene.stored(f"SELECT asks FROM messages WHERE author = '{BOB}'") == [(0,)]
    assert len(scene.model.requests) == 2


async def test_channels_are_those_that_are_listed_and_direct_messages(scene: Scene, open_the_bot: OpenBot) -> None:
    random = scene.workspace.channel("random").id
    async with open_the_bot(chathakase_allowed_channels={random}):
        await (await scene.begin(scene.bob, "@ChatHakase hello", random)).answers(1)
        await (await scene.begin(scene.bob, "hello", scene.bob.direct_message().id)).answers(1)
        await scene.begin(scene.bob, "@ChatHakase hello")
        await await_ephemeral(scene.workspace, scene.bob, NOT_FOR_YOU)
        assert not scene.thread.texts()


@pytest.mark.parametrize(
    "access", [{"chathakase_allowed_users": {ALICE}}, {"chathakase_allowed_channels": {GROUP}}, {}]
)
async def test_who_is_named_an_admin_in_the_settings_always_may(
    access: dict[str, Any], scene: Scene, open_the_bot: OpenBot
) -> None:
    scene.change(is_restricted=True)
    async with open_the_bot(chathakase_admins={BOB}, **access):
        await (await scene.begin(scene.bob, "@ChatHakase hello")).answers(1)


async def test_with_all_let_in_slack_is_asked_about_nobody_before_they_are_answered(
    scene: Scene, open_the_bot: OpenBot
) -> None:
    scene.workspace.faults.slack_error("users.info", "missing_scope", times=1_000)
    async with open_the_bot(**OPEN_TO_ALL):
        await (await scene.begin(scene.bob, "@ChatHakase hello")).answers(1)


async def test_one_call_tells_who_somebody_is_and_what_they_are_called(scene: Scene, open_the_bot: OpenBot) -> None:
    async with open_the_bot():
        await (await scene.begin(scene.bob, "@ChatHakase hello")).answers(1)
        assert "[bob" in scene.model.said()
        assert len(scene.workspace.journal.calls("users.info")) == 1
