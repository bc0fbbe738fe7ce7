"""What a cache forgets when it is full."""

import pytest

from chathakase.core.cache import LruCache


def filled(room: int, keys: str) -> LruCache[str, int]:
    cache: LruCache[str, int] = LruCache(room)
    for number, key in enumerate(keys):
        cache[key] = number
    return cache


@pytest.mark.parametrize(
    ("keys", "kept"),
    [("", ""), ("abc", "abc"), ("abcd", "bcd"), ("abcdefg", "efg"), ("abcad", "cad"), ("aaaa", "a")],
)
def test_the_newest_stay(keys: str, kept: str) -> None:
    assert "".join(filled(3, keys)) == kept


def test_what_is_used_stays_longer() -> None:
    cache = filled(3, "abc")
    assert cache["a"] == 0
    cache["d"] = 3
    assert dict(cache) == {"c": 2, "a": 0, "d": 3}
    assert cache.get("c") == 2
    assert "a" in cache
    cache["e"] = 4
    assert dict(cache) == {"c": 2, "a": 0, "e": 4}


def test_what_is_written_again_is_new() -> None:
    cache = filled(3, "abc")
    cache["a"] = 9
    cache["d"] = 3
    assert list(cache.items()) == [("c", 2), ("a", 9), ("d", 3)]


def test_what_is_not_there() -> None:
    cache = filled(3, "abc")
    assert "x" not in cache
    assert cache.get("x", 7) == 7
    assert cache.pop("x", None) is None
    with pytest.raises(KeyError):
        cache["x"]
    assert "".join(cache) == "abc"


def test_what_is_taken_out_makes_room() -> None:
    cache = filled(3, "abc")
    assert cache.pop("a") == 0
    cache["d"] = 3
    assert (len(cache), "".join(cache)) == (3, "bcd")


def test_it_can_be_changed_while_it_is_looked_through() -> None:
    cache = filled(3, "abc")
    for key in cache:
        cache.pop(key)
    assert not cache
