"""HTML outside of code is told of, so people see it as it is written."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chathakase.slack.markdown.pages import Paginator
from chathakase.slack.markdown.plain import notification
from tests.slack.markdown.judge import OF_HTML, READER, seen
from tests.slack.markdown.markdown_texts import GROWTHS
from tests.slack.markdown.whole import pages


def shown(text: str) -> Sequence[str]:
    """What people see of a text, whether or not HTML is known where they are."""
    (page,) = pages(text)
    assert seen(page, READER) == seen(page, OF_HTML)
    return seen(page)


@pytest.mark.parametrize(
    "text",
    [
        "use the <b> tag, then </b>",
        "Use <b> and </b> to make it bold",
        "Write <strong>text</strong> or <i>text</i>.",
        '<div class="x">text</div>',
        "<!-- comment -->",
        "a <!-- comment --> b",
        "<script>alert(1)</script>",
        "</p>",
        "<input disabled>",
        "<img src=x onerror=alert(1)>",
        "<?php echo 1 ?> and <!DOCTYPE html> and <![CDATA[x]]>",
        "List<String>, Map<K, List<V>>, <T> and std::vector<std::string>",
        "<your-name>, <path/to/file> and <name: value>",
        "a <b and c> d",
        "a < b > c, x<y and y>z",
        "the <br> tag, (<br>), <br>, <br/> and <hr>",
        "1 < 2 && 3 > 2",
        "cat <<EOF",
        "H<sub>2</sub>O",
        "<details><summary>More</summary>",
    ],
)
def test_what_is_written_is_seen(text: str) -> None:
    assert shown(text) == [text]
    assert shown(f"- {text}") == [text]
    assert shown(f"# {text}") == [text]
    assert shown(f"| {text} | b |\n|---|---|\n| c | {text} |") == [text, "b", "c", text]
    assert notification(pages(text)[0]).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


def test_a_tag_turns_nothing_bold() -> None:
    assert shown("the <b> tag is **older** than CSS") == ["the <b> tag is 【older】 than CSS"]
    assert shown("**the <b> tag** and [the <i> tag](https://a.example)") == ["【the <b> tag】 and the <i> tag"]


def test_html_over_several_lines_is_seen() -> None:
    assert shown("<ul>\n<li>One</li>\n</ul>\n\n<!-- a\n\nb -->\n\n**c**") == [
        "<ul>\n<li>One</li>\n</ul>",
        "<!-- a",
        "b -->",
        "【c】",
    ]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("a<br>b<br/>c<BR />d", "a\nb\nc\nd"),
        ("a<br>\nb", "a\nb"),
        ("一。<br>二", "一。\n二"),
        ("**a**<br>b", "【a】\nb"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("a&nbsp;b", "a\u00a0b"),
        ("the &nbsp; entity", "the &nbsp; entity"),
        ("`<b>` and ``<br>`` and `&nbsp;`", "<b> and <br> and &nbsp;"),
        ("[`<b>` <i>](https://a.example)", "<b> <i>"),
        ("\\<b>", "<b>"),
    ],
)
def test_breaks_entities_and_code_are_what_they_are(written: str, told: str) -> None:
    assert shown(written) == [told]


def test_a_break_in_a_cell_is_a_blank() -> None:
    assert shown("| a | b |\n|---|---|\n| 1<br>2 | <br> |") == ["a", "b", "1 2", "<br>"]


@pytest.mark.parametrize(
    "text",
    [
        "<https://a.example/x?y=1&z=2>",
        "<mailto:me@a.example>",
        "<me@a.example>",
        "<https://a.example|the text>",
        "<@U1> and <@U1|bob>",
        "<!date^1392734382^{date}|then>",
        "<#C123|general>",
        "```html\n<br><b>x</b>\n<!-- kept -->\n```",
        "    <br> in indented code",
    ],
)
def test_addresses_slacks_own_tokens_and_code_are_left_alone(text: str) -> None:
    assert [page.markdown for page in Paginator({"U1"}).pages(text, growing=False)] == [text]


TAGS = ["<b>", "</b>", "<br>", "<br/>", "<div class='x'>", "<!--", "-->", "<T", "<", ">", "&", "&lt;", "&nbsp;"]
TEXTS = [
    " ",
    "\n",
    "word",
    "語",
    "」",
    "(",
    ")",
    ".",
    "a@b.c",
    "https://a.example",
    "<https://a.example>",
    "<@U1>",
    "<@U2>",
]
PARTS = st.sampled_from([*TAGS, *TEXTS])
HTML = st.lists(PARTS, max_size=30).map("".join)


@given(HTML)
def test_readers_who_know_html_see_the_same(text: str) -> None:
    for page in pages(text):
        assert seen(page, READER) == seen(page, OF_HTML)


@given(HTML, GROWTHS)
def test_nothing_that_was_steady_is_taken_back(text: str, growth: list[float]) -> None:
    paginator, steady = Paginator({"U1"}), ""
    for share in growth:
        for page in paginator.pages(text[: int(share * len(text))], growing=True):
            assert page.markdown.startswith(steady)
            steady = page.steady
            paginator.keep(page.steady_length)
    assert "".join(page.markdown for page in paginator.pages(text, growing=False)).startswith(steady)
