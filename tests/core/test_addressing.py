"""Whom a message is said to, as far as its words tell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chathakase.core.addressing import addresses, may_address, names_one

PEOPLE = (
    "Alice Smith",
    "bob",
    "Will Jones",
    "May",
    "Mark O'Neil",
    "山田太郎",
    "佐藤 花子",
    "王小明",
    "김철수",
    "Иван Петров",
    "سارة",
    "José (Sales)",
    "So Yeon",
    "test",
)


@pytest.mark.parametrize(
    "text",
    [
        "Alice, did you book?",
        "alice, did you book?",
        "Alice did you book?",
        "alice can you look?",
        "Alice please book it",
        "Alice: did you book?",
        "alice - did you book?",
        "Alice — yes",
        "Alice! Look at this",
        "Alice? Did you see it?",
        "Alice Smith, did you book?",
        "Alice and Bob, did you book?",
        "Alice, Bob: lunch?",
        "Alice, Bob has booked it",
        "@alice did you book?",
        "@Alice",
        "hey Alice",
        "Hey Alice did you book?",
        "hi alice, did you book?",
        "hello @alice",
        "thanks Alice",
        "Thanks, Alice!",
        "thank you, alice, that helps",
        "Thank you Alice and Bob",
        "good morning Bob",
        "yes, Alice, I did",
        "no Bob, not yet",
        "ok bob: go",
        "did you book, Alice?",
        "I have booked it, bob.",
        "what do you think, @bob?",
        "<@U2> did you book?",
        "hey <@U2>, did you book?",
        "thanks <@U2>",
        "did you book, <@U2>?",
        "Will, can you book?",
        "will, please book it",
        "May, did you book?",
        "Mark, have a look",
        "山田さん、予約した？",
        "山田太郎さん、予約した？",
        "太郎、予約した？",
        "花子さん：予約しましたか",
        "＠山田さん　予約した？",
        "予約しましたか、佐藤さん？",
        "王小明，你订了吗？",
        "小明，你订了吗？",
        "谢谢小明",
        "철수야, 예약했어?",
        "김철수님, 예약하셨나요?",
        "Иван, ты забронировал?",
        "спасибо, Иван",
        "سارة، هل حجزت؟",
        "Hola José, ¿reservaste?",
        "Bob: look",
        "Hi, Bob. Did you book?",
        "José, ¿reservaste?",
        "Ａｌｉｃｅ，did you book?",
        "小明你订了吗？",
        "Alice hast du gebucht?",
        "Alice ¿reservaste?",
        "<@U2> is it booked?",
        "thanks Bob, will do",
        "hi Bob, is the hotel booked?",
        "Alice, 5 of us are coming, can you book?",
        "So Yeon, did you book?",
    ],
)
def test_it_speaks_to_somebody(text: str) -> None:
    assert addresses(text, PEOPLE, ids={"U2"})
    assert may_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<@U3> did you book?",
        "hey <@U3>",
        "did you book?",
        "What is the capital of Japan?",
        "well, what about Kyoto?",
        "ok, and the hotel?",
        "thanks, that helps",
        "Alice",
        "Alice?",
        "Alice, Bob",
        "Bob and Alice",
        "Alice and I want to know what it costs",
        "Alice and Bob want to know what it costs",
        "Alice, Bob and I want to know what it costs",
        "Alice wants to know, can you tell?",
        "Alice's idea, is it any good?",
        "what does Alice say, in short?",
        "is it Alice or Bob, do you know?",
        "who is older, Alice or Bob?",
        "yes Alice is coming",
        "I would like to invite Carol, Alice",
        "invite Bob, Alice",
        "Alices, how many are there?",
        "Alice: hi\nBob: hello\nSummarise this, please",
        "> Alice, did you book?",
        "Carol, did you book?",
        "Will it rain?",
        "Will it rain, do you think?",
        "will you help me?",
        "May I ask something?",
        "may, might and must: what is the difference?",
        "May, June and July are wet, are they not?",
        "Mark the words, please",
        "Which is better: April, May?",
        "東京、大阪、山田",
        "山田さんについて教えて",
        "小明是谁？",
        "Иван Грозный — кто это?",
        "<@U2> said that it is wrong, is it?",
        "<@U2>'s idea: is it good?",
        "<@U2> and I disagree: who is right?",
        "@alice asked for a summary, write one",
        "Thanks, Bob is right. And the trains?",
        "sorry, Alice told me another number",
        "Bob, who is new, can't log in. What now?",
        "Alice, our treasurer, wants to know what it costs",
        "Alice, please",
        "Bob please.",
        "Alice, I think",
        "No, Bob, not Alice",
        "Alice: 5",
        "Alice, 5\nBob, 3\nWhat is the sum?",
        "小明：3个，铁柱：5个，谁多？",
        "How do I answer this?\nThe server is down.\nThanks, Bob",
        "What does it mean?\nShared message of Zoe:\n> Could you send it to me, Alice?",
        "Translate into French: did you book it, Alice?",
        "Translate “see you tomorrow, Alice”",
        "So, what about Kyoto?",
        "Alice: “hi”. What does she mean?",
        "Alice,Bob,May\n1,2,3",
        "Danke, Bob hat recht. Was jetzt?",
        "Спасибо, Иван прав. Что дальше?",
        "谢谢小明的数据，总和是多少？",
        "Welcome Bob to the team with a poem",
        "test: what is the capital of Japan?",
    ],
)
def test_it_speaks_to_nobody_in_particular(text: str) -> None:
    assert not addresses(text, PEOPLE, ids={"U2"})


@pytest.mark.parametrize(
    "text", ["ChatHakase, hi", "hi chathakase", "ask ＣｈａｔＨａｋａｓｅ!", "@ChatHakase", "ChatHakaseさん、どう？"]
)
def test_a_name_is_called(text: str) -> None:
    assert names_one(text, ["ChatHakase"])


@pytest.mark.parametrize("text", ["", "ChatHakases", "mychathakase", "chat hakase"])
def test_a_name_is_not_called(text: str) -> None:
    assert not names_one(text, ["ChatHakase"])
    assert not names_one(text, [""])


@given(st.text(), st.lists(st.text(), max_size=5))
def test_whatever_is_said_and_however_people_are_called(text: str, names: list[str]) -> None:
    assert addresses(text, names) in (True, False)
    assert not addresses("Is it far to Kyoto from here", names) or names


@given(st.text(alphabet="ab ,:?!@<>\n", max_size=40))
def test_what_speaks_to_somebody_may_do_so(text: str) -> None:
    assert may_address(text) or not addresses(text, ["a", "ab b"])
