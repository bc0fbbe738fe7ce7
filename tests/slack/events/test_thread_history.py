"""What stands in a thread, and above a mention in it, read from the local workspace."""

from time import monotonic
from typing import Any

import pytest

from chathakase.core.errors import DeliveryError
from chathakase.core.types import Incoming, Place
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from chathakase.slack.events import thread_history as module
from chathakase.slack.events.authors import Authors
from chathakase.slack.events.thread_history import SlackHistory
from chathakase.slack.people import People
from chathakase.slack.timestamps import microseconds
from chathakase.slack.web.calls import Calls
from chathakase.slack.web.client import SlackWeb
from tests.places import slack_place

GENERAL = "C0GENERAL1"
ALICE, BOB = "U0ALICE001", "U0BOB00001"


class WrittenThread:
    """A thread that is written at once."""

    def __init__(self, workspace: Workspace) -> None:
        self.world = workspace.world
        self.root = self.world.post(GENERAL, ALICE, "the question")

    def post(self, user: str, text: str, **fields: Any) -> str:
        return self.world.post(GENERAL, user, text, thread_ts=self.root.ts, **fields).ts

    def page(self, turn: str, number: int, text: str) -> str:
        """One page of an answer of the bot's."""
        payload = {"event_type": "chathakase_reply", "event_payload": {"turn": turn, "page": number}}
        blocks = ({"type": "markdown", "text": text, "block_id": "b"},)
        return self.post(self.world.app.user_id, "…", bot_id=self.world.app.bot_id, blocks=blocks, metadata=payload)

    @property
    def place(self) -> Place:
        return slack_place(GENERAL, self.root.ts)


@pytest.fixture
def history(calls: Calls, web: SlackWeb) -> SlackHistory:
    people = People(web.client, monotonic, identity=web.identity)
    return SlackHistory(calls, web.identity, Authors(web.identity, people, monotonic))


@pytest.fixture
async def thread(workspace: Workspace) -> WrittenThread:
    return WrittenThread(workspace)


def texts(found: list[Incoming]) -> list[str]:
    return [incoming.text for incoming in found]


async def test_everybody_above_is_read(history: SlackHistory, thread: WrittenThread) -> None:
    thread.post(BOB, "an answer &amp; more")
    deploys = {"bot_profile": {"name": "Deploys"}}
    thread.post("U0DEPLOYS1", "", bot_id="B0DEPLOYS1", attachments=({"fallback": "deployed"},), extra=deploys)
    thread.page("ab12", 0, "**our** first page")
    thread.page("ab12", 1, "and the second")
    thread.page("C0GENERAL1_1.0 1.5 help", 0, "how to use me")
    thread.post(BOB, "has joined", subtype="channel_join")
    mention = thread.post(ALICE, "<@U0HAKASE01> what do you think?")
    thread.post(BOB, "said later")
    found = await history.earlier(thread.place, before=microseconds(mention), limit=100)
    assert [(each.author, each.name, each.text, each.ours) for each in found] == [
        (ALICE, "", "the question", False),
        (BOB, "", "an answer & more", False),
        ("B0DEPLOYS1", "Deploys", "deployed", False),
        ("U0HAKASE01", "", "**our** first page\n\nand the second", True),
    ]
    assert all(each.place == thread.place for each in found)
    assert not any(each.asks or each.opens for each in found)


