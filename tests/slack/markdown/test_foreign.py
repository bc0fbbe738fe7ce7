import pytest
from hypothesis import given

from chathakase.slack.markdown.text_limits import characters
from tests.slack.markdown.markdown_texts import TEXTS
from tests.slack.markdown.whole import pages


def told(text: str) -> str:
    return "".join(pages(text))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a<br>b<br/>c<BR />d", "a  \nb  \nc  \nd"),
        ("a<br>\nb", "a  \nb"),
        ("| a | b |\n|---|---|\n| 1<br>2 | 3 |", "| a | b |\n|---|---|\n| 1 2 | 3 |"),
        ("![alt](https://a.example)", "[alt](https://a.example)"),
        ("![](https://a.example)", "[image](https://a.example)"),
        ("[![build](https://a.example/i.svg)](https://a.example)", "[build](https://a.example)"),
        ("\\( a^2 \\)", "`a^2`"),
        ("so \\[ x = y \\]", "so `x = y`"),
        ("$$ e = mc^2 $$", "`e = mc^2`"),
        ("\\[\nx = y\n\\]", "```\nx = y\n```\n"),
        ("$$\n\\frac{1}{2}\n$$\nso", "```\n\\frac{1}{2}\n```\nso"),
        ("\\[ x\n= y \\]\nso", "```\nx\n= y \n```\nso"),
    ],
)
def test_what_slack_does_not_know_is_told_otherwise(written: str, shown: str) -> None:
    assert told(written) == shown


@pytest.mark.parametrize(
    "text",
    [
        "a < b and b > c",
        "a footnote[^1] and [1]",
        "[^1]: the note",
        "it costs $5 or $$",
        "`<br>` and ``<b>``",
        "```html\n<br><b>x</b> \\( a \\)\n<!-- kept -->\n```",
        "    <br> in indented code",
        "<https://a.example> and <me@a.example>",
        "- [ ] to do\n- [x] done",
        "\\* no item, \\<b> no tag",
        "&lt;b&gt; &amp;",
        "# Heading\n\n> quote\n\n---\n\n~~struck~~ [link](https://a.example)",
    ],
)
def test_what_slack_knows_and_what_nobody_knows_stays(text: str) -> None:
    assert told(text) == text


@given(TEXTS)
def test_nothing_gets_much_longer(text: str) -> None:
    shown = pages(text)
    if len(shown) == 1:
        assert characters(shown[0]) <= 1.6 * characters(text) + 20
