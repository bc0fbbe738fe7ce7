"""Who may do what to a thread: every command and every button, by everybody who might want to.

The owner asked first in it, somebody else took part, a member can read it, a stranger has just left the channel, and an
admin has written nothing there.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import chathakase.engine.commands
from chathakase.core.jobs import FORGET_ONE, Command, Job
from chathakase.core.types import Expiry, ExpiryMode, TurnAction
from chathakase.engine.commands import COMMANDS, parsing
from chathakase.engine.commands.permissions import PERMISSIONS
from chathakase.engine.sessions import SessionManager
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace, open_workspace
from chathakase.playground.web_api.tiers import NoLimits
from chathakase.playground.world.values import User
from chathakase.storage.open_stores import open_stores
from chathakase.storage.sqlite.driver import open_sqlite
from tests.end_to_end.at_rest import at_rest
from tests.end_to_end.audit_rows import audit_rows
from tests.end_to_end.conftest import OpenBot, Thread, markdown
from tests.end_to_end.ephemerals import await_ephemeral, choose
from tests.end_to_end.test_commands_forgetting import FORGET
from tests.model_server import Answer, ModelServer, fails, says
from tests.places import slack_place

COMMANDS_TABLE = """
| said                           | owner | took part | member | stranger | admin |
| ------------------------------ | ----- | --------- | ------ | -------- | ----- |
| session info                   | yes   | yes       | yes    | yes      | yes   |
| what do you remember           | yes   | yes       | no     | no       | yes   |
| threads                        | yes   | yes       | none   | none     | none  |
| search threads swordfish       | yes   | yes       | none   | none     | none  |
| summarise                      | yes   | yes       | yes    | yes      | yes   |
| compact                        | yes   | yes       | yes    | yes      | yes   |
| rename session Fish            | yes   | yes       | no     | no       | yes   |
| export session                 | yes   | yes       | no     | no       | yes   |
| answer again                   | no    | yes       | no     | no       | yes   |
| usage                          | yes   | yes       | none   | none     | none  |
| stop                           | none  | none      | none   | none     | none  |
| forget                         | yes   | yes       | yes    | yes      | yes   |
| forget my last message         | yes   | yes       | none   | none     | none  |
| forget my messages here        | yes   | yes       | none   | none     | none  |
| forget everything of mine      | yes   | yes       | yes    | yes      | yes   |
| forget everything of mine now  | yes   | yes       | none   | none     | none  |
| clear session                  | yes   | own       | no     | no       | yes   |
| clear session for everyone     | yes   | own       | no     | no       | yes   |
| archive session                | yes   | no        | no     | no       | yes   |
| delete session                 | yes   | no        | no     | no       | yes   |
| all sessions                   | no    | no        | no     | no       | yes   |
| all usage                      | no    | no        | no     | no       | yes   |
| doctor                         | no    | no        | no     | no       | yes   |
| audit log                      | no    | no        | no     | no       | yes   |
| lift limits                    | no    | no        | no     | no       | yes   |
| unmute channel                 | no    | no        | no     | no       | yes   |
| mute channel                   | muted | no        | no     | no       | yes   |
| help                           | yes   | yes       | yes    | yes      | yes   |
"""
"""The newest answer is the one to whoever took part; ``own``: only their own words, and ``none``: they have none.

