import re

import pytest
from hypothesis import given

from chathakase.slack.markdown.escaping import escape
from chathakase.slack.markdown.mention_markup import harmless
from chathakase.slack.markdown.pages import Paginator
from chathakase.slack.markdown.plain import notification, plain
from tests.slack.markdown.judge import tokens
from tests.slack.markdown.markdown_texts import GROWTHS, TEXTS
from tests.slack.markdown.test_pages import grown

PING = re.compile(r"<(?:@[A-Z][\w-]*|!(?:channel|here|everyone)|!subteam\^[^<>|]+)(?:\|[^<>]*)?>")


@pytest.mark.parametrize(
    "ping",
    ["<!channel>", "<!here>", "<!everyone>", "<!here|here>", "<@U123>", "<@W123|bob>", "<!subteam^S12|@devs>"],
)
@pytest.mark.parametrize("around", ["{}", "a{}b", "`{}`", "```\n{}\n```", "<{}>", "[x]({})", "\\{}", "    {}"])
def test_what_the_model_writes_cannot_ping(ping: str, around: str) -> None:
    written = around.format(ping)
    made_harmless = harmless(written)
    assert ping not in made_harmless
    assert made_harmless.replace("\u200b", "") == written
    assert ping not in escape(plain(written))
    for growing in (True, False):
        assert not any(ping in page.markdown for page in Paginator({"U1"}).pages(written, growing=growing))


@pytest.mark.parametrize(
    "text", ["<!DOCTYPE html>", "<!-- x -->", "a < b @ c > d", "<https://a.example>", "List<@NonNull T>"]
)
def test_what_is_no_ping_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


@given(TEXTS, GROWTHS)
def test_no_ping_survives_but_of_members_out_of_code(text: str, growth: list[float]) -> None:
    for _, shown in grown(text, growth, Paginator({"U1"})):
        for page in shown:
            pings = PING.findall(page.markdown) + PING.findall(notification(page.markdown, {"U1"}))
            assert all(re.match(r"<@U1[|>]", ping) for ping in pings)
            for code in tokens(page.markdown, "fence", "code_block", "code_inline"):
                assert not PING.search(code.content)


def test_members_can_be_mentioned_out_of_code() -> None:
    text = "<@U1> and <@U1|bob>, but `<@U1>` and <@U2>\n\n```\n<@U1>\n```"
    (page,) = Paginator({"U1"}).pages(text, growing=False)
    assert page.markdown == ("<@U1> and <@U1|bob>, but `<\u200b@U1>` and <\u200b@U2>\n\n```\n<\u200b@U1>\n```")
    assert notification(page.markdown, {"U1"}) == (
        "<@U1> and <@U1|bob>, but `&lt;\u200b@U1&gt;` and &lt;\u200b@U2&gt;\n\n```\n&lt;\u200b@U1&gt;\n```"
    )


def test_members_may_still_come_until_a_mention_is_on_a_full_page() -> None:
    members: set[str] = set()
    paginator = Paginator(members)
    text = "word " * 1_000
    assert len(paginator.pages(text, growing=True)) == 2
    members.add("U1")
    text += "<@U1> " + "word " * 1_000
    assert "<@U1>" in "".join(page.markdown for page in paginator.pages(text, growing=True))
    members.add("U2")
    shown = paginator.pages(text + "<@U2> and", growing=False)
    assert "<\u200b@U2>" in shown[-1].markdown


def test_a_notification_is_as_long_as_slack_takes() -> None:
    assert len(notification("&" * 5_000)) <= 4_000
    assert notification("&" * 5_000).endswith("&amp;…")
    assert notification("x" * 3_990 + "<@U1> <@U1>", {"U1"}).endswith("<@U1> …")
    assert notification("short & sweet") == "short &amp; sweet"
