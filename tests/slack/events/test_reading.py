import pytest

from chathakase.slack.events.slack_text import begins_with_other, mentions, readable
from chathakase.slack.markdown.escaping import escape, unescape

BOT = "U0BOT"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("<@U0BOT> hello", "hello"),
        ("<@U0BOT|hakase>: hello", "hello"),
        ("  <@U0BOT>, hello", "hello"),
        ("<@U0BOT>、help", "help"),
        ("<@U0BOT>：　help", "help"),
        ("<@U0BOT>،help", "help"),
        ("<@U0BOT>", ""),
        ("<@U0BOT>さん、help", "help"),
        ("<@U0BOT>님 help", "help"),
        ("<@U0BOT>님이 누구야?", "님이 누구야?"),
        ("ask <@U0BOT> and <@U2> or <@U3|carol>", "ask @ChatHakase and <@U2> or <@U3>"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        ("&lt;@U2&gt; is code", "< @U2> is code"),
        ("&lt;@U2|bob&gt; &amp;lt;@U2&amp;gt;", "< @U2|bob> &lt;@U2&gt;"),
        ("&lt;<@U2>&gt; and <@U2>&gt;", "<<@U2>> and <@U2>>"),
        ("&lt;!channel&gt; &lt;!here|here&gt; &lt;!subteam^S1&gt;", "< !channel> < !here|here> < !subteam^S1>"),
        (
            "&lt;#C1|general&gt; &lt;https://evil.example|https://good.example&gt;",
            "< #C1|general> < https://evil.example|https://good.example>",
        ),
        ("&lt;<https://a.example>&gt;", "<https://a.example>"),
        (
            "&lt;!DOCTYPE html&gt; &lt;!-- a --&gt; List&lt;@NonNull T&gt; &lt;#if x&gt;",
            "<!DOCTYPE html> <!-- a --> List<@NonNull T> <#if x>",
        ),
        (
            "<@Codename-OYSTER-merger> <@alice> <@UABCDEFGHIJKLMNOPQRSTUVWXYZ> <@U2x|bob>",
            "@Codename-OYSTER-merger @alice @UABCDEFGHIJKLMNOPQRSTUVWXYZ bob",
        ),
        ("&lt;@Codename-OYSTER-merger&gt;", "<@Codename-OYSTER-merger>"),
        ("<https://a.example|&lt;@U2&gt;>", "[< @U2>](https://a.example)"),
        (
            "&lt;<!date^1^x|@U2>&gt; &lt;<#C1|@U2>&gt; &lt;<mailto:x|!channel>&gt;",
            "< @U2> <#@U2> <[!channel](mailto:x)>",
        ),
        ("see <https://a.example/x?y=1&amp;z|the docs>", "see [the docs](https://a.example/x?y=1&z)"),
        ("see <https://a.example>", "see https://a.example"),
        ("<mailto:a@b.example|a@b.example>", "mailto:a@b.example"),
        ("in <#C1|general> and <#C2>", "in #general and #C2"),
        ("<!here> and <!subteam^S1|@devs> and <!date^1^{date}|today>", "@here and @devs and today"),
        ("日本語 <@U0BOT> どうも", "日本語 @ChatHakase どうも"),
        ("a < b and <unclosed", "a < b and <unclosed"),
    ],
)
def test_what_people_write_is_read(raw: str, text: str) -> None:
    assert readable(raw, bot=BOT, bot_name="ChatHakase") == text


@pytest.mark.parametrize(
    ("raw", "other"),
    [
        ("<@U2> what do you think?", True),
        ("  <@U2|bob>, hm", True),
        ("<!here> lunch?", True),
        ("<!subteam^S1|@devs> hm", True),
        ("<@U0BOT> hi", False),
        ("hi <@U2>", False),
        ("<@U2> said that it rains. Does it?", False),
        ("<@U2>'s plan: is it good?", False),
        ("<https://a.example> says", False),
        ("", False),
    ],
)
def test_who_is_spoken_to_first(raw: str, other: bool) -> None:
    assert begins_with_other(raw, BOT) is other


def test_only_ones_own_mention_counts() -> None:
    assert mentions("hey <@U0BOT>", BOT)
    assert mentions("hey <@U0BOT|hakase>", BOT)
    assert not mentions("hey <@U0BOTTLE>", BOT)


def test_escapes_are_undone() -> None:
    text = "&amp; <b> &lt; & >"
    assert unescape(escape(text)) == text
    assert set("<>").isdisjoint(escape(text))


@pytest.mark.parametrize("text", ["<@", "<!", " <@A|", " ", "<@ <"])
def test_a_mention_without_an_end_is_given_up_at_once(text: str) -> None:
    """A million of them; with a time that grows by the square it would be hours."""
    assert not begins_with_other(text.ljust(1_000_000, "A"), BOT)
    assert readable(text.ljust(1_000_000, "A"), bot=BOT, bot_name="ChatHakase")
    assert readable(text * 300_000, bot=BOT, bot_name="ChatHakase") == (text * 300_000).strip()
