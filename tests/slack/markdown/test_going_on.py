import re

from hypothesis import given
from hypothesis import strategies as st

from tests.slack.markdown.judge import rows, tokens, words
from tests.slack.markdown.markdown_texts import numbered
from tests.slack.markdown.whole import pages

KINDS = [
    "W W W. " * 9,
    "**W W** W ",
    "*W* ",
    "~~W~~ ",
    "W `W W` W ",
    "[W W](https://a.example/x) ",
    "W<br>W ",
    "<b>W</b> ",
    "日本語W。",
    "\n\n",
    "\n",
    "# W\n",
    "- W W\n",
    "- W\n  - W W\n    - W\n\n      W\n",
    "1. W\n1. W\n",
    "> W W\n> W\n",
    "> W ",
    "\n```py\nW W\nW\n```\n",
    "| W | W |\n|---|---|\n" + "| W | W |\n" * 9 + "\n",
    "\\(W\\) ",
    "<details><summary>W</summary>\nW\n</details>\n",
    "1. W:\n   ```sh\n   W\n   ```\n",
    "**W " + "W " * 200 + "** ",
    "- " + "W " * 150 + "\n",
]
NUMBERED = st.lists(st.sampled_from(KINDS), max_size=120).map(numbered)


@given(NUMBERED)
def test_every_word_comes_once_and_in_order_but_for_the_heads_of_tables(text: str) -> None:
    found = [word for page in pages(text) for word in re.findall(r"w\d+", page)]
    assert list(dict.fromkeys(found)) == re.findall(r"w\d+", text)


def test_a_fence_is_closed_and_reopened_with_its_language() -> None:
    text = "Look:\n\n```python\n" + "print('hello')\n" * 600 + "```\nDone."
    first, *middle, last = pages(text)
    assert first.endswith("print('hello')\n```")
    assert all(page.startswith("```python\nprint") and page.endswith("\n```") for page in middle)
    assert last.startswith("```python\nprint")
    assert last.endswith("```\nDone.")


def test_a_fence_within_a_fence_stays_code() -> None:
    text = "````md\n" + "```py\nx\n```\n" * 600 + "````\n"
    for page in pages(text):
        assert page.startswith("````md\n")
        assert len(tokens(page, "fence")) == 1


def test_the_end_of_a_fence_alone_makes_no_empty_code() -> None:
    text = "```\n" + "code\n" * 770 + "x" * 30
    for length in range(3_830, 3_870):
        for page in pages(text[:length] + "\n```\n\nAnd so on. " + "word " * 200):
            assert all(fence.content.strip() for fence in tokens(page, "fence"))


def test_a_fence_in_a_list_is_reopened_without_the_list() -> None:
    text = "1. Run:\n\n   ```bash\n" + "   ls\n" * 1_000 + "   ```\n2. Then\n"
    first, second = pages(text)
    assert first.startswith("1. Run:\n\n   ```bash\n   ls\n")
    assert first.endswith("   ls\n   ```")
    assert second.startswith("```bash\nls\n")
    assert second.endswith("ls\n```\n2. Then\n")


def test_code_that_leaves_its_list_stays_in_its_fence() -> None:
    (page,) = pages("1. Run:\n   ```bash\nls\n  cd x\n   ```\n2. Then\n")
    (fence,) = tokens(page, "fence")
    assert fence.content == "ls\ncd x\n"


def test_a_fence_in_a_quote_is_reopened_in_a_quote() -> None:
    first, second = pages("> ```py\n" + "> x = 1\n" * 500 + "> ```\n")
    assert first.endswith("> x = 1\n> ```")
    assert second.startswith("> ```py\n> x = 1\n")


