"""Which messages fit: never too many, never an answer without its question, always the newest."""

from collections.abc import Sequence
from itertools import pairwise, takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chathakase.core.memory import Memory, Summary
from chathakase.core.token_estimate import Estimator
from chathakase.core.types import Role, StoredMessage
from chathakase.core.window import Costs, Kept, Window, fit
from tests.core.steady import steady

OPENING = 30
LEAST = 3


def cost(message: StoredMessage) -> int:
    return len(message.text)


def least(message: StoredMessage) -> int:
    return min(LEAST, len(message.text))


def costs(memory: Memory) -> Costs:
    return Costs(cost, least, OPENING if memory.opening else 0, len(memory.summary.text) if memory.summary else 0)


def choose(memory: Memory, budget: int, most: int = 10_000) -> Kept:
    return fit(memory, budget=budget, most=most, costs=costs(memory))


@st.composite
def memories(draw: st.DrawFn) -> Memory:
    """Conversations of every shape: bursts, turns without an answer, answers whose question is forgotten."""
    turns = draw(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2)), max_size=12))
    messages: list[StoredMessage] = []
    for asked, answered in turns:
        for role in [Role.USER] * asked + [Role.ASSISTANT] * answered:
            number = len(messages) + 1
            said = messages[-1].said if role is Role.ASSISTANT and messages else number * 10
            messages.append(StoredMessage(role, "x" * draw(st.integers(1, 40)), "U1", seq=number, said=said))
    before = draw(st.just(0) | st.integers(0, len(messages)))
    summary = None
    # Never between a question and its answer, which count as said at the same time.
    ends = [each for each, after in pairwise(messages) if each.said < after.said]
    summarised = draw(st.booleans())
    if ends and summarised:
        last = draw(st.sampled_from(ends))
        summary = Summary("s" * draw(st.integers(0, 60)), last.said, messages.index(last) + 1, "m")
    opening = next((message for message in messages if message.role is Role.USER), None)
    asked = draw(st.integers(0, len(list(takewhile(lambda each: each.role is Role.USER, reversed(messages))))))
    return Memory(tuple(messages[before:]), opening, summary, len(messages), asked=asked)


def turns_of(messages: Sequence[StoredMessage]) -> list[list[int]]:
    """The numbers of the messages of each turn."""
    turns: list[list[int]] = []
    before = Role.ASSISTANT
    for message in messages:
        if not turns or (message.role is Role.USER and before is Role.ASSISTANT):
            turns.append([])
        turns[-1].append(message.seq)
        before = message.role
    return turns


budgets = st.integers(-10, 500)
limits = st.integers(1, 40)


