"""What Slack's Web API does with the calls that the bot makes: in memory as over HTTP, by one contract."""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any, Protocol

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.playground.faults import UPLOAD, Faults
from chathakase.playground.journal import Journal
from chathakase.playground.server import Workspace
from chathakase.playground.world.values import Message
from chathakase.playground.world.world import World
from chathakase.slack.web.call_errors import CallFailure, failure_of
from chathakase.slack.web.client import open_web
from tests.doubles.slack_web import SlackInMemory

GENERAL, ALICE, BOT = "C0GENERAL1", "U0ALICE001", "U0HAKASE01"
POST, EDIT, DELETE = "chat.postMessage", "chat.update", "chat.delete"
START, APPEND, STOP = "chat.startStream", "chat.appendStream", "chat.stopStream"
IMPATIENT = 0.3
"""Seconds that a call may take here."""


class AnySlack(Protocol):
    """A workspace, and the bot's way to it."""

    @property
    def world(self) -> World: ...
    @property
    def faults(self) -> Faults: ...
    @property
    def journal(self) -> Journal: ...
    @property
    def client(self) -> AsyncWebClient: ...
    @property
    def session(self) -> aiohttp.ClientSession: ...


class LocalSlack:
    """The local workspace, called over its socket."""

    def __init__(self, workspace: Workspace, client: AsyncWebClient, session: aiohttp.ClientSession) -> None:
        self.world = workspace.world
        self.faults = workspace.faults
        self.journal = workspace.journal
        self.client = client
        self.session = session


async def call(slack: AnySlack, method: str, **body: Any) -> dict[str, Any]:
    """Make a call as the bot makes those that write."""
    data = (await slack.client.api_call(method, json=body)).data
    assert isinstance(data, dict)
    return data


async def refusal(made: Awaitable[object]) -> CallFailure:
    """Why a call fails, as the bot understands it."""
    try:
        await made
    except Exception as error:  # noqa: BLE001 - what it is, is what is asked
        return failure_of(error)
    return pytest.fail("Slack took the call")


def found(slack: AnySlack, ts: object) -> Message:
    message = slack.world.timeline(GENERAL).get(str(ts))
    assert message is not None
    return message


CUT = CallFailure("ServerDisconnectedError", passes=True, unsure=True)
SILENT = CallFailure("TimeoutError", passes=True, unsure=True)
BROKEN = CallFailure("internal_error", passes=True, unsure=True)

FAULTS: dict[str, tuple[Callable[[Faults], None], CallFailure, bool]] = {
    "limited": (partial(Faults.rate_limit, method=EDIT, retry_after=7), CallFailure("ratelimited", True, 7.0), False),
    "limited, no word for how long": (
        partial(Faults.slack_error, method=EDIT, error="ratelimited"),
        CallFailure("ratelimited", True, 2.0),
        False,
    ),
    "refused": (
        partial(Faults.slack_error, method=EDIT, error="edit_window_closed"),
        CallFailure("edit_window_closed", False),
        False,
    ),
    "refused for its words": (
        partial(Faults.dislike, words="two", error="invalid_blocks"),
        CallFailure("invalid_blocks", False),
        False,
    ),
    "broken": (partial(Faults.slack_error, method=EDIT, error="internal_error"), BROKEN, False),
    "a failing server": (partial(Faults.http_error, method=EDIT), BROKEN, False),
    "a page": (partial(Faults.html, method=EDIT), CallFailure("http_200", True, unsure=True), False),
    "a failing proxy": (
        partial(Faults.html, method=EDIT, status=502),
        CallFailure("http_502", True, unsure=True),
        False,
    ),
    "a wrong address": (partial(Faults.html, method=EDIT, status=404), CallFailure("http_404", False), False),
    "the call is lost": (partial(Faults.lose_call, method=EDIT), CUT, False),
    "the answer is lost": (partial(Faults.lose_answer, method=EDIT), CUT, True),
    "no answer": (partial(Faults.hang, method=EDIT), SILENT, False),
    "no answer to what is done": (partial(Faults.hang, method=EDIT, done=True), SILENT, True),
    "too late": (partial(Faults.delay, method=EDIT, seconds=10.0), SILENT, False),
}
"""What may happen to an edit, how the bot understands it, and whether it is done all the same."""


