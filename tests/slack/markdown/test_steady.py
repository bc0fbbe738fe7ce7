import pytest
from hypothesis import given

from chathakase.slack.markdown.pages import Page, Paginator
from tests.slack.markdown.markdown_texts import GROWTHS, TEXTS


@given(TEXTS, GROWTHS)
def test_what_is_steady_stays_whatever_comes(text: str, growth: list[float]) -> None:
    paginator = Paginator({"U1"})
    number, steady = 0, ""
    for length in (*(int(share * len(text)) for share in growth), None):
        shown = paginator.pages(text[:length], growing=length is not None)
        if len(shown) <= number:
            assert not steady
            continue
        page = shown[number]
        assert page.markdown.startswith(page.steady)
        assert page.markdown.startswith(steady)
        assert page.steady == page.markdown or not page.steady[-1:].isspace()
        assert len(page.steady) >= len(steady)
        assert page.steady_length <= len(page.source)
        assert length is not None or page.steady == page.markdown
        if len(shown) > number + 1:
            assert all(full.steady == full.markdown for full in shown[number:-1])
            number = len(shown) - 1
        steady = shown[number].steady
        paginator.keep(sum(len(full.source) for full in shown[:number]) + shown[number].steady_length)


def last(text: str) -> Page:
    return Paginator({"U1"}).pages(text, growing=True)[-1]


@pytest.mark.parametrize(
    ("text", "steady"),
    [
        ("Hello wor", "Hello"),
        ("Hello world ", "Hello world"),
        ("Hello world and", "Hello world"),
        ("one", ""),
        ("some **bold words", "some **bold"),
        ("a [link](https://a.example) b", "a [link](https://a.example)"),
        ("a [link](https://a.exa", "a"),
        ("see `code and", "see"),
        ("see `code` and", "see `code`"),
        ("x <b>bold</b> y z", "x &lt;b>bold&lt;/b> y"),
        ("これは**「重要」**な、と", "これは**\u200b「重要」\u200b**な、"),
        ("text\n\n| a | b |\n", "text"),
        ("text\n\n| a | b |\n|---|---|\n| 1 | 2", "text\n\n| a | b |\n|---|---|\n| 1 |"),
        ("```py\nprint(1) and", "```py\nprint(1)"),
        ("一文目です。二文目で", "一文目です。"),
        ("word\n\n- item one", "word\n\n- item"),
    ],
)
def test_what_is_steady_ends_with_a_word(text: str, steady: str) -> None:
    assert last(text).steady == steady


def test_what_is_steady_is_told_in_characters_of_the_text() -> None:
    page = last("a <b>word and more")
    assert page.steady == "a &lt;b>word and"
    assert page.source[: page.steady_length] == "a <b>word and"


def test_who_may_be_mentioned_is_open_until_it_cannot_be_changed() -> None:
    members: set[str] = set()
    paginator = Paginator(members)
    assert "<\u200b@U9>" in paginator.pages("hi <@U9> and", growing=True)[0].markdown
    members.add("U9")
    page = paginator.pages("hi <@U9> and so", growing=True)[0]
    assert "<@U9>" in page.markdown
    paginator.keep(page.steady_length)
    members.clear()
    assert "<@U9>" in paginator.pages("hi <@U9> and so on", growing=False)[0].markdown
