"""A stamp of people's messages is taken off an answer, and nothing else that begins with a bracket."""

from itertools import pairwise
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chathakase.core.message_rendering import MessageRendering
from chathakase.core.names import Names
from chathakase.core.stamps import Unstamped
from chathakase.core.token_estimate import Estimator
from chathakase.core.types import Finished, FinishReason, Person, Piece, Role, StoredMessage, TakenBack

STAMP = "[alice, 2026-11-30 07:45 UTC]"
END = Finished(FinishReason.WHOLE)


def hear(*pieces: Piece) -> list[Piece]:
    unstamped = Unstamped()
    return [each for piece in pieces for each in unstamped.hear(piece)]


def told(text: str, cuts: list[int]) -> str:
    edges = [0, *sorted(cuts), len(text)]
    *pieces, end = hear(*[text[begin:end] for begin, end in pairwise(edges)], END)
    assert end == END
    return "".join(map(str, pieces))


def torn(text: str) -> list[list[int]]:
    return [[], [*range(len(text))], [*range(0, len(text), 5)]]


@pytest.mark.parametrize(
    "stamp",
    [
        STAMP,
        "[alice, 2026-11-30 07:45]",
        "[Alice van Dyke (2AB3), 2026-11-21 14:05 Asia/Tokyo]",
        "[山田 太郎, 2026-11-21 14:05 America/Argentina/Buenos_Aires]",
        "[Dyke, Alice, 2026-11-21 14:05 Etc/GMT+9]",
        f"{STAMP} [bob, 2026-11-30 07:46 UTC]",
        f"\n{STAMP}\n{STAMP}",
    ],
)
def test_a_stamp_is_no_part_of_an_answer(stamp: str) -> None:
    for gap in ("", " ", "\n\n"):
        for cuts in torn(f"{stamp}{gap}Hello [there]"):
            assert told(f"{stamp}{gap}Hello [there]", cuts) == "Hello [there]"
    for cuts in torn(stamp):
        assert told(stamp, cuts) == ""


@pytest.mark.parametrize(
    "person", [Person("U1", "alice"), Person("U1", "Jo [x], 2026-01-01", zone="Asia/Tokyo", offset=32_400)]
)
def test_what_stands_before_people_s_messages_is_such_a_stamp(person: Person) -> None:
    message = StoredMessage(Role.USER, "hello", "U1", said=1_795_000_000_000_000)
    names = Names({"U1": person.name}, [message])
    text = MessageRendering({"U1": person}, names, {}, Estimator()).text(message)
    assert text.startswith("[")
    assert told(text, []) == "hello"


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "\n\nHello", "[1] says so", "[alice] hello", "[alice, hello", "[x](https://example.com) tells"),
        *("[2026-11-30 07:45] it began", "[alice, 2026-11-30] hello", "[alice, 2026-11-30 07:45 UTC and more] x"),
        *("[alice,\n2026-11-30 07:45] x", "[[alice, 2026-11-30 07:45]] x", "- [ ] to do", "[alice, 2026-11-30 07:45"),
        *(f"Hello {STAMP}", f"`{STAMP}`", f"[{'x' * 200}, 2026-11-30 07:45] x", "[alice, 2026-11-3"),
    ],
)
def test_any_other_bracket_stays(text: str) -> None:
    for cuts in torn(text):
        assert told(text, cuts) == text


@given(st.text(st.sampled_from("[]alice, 2026-11-30 07:45 UTC\n")), st.lists(st.integers(0, 60), max_size=9))
def test_it_makes_no_difference_where_a_text_is_torn(text: str, cuts: list[int]) -> None:
    assert told(text, cuts) == told(text, [])


def test_words_are_held_back_no_longer_than_they_may_be_a_stamp() -> None:
    assert hear("[", "a", "lice", "] ", "hi") == ["[alice] ", "hi"]
    assert hear(STAMP, " [", "1] x") == ["[1] x"]


def test_an_answer_behind_thoughts_may_begin_with_a_stamp_as_well() -> None:
    assert hear("Hm.", TakenBack(), STAMP, " hi", END) == ["Hm.", TakenBack(), "hi", END]


def test_endless_stamps_are_heard_in_time_proportional_to_them() -> None:
    began = thread_time()
    assert told(f"{STAMP}\n" * 2_000 + "hi", [*range(0, 60_000, 7)]) == "hi"
    assert told("[" + "x" * 50_000, [*range(50_000)]).startswith("[xx")
    assert thread_time() - began < 5
