"""The first message of a chat: it says whose words they are, as they are, and nobody is mentioned by them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chathakase.core.new_chats import LONGEST as MOST_WORDS
from chathakase.core.new_chats import NewChat, read_new_chat
from chathakase.playground.content.block_checks import problems
from chathakase.slack.events.anybody import read_anybody
from chathakase.slack.markdown.disguises import look
from chathakase.slack.markdown.plain import LONGEST
from chathakase.slack.replies.opening import OpeningMessage
from tests.places import slack_place
from tests.slack.identity import BOT

PERSON = "U0ALICE001"
TS = "1700000000.000100"
ODD = (
    "<!channel>",
    "<@U0BOB00001>",
    "&lt;!here&gt;",
    "<!subteam^S1>",
    "> quoted",
    "*bold* `code`",
    "a & b < c",
    "\u202eabc",
)
words = st.lists(st.sampled_from(ODD) | st.text(max_size=20), min_size=1, max_size=20).map("\n".join)


def opening(text: str, channel: str = "C1") -> OpeningMessage:
    return OpeningMessage(slack_place(channel, ""), PERSON, text, f"_ {PERSON} 1.5 new chat", 1_700_000_000_000_000)


def posted(opening: OpeningMessage) -> dict[str, Any]:
    """The message as Slack gives it back."""
    about = {"channel": opening.place.channel, "ts": TS, "user": BOT.user_id, "bot_id": BOT.bot_id}
    return opening.body() | about


@given(words)
def test_whatever_is_asked_mentions_nobody_and_is_read_back(text: str) -> None:
    asked = read_new_chat(NewChat(text).argument).words
    for channel in ("C1", "D1"):
        if not asked:
            continue
        message = posted(opening(asked, channel))
        assert not look(message["text"], {PERSON}).places
        assert len(message["text"]) <= LONGEST
        (block,) = message["blocks"]
        assert list(problems([block], "/blocks")) == []
        quoted = block["elements"][-1]["elements"][0]["text"]
        assert not look(quoted).places
        said, now = opening(asked, channel).said(TS), read_anybody(message, BOT)
        assert now is not None
        assert (now.author, now.text, now.ours, now.opens, now.asks) == (
            PERSON,
            asked.replace("\u200b", ""),
            False,
            False,
            False,
        )
        assert (said.author, said.text, said.place, said.direct) == (PERSON, asked, now.place, channel == "D1")


def test_it_says_who_asks_where_others_read_it() -> None:
    assert opening("one\ntwo").body()["text"] == f"<@{PERSON}> asks:\n&gt; one\n&gt; two"
    assert opening("one\ntwo", "D1").body()["text"] == "&gt; one\n&gt; two"


@pytest.mark.parametrize("character", ["&", "<", "x", "語", "😀"])
def test_the_longest_words_fit(character: str) -> None:
    body = opening(character * MOST_WORDS).body()
    assert len(body["text"]) <= LONGEST
    assert not body["text"].endswith(("&", "&a", "&am", "&amp"))
    assert list(problems(body["blocks"], "/blocks")) == []


def test_it_is_found_again_by_its_job_and_its_author_alone() -> None:
    message = posted(opening("one"))
    assert opening("one").is_in(message)
    assert not opening("one").is_in({**message, "metadata": None})
    assert not OpeningMessage(slack_place("C1", ""), "U2", "one", "another job", 0).is_in(message)
    assert OpeningMessage(slack_place("C1", ""), "U2", "one", "another job", 0).since == ""
    assert opening("one").since == "1699999400.000000"


@pytest.mark.parametrize(
    ("argument", "chat"),
    [
        (
            '{"words": " a\\u0000b \\ud83d ", "title": "“ Trip  to\\nKyoto ”", "channel": "C1"}',
            ("a\ufffdb \ufffd", "Trip to Kyoto", "C1"),
        ),
        ('{"words": null}', ("", "", "")),
    ],
)
def test_what_is_wanted_is_cleaned(argument: str, chat: tuple[str, str, str]) -> None:
    assert read_new_chat(argument) == NewChat(*chat)
