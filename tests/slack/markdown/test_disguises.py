"""Mentions in disguise, judged by a reader of its own who takes everything for what it may stand for."""

import html
import random
import re
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chathakase.core.types import Choice
from chathakase.slack.markdown.disguises import broken, defused, look
from chathakase.slack.markdown.pages import Paginator
from chathakase.slack.markdown.plain import notification
from chathakase.slack.replies.questions import asking, in_words
from tests.places import slack_place
from tests.slack.markdown.markdown_texts import GROWTHS, PIECES

MENTION = re.compile(r"<(@[UW][A-Z0-9]+|!(?i:channel|here|everyone))[|>]|<!(?i:subteam)\^")
SPELLINGS = [
    r"\<!channel\>",
    r"<\!channel>",
    r"\<\!\c\h\a\n\n\e\l\>",
    "&lt;!channel&gt;",
    "&lt!channel>",
    "&LT;!channel&GT;",
    "&amp;lt;!channel&amp;gt;",
    "&amp;amp;#60;!channel>",
    "&#60;!here&#62;",
    "&#x3C;!here&#X3e;",
    "&#0000060;!everyone>",
    "&l&#116;;!channel>",
    "&" + "amp;" * 20 + "lt;!channel>",
    "<&#33;channel>",
    "<&excl;channel>",
    "<!chan&#110;el>",
    "<!here&gt;",
    "<!here&vert;here>",
    "**<**!channel>",
    "<**!channel**>",
    "<!*chan*nel>",
    "<~~!~~here>",
    "`<`!here>",
    "<`!here`>",
    "<_!_everyone>",
    "<<b></b>!channel>",
    "<!<i>channel</i>>",
    "<!chan<br>nel>",
    '<<b title=">">!channel>',
    "<<!-- -->!channel>",
    "<<!-- > -->!channel>",
    "<!chan<!-- a\nb -->nel>",
    "[<!channel](x)>",
    "[<](x)!channel>",
    "<[!channel](https://a.example)>",
    "[<!channel][x]>",
    "<![](x)!channel>",
    "<![channel](x)>",
    "<\n!channel>",
    "<\u00ad!channel>",
    "<\u2060!chan\u200dnel>",
    "<\ufe0f!channel>",
    "<\x00!channel>",
    "\uff1c\uff01channel\uff1e",
    "\ufe64!channel>",
    "<!\uff43\uff48\uff41\uff4e\uff4e\uff45\uff4c>",
    "<!CHANNEL>",
    "<!Here|here>",
    "<!subteam\\^S1>",
    "&lt;!subteam&Hat;S1&gt;",
    r"\<@U2\>",
    "&lt;@U2&gt;",
    "<&commat;U2>",
    "<@<b></b>U2>",
    "<@U<!-- x -->2>",
    "<@**U2**>",
    "&lt;@U1&gt;",
]
AROUND = [
    "{}",
    "a {} b",
    "`{}`",
    "```\n{}\n```",
    "> {}",
    "- {}",
    "# {}",
    "| {} | b |\n|---|---|",
    "**{}**",
    "    {}",
    "x{}",
]


def readings(text: str) -> set[str]:
    """A text as all kinds of readers may read it, one thing after another undone."""
    found, fresh = set[str](), {text}
    while fresh:
        found |= fresh
        fresh = {undo(each) for each in fresh for undo in UNDOING} - found
    return found


UNDOING = (
    html.unescape,
    lambda text: re.sub(r"[\\*_~`\n\r\0]", "", text),
    lambda text: re.sub("[\u00ad\u2060\u200d\ufe0f]", "", text),
    lambda text: re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL),
    lambda text: re.sub(r"""</?[A-Za-z](?:"[^"]*"|'[^']*'|[^<>"'])*>""", "", text),
    lambda text: re.sub(r"!\[([^][]*)\](\([^()]*\)|\[[^][]*\])", "", text),
    lambda text: re.sub(r"\[([^][]*)\](\([^()]*\)|\[[^][]*\])", r"\1", text),
    lambda text: text.translate({0xFE64: "<", **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}}),
)