``muted``: the admin was there just before.
"""

AUDIT_TABLE = """
| said                           | owner   | took part | member  | stranger | admin   | deed              |
| ------------------------------ | ------- | --------- | ------- | -------- | ------- | ----------------- |
| what do you remember           | -       | -         | refused | refused  | -       | see memory        |
| rename session Fish            | done    | done      | refused | refused  | done    | rename            |
| export session                 | done    | done      | refused | refused  | done    | export            |
| answer again                   | refused | -         | refused | refused  | -       | answer again      |
| forget my last message         | done    | done      | -       | -        | -       | forget last       |
| forget my messages here        | done    | done      | -       | -        | -       | forget here       |
| forget everything of mine now  | done    | done      | -       | -        | -       | forget everything |
| clear session                  | -       | refused   | refused | refused  | -       | clear             |
| clear session for everyone     | done    | refused   | refused | refused  | done    | clear             |
| archive session                | done    | refused   | refused | refused  | done    | archive           |
| delete session                 | -       | refused   | refused | refused  | -       | delete            |
| all sessions                   | refused | refused   | refused | refused  | -       | see sessions      |
| all usage                      | refused | refused   | refused | refused  | -       | see usage         |
| doctor                         | refused | refused   | refused | refused  | -       | see diagnosis     |
| audit log                      | refused | refused   | refused | refused  | -       | see audit         |
| lift limits                    | refused | refused   | refused | refused  | -       | lift              |
| unmute channel                 | refused | refused   | refused | refused  | -       | unmute            |
| mute channel                   | -       | refused   | refused | refused  | done    | mute              |
"""
"""What of it is in the audit log: nothing of what was only asked about, or found nothing to be done to."""

BUTTONS_TABLE = """
| pressed             | owner | took part | member | stranger | admin |
| ------------------- | ----- | --------- | ------ | -------- | ----- |
| stop                | yes   | no        | no     | no       | yes   |
| stop, as a word     | yes   | no        | no     | no       | yes   |
| retry               | yes   | no        | no     | no       | yes   |
| continue            | yes   | no        | no     | no       | yes   |
| Forget this message | yes   | no        | no     | no       | yes   |
"""
"""Of an answer to the owner, and of a message that somebody else wrote."""

SAYING = {
    "My last message": "forget my last message",
    "My messages here": "forget my messages here",
    "My last message there": "forget my last message now",
    "My messages there": "forget my messages here now",
    "All my messages everywhere": "forget everything of mine",
    "Forget everything": "forget everything of mine now",
    "Forget everyone's messages": "clear session for everyone",
    "Forget only my messages": "forget my messages here",
    "Delete conversation": "delete session 0123456789abcdef0123456789abcdef",
    "Answer again": "answer again",
    "Next page": "threads about fish next:2:1",
}
"""The buttons that say words, which need what these words need."""

ALOUD, PRIVATELY = True, False

DONE: Mapping[str, tuple[str, bool]] = {
    "session info": ("Messages: 4", ALOUD),
    "what do you remember": ("What I would send", PRIVATELY),
    "threads": ("**Your threads** (1)", PRIVATELY),
    "search threads swordfish": ("“swordfish” in your threads", PRIVATELY),
    "summarise": ("I heard", ALOUD),
    "compact": ("", ALOUD),
    "rename session Fish": ("is now called “Fish”", ALOUD),
    "export session": ("as Markdown", ALOUD),
    "answer again": ("I'm rewriting", PRIVATELY),
    "usage": ("What you used", PRIVATELY),
    "forget": ("Which of your messages", PRIVATELY),
    "forget my last message": ("forgotten your last message", PRIVATELY),
    "forget my messages here": ("forgotten 1 of your messages", PRIVATELY),
    "forget everything of mine": ("This can't be undone", PRIVATELY),
    "forget everything of mine now": ("forgotten 1 of your messages", PRIVATELY),
    "clear session": ("wrote here too", PRIVATELY),
    "clear session for everyone": ("I have forgotten", ALOUD),
    "archive session": ("I have archived", ALOUD),
    "delete session": ("This can't be undone", PRIVATELY),
    "all sessions": ("active session", PRIVATELY),
    "all usage": ("What everybody used", PRIVATELY),
    "doctor": ("**socket**", PRIVATELY),
    "audit log": ("was refused `audit log`", PRIVATELY),
    "lift limits": ("There are no daily limits", PRIVATELY),
    "unmute channel": ("not muted in", PRIVATELY),
    "mute channel": ("I have muted", PRIVATELY),
    "help": ("assistant whose memory", ALOUD),
}
"""What whoever may is told, and whether everybody can read it."""

OTHERWISE = {
    "Should I forget just your messages": "own",
    "Sorry, only": "no",
    "an admin has muted me": "muted",
    "don't remember any of your messages": "none",
    "no threads with me": "none",
    "found nothing": "none",
    "used nothing": "none",
    "nothing to stop": "none",
}
"""What whoever may not is told, for their eyes only."""

Start = Callable[..., Awaitable[Thread]]


def rows(table: str) -> dict[str, dict[str, str]]:
    """The cells of a table, by what is done and by who does it."""
    heads, _, *lines = ([cell.strip() for cell in line.split("|")[1:-1]] for line in table.strip().splitlines())
    return {line[0]: dict(zip(heads[1:], line[1:], strict=True)) for line in lines}


BY_COMMAND, BY_BUTTON = rows(COMMANDS_TABLE), rows(BUTTONS_TABLE)

ORDER = ("stranger", "member", "took part", "admin", "owner")
"""Who may least comes first, so that something is left to be done."""


@dataclass
class Stage:
    """A thread, and everybody who may want something there."""

    thread: Thread
    people: Mapping[str, PersonClient]
    bot: SessionManager

    @property
    def workspace(self) -> Workspace:
        return self.thread.workspace

    async def settled(self) -> None:
        await at_rest(self.workspace, self.bot)

    def say(self, who: str, words: str) -> None:
        """Have somebody say something; of whoever has just left the channel it arrives all the same."""
        self.workspace.world.post(self.thread.channel, self.people[who].id, words, thread_ts=self.thread.ts)

    async def told(self, who: str, act: Callable[[], Awaitable[object] | None]) -> tuple[str, bool]:
        """What somebody is told when they do something, and whether aloud; a stranger sees nothing that is private."""
        before = len(self._private(who)), len(self.thread.replies())
        if (done := act()) is not None:
            await done

        def news() -> tuple[list[str], list[str]] | None:
            private = self._private(who)[before[0] :]
            public = [markdown(each) for each in self.thread.replies()[before[1] :]]
            return (private, public) if private or public else None

        found = await self.workspace.until(news)
        assert found is not None
        private, public = found
        await self.settled()
        return "\n".join(private or public), not private

    async def choose_forget(self, who: str, ts: str) -> None:
        await self.people[who].shortcut(FORGET["callback_id"], self.thread.channel, ts)

    def _private(self, who: str) -> list[str]:
        calls = self.workspace.journal.calls("chat.postEphemeral")
        return [str(call.arguments) for call in calls if call.arguments["user"] == self.people[who].id]


@pytest.fixture
async def workspace(ack_timeout: float, retry_delays: tuple[float, ...]) -> AsyncIterator[Workspace]:
    about = {"ack_timeout": ack_timeout, "retry_delays": retry_delays}
    async with open_workspace(shortcuts=[FORGET], limits=NoLimits(), seed=1, **about) as opened:  # type: ignore[arg-type]
        for id_, name in (("U0DAVE0001", "dave"), ("U0ERIN0001", "erin")):
            opened.world.users[id_] = User(id_, name, name.title(), name)
        opened.world.join(opened.channel("general").id, "U0DAVE0001")
        yield opened


@pytest.fixture
def settings(settings: dict[str, Any]) -> dict[str, Any]:
    """No answer waits for the one before it."""
    return settings | {"chathakase_rate_limits": "chat.postMessage=600/20"}


@pytest.fixture
async def people(workspace: Workspace) -> AsyncIterator[dict[str, PersonClient]]:
    async with AsyncExitStack() as stack:
        names = {"owner": "bob", "took part": "carol", "member": "dave", "stranger": "erin", "admin": "alice"}
        yield {who: await stack.enter_async_context(workspace.person(name)) for who, name in names.items()}


@pytest.fixture
async def stage(workspace: Workspace, people: dict[str, PersonClient], bot: SessionManager, general: str) -> Stage:
    owner = people["owner"]
    thread = Thread(workspace, owner, general, await owner.say("@ChatHakase swordfish", channel=general))
    stage = Stage(thread, people, bot)
    await thread.answers(1, containing="swordfish")
    await thread.say("I like swordfish, too", people["took part"])
    await thread.answers(2, containing="too")
    await stage.settled()
    return stage


def outcome(words: str, told: str, *, aloud: bool) -> str:
    """What became of a command."""
    for fragment, found in OTHERWISE.items():
        if fragment in told:
            assert not aloud, told
            return found
    assert (DONE[words][0] in told, aloud) == (True, DONE[words][1]), told
    return "yes"


def audited(stage: Stage, words: str) -> list[tuple[str, ...]]:
    """The rows that a command by everybody leaves in the audit log."""
    outcomes = rows(AUDIT_TABLE).get(words, {})
    told = [(who, outcomes.get(who, "-")) for who in ORDER]
    where = (stage.thread.channel, stage.thread.ts)
    return [(stage.people[who].id, outcomes["deed"], outcome, *where) for who, outcome in told if outcome != "-"]


@pytest.mark.parametrize("words", BY_COMMAND)
async def test_a_command(words: str, stage: Stage, database: Path) -> None:
    found = {}
    for who in ORDER:
        told, aloud = await stage.told(who, partial(stage.say, who, words))
        found[who] = outcome(words, told, aloud=aloud)
    assert found == BY_COMMAND[words]
    entries = audit_rows(database)
    assert [entry[:5] for entry in entries] == audited(stage, words)
    assert "fish" not in str(entries).casefold(), "nobody's words are in it"


Act = Callable[[str], Awaitable[object]]


@dataclass
class AnswerStage:
    """Answers to the owner, one after another, of which everybody wants the same."""

    stage: Stage
    model: ModelServer
    button: str

    async def begin(self) -> None:
        """Have another answer written, that is stopped, fails, or comes to its length limit."""
        answers: dict[str, Answer] = {
            "stop": says("Once upon", " a time", hold=asyncio.Event()),
            "retry": fails(400),
            "continue": says("Once upon a time", finish="length"),
        }
        self.model.will(answers[self.button])
        thread = self.stage.thread
        await thread.say("@ChatHakase tell me a story")
        await self.stage.workspace.until(lambda: f"chathakase_{self.button}" in self._last())
        if self.button != "stop":
            await self.stage.settled()

    def _last(self) -> str:
        return str(self.stage.thread.replies()[-1].blocks)

    async def press(self, who: str) -> None:
        await self.stage.people[who].press(
            self.stage.thread.channel, self.stage.thread.replies()[-1].ts, f"chathakase_{self.button}"
        )

    async def is_done(self, who: str, act: Act) -> bool:
        """Whether somebody has what they want done, or is refused."""
        asked, refused, before = len(self.model.requests), len(self.stage._private(who)), self._last()
        await act(who)

        def ends() -> str:
            is_done = "Stopped" in self._last() if self.button == "stop" else len(self.model.requests) > asked
            return "yes" if is_done else "no" if len(self.stage._private(who)) > refused else ""

        if await self.stage.workspace.until(ends) == "yes":
            await self.stage.settled()
            return True
        assert "Sorry, only the person who asked" in self.stage._private(who)[-1]
        assert self._last() == before
        return False


@pytest.mark.parametrize("button", ["stop", "stop, as a word", "retry", "continue"])
async def test_a_button_below_an_answer(button: str, stage: Stage, model: ModelServer, database: Path) -> None:
    answers = AnswerStage(stage, model, button.split(",")[0])

    async def act(who: str) -> None:
        if button == answers.button:
            await answers.press(who)
        else:
            stage.say(who, "stop")

    found, begun = {}, False
    for who in ORDER:
        if not begun:
            await answers.begin()
        begun = not await answers.is_done(who, act)
        found[who] = "no" if begun else "yes"
    assert found == BY_BUTTON[button]
    deed = {"retry": "answer again"}.get(answers.button, answers.button)
    assert [entry[:3] for entry in audit_rows(database)] == [
        (stage.people[who].id, deed, "refused") for who in ORDER if found[who] == "no"
    ]


async def test_the_menu_of_somebody_elses_message(stage: Stage, database: Path) -> None:
    await stage.thread.say("and herring", stage.people["took part"])
    await stage.thread.answers(3, containing="herring")
    await stage.settled()
    first, second = (each.ts for each in stage.thread.messages() if each.user == stage.people["took part"].id)
    messages = {"member": first, "took part": stage.thread.ts, "admin": first, "owner": second}
    # Slack has no menu for whoever is not in the channel.
    found = {"stranger": "no"}
    for who, ts in messages.items():
        told, aloud = await stage.told(who, partial(stage.choose_forget, who, ts))
        assert not aloud
        found[who] = "yes" if "forgotten that message" in told else "no"
        assert ("Sorry, only the author" in told) == (found[who] == "no")
    assert found == BY_BUTTON["Forget this message"]
    ids = {who: person.id for who, person in stage.people.items()}
    assert [(who, deed, outcome, person) for who, deed, outcome, _, _, person, *_ in audit_rows(database)] == [
        (ids["member"], "forget one", "refused", ids["took part"]),
        (ids["took part"], "forget one", "refused", ids["owner"]),
        (ids["admin"], "forget one", "done", ids["took part"]),
        (ids["owner"], "forget one", "done", ids["took part"]),
    ]


def test_the_tables_name_every_command_and_button() -> None:
    def command(words: str) -> str:
        parsed = parsing.parse(words)
        assert parsed is not None
        return parsed[0]

    assert {command(words) for words in BY_COMMAND} == {*COMMANDS, parsing.FORGET_EVERYTHING_NOW}
    assert set(PERMISSIONS) >= {*COMMANDS, FORGET_ONE}
    folder = Path(chathakase.engine.commands.__file__).parent
    labels = {label for file in folder.glob("*.py") for label in re.findall(r'Choice\("([^"]+)"', file.read_text())}
    # That of a question about one thing says the words of what was asked, and a window is opened without any.
    assert labels == {*SAYING, "Forget", "Open as a window"}
    assert {command(words) for words in SAYING.values()} <= set(PERMISSIONS)
    assert {*BY_BUTTON} == {*TurnAction, "stop, as a word", FORGET["name"]}


async def test_whoever_took_part_may_have_just_their_own_words_forgotten(stage: Stage, model: ModelServer) -> None:
    stage.say("took part", "clear session for everyone")
    await choose(stage.workspace, stage.people["took part"], "Forget only my messages")
    await await_ephemeral(stage.workspace, stage.people["took part"], "forgotten 1 of your messages")
    await stage.settled()
    await stage.thread.say("and now?")
    await stage.thread.answers(3, containing="and now?")
    told = [str(each["content"]) for each in model.requests[-1]["messages"] if each["role"] == "user"]
    assert "[bob] swordfish" in told
    assert not [each for each in told if "too" in each]


async def test_what_was_said_above_counts_as_taking_part(
    workspace: Workspace, people: dict[str, PersonClient], bot: SessionManager, general: str
) -> None:
    root = await people["took part"].say("lunch?", channel=general)
    stage = Stage(Thread(workspace, people["owner"], general, root), people, bot)
    await stage.thread.say("@ChatHakase help", people["member"])
    await stage.thread.answers(1)
    told, _ = await stage.told("member", partial(stage.say, "member", "rename session Mine"))
    assert "Sorry, only people who wrote in this thread" in told, "opening it by a command makes nobody its owner"
    told, _ = await stage.told("took part", partial(stage.say, "took part", "rename session Lunch"))
    assert "“Lunch”" in told


async def test_a_thread_in_which_only_commands_were_said_is_anybodys(
    workspace: Workspace, people: dict[str, PersonClient], bot: SessionManager, general: str
) -> None:
    root = await people["member"].say("@ChatHakase rename session Fish", channel=general)
    await Thread(workspace, people["member"], general, root).answers(1, containing="“Fish”")


async def test_a_thread_whose_question_is_forgotten_is_nobodys_who_wrote_nothing_in_it(
    workspace: Workspace, people: dict[str, PersonClient], bot: SessionManager, general: str
) -> None:
    root = await people["admin"].say("@ChatHakase help", channel=general)
    stage = Stage(Thread(workspace, people["owner"], general, root), people, bot)
    await stage.thread.answers(1)
    await stage.thread.say("@ChatHakase swordfish")
    await stage.thread.answers(2, containing="swordfish")
    await stage.settled()
    await stage.thread.say("@ChatHakase forget my messages here")
    await await_ephemeral(workspace, people["owner"], "I have forgotten 1 of your messages")
    for words in ("export session", "clear session"):
        told, _ = await stage.told("member", partial(stage.say, "member", words))
        assert "Sorry, only" in told


async def test_a_right_is_looked_at_when_something_is_done(
    open_the_bot: OpenBot, workspace: Workspace, people: dict[str, PersonClient], general: str, database: Path
) -> None:
    """What an admin was asked is pressed, and what they said is done, when they are no admin any more."""
    admin, owner = people["admin"], people["owner"]
    async with open_the_bot() as bot:
        thread = Thread(workspace, owner, general, await owner.say("@ChatHakase swordfish", channel=general))
        await thread.answers(1, containing="swordfish")
        stage = Stage(thread, people, bot)
        await stage.settled()
        stage.say("admin", "clear session")
        await await_ephemeral(workspace, admin, "wrote here too")
        await stage.settled()
    job = Job(Command(slack_place(general, thread.ts), "1.5", admin.id, "all sessions"))
    async with open_sqlite(database) as opened:
        jobs = open_stores(opened, expiry=Expiry(3_600_000, ExpiryMode.ARCHIVE)).jobs
        await jobs.enqueue(job)
        await jobs.release(job)
    workspace.world.users[admin.id] = replace(admin.user, is_admin=False, is_owner=False)
    async with open_the_bot() as bot:
        await await_ephemeral(workspace, admin, "Sorry, only admins can see that.")
        await choose(workspace, admin, "Forget everyone's messages")
        await await_ephemeral(workspace, admin, "Sorry, only the person who started this conversation")
        assert "I have forgotten" not in "".join(thread.texts())
