"""Bold is bold for readers also beside punctuation in languages without blanks between words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chathakase.slack.markdown.pages import Paginator
from chathakase.slack.markdown.plain import plain
from tests.slack.markdown.judge import seen
from tests.slack.markdown.markdown_texts import GROWTHS
from tests.slack.markdown.whole import pages


def shown(text: str) -> str:
    (page,) = pages(text)
    return "|".join(seen(page))


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("これは**「重要」**な", "これは【「重要」】な"),
        ("**注意：**正文", "【注意：】正文"),
        ("这是**“引用”**的，**《书》**和**（注）**", "这是【“引用”】的，【《书》】和【（注）】"),
        ("これは**「重要」**な、**「別」**も**普通**です", "これは【「重要」】な、【「別」】も【普通】です"),
        ("**重要。**次は**重要**、**「重要」**。", "【重要。】次は【重要】、【「重要」】。"),
        ("＊は**［全角］**と**｛括弧｝**と**〈山〉**の", "＊は【［全角］】と【｛括弧｝】と【〈山〉】の"),
        ('**"중요"**한 것, API**"중요"**를 **(참고)**로', '【"중요"】한 것, API【"중요"】를 【(참고)】로'),
        ("Python**「辞書」**は**C++**の**C#**で", "Python【「辞書」】は【C++】の【C#】で"),
        ("これは*「一」*な~~「二」~~な***「三」***な", "これは〔「一」〕な〔「二」〕な〔【「三」】〕な"),
        ("これは_「一」_な__「二」__な、___「三」___な", "これは〔「一」〕な【「二」】な、〔【「三」】〕な"),
        ("__注意：__正文", "【注意：】正文"),
        ("**これは*「重要」*な**", "【これは〔「重要」〕な】"),
        ("設定は**`code`**で**[リンク](https://a.example)**を", "設定は【code】で【リンク】を"),
        ("次の**🎉祝🎉**と**重要⚠️**な", "次の【🎉祝🎉】と【重要⚠️】な"),
        ("**(note)**text, **Note:**text and **Total:**5", "【(note)】text, 【Note:】text and 【Total:】5"),
        ("слово**«текст»**слово", "слово【«текст»】слово"),
        ("- **名前：**太郎\n- **年齢：**30", "【名前：】太郎|【年齢：】30"),
        ("**名前：**太郎\n**年齢：**30", "【名前：】太郎\n【年齢：】30"),
        ("# **「見出し」**だ", "【「見出し」】だ"),
        ("> **注意：**正文", "【注意：】正文"),
        (
            "| **（甲）**乙 | 値は**「x」**だ |\n|---|---|\n| 一**「x | y」**二 |",
            "【（甲）】乙|値は【「x」】だ|一**「x|y」**二",
        ),
        ("the **<b>**tag", "the 【<b>】tag"),
        ("打开**/etc/hosts**和**.env**，喝**:tea:**茶", "打开【/etc/hosts】和【.env】，喝【:tea:】茶"),
        ("前**![図](https://a.example/b.png)**後", "前【図】後"),
    ],
)
def test_bold_beside_punctuation_is_bold(written: str, told: str) -> None:
    assert shown(written) == told


@pytest.mark.parametrize(
    "text",
    [
        "f(x)**2 + g(y)**2",
        "a*(b)*c and 2*3*4",
        "use **kwargs and *args in f(*args, **kwargs)",
        "snake_case_name, __init__ and 資料_（最終）_v2",
        "foo**/bar and baz**/qux",
        "`これは**「重要」**な`",
        "```\nこれは**「重要」**な\n```",
        "\\*\\*「重要」\\*\\*な",
        "[**注意**：](https://a.example/**「x」**y)",
        "* 「一」\n* 「二」",
        '**bold**, *italic*: (**bold**) "*italic*"',
        "これは**重要**です。",
        "5 ** 「3」 ** 2",
    ],
)
def test_what_works_or_is_no_emphasis_is_left_alone(text: str) -> None:
    assert pages(text) == [text]


WORDS = st.sampled_from(["これは", "正文", "한국어", "слово", "Python", "な"])
OPEN, CLOSE = (
    st.sampled_from(["", "「", "（", "“", "《", "「（"]),
    st.sampled_from(["", "」", "）", "”", "：", "。", "！", "…"]),
)
MARKS = st.sampled_from(["**", "*", "~~", "***"])
SPANS = st.tuples(MARKS, OPEN, st.sampled_from(["重要", "중요", "важно"]), CLOSE)
SENTENCES = st.lists(st.tuples(WORDS, SPANS, st.sampled_from(["な", "的", "을", " ", "、", "。\n"])), max_size=12)
OPENED = {"**": "【", "*": "〔", "~~": "〔", "***": "〔【"}
CLOSED = {"**": "】", "*": "〕", "~~": "〕", "***": "】〕"}


@given(SENTENCES)
def test_everything_is_seen_as_it_was_meant(sentences: list[tuple[str, tuple[str, str, str, str], str]]) -> None:
    written = meant = ""
    for word, (marks, opening, inside, closing), after in sentences:
        written += f"{word}{marks}{opening}{inside}{closing}{marks}{after}"
        meant += f"{word}{OPENED[marks]}{opening}{inside}{closing}{CLOSED[marks]}{after}"
    (page,) = pages(written) or [""]
    assert "".join(seen(page)) == meant.strip()
    assert "\u200b" not in plain(page)


SCRAPS = st.sampled_from(
    ["**", "*", "_", "__", "~~", "「", "」", "な", "a", "1", "(", ")", " ", "：", "`", "\n", "\\", "[x](y)"]
)


@given(st.lists(SCRAPS, max_size=30).map("".join), GROWTHS)
def test_props_are_all_that_is_added_and_stay_where_they_are(text: str, growth: list[float]) -> None:
    paginator, steady = Paginator(), ""
    for share in growth:
        for page in paginator.pages(text[: int(share * len(text))], growing=True):
            assert page.markdown.startswith(steady)
            steady = page.steady
            paginator.keep(page.steady_length)
    for page in paginator.pages(text, growing=False):
        assert page.markdown.startswith(steady)
        assert page.markdown.replace("\u200b", "").replace("_", "*").strip() == text.replace("_", "*").strip()