@steady
@given(memories(), budgets, limits)
def test_it_never_runs_over(memory: Memory, budget: int, most: int) -> None:
    kept = choose(memory, budget, most)
    summary = costs(memory).summary if kept.older else 0
    taken = sum(map(cost, kept.older)) + summary + sum(map(least, kept.newest))
    assert taken <= kept.room or (len(kept.newest) <= 1 and not kept.older)
    assert len(kept.messages) <= max(most, memory.asked)
    if kept.older:
        assert sum(map(cost, kept.messages)) + summary <= kept.room
    if kept.opening_apart:
        assert kept.room == budget - min(OPENING, max(budget, 0) // 4)


@steady
@given(memories(), budgets, limits)
def test_of_a_turn_that_is_cut_the_newest_messages_stay(memory: Memory, budget: int, most: int) -> None:
    kept = {message.seq for message in choose(memory, budget, most).messages}
    turns = turns_of(memory.messages)
    assert sum(bool(kept.intersection(turn)) and not kept.issuperset(turn) for turn in turns) <= 1
    for turn in turns:
        there = sorted(kept.intersection(turn))
        assert not there or turn[-len(there) :] == there


@steady
@given(memories(), budgets, limits)
def test_no_answer_is_kept_without_its_question(memory: Memory, budget: int, most: int) -> None:
    older = choose(memory, budget, most).older
    assert not older or older[0].role is Role.USER


@steady
@given(memories(), budgets, limits)
def test_the_newest_message_is_always_there(memory: Memory, budget: int, most: int) -> None:
    kept = choose(memory, budget, most).messages
    assert kept[-1:] == memory.messages[-1:]
    assert kept == memory.messages[len(memory.messages) - len(kept) :]


@steady
@given(memories(), budgets, limits)
def test_the_newest_turn_is_whole_if_it_can_be(memory: Memory, budget: int, most: int) -> None:
    kept = choose(memory, budget, most)
    newest = [each for each in memory.messages if each.seq in turns_of(memory.messages)[-1]] if memory.messages else []
    if len(newest) <= max(most, memory.asked) and sum(map(least, newest)) <= budget - OPENING:
        assert list(kept.newest) == newest


@steady
@given(memories(), budgets, limits)
def test_the_opening_question_is_always_there(memory: Memory, budget: int, most: int) -> None:
    kept = choose(memory, budget, most)
    if memory.opening is not None:
        assert kept.opening_apart != (memory.opening in kept.messages)


@steady
@given(memories(), budgets, st.integers(0, 200), limits)
def test_a_larger_budget_leaves_out_nothing(memory: Memory, budget: int, more: int, most: int) -> None:
    assert len(choose(memory, budget + more, most).messages) >= len(choose(memory, budget, most).messages)


@steady
@given(memories(), budgets, limits, st.integers(0, 10))
def test_a_larger_limit_leaves_out_nothing(memory: Memory, budget: int, most: int, more: int) -> None:
    assert len(choose(memory, budget, most + more).messages) >= len(choose(memory, budget, most).messages)


@steady
@given(memories(), budgets, limits)
def test_what_a_summary_covers_is_not_shown_again(memory: Memory, budget: int, most: int) -> None:
    if memory.summary is not None:
        assert all(message.said > memory.summary.upto for message in choose(memory, budget, most).older)


@steady
@given(memories(), limits)
def test_with_room_for_everything_nothing_is_left_out(memory: Memory, most: int) -> None:
    if memory.summary is None and len(memory.messages) == memory.total:
        kept = choose(memory, 10_000, most=10_000)
        orphans = 0
        while orphans < len(memory.messages) and memory.messages[orphans].role is Role.ASSISTANT:
            orphans += 1
        alone = orphans == len(memory.messages) or len(turns_of(memory.messages)) == 1
        assert len(kept.messages) == len(memory.messages) - (0 if alone else orphans)


def said(*texts: str) -> tuple[StoredMessage, ...]:
    """Questions and answers, which are marked by a leading ``a``."""
    return tuple(
        StoredMessage(Role.ASSISTANT if text.startswith("a") else Role.USER, text, "", seq=number, said=number)
        for number, text in enumerate(texts, 1)
    )


CONVERSATION = said("q1", "a1", "q2", "q2b", "a2", "q3")


@pytest.mark.parametrize(
    ("limit", "texts"),
    [
        (1, ["q3"]),
        (2, ["q3"]),
        (3, ["q2b", "a2", "q3"]),
        (4, ["q2", "q2b", "a2", "q3"]),
        (5, ["q2", "q2b", "a2", "q3"]),
        (6, ["q1", "a1", "q2", "q2b", "a2", "q3"]),
        (99, ["q1", "a1", "q2", "q2b", "a2", "q3"]),
    ],
)
def test_the_window_is_cut_where_somebody_speaks(limit: int, texts: list[str]) -> None:
    assert [message.text for message in choose(Memory(CONVERSATION), 1_000, limit).messages] == texts


@pytest.mark.parametrize(("budget", "count"), [(2, 1), (6, 1), (7, 3), (8, 3), (9, 4), (12, 4), (13, 6)])
def test_so_it_is_by_tokens(budget: int, count: int) -> None:
    assert len(choose(Memory(CONVERSATION), budget).messages) == count


def test_of_a_newest_turn_longer_than_the_window_its_newest_messages_stay() -> None:
    burst = said("old", "answer", *(f"m{n}" for n in range(30)))
    assert [message.text for message in choose(Memory(burst), 1_000, 20).messages] == [f"m{n}" for n in range(10, 30)]


def test_an_excerpt_may_begin_within_a_turn() -> None:
    excerpt = Memory(CONVERSATION[3:], opening=CONVERSATION[0], total=6)
    assert [message.text for message in choose(excerpt, 1_000).messages] == ["q2b", "a2", "q3"]
    orphan = Memory(CONVERSATION[4:], opening=CONVERSATION[0], total=6)
    assert [message.text for message in choose(orphan, 1_000).messages] == ["q3"]


def test_much_talk_before_an_answer_leaves_room_for_the_answer() -> None:
    talk = said(*(f"talk {n}" for n in range(25)), "q1", "a1", "q2")
    kept = choose(Memory(talk, opening=talk[0], total=28), 1_000, 20)
    assert [message.text for message in kept.messages][-3:] == ["q1", "a1", "q2"]
    assert len(kept.messages) == 20


def test_all_that_is_asked_now_is_there() -> None:
    burst = said("old", "answer", *(f"m{n}" for n in range(6)))
    assert len(choose(Memory(burst, asked=6), 1_000, 3).messages) == 6
    assert len(choose(Memory(burst), 1_000, 3).messages) == 3


def test_a_turn_that_is_answered_again_comes_last_and_keeps_the_opening() -> None:
    again = Memory((*CONVERSATION[2:5], CONVERSATION[0]), opening=CONVERSATION[0], total=6)
    kept = choose(again, 1_000)
    assert [message.text for message in kept.messages] == ["q2", "q2b", "a2", "q1"]
    assert not kept.opening_apart


def test_an_answer_that_is_gone_on_with_keeps_its_question() -> None:
    kept = choose(Memory(CONVERSATION[:5]), 8)
    assert [message.text for message in kept.newest] == ["q2", "q2b", "a2"]


def test_the_answer_has_its_reserve_but_never_more_than_half() -> None:
    assert Window(8_192, 2_000, Estimator()).room == 6_192
    assert Window(8_192, 2_000, Estimator(), 2.0).room == 3_096
    assert Window(2_048, 2_000, Estimator()).room == 1_024
