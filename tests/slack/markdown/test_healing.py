import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chathakase.slack.markdown.pages import Paginator
from tests.slack.markdown.judge import words
from tests.slack.markdown.markdown_texts import numbered

KINDS = [
    "W W W. ",
    "**W W** W ",
    "*W* ",
    "~~W~~ ",
    "W `W W` W ",
    "[W W](https://a.example/x) ",
    "**W *W* W** ",
    "日本**語**W。",
    "これは**「W」**なW、**注意：**W ",
    "\n\n",
    "# W **W**\n",
    "\n- W `W`\n",
    "\n\n| W | W |\n|---|---|\n" + "| **W** | W |\n" * 9 + "\n",
    "***W*** ",
    "**W `W`** ",
    "![W](https://a.example/i.png) ",
    "\\(W\\) ",
    "W<br>W ",
    "**" + "W " * 300 + "W** ",
]
BALANCED = st.lists(st.sampled_from(KINDS), max_size=60).map(numbered)


@given(BALANCED, st.floats(0, 1))
def test_no_mark_without_its_partner_is_ever_seen(text: str, share: float) -> None:
    for page in Paginator().pages(text[: int(share * len(text))], growing=True):
        assert not re.search(r"[*_~`\[\]<>|\\]", words(page.markdown)), page.markdown[-200:]


def healed(text: str) -> str:
    return "".join(page.markdown for page in Paginator({"U1"}).pages(text, growing=True))


@pytest.mark.parametrize(
    ("half", "shown"),
    [
        ("some **bold wor", "some **bold wor**"),
        ("some **bold wor*", "some **bold wor**"),
        ("some **bold** ", "some **bold**"),
        ("some *italic", "some *italic*"),
        ("some _italic", "some _italic_"),
        ("some ~~struck", "some ~~struck~~"),
        ("some ***both", "some ***both***"),
        ("**a *b ~~c", "**a *b ~~c~~***"),
        ("some `code", "some `code`"),
        ("some ``co`de", "some ``co`de``"),
        ("some **", "some"),
        ("some **`", "some"),
        ("日本**語", "日本**語**"),
        ("2 * 3", "2 * 3"),
        ("2*3 and snake_case", "2*3 and snake_case"),
        ("* item", "* item"),
        ("```py\nprint(1)", "```py\nprint(1)\n```"),
        ("```py\nprint(1)\n``", "```py\nprint(1)\n```"),
        ("text\n```py", "text\n"),
        ("text\n```py\n", "text\n"),
        ("see [the text](http://exa", "see the text"),
        ("see [the te", "see the te"),
        ("**see [the te", "**see the te**"),
        ("see ![an image](http://exa", "see"),
        ("see [^1", "see"),
        ("see <details", "see"),
        ('see <a href="https://a.exa', 'see &lt;a href="https://a.exa'),
        ("see <!-- a comment\n\nthat goes on", "see &lt;!-- a comment\n\nthat goes on"),
        ("see a<br", "see a"),
        ("see a<br /", "see a"),
        ("see a<br>", "see a"),
        ("see a<br>b", "see a  \nb"),
        ("see <me@a.exam", "see"),
        ("これは**「重", "これは**\u200b「重**"),
        ("これは**「重要」**", "これは**\u200b「重要」**"),
        ("これは**", "これは"),
        ("これは**[リン", "これは**\u200bリン**"),
        ("see <@U1", "see"),
        ("see <!chan", "see"),
        ("see <https://a.exam", "see"),
        ("see AT&am", "see AT"),
        ("a < b and c", "a < b and c"),
        ("see \\(a^2", "see"),
        ("see $$a^2", "see"),
        ("text\n\n| a | b |", "text\n\n"),
        ("text\n\n| a | b |\n|--", "text\n\n"),
        ("text\n\n| a | b |\n|---|---|\n| 1 | **2", "text\n\n| a | b |\n|---|---|\n| 1 | **2**"),
        ("text\n\n| a | b |\nno table", "text\n\n| a | b |\nno table"),
        ("a | b\n--- | -", "a | b"),
        ("text\n\n#", "text\n\n"),
        ("text\n\n## ", "text\n\n"),
        ("text\n-", "text"),
        ("text\n\n- ", "text\n\n"),
        ("text\n\n1", "text\n\n"),
        ("text\n\n1.", "text\n\n"),
        ("- [", ""),
        ("- [ ] ", ""),
        ("- [x] done", "- [x] done"),
        ("text\n> ", "text"),
        ("text\n==", "text"),
        ("text\n\n--", "text\n\n"),
        ("- **", ""),
    ],
)
def test_half_markdown_is_shown_as_if_it_were_whole(half: str, shown: str) -> None:
    assert healed(half).rstrip() == shown.rstrip()


@pytest.mark.parametrize(
    "text", ["some **bold", "some `code", "[text](http://exa", "see < half", "text\n\n- ", "a &am"]
)
def test_a_final_text_stays_as_the_model_wrote_it(text: str) -> None:
    (page,) = Paginator().pages(text, growing=False)
    assert page.markdown == text


def test_a_final_fence_is_closed() -> None:
    (page,) = Paginator().pages("```py\nprint(1)", growing=False)
    assert page.markdown == "```py\nprint(1)\n```"
