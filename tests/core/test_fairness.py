"""Whoever has much waiting delays others by one of theirs."""

from hypothesis import given
from hypothesis import strategies as st

from chathakase.core.fairness import FairQueue


def queue() -> FairQueue[str]:
    return FairQueue(lambda item: item.startswith("over"))


def served(items: FairQueue[str]) -> list[str]:
    found = []
    while (first := items.first()) is not None:
        found.append(first[1])
        items.pop()
    return found


def test_ranks_go_first_and_then_everybody_in_turn() -> None:
    items = queue()
    for number in range(3):
        items.push(f"a{number}", rank=1, whose="a")
    items.push("b0", rank=1, whose="b")
    items.push("b1", rank=1, whose="b")
    items.push("urgent", rank=0, whose="a")
    assert served(items) == ["urgent", "a0", "b0", "a1", "b1", "a2"]


def test_whoever_comes_later_does_not_wait_for_what_others_have_waiting() -> None:
    items = queue()
    for number in range(100):
        items.push(f"a{number}", rank=0, whose="a")
    for _ in range(50):
        items.first()
        items.pop()
    items.push("b", rank=0, whose="b")
    assert served(items)[:2] == ["b", "a50"]


def test_whoever_was_served_much_is_not_made_to_wait_for_it_later() -> None:
    items = queue()
    for number in range(10):
        items.push(f"a{number}", rank=0, whose="a")
    served(items)
    items.push("b", rank=0, whose="b")
    items.push("a", rank=0, whose="a")
    items.push("b2", rank=0, whose="b")
    assert served(items) == ["b", "a", "b2"]


def test_what_is_over_is_skipped_and_nothing_is_left_of_anybody() -> None:
    items = queue()
    for number in range(5):
        items.push(f"over{number}", rank=0, whose="a")
    items.push("b", rank=0, whose="b")
    assert served(items) == ["b"]
    assert len(items) == 0
    assert not items._last


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from("abc")), max_size=60))
def test_nobody_is_served_twice_while_somebody_else_waits_for_a_first(pushed: list[tuple[int, str]]) -> None:
    items = queue()
    for number, (level, whose) in enumerate(pushed):
        items.push(f"{level}{whose}{number:03}", rank=level, whose=whose)
    order = served(items)
    assert sorted(order) == sorted(f"{level}{whose}{number:03}" for number, (level, whose) in enumerate(pushed))
    assert [item[0] for item in order] == sorted(item[0] for item in order)
    for rank in "012":
        counts = dict.fromkeys("abc", 0)
        left = {whose: sum(item[:2] == rank + whose for item in order) for whose in "abc"}
        for item in (each for each in order if each[0] == rank):
            assert counts[item[1]] == min(counts[other] for other in "abc" if left[other] > counts[other])
            counts[item[1]] += 1