@pytest.mark.parametrize("page", [40, 200, 1_000])
async def test_of_hundreds_the_newest_and_the_very_first_are_kept(
    page: int, history: SlackHistory, thread: WrittenThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONG_PAGE", page)
    for number in range(500):
        thread.post(BOB, f"reply {number}")
    mention = thread.post(ALICE, "<@U0HAKASE01> well?")
    found = await history.earlier(thread.place, before=microseconds(mention), limit=50)
    assert texts(found) == ["the question", *(f"reply {number}" for number in range(450, 500))]


async def test_a_thread_of_many_pages_is_read_to_its_end_or_not_at_all(
    history: SlackHistory, thread: WrittenThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONG_PAGE", 2)
    monkeypatch.setattr(module, "MOST_PAGES", 3)
    for number in range(16):
        thread.post(BOB, f"reply {number}")
    mention = microseconds(thread.post(ALICE, "<@U0HAKASE01> well?"))
    assert texts(await history.earlier(thread.place, before=mention, limit=2)) == [
        "the question",
        "reply 14",
        "reply 15",
    ]


async def test_where_the_end_was_not_reached_in_time_the_next_try_begins_farther_on(
    history: SlackHistory, thread: WrittenThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(200):
        thread.post(BOB, f"reply {number}")
    mention = microseconds(thread.post(ALICE, "<@U0HAKASE01> well?"))
    with monkeypatch.context() as hurry:
        hurry.setattr(module, "LONG_PAGE", 3)
        hurry.setattr(module, "EARLIER_WITHIN", 0.5)
        with pytest.raises(DeliveryError, match="timeout"):
            await history.earlier(thread.place, before=mention, limit=2)
    found = texts(await history.earlier(thread.place, before=mention, limit=1_000))
    assert (found[0], found[-1]) == ("the question", "reply 199")
    assert "reply 0" not in found
    assert "reply 50" in found
    found = texts(await history.earlier(thread.place, before=mention, limit=1_000))
    assert "reply 0" in found


async def test_a_short_thread_is_read_whole_and_nothing_twice(history: SlackHistory, thread: WrittenThread) -> None:
    mention = thread.post(ALICE, "<@U0HAKASE01> well?")
    for limit in (1, 2, 50):
        assert texts(await history.earlier(thread.place, before=microseconds(mention), limit=limit)) == ["the question"]


async def test_nothing_stands_above_the_first_message(
    history: SlackHistory, thread: WrittenThread, workspace: Workspace
) -> None:
    assert await history.earlier(thread.place, before=microseconds(thread.root.ts), limit=50) == []
    assert [call.method for call in workspace.journal.calls()] == ["auth.test"]


async def test_files_are_read_and_what_is_deleted_is_not(
    history: SlackHistory, thread: WrittenThread, workspace: Workspace, people: dict[str, PersonClient]
) -> None:
    await people["alice"].share("a.csv", b"a,b", channel=GENERAL, thread_ts=thread.root.ts)
    gone = thread.post(ALICE, "gone")
    await people["alice"].delete(GENERAL, gone)
    mention = thread.post(BOB, "<@U0HAKASE01> well?")
    await people["alice"].delete(GENERAL, thread.root.ts)
    (found,) = await history.earlier(thread.place, before=microseconds(mention), limit=50)
    (file,) = found.files
    assert (found.text, file.name, file.size) == ("", "a.csv", 3)
    assert file.url.startswith(workspace.address)


@pytest.mark.parametrize("code", ["channel_not_found", "missing_scope", "not_in_channel"])
async def test_a_refusal_is_told(code: str, history: SlackHistory, thread: WrittenThread, workspace: Workspace) -> None:
    workspace.faults.slack_error("conversations.replies", code)
    with pytest.raises(DeliveryError, match=code):
        await history.earlier(thread.place, before=9_999_999_999_000_000, limit=50)


async def test_nobody_waits_for_ever(
    history: SlackHistory, thread: WrittenThread, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "EARLIER_WITHIN", 0.3)
    workspace.faults.rate_limit("conversations.replies", retry_after=30)
    with pytest.raises(DeliveryError, match="timeout") as raised:
        await history.earlier(thread.place, before=9_999_999_999_000_000, limit=50)
    assert raised.value.passes


async def test_a_thread_tells_what_was_edited_and_deleted(
    history: SlackHistory, thread: WrittenThread, workspace: Workspace, people: dict[str, PersonClient]
) -> None:
    gone, edited = (thread.post(BOB, text) for text in ("gone", "a typo"))
    linked = workspace.world.post(GENERAL, BOB, "a link", thread_ts=thread.root.ts)
    ours = thread.page("ab12", 0, "an answer")
    workspace.world.unfurl(linked, {"fallback": "a preview"})
    await people["bob"].delete(GENERAL, gone)
    await people["bob"].edit(GENERAL, edited, "no typo")
    seen = await history.thread(thread.place)
    assert texts(list(seen.messages)) == ["the question", "no typo", "a link"]
    assert seen.there == {thread.root.ts, edited, linked.ts, ours}
    assert list(seen.edited) == [edited]
    assert seen.edited[edited] > microseconds(ours)
    assert seen.lacks(gone, microseconds(gone))
    assert not seen.lacks(ours, microseconds(ours))


async def test_a_first_message_of_which_a_tombstone_is_left_is_not_there(
    history: SlackHistory, thread: WrittenThread, people: dict[str, PersonClient]
) -> None:
    thread.post(BOB, "a reply")
    await people["alice"].delete(GENERAL, thread.root.ts)
    seen = await history.thread(thread.place)
    assert texts(list(seen.messages)) == ["a reply"]
    assert seen.lacks(thread.root.ts, microseconds(thread.root.ts))


async def test_beyond_what_was_read_nothing_is_missing(
    history: SlackHistory, thread: WrittenThread, monkeypatch: pytest.MonkeyPatch, people: dict[str, PersonClient]
) -> None:
    monkeypatch.setattr(module, "LONG_PAGE", 2)
    monkeypatch.setattr(module, "MOST_PAGES", 2)
    early, *_, late = [thread.post(BOB, f"reply {number}") for number in range(6)]
    for ref in (early, late):
        await people["bob"].delete(GENERAL, ref)
    seen = await history.thread(thread.place)
    assert seen.lacks(early, microseconds(early))
    assert not seen.lacks(late, microseconds(late))


@pytest.mark.parametrize(
    "answer", [{}, {"messages": [{"ts": "9.9", "user": BOB, "text": "late"}]}, {"messages": "none"}]
)
async def test_without_its_first_message_nothing_is_missing(
    answer: Any, history: SlackHistory, thread: WrittenThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def page(method: str, arguments: Any, whose: str) -> Any:
        return answer

    monkeypatch.setattr(history, "_page", page)
    assert not (await history.thread(thread.place)).lacks("1.000001", 1_000_001)


@pytest.mark.parametrize("more", [{"ts": 5}, {"ts": "x"}, {"ts": "2.0", "edited": "yes"}, {"ts": "2.0", "edited": {}}])
async def test_malformed_messages_are_no_edits(
    more: Any, history: SlackHistory, thread: WrittenThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def page(method: str, arguments: Any, whose: str) -> Any:
        return {"messages": [{"ts": thread.root.ts, "user": ALICE, "text": "hello"}, more, None]}

    monkeypatch.setattr(history, "_page", page)
    seen = await history.thread(thread.place)
    assert (texts(list(seen.messages)), seen.edited) == (["hello"], {})