@given(st.integers(1, 400), st.integers(0, 60), st.integers(0, 3_900), st.sampled_from(["| a | b |", "a | b"]))
def test_the_rows_of_a_table_stay_rows_below_its_head(count: int, width: int, before: int, head: str) -> None:
    lines = [f"| r{number} | {'y' * width} |\n" for number in range(count)]
    shown = pages("x " * (before // 2) + f"\n\n{head}\n|---|---|\n" + "".join(lines) + "\nend")
    tables = [table for page in shown if (table := rows(page))]
    assert all(table[0] == ["a", "b"] for table in tables)
    assert [row[0] for table in tables for row in table[1:]] == [f"r{number}" for number in range(count)]


def test_a_row_that_fills_a_page_goes_on_as_a_row() -> None:
    _, second, *_ = pages("| a | b |\n|---|---|\n| " + "word " * 1_500 + "| c |\n")
    assert second.startswith("| a | b |\n|---|---|\n| word word")
    assert len(rows(second)) == 2


def test_a_long_head_is_not_said_again() -> None:
    head = "| " + "long " * 200 + "| b |\n|---|---|\n"
    assert "long" not in pages(head + "| 1 | 2 |\n" * 500)[1]


def test_a_page_within_a_list_has_no_code_made_of_indentation() -> None:
    item = "words of the item " * 12
    text = "- top\n" + "".join(f"    - deep {n} {item}\n\n      second {n}\n" for n in range(30))
    for page in pages(text):
        assert not tokens(page, "code_block")
    assert pages(text)[1].startswith("- deep")


@given(st.lists(st.sampled_from([0, 1, 2]), min_size=1, max_size=60), st.integers(2, 4), st.booleans())
def test_lists_of_any_depth_stay_lists(jumps: list[int], width: int, loose: bool) -> None:
    depth, text = -1, ""
    for jump in jumps:
        depth = min(jump, depth + 1)
        blank = " " * width * depth
        text += f"{blank}- {'item ' * 30}\n" + (f"\n{blank}  {'more ' * 10}\n\n" if loose else "")
    shown = pages(text)
    assert not any(tokens(page, "code_block") for page in shown)
    assert sum(len(tokens(page, "list_item_open")) for page in shown) >= len(jumps)


def test_a_list_without_counting_goes_on_with_the_right_number() -> None:
    text = "".join(f"1. item {number} " + "and on " * 60 + "\n" for number in range(1, 25))
    for page in pages(text):
        numbers = re.findall(r"item (\d+)", page)
        (opened,) = tokens(page, "ordered_list_open")
        assert str(opened.attrs.get("start", 1)) == numbers[0]
        assert len(tokens(page, "list_item_open")) == len(numbers)


def test_a_wider_number_keeps_its_paragraphs() -> None:
    text = "".join(f"1. item {number} {'and on ' * 40}\n\n   below\n   - nested\n\n" for number in range(1, 25))
    for page in pages(text):
        assert len(tokens(page, "ordered_list_open")) == 1
        assert not tokens(page, "code_block")


def test_a_list_that_counts_is_left_alone() -> None:
    text = "".join(f"{number}. item {'and on ' * 60}\n" for number in range(1, 25))
    assert "".join(pages(text)) == text


def test_a_quote_goes_on_as_a_quote() -> None:
    for text in ("> " + "quoted words " * 900, "> quoted\n" + "and lazily continued\n" * 400):
        for page in pages(text):
            (quote,) = tokens(page, "blockquote_open")
            assert quote.map is not None
            assert quote.map[0] == 0
            assert page.startswith("> ")


def test_a_quote_in_a_quote_goes_on_in_both() -> None:
    assert all(page.startswith("> > ") for page in pages("> > " + "quoted words " * 900))


def test_spans_are_closed_and_reopened() -> None:
    text = "Some **bold *both " + "and on " * 900 + "no more* bold ends** here"
    first, *_, last = pages(text)
    assert re.search(r"(on|and)\*\*\* \Z", first)
    assert last.startswith("***")
    assert last.endswith("bold ends** here")
    assert all("*" not in words(page) for page in (first, last))


def test_code_is_closed_and_reopened() -> None:
    text = "x" * 10 + " `" + "code " * 1_000 + "end` and"
    first, second = pages(text)
    assert first.endswith("code` ")
    assert second.startswith("`code")
    assert second.endswith("end` and")


def test_a_span_that_nothing_closes_ends_with_its_paragraph() -> None:
    text = "An **open span " + "and on " * 700 + "end\n\nNext"
    assert pages(text)[-1].endswith("end**\n\nNext")


def test_what_is_no_span_is_not_closed() -> None:
    for text in ("2 * 3 ", "snake_case_name ", "2*3 ", "2**3 ", "a * b ** c ", "\\*x "):
        assert "".join(pages(text * 900)) == text * 900


def test_marks_in_code_are_no_spans() -> None:
    first, second = pages("```\n" + "**kwargs and *args\n" * 300 + "```")
    assert first.endswith("**kwargs and *args\n```")
    assert second.startswith("```\n**kwargs")
