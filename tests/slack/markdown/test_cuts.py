from chathakase.slack.markdown.pages import Paginator
from tests.slack.markdown.whole import pages


def test_cuts_prefer_paragraphs_then_lines_then_words() -> None:
    paragraph = "word " * 500 + "end."
    first, second = pages(f"{paragraph}\n\n{paragraph}")
    assert (first, second) == (f"{paragraph}\n\n", paragraph)
    lines = "one line of text\n" * 400
    assert all(page.endswith("text\n") for page in pages(lines))
    words = "word " * 2_000
    assert all(page.endswith("word ") for page in pages(words))


def test_japanese_is_cut_behind_its_punctuation() -> None:
    shown = pages("これは「文」です。次の文が、続きます！" * 400)
    assert all(page[-1] in "。、！」" for page in shown)
    assert len(shown) == 3


def test_closing_brackets_stay_with_their_sentence() -> None:
    first, _ = pages("あ" * 3_000 + "。」" + "い" * 1_000)
    assert first.endswith("。」")


def test_a_fence_that_begins_late_on_a_page_moves_to_the_next() -> None:
    text = "word " * 700 + "\n```sql\n" + "select 1;\n" * 100 + "```"
    first, second = pages(text)
    assert "```" not in first
    assert second.startswith("```sql\nselect 1;")


def test_a_table_that_begins_late_on_a_page_moves_to_the_next() -> None:
    text = "word " * 700 + "\n\n| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 100
    first, second = pages(text)
    assert "|" not in first
    assert second.startswith("| a | b |\n|---|---|\n| 1 |")


def test_a_heading_goes_with_what_is_below() -> None:
    text = "word " * 720 + "\n\n## Heading\n\n" + "more " * 200
    first, second = pages(text)
    assert "#" not in first
    assert second.startswith("## Heading\n\nmore")


def test_a_heading_goes_with_its_fence() -> None:
    text = "word " * 700 + "\n\n## Code\n\n```\n" + "line\n" * 200 + "```"
    assert pages(text)[1].startswith("## Code\n\n```\nline")


def test_items_stay_whole_and_with_what_is_nested_in_them() -> None:
    item = "- item that goes on " + "and on " * 30 + "\n  - nested words\n"
    shown = pages(item * 40)
    assert all(page.startswith("- item") and page.endswith("nested words\n") for page in shown)


def test_links_mentions_and_entities_stay_whole() -> None:
    for whole in ("[a link of words](https://a.example/x)", "<@U1|a name>", "&amp;", "https://a.example/a,b;c"):
        text = ("x" * 60 + "、") * 55 + "word " * 95
        for shift in range(0, 40, 3):
            for page in pages(text + "y" * shift + whole * 3 + " end" * 60):
                broken = page.replace("\u200b", "").replace(whole, "")
                assert not {"[", "<", "&", "/"} & set(broken), (shift, page)


def test_a_word_that_fills_a_page_is_cut_anywhere() -> None:
    shown = pages("x" * 10_000)
    assert "".join(shown) == "x" * 10_000
    assert len(shown) == 3


def test_no_page_begins_with_what_the_cut_would_make_a_list() -> None:
    for sign in ("- ", "1. ", "# ", "> ", "+ "):
        for page in pages(f"words {sign}" * 1_200)[1:]:
            assert page.startswith("words")


def test_no_character_is_torn() -> None:
    for glyph in ("e\u0301", "👩‍👩‍👧‍👦", "👍🏽", "❤️", "🇯🇵", "か\u3099"):
        for page in pages("x" + glyph * 4_000)[1:]:
            assert page.startswith(glyph)
            assert page.endswith(glyph)


def test_one_character_that_fills_pages_is_cut_all_the_same() -> None:
    text = "a" + "\u0301" * 12_000
    assert "".join(page.source for page in Paginator().pages(text, growing=False)) == text