class WebApiContract:
    """What holds of Slack's Web API, whichever way the bot's calls come to it."""

    @pytest.fixture
    async def thread(self, slack: AnySlack) -> str:
        """Where somebody has asked something."""
        return slack.world.post(GENERAL, ALICE, "hi").ts

    async def test_a_post_stands_in_its_thread_as_it_was_sent(self, slack: AnySlack, thread: str) -> None:
        block = {"type": "markdown", "text": "**a** & b"}
        metadata = {"event_type": "chathakase_reply", "event_payload": {"turn": "ab", "page": 0}}
        sent = {"channel": GENERAL, "thread_ts": thread, "text": "a &amp; b", "blocks": [block], "metadata": metadata}
        answer = await call(slack, POST, **sent)
        read = await slack.client.conversations_replies(
            channel=GENERAL, ts=thread, limit=200, include_all_metadata=True
        )
        question, reply = read["messages"]
        assert (question["ts"], reply["ts"]) == (thread, answer["ts"])
        assert (reply["user"], reply["thread_ts"], reply["text"]) == (BOT, thread, "a &amp; b")
        assert reply["metadata"] == metadata
        assert [(each["type"], each["text"]) for each in reply["blocks"]] == [("markdown", "**a** & b")]
        assert answer["message"]["text"] == "a &amp; b"

    async def test_an_edit_replaces_text_and_blocks(self, slack: AnySlack, thread: str) -> None:
        block = {"type": "markdown", "text": "one"}
        ts = (await call(slack, POST, channel=GENERAL, thread_ts=thread, text="one", blocks=[block]))["ts"]
        answer = await call(slack, EDIT, channel=GENERAL, ts=ts, text="two")
        assert (answer["ts"], answer["text"]) == (ts, "two")
        assert (found(slack, ts).text, found(slack, ts).blocks) == ("two", ())

    async def test_what_is_deleted_can_be_neither_edited_nor_deleted(self, slack: AnySlack, thread: str) -> None:
        ts = (await call(slack, POST, channel=GENERAL, thread_ts=thread, text="one"))["ts"]
        await slack.client.chat_delete(channel=GENERAL, ts=ts)
        gone = CallFailure("message_not_found", passes=False)
        assert await refusal(call(slack, EDIT, channel=GENERAL, ts=ts, text="two")) == gone
        assert await refusal(slack.client.chat_delete(channel=GENERAL, ts=ts)) == gone

    async def test_an_edit_that_is_too_long_is_refused_and_a_post_is_cut(self, slack: AnySlack, thread: str) -> None:
        ts = (await call(slack, POST, channel=GENERAL, thread_ts=thread, text="a" * 40_001))["ts"]
        assert found(slack, ts).text == "a" * 40_000
        edit = call(slack, EDIT, channel=GENERAL, ts=ts, text="a" * 4_001)
        assert await refusal(edit) == CallFailure("msg_too_long", passes=False)
        await call(slack, EDIT, channel=GENERAL, ts=ts, text="a" * 4_000)

    @pytest.mark.parametrize(
        ("channel", "error"),
        [("C0NOWHERE0", "channel_not_found"), ("C0ELSEWHR1", "not_in_channel"), (GENERAL, "no_text")],
    )
    async def test_a_post_that_slack_does_not_take_is_refused_for_good(
        self, slack: AnySlack, channel: str, error: str
    ) -> None:
        text = "" if error == "no_text" else "hi"
        assert await refusal(call(slack, POST, channel=channel, text=text)) == CallFailure(error, passes=False)

    async def test_an_archived_channel_takes_nothing(self, slack: AnySlack, thread: str) -> None:
        ts = (await call(slack, POST, channel=GENERAL, thread_ts=thread, text="one"))["ts"]
        slack.world.change_conversation(GENERAL, is_archived=True)
        post = call(slack, POST, channel=GENERAL, thread_ts=thread, text="two")
        assert await refusal(post) == CallFailure("is_archived", passes=False)
        edit = call(slack, EDIT, channel=GENERAL, ts=ts, text="two")
        assert await refusal(edit) == CallFailure("is_inactive", passes=False)

    async def test_a_reply_to_what_is_gone_stands_in_the_channel(self, slack: AnySlack, thread: str) -> None:
        slack.world.delete(found(slack, thread))
        answer = await call(slack, POST, channel=GENERAL, thread_ts=thread, text="one")
        assert "thread_ts" not in answer["message"]
        read = slack.client.conversations_replies(channel=GENERAL, ts=thread)
        assert await refusal(read) == CallFailure("thread_not_found", passes=False)

    async def test_a_long_thread_is_read_page_by_page(self, slack: AnySlack, thread: str) -> None:
        posted = [slack.world.post(GENERAL, ALICE, str(number), thread_ts=thread).ts for number in range(5)]
        read, cursor = list[str](), None
        while cursor != "":
            page = await slack.client.conversations_replies(channel=GENERAL, ts=thread, limit=2, cursor=cursor)
            read += [each["ts"] for each in page["messages"]]
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        assert read == [thread, *posted]
        assert len(slack.journal.calls("conversations.replies")) == 3

    async def test_metadata_is_shown_only_to_who_asks_for_it(self, slack: AnySlack, thread: str) -> None:
        metadata = {"event_type": "chathakase_reply", "event_payload": {"turn": "ab", "page": 0}}
        await call(slack, POST, channel=GENERAL, thread_ts=thread, text="one", metadata=metadata)
        read = await slack.client.conversations_replies(channel=GENERAL, ts=thread)
        assert "metadata" not in read["messages"][1]

    async def test_a_channels_newest_messages_come_first(self, slack: AnySlack, thread: str) -> None:
        newer = slack.world.post(GENERAL, ALICE, "again").ts
        read = await slack.client.conversations_history(channel=GENERAL, limit=2)
        assert [each["ts"] for each in read["messages"]] == [newer, thread]

    async def test_too_many_calls_are_refused_for_as_long_as_slack_says(self, slack: AnySlack, thread: str) -> None:
        for number in range(5):
            await call(slack, POST, channel=GENERAL, thread_ts=thread, text=str(number))
        post = call(slack, POST, channel=GENERAL, thread_ts=thread, text="too many")
        assert await refusal(post) == CallFailure("ratelimited", passes=True, retry_after=1.0)
        assert len(slack.world.timeline(GENERAL).with_replies(thread)) == 6
        await call(slack, POST, channel="C0RANDOM01", text="another channel has limits of its own")

    @pytest.mark.parametrize(("fault", "failure", "done"), FAULTS.values(), ids=FAULTS.keys())
    async def test_a_fault_looks_the_same_and_does_the_same(
        self, slack: AnySlack, thread: str, fault: Callable[[Faults], None], failure: CallFailure, done: bool
    ) -> None:
        ts = (await call(slack, POST, channel=GENERAL, thread_ts=thread, text="one"))["ts"]
        fault(slack.faults)
        edit = {"channel": GENERAL, "ts": ts, "text": "two", "blocks": [{"type": "markdown", "text": "two"}]}
        assert await refusal(call(slack, EDIT, **edit)) == failure
        assert found(slack, ts).text == ("two" if done else "one")
        slack.faults.clear()
        await call(slack, EDIT, **edit)
        assert found(slack, ts).text == "two"

    async def test_a_stream_grows_is_ended_and_then_is_a_message(self, slack: AnySlack) -> None:
        channel = "D0ALICE001"
        thread = slack.world.post(channel, ALICE, "hi").ts
        ts = (await call(slack, START, channel=channel, thread_ts=thread, markdown_text="Half"))["ts"]
        await call(slack, APPEND, channel=channel, ts=ts, markdown_text=" and")
        edit = {"channel": channel, "ts": ts, "text": "edited"}
        assert await refusal(call(slack, EDIT, **edit)) == CallFailure("streaming_state_conflict", passes=False)
        metadata = {"event_type": "chathakase_reply", "event_payload": {"turn": "ab", "page": 0}}
        ended = await call(slack, STOP, channel=channel, ts=ts, markdown_text=" whole", metadata=metadata)
        assert ended["message"]["text"] == "Half and whole"
        append = call(slack, APPEND, channel=channel, ts=ts, markdown_text="!")
        assert await refusal(append) == CallFailure("message_not_in_streaming_state", passes=False)
        await call(slack, EDIT, **edit)
        message = slack.world.timeline(channel).get(ts)
        assert message is not None
        assert (message.text, message.metadata) == ("edited", metadata)

    async def test_a_stream_takes_only_so_much(self, slack: AnySlack) -> None:
        channel = "D0ALICE001"
        thread = slack.world.post(channel, ALICE, "hi").ts
        ts = (await call(slack, START, channel=channel, thread_ts=thread, markdown_text="a" * 11_000))["ts"]
        append = call(slack, APPEND, channel=channel, ts=ts, markdown_text="b" * 1_000)
        assert await refusal(append) == CallFailure("msg_too_long", passes=False)

    async def test_a_status_is_shown_until_the_bot_writes(self, slack: AnySlack, thread: str) -> None:
        await call(slack, "assistant.threads.setStatus", channel_id=GENERAL, thread_ts=thread, status="is thinking…")
        shown = slack.world.statuses.get(GENERAL, thread)
        assert shown is not None
        assert shown.status == "is thinking…"
        await call(slack, POST, channel=GENERAL, thread_ts=thread, text="one")
        assert slack.world.statuses.get(GENERAL, thread) is None

    async def test_what_one_person_is_told_nobody_else_reads(self, slack: AnySlack, thread: str) -> None:
        body = {"channel": GENERAL, "thread_ts": thread, "text": "psst"}
        told = await call(slack, "chat.postEphemeral", user=ALICE, **body)
        assert told["message_ts"]
        read = await slack.client.conversations_replies(channel=GENERAL, ts=thread)
        assert [each["text"] for each in read["messages"]] == ["hi"]
        stranger = call(slack, "chat.postEphemeral", user="U0NOBODY01", **body)
        assert await refusal(stranger) == CallFailure("user_not_in_channel", passes=False)

    async def test_a_file_is_asked_for_sent_and_shared(self, slack: AnySlack, thread: str) -> None:
        asked = await slack.client.files_getUploadURLExternal(filename="answer.md", length=5)
        async with slack.session.post(str(asked["upload_url"]), data=b"hello") as answer:
            answer.raise_for_status()
        files: list[dict[str, str | None]] = [{"id": str(asked["file_id"]), "title": "answer.md"}]
        share: dict[str, Any] = {"files": files, "channel_id": GENERAL, "thread_ts": thread, "initial_comment": "here"}
        await slack.client.files_completeUploadExternal(**share)
        shared = found(slack, slack.world.timeline(GENERAL).with_replies(thread)[-1])
        assert (shared.text, shared.files) == ("here", (asked["file_id"],))
        assert slack.world.files.content(str(asked["file_id"])) == b"hello"
        again = slack.client.files_completeUploadExternal(**share)
        assert await refusal(again) == CallFailure("file_not_found", passes=False)

    async def test_the_bytes_of_a_file_may_meet_a_fault_too(self, slack: AnySlack) -> None:
        asked = await slack.client.files_getUploadURLExternal(filename="answer.md", length=5)

        async def send() -> None:
            async with slack.session.post(str(asked["upload_url"]), data=b"hello") as answer:
                answer.raise_for_status()

        slack.faults.http_error(UPLOAD, 503)
        assert await refusal(send()) == CallFailure("http_503", passes=True, unsure=True)
        slack.faults.rate_limit(UPLOAD, retry_after=3)
        assert await refusal(send()) == CallFailure("ratelimited", passes=True, retry_after=3.0)
        slack.faults.lose_answer(UPLOAD)
        assert await refusal(send()) == CUT
        assert slack.world.files.content(str(asked["file_id"])) == b"hello"
        assert [each.status for each in slack.journal.calls(UPLOAD)] == [503, 429, 0]

    async def test_who_has_no_token_is_refused(self, slack: AnySlack, thread: str) -> None:
        slack.client.token = "xoxb-wrong"
        post = call(slack, POST, channel=GENERAL, thread_ts=thread, text="one")
        assert await refusal(post) == CallFailure("invalid_auth", passes=False)
        assert await refusal(call(slack, "chat.nothing")) == CallFailure("unknown_method", passes=False)


@pytest.mark.virtual_time
class TestInMemory(WebApiContract):
    @pytest.fixture
    async def slack(self) -> AnySlack:
        return SlackInMemory(timeout=IMPATIENT)


class TestOverASocket(WebApiContract):
    @pytest.fixture
    async def slack(self, workspace: Workspace) -> AsyncIterator[AnySlack]:
        async with open_web(token=workspace.bot_token, api_url=workspace.api_url, call_timeout=IMPATIENT) as web:
            workspace.journal.clear()
            yield LocalSlack(workspace, web.client, web.session)
