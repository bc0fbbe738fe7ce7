"""Thoughts before an answer are left out, wherever the pieces are torn; nothing else is."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chathakase.models.thinking import BEGIN, END, Listener

TEXTS = st.text(st.sampled_from("<>/think \n日x"), max_size=40) | st.text(max_size=40)
GAPS = st.text(st.sampled_from(" \n\t"), max_size=3)
CUTS = st.lists(st.integers(0, 120), max_size=12)


def told(text: str, cuts: list[int]) -> str:
    """What is told of a text that comes in pieces."""
    listener, edges = Listener(), [0, *sorted(cuts), len(text)]
    pieces = [listener.feed(text[begin:end]) for begin, end in pairwise(edges)]
    return "".join(pieces) + listener.rest()


@given(GAPS, TEXTS, GAPS, TEXTS, CUTS)
def test_a_thought_is_left_out_wherever_it_is_torn(
    before: str, thought: str, between: str, answer: str, cuts: list[int]
) -> None:
    thought = thought.replace(END, "")
    if END in f"{thought}{END}"[:-1]:
        return
    text = f"{before}{BEGIN}{thought}{END}{between}{answer}"
    assert told(text, cuts) == answer.lstrip()


@given(GAPS, TEXTS, CUTS)
def test_a_thought_that_never_ends_leaves_nothing(before: str, thought: str, cuts: list[int]) -> None:
    assert told(f"{before}{BEGIN}{thought.replace('>', '')}", cuts) == ""


@given(TEXTS, TEXTS, CUTS)
def test_an_answer_that_begins_with_no_thought_is_told_as_it_is(before: str, after: str, cuts: list[int]) -> None:
    text = f"{before}{after}"
    if not text.lstrip().startswith(BEGIN):
        assert told(text, cuts) == text
    mentioned = f"x{before}{BEGIN}{after}{END}"
    assert told(mentioned, cuts) == mentioned


@pytest.mark.parametrize("text", ["", " \n", "<", " <think", "<thinking>no</thinking>", "</think>", "`<think>` opens"])
def test_what_only_looks_like_a_thought_is_told(text: str) -> None:
    assert told(text, []) == told(text, [*range(len(text))]) == text


def test_an_answer_is_held_back_no_longer_than_it_may_be_a_thought() -> None:
    listener = Listener()
    assert [listener.feed(piece) for piece in ("\n", "<th", "e", " <think>")] == ["", "", "\n<the", " <think>"]


def test_an_answer_grows_behind_a_thought() -> None:
    listener = Listener()
    pieces = ("<think>", "a</thi", "nk>\n", "\n", "b", "\n", "c")
    assert [listener.feed(piece) for piece in pieces] == ["", "", "", "", "b", "\n", "c"]
    assert listener.rest() == ""
