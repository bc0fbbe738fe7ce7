"""Our own Markdown as rich text, and other people's words in it."""

import pytest

from chathakase.core.wording import fenced, plainly
from chathakase.slack.markdown.rich_text import Part, from_markdown, inline, text, words

BOLD, CODE = {"bold": True}, {"code": True}


def section(*parts: Part) -> Part:
    return {"type": "rich_text_section", "elements": list(parts)}


@pytest.mark.parametrize(
    ("markdown", "parts"),
    [
        ("plain", [text("plain")]),
        ("**bold** and *italic*", [text("bold", BOLD), text(" and "), text("italic", {"italic": True})]),
        ("say `stop`", [text("say "), text("stop", CODE)]),
        ("**say `stop`**", [text("say ", BOLD), text("stop", {**BOLD, **CODE})]),
        (
            "[A \\*fine\\* chat](https://a.b/c?d=e)",
            [{"type": "link", "url": "https://a.b/c?d=e", "text": "A *fine* chat"}],
        ),
        ("in <#C0GENERAL1>", [text("in "), {"type": "channel", "channel_id": "C0GENERAL1"}]),
        ("by <@U0BOB00001>", [text("by "), {"type": "user", "user_id": "U0BOB00001"}]),
        ("2 * 3 * 4 and a_b_c", [text("2 "), text(" 3 ", {"italic": True}), text(" 4 and a_b_c")]),
        ("**open", [text("**open")]),
        ("[not](javascript:alert)", [text("[not](javascript:alert)")]),
        ("a\\nb\\\\c", [text("a\\nb\\c")]),
        ("", []),
    ],
)
def test_pieces_of_a_line(markdown: str, parts: list[Part]) -> None:
    assert inline(markdown) == parts


@pytest.mark.parametrize("said", ["*a* _b_ `c` ~d~ [e](https://f.g) <#C1> <@U1> #h &lt; \\i | > j", "京都 *の* 旅"])
def test_other_peoples_words_stay_what_they_are(said: str) -> None:
    parts = inline(f"“{plainly(said)}”")
    assert {part["type"] for part in parts} == {"text"}
    assert not any("style" in part for part in parts)
    assert "".join(part["text"] for part in parts).replace("\u200b", "") == f"“{said}”"


def test_lists_and_code_are_blocks_of_their_own() -> None:
    made = from_markdown(f"**What**\n- one\n- **two**\n\n{fenced('a  *b*')}\n\nafter")
    assert made == [
        section(text("What", BOLD)),
        {"type": "rich_text_list", "style": "bullet", "elements": [section(text("one")), section(text("two", BOLD))]},
        {"type": "rich_text_preformatted", "elements": [text("a  *b*")]},
        section(text("after")),
    ]


def test_paragraphs_are_lines() -> None:
    assert from_markdown("one\n\ntwo\n \n- three") == [
        section(text("one\ntwo")),
        {"type": "rich_text_list", "style": "bullet", "elements": [section(text("three"))]},
    ]


def test_nothing_is_made_of_nothing() -> None:
    assert from_markdown("\n\n") == []


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("two\n lines\t", "two lines"),
        ("a \u202eb\x00", "a b\ufffd"),
        ("half \ud83d", "half \ufffd"),
        ("\ud83c\udf89", "🎉"),
        ("<!channel>", "<\u200b!channel>"),
        ("שלום", "\u2068שלום\u2069"),
        ("0123456789abc", "012345678…"),
    ],
)
def test_words_of_people_on_a_line(said: str, shown: str) -> None:
    assert words(said, 10).replace("\u200b", "") == shown.replace("\u200b", "")
    assert ("\u200b" in words(said, 10)) == ("\u200b" in shown)