def pings(text: str) -> list[str]:
    """What of a text anybody could take for a mention, but for a plain one of U1."""
    plain = text.replace("<@U1>", "").replace("<@U1|", "")
    return [found[0] for reading in readings(plain) for found in MENTION.finditer(reading)]


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_of_a_mention_leaves(spelling: str, around: str) -> None:
    text = around.format(spelling)
    assert pings(text)
    assert defused(text, {"U1"}).replace("\u200b", "") == text
    for growing in (True, False):
        for page in Paginator({"U1"}).pages(text, growing=growing):
            for written in (page.markdown, page.steady, notification(page.markdown, {"U1"})):
                assert not pings(written)


NOISE = ["\\", "**", "_", "`", "~~", "<b></b>", "<!-- x -->", "\u00ad", "\n", "[", "](x)", '<i x=">">']
UNITS = {
    "<": ["<", "&lt;", "&#60;", "&#x3c;", "&amp;lt;", "\uff1c"],
    "!": ["!", "&#33;", "&excl;", "\uff01"],
    "@": ["@", "&#64;", "&commat;"],
    ">": [">", "&gt;", "&#62;", "&amp;#62;"],
}


@pytest.mark.parametrize("seed", range(60))
def test_no_mixture_of_spellings_leaves(seed: int) -> None:
    chance = random.Random(seed)
    word = chance.choice(["<!channel>", "<!here>", "<!everyone>", "<!subteam^S1>", "<@U2>"])
    text = ""
    for character in word:
        text += chance.choice(UNITS.get(character, [character, f"&#{ord(character)};"]))
        if chance.random() < 0.4:
            text += chance.choice(NOISE)
    for written in (defused(text), *(page.markdown for page in Paginator().pages(text, growing=False))):
        assert not pings(written)


@pytest.mark.parametrize(
    "text",
    [
        "<@U1> and <@U1|bob>",
        "`List<@NonNull T>` <!DOCTYPE html> <!-- x --> a < b && c > d; x << 3; cat <<EOF; vec<&str> <[u8]> @here !here",
        "&lt;b&gt; &amp;lt; \\<b\\> **<**b>",
    ],
)
def test_what_is_no_mention_of_others_stays_as_it_is(text: str) -> None:
    assert defused(text, {"U1"}) == text


MORE = st.one_of(PIECES, st.sampled_from(SPELLINGS), st.sampled_from(NOISE), st.sampled_from([*chain(*UNITS.values())]))
DISGUISED = st.lists(MORE, max_size=25).map("".join)


@given(DISGUISED, GROWTHS)
def test_what_is_steady_stays_however_mentions_are_spelled(text: str, growth: list[float]) -> None:
    paginator, steady, number = Paginator({"U1"}), "", 0
    for length in (*(int(share * len(text)) for share in growth), None):
        shown = paginator.pages(text[:length], growing=length is not None)
        if len(shown) <= number:
            continue
        assert shown[number].markdown.startswith(shown[number].steady)
        assert shown[number].markdown.startswith(steady)
        steady, number = shown[-1].steady, len(shown) - 1
        paginator.keep(sum(len(full.source) for full in shown[:number]) + shown[number].steady_length)


@given(
    st.lists(st.one_of(st.sampled_from(SPELLINGS), st.sampled_from(NOISE)), max_size=5).map("".join), st.floats(0, 1)
)
def test_what_is_certain_of_a_growing_text_does_not_change(text: str, share: float) -> None:
    part = text[: int(share * len(text))]
    found = look(part, growing=True)
    certain = broken(part, found.places)[: found.certain]
    assert broken(text, look(text).places).startswith(certain[: found.certain])


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_question_and_none_of_its_buttons_mentions_anybody(spelling: str) -> None:
    choices = [Choice(spelling, "yes", danger=True)]
    section, actions = asking(slack_place("C1", "1.1"), f"Forget {spelling}?", choices)
    (button,) = actions["elements"]
    shown = [section["text"]["text"], button["text"]["text"], button["confirm"]["confirm"]["text"]]
    for written in (*shown, notification(in_words(spelling, choices))):
        assert not pings(written)
