"""How answers look and arrive in Slack."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from itertools import pairwise

import pytest

from chathakase.playground.faults import CallFault
from chathakase.playground.journal import ApiCall
from chathakase.playground.server import Workspace
from chathakase.slack.web import rate_limiter
from tests.end_to_end.conftest import Thread
from tests.model_server import ModelServer, says

Start = Callable[..., Awaitable[Thread]]
pytestmark = pytest.mark.usefixtures("bot")


def calls(workspace: Workspace, method: str) -> list[ApiCall]:
    return [entry for entry in workspace.journal if isinstance(entry, ApiCall) and entry.method == method]


def posts(workspace: Workspace) -> list[ApiCall]:
    return [call for call in calls(workspace, "chat.postMessage") if call.caller == workspace.world.bot.id]


async def test_the_first_text_is_there_with_the_first_token(start: Start, model: ModelServer) -> None:
    hold = asyncio.Event()
    model.will(says("Hel", "lo there.", hold=hold))
    thread = await start("@ChatHakase hi")
    assert await thread.answers(1) == ["Hel"]
    assert model.under_way == 1
    hold.set()
    assert await thread.answers(1, containing="there.") == ["Hello there."]


async def test_a_reply_grows_in_one_message(start: Start, model: ModelServer, workspace: Workspace) -> None:
    model.will(says(*(f"word{n} " for n in range(60)), pause=0.05))
    thread = await start("@ChatHakase hi")
    await thread.answers(1, containing="word59")
    updates = calls(workspace, "chat.update")
    assert len(posts(workspace)) == 1
    assert len(updates) >= 2
    shown = [call.at for call in (*posts(workspace), *updates)]
    # The last one need not wait.
    assert all(later - earlier > 0.9 for earlier, later in pairwise(shown[:-1]))
    lengths = [len(call.arguments["blocks"][0]["text"]) for call in updates]
    assert lengths == sorted(lengths)
    assert all(call.ok for call in updates)


async def test_markdown_is_rendered_by_slack_and_plain_in_notifications(start: Start, model: ModelServer) -> None:
    answer = "# Title\n\n**bold** & `code`\n\n```python\n1 < 2\n```"
    model.will(says(answer))
    thread = await start("@ChatHakase hi")
    await thread.answers(1, containing="1 < 2")
    # Until it is whole, a button stands below it.
    await thread.workspace.until(lambda: len(thread.replies()[0].blocks) == 1)
    (reply,) = thread.replies()
    assert [(block["type"], block["text"]) for block in reply.blocks] == [("markdown", answer)]
    assert reply.text == "Title\n\nbold &amp; `code`\n\n```python\n1 &lt; 2\n```"


@pytest.mark.parametrize(
    ("pieces", "written", "notified"),
    [
        (
            ("これは*", "*「重", "要」**な点で", "す。**注", "意：**正文"),
            "これは**\u200b「重要」\u200b**な点です。**注意：\u200b**正文",
            "これは「重要」な点です。注意：正文",
        ),
        (
            ("Use the <", "b> tag, **no", "t** <st", "rong>, in `<p", ">`. List<Str", "ing>"),
            "Use the &lt;b> tag, **not** &lt;strong>, in `<p>`. List&lt;String>",
            "Use the &lt;b&gt; tag, not &lt;strong&gt;, in `&lt;p&gt;`. List&lt;String&gt;",
        ),
    ],
    ids=["bold beside punctuation", "HTML"],
)
async def test_what_is_meant_is_seen(
    pieces: tuple[str, ...], written: str, notified: str, start: Start, model: ModelServer, workspace: Workspace
) -> None:
    model.will(says(*pieces, pause=0.3), says("Yes."))
    thread = await start("@ChatHakase tell me")
    await thread.answers(1, containing=written[-8:])
    await workspace.until(lambda: len(thread.replies()[0].blocks) == 1)
    assert thread.texts() == [written]
    assert thread.replies()[0].text == notified
    drafts = [call.arguments["blocks"][0]["text"] for call in (*posts(workspace), *calls(workspace, "chat.update"))]
    assert len(drafts) > 2
    assert not any("****" in draft or draft.endswith(("<", "&lt;")) for draft in drafts)
    # The model is told what it wrote itself.
    await thread.say("Sure?")
    await thread.answers(2)
    assert "".join(pieces) in model.said()


async def test_an_answer_of_many_headings_is_taken(start: Start, model: ModelServer, workspace: Workspace) -> None:
    model.will(says("".join(f"## Part {number}\n\n---\n\n" for number in range(60)) + "The end."))
    thread = await start("@ChatHakase list all")
    await thread.answers(None, containing="The end.")
    assert "".join(thread.texts()).count("## Part") == 60
    assert all(call.ok for call in (*posts(workspace), *calls(workspace, "chat.update")))


async def test_an_answer_that_comes_at_once_is_written_once(
    start: Start, model: ModelServer, workspace: Workspace
) -> None:
    model.will(says("Yes."))
    thread = await start("@ChatHakase hi")
    await thread.answers(1, containing="Yes.")
    assert len(posts(workspace)) == 1
    assert not calls(workspace, "chat.update")


@pytest.mark.parametrize("pieces", [1, 40])
async def test_a_long_reply_goes_on_in_further_messages(
    pieces: int, start: Start, model: ModelServer, workspace: Workspace
) -> None:
    text = "".join(f"{n}. sentence number {n} of a long answer.\n\n" for n in range(400))
    step = len(text) // pieces + 1
    model.will(says(*(text[i : i + step] for i in range(0, len(text), step)), pause=0.02))
    thread = await start("@ChatHakase tell me everything")
    await thread.answers(None, containing="number 399 of", within=30)
    assert "".join(thread.texts()) == text
    assert len(thread.texts()) == 5
    assert all(len(reply.text) <= 4_000 for reply in thread.replies())
    assert not [entry for entry in calls(workspace, "chat.update") + posts(workspace) if not entry.ok]


async def test_a_reply_of_many_pages_keeps_its_code_readable(start: Start, model: ModelServer) -> None:
    model.will(says("Here:\n\n```python\n" + "print('hello & <world>')\n" * 300 + "```\n\nDone."))
    thread = await start("@ChatHakase code please")
    await thread.answers(None, containing="Done.", within=30)
    for text in thread.texts():
        assert len(re.findall(r"^```", text, re.MULTILINE)) % 2 == 0
    assert sum(text.count("print('hello & <world>')") for text in thread.texts()) == 300


async def test_the_model_cannot_ping_people(start: Start, model: ModelServer) -> None:
    model.will(says("Hey <!chan", "nel> <!here> <!everyone> <@U0BOB00001> <!subteam^S1|@all> @channel!"))
    thread = await start("@ChatHakase call everyone")
    await thread.answers(1, containing="@channel!")
    (reply,) = thread.replies()
    seen = reply.text + str(reply.blocks)
    for ping in ("<!channel", "<!here", "<!everyone", "<@U0BOB00001", "<!subteam"):
        assert ping not in seen
    assert "<\u200b!channel>" in thread.texts()[0]


@pytest.mark.parametrize(
    "fault",
    [
        CallFault(status=429, retry_after=1),
        CallFault(status=500),
        CallFault(status=503),
        CallFault(error="ratelimited"),
        CallFault(error="internal_error"),
        CallFault(lose_answer=True),
    ],
    ids=["429", "500", "503", "ratelimited", "internal_error", "answer lost"],
)
@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
async def test_the_final_text_is_delivered_once_whatever_slack_answers(
    method: str,
    fault: CallFault,
    start: Start,
    model: ModelServer,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rate_limiter, "LIVELY", 0.1)
    wait = asyncio.Event()
    model.will(says("Some", " words", " in", " between", " and the end.", pause=0.15, wait=wait))
    thread = await start("@ChatHakase hi")
    workspace.faults.add(method, fault, times=2)
    wait.set()
    await thread.answers(1, containing="and the end.", within=30)
    assert thread.texts() == ["Some words in between and the end."]


@pytest.mark.parametrize("error", ["invalid_blocks", "msg_blocks_too_long"])
async def test_a_slack_without_markdown_blocks_gets_text(
    error: str, start: Start, model: ModelServer, workspace: Workspace
) -> None:
    wait = asyncio.Event()
    model.will(says("**Hello** there.", wait=wait))
    thread = await start("@ChatHakase hi")
    workspace.faults.slack_error("chat.postMessage", error)
    wait.set()
    await thread.answers(1, containing="Hello there.")
    assert thread.replies()[0].blocks == ()


async def test_a_refusal_for_good_ends_the_turn(
    start: Start, model: ModelServer, workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    wait = asyncio.Event()
    model.will(says("secret words", wait=wait))
    thread = await start("@ChatHakase hi")
    workspace.faults.slack_error("chat.postMessage", "is_archived", times=3)
    wait.set()
    await workspace.until(lambda: "could not be delivered: is_archived" in caplog.text)
    workspace.faults.clear()
    assert "secret words" not in caplog.text
    await thread.say("again")
    await thread.answers(1, containing="again")
    assert "secret words" not in model.said()
